// The chip: a few buttons under a page's passcode boxes. It shows names, never a code, and acts on nobody's click but
// the person's: the shadow root is closed, events that a script made are ignored, and while the browser says that
// something covers or dims the chip, a click only opens the popup.
"use strict";

(() => {
  if (globalThis.casdoorChip) return;

  /** A button does nothing before the person could have seen it for so long. */
  const SEEN_MILLISECONDS = 300;

  const STYLE = `
    :host { all: initial !important; display: block !important; margin: 8px 0 0 !important; color-scheme: light dark !important; }
    div { display: flex; flex-direction: column; align-items: stretch; gap: 4px; max-width: 360px;
      font: 14px/1.4 system-ui, sans-serif; text-align: start; }
    button { display: flex; gap: 8px; align-items: center; min-height: 32px; padding: 4px 12px; border-radius: 6px;
      border: 1px solid #b5bac4; background: #fff; color: #1b2130; font: inherit; text-align: start; cursor: pointer; }
    button::before { content: ""; flex: none; width: 8px; height: 8px; border-radius: 50%; background: #3d4ed8; }
    button:hover { border-color: #3d4ed8; }
    button:focus-visible { outline: 2px solid #3d4ed8; outline-offset: 2px; }
    p { margin: 0; padding: 6px 12px; border-radius: 6px; background: #fff; color: #4a5264; }
    canvas { align-self: start; background: #fff; padding: 16px; border-radius: 6px; }
    @media (prefers-color-scheme: dark) {
      button { background: #1d2230; color: #eef0f6; border-color: #566078; }
      button::before { background: #93a0ff; }
      button:hover { border-color: #93a0ff; }
      p { background: #1d2230; color: #b9c0d0; }
    }
    @media (forced-colors: active) { button::before { forced-color-adjust: none; background: Highlight; } }`;

  /** A sentence in the person's language: the key's translation, else the English one. `$1` is the first argument. */
  const say = (key, english, ...args) =>
    chrome.i18n.getMessage(key, args) || english.replace(/\$(\d)/g, (_, n) => args[n - 1] ?? "");

  class Chip {
    #host = document.createElement("casdoor-authenticator");
    #list = document.createElement("div");
    #anchor = null;
    #seenSince; // unknown at first, `null` while it cannot be seen well
    #openPopup;
    #watcher;

    /** `openPopup` is what a click comes to while the browser says that the chip cannot be seen well. */
    constructor(openPopup) {
      this.#openPopup = openPopup;
      const root = this.#host.attachShadow({ mode: "closed" });
      const style = new CSSStyleSheet();
      style.replaceSync(STYLE);
      root.adoptedStyleSheets = [style];
      this.#list.setAttribute("role", "group");
      this.#list.setAttribute("aria-label", say("extension_name", "Casdoor Authenticator"));
      this.#list.dir = chrome.i18n.getMessage("@@bidi_dir") || "auto";
      root.append(this.#list);
      this.#watcher = new IntersectionObserver((entries) => this.#see(entries.at(-1)), {
        threshold: [0, 1], trackVisibility: true, delay: 100,
      });
    }

    /** Shows a note and buttons (`{ text, act }`, or a node) under an element of the page. */
    show(anchor, note, items) {
      const status = document.createElement("p");
      status.setAttribute("role", "status");
      status.textContent = note;
      this.#list.replaceChildren(...(note ? [status] : []), ...items.map((item) => this.#item(item)));
      this.#anchor = anchor;
      this.keep();
    }

    /** Puts the chip back where it belongs: pages draw themselves anew. */
    keep() {
      if (!this.#anchor?.isConnected || this.#anchor.nextSibling === this.#host) return;
      this.#anchor.after(this.#host);
      this.#seenSince = undefined;
      this.#watcher.disconnect();
      this.#watcher.observe(this.#host);
    }

    /** Moves the focus to the first button; false if there is none. */
    focus() {
      const button = this.#host.isConnected && this.#list.querySelector("button");
      if (button) button.focus();
      return Boolean(button);
    }

    hide() {
      this.#anchor = null;
      this.#watcher.disconnect();
      this.#host.remove();
    }

    #item(item) {
      if (item instanceof Node) return item;
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = item.text;
      button.addEventListener("click", (event) => this.#click(event, item.act));
      return button;
    }

    /** Where the browser cannot say whether something covers the chip, the pointer's own place is looked at. */
    #see(entry) {
      const visible = entry.isVisible ?? entry.isIntersecting;
      this.#seenSince = visible ? (this.#seenSince ?? performance.now()) : null;
    }

    #click(event, act) {
      event.preventDefault();
      event.stopPropagation();
      if (!event.isTrusted || this.#seenSince === undefined) return;
      // A click by the keyboard has no place.
      const at = event.detail > 0 ? document.elementFromPoint(event.clientX, event.clientY) : this.#host;
      if (this.#seenSince === null || at !== this.#host) return this.#openPopup();
      if (performance.now() - this.#seenSince >= SEEN_MILLISECONDS) act();
    }
  }

  globalThis.casdoorChip = { Chip, say };
})();
