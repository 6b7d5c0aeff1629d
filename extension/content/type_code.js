// Types a code into the fields that the worker chose from their descriptions (`content/page_description.js`), after a
// user gesture. It sends the events that a keyboard would cause, and reports success only if the page then has the
// code. Nothing is typed into a field that has changed since it was described.
"use strict";

(() => {
  if (globalThis.casdoorTyping) return;

  /** How long to wait after each cell, so that the page can process the character. */
  const SETTLE_MILLISECONDS = 30;
  /** How long to wait for the page to remove `readonly` from a focused field. */
  const WAKE_MILLISECONDS = 120;
  /** How long to wait for the page to show the typed code. */
  const RESULT_MILLISECONDS = 150;

  const FILLED = { filled: true };
  const NOT_TAKEN = { filled: false, reason: "fill_not_taken" };

  const { describeField, field: described } = globalThis.casdoorFields;
  const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

  // ---- Identity of a field ----------------------------------------------------------------------------------------

  /** Returns what must not change between the description and the typing. Position and focus may change. */
  const identity = (field, said = describeField(field)) => {
    const kept = [
      "type",
      "name",
      "id",
      "autocomplete",
      "label",
      "aria_label",
      "placeholder",
      "title",
      "max_length",
      "disabled",
    ];
    return JSON.stringify([
      field.ownerDocument.URL,
      said.hidden?.filter((reason) => reason !== "covered") ?? [],
      ...kept.map((name) => said[name] ?? ""),
    ]);
  };

  const known = new WeakMap();
  /** Stores the identity of each described field, to detect later changes. */
  const remember = (fields, descriptions) => {
    for (const [number, field] of fields.entries()) known.set(field, identity(field, descriptions[number]));
  };

  const isSame = (field) => Boolean(field?.isConnected) && known.get(field) === identity(field);

  // ---- Keyboard events --------------------------------------------------------------------------------------------

  const viewOf = (field) => field.ownerDocument.defaultView;

  const fire = (field, kind, type, init) =>
    field.dispatchEvent(
      new (viewOf(field)[kind])(type, { bubbles: true, composed: true, view: viewOf(field), ...init }),
    );

  const keyInit = (character) => {
    const isDigit = /\d/.test(character);
    const code = isDigit ? `Digit${character}` : `Key${character.toUpperCase()}`;
    const keyCode = character.toUpperCase().charCodeAt(0);
    return { key: character, code, keyCode, which: keyCode, cancelable: true };
  };

  /** Focuses a field. Sends the events itself, because the page's window has no focus while the popup is open. */
  const focus = (field) => {
    let wasFired = false;
    const listen = () => {
      wasFired = true;
    };
    field.addEventListener("focus", listen, { once: true });
    field.focus({ preventScroll: true });
    field.removeEventListener("focus", listen);
    if (wasFired) return;
    fire(field, "FocusEvent", "focus", { bubbles: false });
    fire(field, "FocusEvent", "focusin", {});
  };

  const setValue = (field, value) => {
    const prototype = Object.getPrototypeOf(field);
    const setter = Object.getOwnPropertyDescriptor(prototype, "value")?.set;
    if (setter) setter.call(field, value);
    else field.value = value;
  };

  /** Types a character at the end of a field. A page that cancels the key event inserts the character itself. */
  const press = (field, character, value) => {
    const before = field.value;
    const key = keyInit(character);
    const isAllowed = [
      fire(field, "KeyboardEvent", "keydown", key),
      fire(field, "KeyboardEvent", "keypress", key),
    ].every(Boolean);
    const input = { inputType: "insertText", data: character };
    const inserts = isAllowed && fire(field, "InputEvent", "beforeinput", { ...input, cancelable: true });
    if (inserts || field.value === before) {
      setValue(field, value);
      fire(field, "InputEvent", "input", input);
    }
    fire(field, "KeyboardEvent", "keyup", key);
  };

  const change = (field) => {
    if (field.isConnected) fire(field, "Event", "change", {});
  };

  // ---- Result of typing -------------------------------------------------------------------------------------------

  /** Returns a text without the spaces and dashes that input masks insert. */
  const plain = (text) => text.replace(/[\s\-–·_]/g, "").toUpperCase();
  const isSameText = (one, other) => plain(one) === plain(other);
  const typedIn = (fields) => plain(fields.map((field) => field.value).join(""));

  /** Returns true if another field of the form, such as a hidden one, has the code. */
  const formHas = (fields, code) =>
    [...(fields[0].form?.elements ?? [])].some(
      (element) => element.localName === "input" && plain(element.value ?? "") === code,
    );

  /** Returns true if the page has distributed the code from the field to the cells next to it. */
  const cellsHave = (field, code) => {
    for (let box = field.parentElement, depth = 0; box && depth < 6; box = box.parentElement, depth += 1) {
      const cells = [...box.querySelectorAll("input")].filter(
        (cell) => !["hidden", "checkbox", "radio", "submit"].includes(cell.type),
      );
      if (cells.length > 16) return false;
      if (cells.length > 1 && cells.some((cell) => cell !== field && cell.value !== "") && typedIn(cells) === code)
        return true;
    }
    return false;
  };

  // ---- Typing -----------------------------------------------------------------------------------------------------

  /**
   * Detects that the page submits the form while the code is typed. Nothing more is typed then. Many pages continue at
   * the last digit without submitting a form: the result is then known, but the fields can't be read again.
   */
  const watch = (fields, answer) => {
    const seen = { sent: false, isTyped: false };
    const notice = (event) => {
      if (fields.some((field) => event.target === field.form || event.target.contains?.(field))) seen.sent = true;
    };
    const root = fields[0].ownerDocument;
    const leave = (event) => {
      if (event.isTrusted) answer(seen.isTyped || seen.sent ? FILLED : NOT_TAKEN);
    };
    root.addEventListener("submit", notice, true);
    addEventListener("pagehide", leave);
    seen.end = () => {
      root.removeEventListener("submit", notice, true);
      removeEventListener("pagehide", leave);
    };
    return seen;
  };

  const typeIntoOne = async (field, code, page) => {
    if (field.value !== "") field.select?.();
    let typed = "";
    for (const character of code) {
      typed += character;
      const shown = typed.length > 1 ? field.value : "";
      // An input mask may already have inserted a dash or a space.
      press(field, character, plain(shown) === plain(typed.slice(0, -1)) ? shown + character : typed);
      page.isTyped = typed === code;
      await undefined;
      if (page.sent || !field.isConnected) return;
    }
    change(field);
  };

  /** Types the code into cells that take one character each, or equal parts of it. */
  const typeIntoCells = async (fields, code, page) => {
    const size = Math.ceil(code.length / fields.length);
    for (const [index, character] of [...code].entries()) {
      const cell = fields[Math.floor(index / size)];
      if (page.sent || !cell.isConnected) return;
      const start = index - (index % size);
      const isFirst = index === start;
      if (isFirst && index > 0) focus(cell);
      if (isFirst && size > 1 && cell.value !== "") cell.select?.();
      const typed = code.slice(start, index + 1);
      // The page may already have distributed the code to its cells.
      if (!isSameText(cell.value, code.slice(start, start + size))) press(cell, character, typed);
      page.isTyped = index === code.length - 1;
      const isLast = index === start + size - 1 || page.isTyped;
      await (isLast ? wait(SETTLE_MILLISECONDS) : undefined);
      if (isLast && !page.sent) change(cell);
    }
  };

  /** Types the code, and calls `answer` as soon as the result is known. */
  const type = async (code, numbers, answer) => {
    const fields = numbers.map(described);
    if (fields.length === 0 || !fields.every(isSame)) return answer({ filled: false, reason: "fill_changed" });
    fields[0].scrollIntoView({ block: "nearest" });
    focus(fields[0]);
    if (fields[0].readOnly) await wait(WAKE_MILLISECONDS);
    // The page's focus handlers may have replaced or disabled a field.
    if (fields.some((field) => field.readOnly || field.disabled || !field.isConnected)) return answer(NOT_TAKEN);
    const page = watch(fields, answer);
    if (fields.length === 1) await typeIntoOne(fields[0], code, page);
    else await typeIntoCells(fields, code, page);
    await wait(SETTLE_MILLISECONDS);
    const wanted = plain(code);
    const has = () =>
      page.sent ||
      typedIn(fields) === wanted ||
      fields.some((field) => !field.isConnected) ||
      formHas(fields, wanted) ||
      cellsHave(fields[0], wanted);
    if (!has()) await wait(RESULT_MILLISECONDS);
    page.end();
    return answer(has() ? FILLED : NOT_TAKEN);
  };

  /** Describes the page, and stores the identity of its fields until a code is typed. */
  const describe = () => {
    const description = globalThis.casdoorFields.describe();
    remember(globalThis.casdoorFields.all(), globalThis.casdoorFields.descriptions());
    return JSON.stringify(description);
  };

  globalThis.casdoorTyping = { describe };

  chrome.runtime.onMessage.addListener((message, _sender, reply) => {
    if (message?.describe_fields) {
      reply(describe());
      return undefined;
    }
    if (!message?.type_code) return undefined;
    const { code, fields } = message.type_code;
    type(code, fields, reply).catch(() => reply(NOT_TAKEN));
    return true;
  });
})();
