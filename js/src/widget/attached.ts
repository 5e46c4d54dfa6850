/** Notices that a host took a view out of the document without removing it, as Panel and Shiny do. */

/** Polls with a timer: other ways pause while the browser's tab is in the background. */
const LOOK_MS = 500;

/**
 * Calls `gone` when `place` is out of the document, and `back` when it is in it again, until the
 * returned function is called.
 *
 * Jupyter's own notebooks keep the output of distant and collapsed cells out of the document, and
 * remove the views of other outputs: there it is never gone.
 */
export function watchPlace(place: Element, gone: () => void, back: () => void): () => void {
  // A view is made before it is put into the document.
  let attached = false;
  let away = false;
  const timer = setInterval(() => {
    if (place.isConnected === attached) return;
    attached = !attached;
    away ||= !attached;
    if (attached && place.closest(".jp-OutputArea")) clearInterval(timer);
    else if (away) (attached ? back : gone)();
  }, LOOK_MS);
  return () => clearInterval(timer);
}
