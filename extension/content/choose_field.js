// Outlines the fields of the page that could receive a code, lets the user choose one, and reports the choice to the
// worker. The outlines are drawn in the browser's top layer, in a closed shadow root of the extension's own world: the
// page can remove them, but cannot read them or choose for the user.
"use strict";

(() => {
  if (globalThis.casdoorChoice) return;
  globalThis.casdoorChoice = true;

  /** The buttons are removed after this time. */
  const MAX_MILLISECONDS = 60_000;
  /** A press before this time may be the second half of a double click that was meant for something else. */
  const READ_MILLISECONDS = 500;
  /** Interval between checks of the fields' positions, because movements do not always cause an event. */
  const FOLLOW_MILLISECONDS = 200;
  /** Distance between a field and its outline, in CSS pixels. */
  const GAP = 4;

  // Important declarations in a shadow tree take precedence over all declarations of the page for its host.
  const STYLE = `
    :host { all: initial !important; display: block !important; position: fixed !important; inset: 0 !important;
      visibility: visible !important; direction: ltr !important; color-scheme: light dark !important;
      overflow: visible !important; pointer-events: none !important; }
    :host::before, :host::after, :host::backdrop { content: none !important; display: none !important; }
    button { position: absolute; box-sizing: border-box; min-width: 16px; min-height: 16px; padding: 0;
      border: 3px solid #3d4ed8; border-radius: 8px; background: #3d4ed81f; cursor: pointer; pointer-events: auto; }
    button:hover { background: #3d4ed83d; }
    button:focus-visible { outline: 3px solid #3d4ed8; outline-offset: 3px; }
    div { position: absolute; inset: 16px 16px auto; width: fit-content; max-width: calc(100% - 32px); margin: 0 auto;
      box-sizing: border-box; display: flex; gap: 12px; align-items: center; padding: 10px 10px 10px 16px;
      border: 1px solid #b5bac4; border-radius: 8px; background: #fff; color: #1b2130; pointer-events: auto;
      font: 14px/1.4 system-ui, sans-serif; text-align: start; }
    p { margin: 0; }
    div button { position: static; flex: none; min-height: 32px; padding: 4px 12px; border: 1px solid #b5bac4;
      background: #fff; color: #1b2130; font: inherit; }
    @media (prefers-color-scheme: dark) {
      button { border-color: #93a0ff; background: #93a0ff2e; }
      div, div button { background: #1d2230; color: #eef0f6; border-color: #566078; }
    }
    @media (forced-colors: active) { button { border-color: Highlight; } }`;

  let current = null;

  /** Returns the bounding box of all fields of a choice, in the coordinates of this window. */
  const boxAround = (fields) => {
    const boxes = fields.map((field) => {
      const { left, top, right, bottom } = field.getBoundingClientRect();
      let [x, y] = [0, 0];
      for (let frame = field.ownerDocument.defaultView?.frameElement; frame; ) {
        const around = frame.getBoundingClientRect();
        [x, y] = [x + around.left + frame.clientLeft, y + around.top + frame.clientTop];
        frame = frame.ownerDocument === document ? null : frame.ownerDocument.defaultView?.frameElement;
      }
      return [left + x, top + y, right + x, bottom + y];
    });
    const [left, top] = [0, 1].map((side) => Math.min(...boxes.map((box) => box[side])) - GAP);
    const [right, bottom] = [2, 3].map((side) => Math.max(...boxes.map((box) => box[side])) + GAP);
    return { left, top, width: right - left, height: bottom - top };
  };

  class Choice {
    #host = document.createElement("casdoor-authenticator-choice");
    #root = this.#host.attachShadow({ mode: "closed" });
    #started = performance.now();
    #timer = 0;
    #choices;
    #abort = new AbortController();

    constructor(choices, texts) {
      this.#choices = choices.map((fields) => ({
        fields,
        button: this.#button(texts.use, () => this.#choose(fields)),
      }));
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      this.#root.adoptedStyleSheets = [sheet];
      const bar = document.createElement("div");
      const title = document.createElement("p");
      title.setAttribute("role", "status");
      title.textContent = texts.title;
      const cancel = this.#button("", () => this.end());
      cancel.textContent = texts.cancel;
      bar.append(title, cancel);
      bar.lang = texts.language.replace("_", "-");
      bar.dir = /^(ar|fa|he|ur)\b/.test(texts.language) ? "rtl" : "ltr";
      this.#root.append(...this.#choices.map(({ button }) => button), bar);
    }

    show() {
      this.#host.setAttribute("popover", "manual");
      document.documentElement.append(this.#host);
      this.#host.showPopover();
      const { signal } = this.#abort;
      const follow = () => this.#follow();
      for (const kind of ["scroll", "resize"])
        window.addEventListener(kind, follow, { capture: true, passive: true, signal });
      window.addEventListener("keydown", (event) => this.#onKey(event), { capture: true, signal });
      this.#timer = setInterval(follow, FOLLOW_MILLISECONDS);
      this.#choices[0].fields[0].scrollIntoView({ block: "nearest" });
      this.#follow();
      this.#choices[0].button.focus();
    }

    end() {
      clearInterval(this.#timer);
      this.#abort.abort();
      this.#host.remove();
      if (current === this) current = null;
    }

    #button(label, act) {
      const button = document.createElement("button");
      button.type = "button";
      if (label) button.setAttribute("aria-label", label);
      button.addEventListener("click", (event) => {
        event.stopPropagation();
        if (event.isTrusted && performance.now() - this.#started >= READ_MILLISECONDS) act();
      });
      return button;
    }

    #onKey(event) {
      if (!event.isTrusted || event.key !== "Escape") return;
      event.stopImmediatePropagation();
      event.preventDefault();
      this.end();
    }

    /** Moves the outlines to their fields. Ends the choice if the page has removed the buttons or all fields. */
    #follow() {
      const isOver = performance.now() - this.#started > MAX_MILLISECONDS;
      if (isOver || !this.#host.isConnected) return this.end();
      if (!this.#host.matches(":popover-open")) this.#host.showPopover();
      for (const { fields, button } of this.#choices) {
        button.hidden = !fields.every((field) => field.isConnected);
        if (button.hidden) continue;
        for (const [name, value] of Object.entries(boxAround(fields))) button.style[name] = `${value}px`;
      }
      if (this.#choices.every(({ button }) => button.hidden)) this.end();
      return undefined;
    }

    /** Reports the choice, with a new description of the page, which may have changed since the fields were shown. */
    #choose(fields) {
      this.end();
      const page = globalThis.casdoorTyping.describe();
      const all = globalThis.casdoorFields.all();
      const numbers = fields.map((field) => all.indexOf(field));
      if (numbers.includes(-1)) return;
      chrome.runtime.sendMessage({ field_chosen: { page, fields: numbers } });
    }
  }

  chrome.runtime.onMessage.addListener((message, _sender, reply) => {
    if (!message?.choose_field) return;
    const { choices, texts } = message.choose_field;
    const fields = choices.map((numbers) => numbers.map((number) => globalThis.casdoorFields.field(number)));
    current?.end();
    current = new Choice(fields, texts);
    try {
      current.show();
      reply(true);
    } catch {
      current.end();
      reply(false);
    }
  });
})();
