import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

interface CardProps {
  title: string;
  busy?: boolean;
  wide?: boolean;
  children: ComponentChildren;
}

/** What stands alone in the middle of the page. */
export function Card({ title, busy = false, wide = false, children }: CardProps): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  // In the same turn as it is drawn: somebody may begin to type in the card.
  useLayoutEffect(() => {
    // What had the focus is gone; but a page that nobody is in must not take it from another.
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
