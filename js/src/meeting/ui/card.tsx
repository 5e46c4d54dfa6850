import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

interface CardProps {
  title: string;
  busy?: boolean;
  wide?: boolean;
  children: ComponentChildren;
}

/** A card alone in the middle of the page. */
export function Card({ title, busy = false, wide = false, children }: CardProps): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  // Synchronously after rendering: a person may start to type in the card.
  useLayoutEffect(() => {
    // The focused element is gone; but a page without the focus must not take it from another.
    if (title && document.hasFocus()) heading.current?.focus();
  }, [title]);
  return (
    <main class="admission">
      <div class={`card${wide ? " wide" : ""}`} aria-busy={busy}>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {children}
      </div>
    </main>
  );
}
