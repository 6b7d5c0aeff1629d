// Reports the origin of a document and whether the focus is in one of its fields, before a code is typed there after a
// user gesture. It runs in the extension's own world, so that the page cannot forge the report. The path is empty for a
// document whose address is not one of its origin, such as `about:srcdoc`. If the focus is in a frame that this script
// cannot read, `frame` is the origin that the page gave the frame, which may have navigated since. The result is the
// value of the last expression.
"use strict";

(() => {
  let inside = document.activeElement;
  while (inside?.shadowRoot?.activeElement) inside = inside.shadowRoot.activeElement;
  const isReadable = (frame) => {
    try {
      return frame.contentDocument !== null;
    } catch {
      return false;
    }
  };
  const originOf = (address) => {
    try {
      return new URL(address).origin;
    } catch {
      return "";
    }
  };
  const isFrame = inside?.localName === "iframe" || inside?.localName === "frame";
  const beyond = isFrame && !isReadable(inside);
  return {
    origin: self.origin,
    path: location.origin === self.origin && location.protocol.startsWith("http") ? location.pathname : "",
    focused: document.hasFocus(),
    field: Boolean(inside?.isContentEditable) || inside?.localName === "input" || inside?.localName === "textarea",
    beyond,
    frame: beyond ? originOf(inside.src) : "",
  };
})();
