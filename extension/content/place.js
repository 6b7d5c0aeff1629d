// What the worker is told of a document before a code is typed into it, upon the person's gesture: who it is and where its
// focus is. It runs in the extension's own world: no page can answer in its place. The last value is the answer.
"use strict";

(() => {
  let inside = document.activeElement;
  while (inside?.shadowRoot?.activeElement) inside = inside.shadowRoot.activeElement;
  const own = (frame) => { try { return frame.contentDocument !== null; } catch { return false; } };
  const isFrame = inside?.localName === "iframe" || inside?.localName === "frame";
  return {
    origin: self.origin,
    focused: document.hasFocus(),
    field: Boolean(inside?.isContentEditable) || inside?.localName === "input" || inside?.localName === "textarea",
    beyond: isFrame && !own(inside),
  };
})();
