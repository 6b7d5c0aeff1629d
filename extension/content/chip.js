// The chip: a few buttons under a page's passcode form. It shows names, never a code. It is drawn in the browser's top
// layer, where the styles of its ancestors do not apply, and press_guard.js decides which presses count. A press that
// cannot be trusted only opens the popup.
"use strict";

(() => {
  if (globalThis.casdoorChip) return;
  const PressGuard = globalThis.casdoorPressGuard;

  /** Bounds for the width of the chip, in CSS pixels. Within them, the chip is as wide as its space on the page. */
  const MIN_WIDTH = 240;
  const MAX_WIDTH = 360;
  /** Interval in milliseconds between checks of the chip's position, because movements do not always cause an event. */
  const FOLLOW_MILLISECONDS = 200;
  /** Height of the empty strip that the page reserves above the chip, in CSS pixels. */
  const GAP = 12;
  /** The part of the strip whose visibility is observed. The outlines of fields and buttons do not reach it. */
  const PROBE = "position: relative; top: 4px; height: 3px; width: 160px; max-width: 100%";
  /** Maximum length of a button's text, in characters. */
  const MAX_LABEL = 120;

  // Important declarations in a shadow tree take precedence over all declarations of the page for its host.
  const STYLE = `
    :host { all: initial !important; display: flex !important; position: fixed !important; visibility: visible !important;
      direction: ltr !important; unicode-bidi: normal !important; user-select: none !important; -webkit-user-select: none !important;
      color-scheme: light dark !important; overflow: visible !important; pointer-events: auto !important; }
    :host::before, :host::after, :host::backdrop { content: none !important; display: none !important; }
    ::selection { color: inherit; background: transparent; }
    ::target-text { color: inherit; background: transparent; }
    div { flex: 1; display: flex; flex-direction: column; align-items: stretch; gap: 4px; min-width: 0;
      font: 14px/1.4 system-ui, sans-serif; text-align: start; }
    button { display: flex; gap: 8px; align-items: center; min-height: 32px; padding: 4px 12px; border-radius: 6px;
      border: 1px solid #b5bac4; background: #fff; color: #1b2130; font: inherit; text-align: start; cursor: pointer;
      overflow-wrap: anywhere; }
    button::before { content: ""; flex: none; width: 8px; height: 8px; border-radius: 50%; background: #3d4ed8; }
    button:hover { border-color: #3d4ed8; }
    button:focus-visible { outline: 2px solid #3d4ed8; outline-offset: 2px; }
    p { margin: 0; padding: 6px 12px; border-radius: 6px; background: #fff; color: #4a5264; }
    canvas { align-self: start; background: #fff; padding: 16px; border-radius: 6px; }
    .dark button { background: #1d2230; color: #eef0f6; border-color: #566078; }
    .dark button::before { background: #93a0ff; }
    .dark button:hover { border-color: #93a0ff; }
    .dark button:focus-visible { outline-color: #93a0ff; }
    .dark p { background: #1d2230; color: #b9c0d0; }
    @media (forced-colors: active) { button::before { forced-color-adjust: none; background: Highlight; } }`;

  /** Returns a text in the user's language. `$1` is the first argument. */
  const localize = (key, ...args) =>
    texts?.[key]?.replace(/\$(\d)/g, (_, number) => args[number - 1] ?? "") ??
    chrome.i18n.getMessage(key, args.map(String));

  /** The texts of the language that the user chose; null if the browser selects them. */
  let texts = null;
  let language = "";

  /** Uses the texts that the worker sent with a reply. */
  const useTexts = (reply) => {
    texts = reply.texts ?? null;
    language = reply.language ?? chrome.i18n.getMessage("language");
  };

  /** Returns the lightness of a computed color, from 0 to 1; null if it is transparent. */
  const lightness = (color) => {
    const numbers = color.replace(/^color\(\S+/, "").match(/\d*\.?\d+(e-\d+)?/g);
    const [one = 0, two = 0, three = 0, alpha = 1] = numbers?.map(Number) ?? [0, 0, 0, 0];
    if (alpha < 0.5) return null;
    if (color.startsWith("okl")) return one;
    if (color.startsWith("l")) return one / 100;
    return (0.2126 * one + 0.7152 * two + 0.0722 * three) / (color.startsWith("rgb") ? 255 : 1);
  };

  /** Returns true if the page is dark around an element: by the color behind it, or else by the page's color scheme. */
  const isDarkAround = (element) => {
    for (let at = element; at; at = at.parentElement ?? at.getRootNode().host) {
      const light = lightness(getComputedStyle(at).backgroundColor);
      if (light !== null) return light < 0.5;
    }
    const declared = document.querySelector("meta[name=color-scheme]")?.content;
    const { colorScheme } = getComputedStyle(document.documentElement);
    const schemes = colorScheme === "normal" ? (declared ?? "") : colorScheme;
    return /dark/.test(schemes) && (!/light/.test(schemes) || matchMedia("(prefers-color-scheme: dark)").matches);
  };

  const sheet = (text = "") => {
    const made = new CSSStyleSheet();
    made.replaceSync(text);
    return made;
  };

  class Chip {
    #host = document.createElement("casdoor-authenticator");
    #root = this.#host.attachShadow({ mode: "closed" });
    /** Reserves space for the chip in the page's own layout. */
    #space = document.createElement("casdoor-authenticator-space");
    #spaceRoot = this.#space.attachShadow({ mode: "closed" });
    #probe = document.createElement("div");
    #list = document.createElement("div");
    #sheets = [sheet(STYLE), sheet()];
    #spaceSheets = [sheet()];
    #width = MAX_WIDTH;
    #place = "";
    #height = -1;
    #anchor = null;
    #timer = 0;
    #openPopup;
    #guard = new PressGuard(
      this.#host,
      this.#space,
      this.#probe,
      () => this.#isIntact(),
      () => this.#width,
    );
    #resized = new ResizeObserver(() => this.restore());

    /** `openPopup` is called for a click on a chip that is not clearly visible. */
    constructor(openPopup) {
      this.#openPopup = openPopup;
      this.#list.setAttribute("role", "group");
      // Without this, the browser would show a title of the page's root element over the buttons.
      this.#list.title = "";
      this.#root.append(this.#list);
      this.#spaceRoot.append(this.#probe);
      const follow = () => {
        if (this.#anchor) this.restore();
      };
      for (const kind of ["scroll", "resize"]) window.addEventListener(kind, follow, { capture: true, passive: true });
      this.#host.addEventListener("toggle", follow);
    }

    /** Shows a note and buttons (`{ text, act }`, or a node) under an element of the page. */
    show(anchor, note, items) {
      const status = document.createElement("p");
      status.setAttribute("role", "status");
      status.textContent = note;
      this.#list.setAttribute("aria-label", localize("extension_name"));
      this.#list.lang = language.replace("_", "-");
      this.#list.dir = texts
        ? /^(ar|fa|he|ur)\b/.test(language)
          ? "rtl"
          : "ltr"
        : chrome.i18n.getMessage("@@bidi_dir") || "auto";
      this.#list.replaceChildren(...(note ? [status] : []), ...items.map((item) => this.#item(item)));
      this.#anchor = anchor;
      this.#guard.reset();
      this.#timer ||= setInterval(() => this.restore(), FOLLOW_MILLISECONDS);
      this.restore();
    }

    /** Restores the chip and its position after the page was redrawn or has moved or changed the chip. */
    restore() {
      if (!this.#anchor) return;
      if (!this.#anchor.isConnected) return this.#withdraw();
      if (this.#anchor.nextSibling !== this.#space) this.#anchor.after(this.#space);
      this.#attach();
      this.#follow();
    }

    /** Moves the focus to the first button; returns false if there is none. */
    focus() {
      const button = this.#host.isConnected && this.#list.querySelector("button");
      if (button) button.focus();
      return Boolean(button);
    }

    hide() {
      this.#anchor = null;
      clearInterval(this.#timer);
      this.#timer = 0;
      this.#withdraw();
    }

    #withdraw() {
      this.#resized.disconnect();
      this.#guard.stop();
      this.#host.remove();
      this.#space.remove();
    }

    /** Inserts the host into the top layer, as a child of the root element, without the page's additions to it. */
    #attach() {
      const host = this.#host;
      for (const { name } of [...host.attributes]) if (name !== "popover") host.removeAttribute(name);
      if (host.getAttribute("popover") !== "manual") host.setAttribute("popover", "manual");
      const isAway = host.ownerDocument !== document || host.parentNode !== document.documentElement;
      if (isAway) document.documentElement.append(host);
      // A host that was moved to another document and back has lost its style sheets.
      for (const [root, sheets] of [
        [this.#root, this.#sheets],
        [this.#spaceRoot, this.#spaceSheets],
      ]) {
        if (root.adoptedStyleSheets.length !== sheets.length) root.adoptedStyleSheets = sheets;
      }
      if (this.#isOpen()) return;
      // The chip follows this element in the keyboard's focus order.
      const source = [...this.#anchor.querySelectorAll("input, button")].at(-1);
      try {
        host.showPopover?.(source ? { source } : {});
      } catch {
        /* The page interfered. The next check tries again. */
      }
      this.#resized.disconnect();
      this.#resized.observe(host);
      this.#guard.start();
    }

    /** Positions the host over the space that is reserved for it. */
    #follow() {
      const space = this.#space.getBoundingClientRect();
      const width = Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, space.width));
      const isRightToLeft = getComputedStyle(this.#space).direction === "rtl";
      const left = isRightToLeft ? space.right - width : space.left;
      const place = `:host { left: ${left}px !important; top: ${space.top + GAP}px !important; width: ${width}px !important; }`;
      if (place !== this.#place) {
        [this.#place, this.#width] = [place, width];
        this.#sheets[1].replaceSync(place);
        this.#guard.restart();
      }
      this.#list.classList.toggle("dark", isDarkAround(this.#anchor));
      this.#reserveSpace(this.#host.offsetHeight);
    }

    #reserveSpace(height) {
      if (height === this.#height) return;
      this.#height = height;
      this.#spaceSheets[0].replaceSync(`
        :host { all: initial !important; display: block !important; height: ${height + GAP}px !important; }
        div { ${PROBE}; }`);
    }

    #isOpen() {
      return this.#host.isConnected && this.#host.matches(":popover-open");
    }

    /** Returns true if the host is unchanged and in its original position in the document. */
    #isIntact() {
      const { attributes, parentNode, ownerDocument } = this.#host;
      return (
        ownerDocument === document &&
        parentNode === document.documentElement &&
        this.#isOpen() &&
        attributes.length === 1 &&
        this.#root.adoptedStyleSheets.length === this.#sheets.length
      );
    }

    #item(item) {
      if (item instanceof Node) return item;
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = item.text.length > MAX_LABEL ? `${item.text.slice(0, MAX_LABEL)}…` : item.text;
      this.#guard.watch(button, item.act, this.#openPopup);
      return button;
    }
  }

  globalThis.casdoorChip = { Chip, localize, useTexts };
})();
