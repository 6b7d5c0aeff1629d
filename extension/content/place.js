// Tells the worker the address and the focus of a document before a code is typed into it, after a user gesture. It
// runs in the extension's own world, so that a page cannot answer instead. The value of its last expression is the
// result.
"use strict";

(() => {
  let inside = document.activeElement;
  while (inside?.shadowRoot?.activeElement) inside = inside.shadowRoot.activeElement;
  const own = (frame) => {
    try {
      return frame.contentDocument !== null;
    } catch {
      return false;
    }
  };
  const isFrame = inside?.localName === "iframe" || inside?.localName === "frame";
  return {
    origin: self.origin,
    focused: document.hasFocus(),
    field: Boolean(inside?.isContentEditable) || inside?.localName === "input" || inside?.localName === "textarea",
    beyond: isFrame && !own(inside),
  };
})();
