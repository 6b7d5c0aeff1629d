// Reads which user a page shows, so that the worker can list the matching one of several accounts for the site first.
// It runs in the extension's own world after a user gesture, or on a page of a connected server. It decides nothing,
// and what it returns is bounded in size. The value of its last expression is the result.
"use strict";

(() => {
  const MAX_FIELDS = 20;
  const MAX_VALUE = 200;
  const MAX_TEXT = 10000;
  const MAX_NODES = 5000;
  const SKIPPED = "script, style, noscript, template, textarea, select, svg";

  const fields = [];
  const texts = [];
  let [length, nodes] = [0, 0];

  /** Returns true if a field may contain a user name. A hidden field counts only if its `autocomplete` says so. */
  const mayHoldUser = (field) => {
    const purposes = field.autocomplete.toLowerCase().split(/\s+/);
    if (purposes.includes("username") || purposes.includes("email")) return field.type !== "password";
    if (purposes.some((purpose) => purpose.startsWith("cc-") || purpose === "one-time-code")) return false;
    return ["text", "email", "tel"].includes(field.type) && field.checkVisibility({ visibilityProperty: true });
  };

  const isShown = (element) =>
    element &&
    !element.closest(SKIPPED) &&
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true });

  const read = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node && nodes < MAX_NODES; node = walker.nextNode()) {
      nodes += 1;
      if (node.nodeType === Node.TEXT_NODE) {
        const text = node.data.trim();
        if (!text || length >= MAX_TEXT || !isShown(node.parentElement ?? root.host)) continue;
        texts.push(text.slice(0, MAX_TEXT - length));
        length += text.length + 1;
      } else if (node.localName === "input" && node.value && fields.length < MAX_FIELDS && mayHoldUser(node)) {
        fields.push(node.value.slice(0, MAX_VALUE));
      }
      const inside = node.shadowRoot ?? null;
      if (inside) read(inside);
    }
  };

  if (document.body) read(document.body);
  return { origin: self.origin, fields, text: texts.join(" ") };
})();
