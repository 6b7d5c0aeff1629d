// Types a code into the fields that the worker chose from their descriptions (`content/page_description.js`), after
// the user's own gesture. It sends the events that a keyboard would cause, and says that the code was typed only if the
// page has it then. A field that is not the one that was described any more gets nothing.
"use strict";

(() => {
  if (globalThis.casdoorTyping) return;

  /** A page may take so long to accept a character before the next cell is typed into. */
  const SETTLE_MILLISECONDS = 30;
  /** A page may take so long to lift `readonly` from a field that was focused. */
  const WAKE_MILLISECONDS = 120;
  /** A page may take so long to show what it made of a code. */
  const RESULT_MILLISECONDS = 150;

  const { describeField, field: described } = globalThis.casdoorFields;
  const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

  // ---- The same field? --------------------------------------------------------------------------------------------

  /** What must not change between the description and the typing. Position and focus may. */
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
  /** Remembers what was described, when it was described. */
  const remember = (fields, descriptions) => {
    for (const [number, field] of fields.entries()) known.set(field, identity(field, descriptions[number]));
  };

  const isSame = (field) => Boolean(field?.isConnected) && known.get(field) === identity(field);

  // ---- Events as a keyboard causes them ---------------------------------------------------------------------------

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
    let told = false;
    const listen = () => {
      told = true;
    };
    field.addEventListener("focus", listen, { once: true });
    field.focus({ preventScroll: true });
    field.removeEventListener("focus", listen);
    if (told) return;
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
    const goesOn = [fire(field, "KeyboardEvent", "keydown", key), fire(field, "KeyboardEvent", "keypress", key)].every(
      Boolean,
    );
    const input = { inputType: "insertText", data: character };
    const inserts = goesOn && fire(field, "InputEvent", "beforeinput", { ...input, cancelable: true });
    if (inserts || field.value === before) {
      setValue(field, value);
      fire(field, "InputEvent", "input", input);
    }
    fire(field, "KeyboardEvent", "keyup", key);
  };

  const change = (field) => {
    if (field.isConnected) fire(field, "Event", "change", {});
  };

  // ---- What the page has ------------------------------------------------------------------------------------------

  /** Masks insert spaces and dashes: what counts are the code's own characters. */
  const plain = (text) => text.replace(/[\s\-–·_]/g, "").toUpperCase();
  const typedIn = (fields) => plain(fields.map((field) => field.value).join(""));

  /** The form keeps the code in a field of its own, such as a hidden one. */
  const formHas = (fields, code) =>
    [...(fields[0].form?.elements ?? [])].some(
      (element) => element.localName === "input" && plain(element.value ?? "") === code,
    );

  /** Some pages hand the code on from the field that received it to the cells beside it. */
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

  /** Notices a form that is sent while the code is typed: nothing more is typed then. */
  const watch = (fields) => {
    const seen = { sent: false };
    const notice = (event) => {
      if (fields.some((field) => event.target === field.form || event.target.contains?.(field))) seen.sent = true;
    };
    const root = fields[0].ownerDocument;
    root.addEventListener("submit", notice, true);
    seen.end = () => root.removeEventListener("submit", notice, true);
    return seen;
  };

  const typeIntoOne = async (field, code, page) => {
    if (field.value !== "") field.select?.();
    let typed = "";
    for (const character of code) {
      typed += character;
      const shown = typed.length > 1 ? field.value : "";
      // A mask may have put a dash or a space there already.
      press(field, character, plain(shown) === plain(typed.slice(0, -1)) ? shown + character : typed);
      await undefined;
      if (page.sent || !field.isConnected) return;
    }
    change(field);
  };

  const typeIntoCells = async (fields, code, page) => {
    for (const [index, character] of [...code].entries()) {
      const cell = fields[index];
      if (page.sent || !cell.isConnected) return;
      if (index > 0) focus(cell);
      // The first cell may have spread the code already.
      if (plain(cell.value) !== character.toUpperCase()) press(cell, character, character);
      await wait(SETTLE_MILLISECONDS);
      if (!page.sent) change(cell);
    }
  };

  const type = async (code, numbers) => {
    const fields = numbers.map(described);
    if (fields.length === 0 || !fields.every(isSame)) return { filled: false, reason: "fill_changed" };
    fields[0].scrollIntoView({ block: "nearest" });
    focus(fields[0]);
    if (fields[0].readOnly) await wait(WAKE_MILLISECONDS);
    // Focusing runs the page's own code: it may have put something else in place.
    if (fields.some((field) => field.readOnly || field.disabled || !field.isConnected))
      return { filled: false, reason: "fill_not_taken" };
    const page = watch(fields);
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
    return has() ? { filled: true } : { filled: false, reason: "fill_not_taken" };
  };

  /** Describes the page, and remembers what was described until a code is typed. */
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
    type(code, fields).then(reply, () => reply({ filled: false, reason: "fill_not_taken" }));
    return true;
  });
})();
