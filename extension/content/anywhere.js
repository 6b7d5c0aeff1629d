// On any page, upon the person's own gesture only: finds the field that takes an authenticator's code, and types it.
// The worker injects this file and then sends `{ type_code: { code } }`; whether the account may be filled into this
// origin was decided before that, in Rust. Where no field is surely the right one nothing is typed, and the reply says why.
"use strict";

(() => {
  if (globalThis.casdoorAnywhere) return;
  globalThis.casdoorAnywhere = true;
  const words = globalThis.casdoorWords;

  /** A candidate below this is left alone. */
  const ENOUGH = 6;
  /** Frames and shadow roots inside one another are followed so deep, and so many fields are looked at. */
  const MAX_DEPTH = 6;
  const MAX_FIELDS = 400;
  /** So many equal fields in a row are the cells of one code, whatever their attributes. */
  const MIN_CELLS = 4;
  /** A page may take so long to accept a digit before the next one is typed. */
  const SETTLE_MILLISECONDS = 30;

  const TYPES = new Set(["text", "tel", "number", "password", ""]);

  // ---- Reading what a field is called ----------------------------------------------------------------------------

  /** `two_factorCode1` and `Code d’accès` as words: lower case, no accents, single spaces. */
  const plain = (text) => (text ?? "").replace(/([a-z])([A-Z])/g, "$1 $2").replace(/([a-z])(\d+)\b/gi, "$1 $2")
    .normalize("NFKD").replace(/[\u0300-\u036f]/g, "").normalize("NFC").toLowerCase()
    .replace(/’/g, "'").replace(/[_\-./:[\]()]+/g, " ").replace(/\s+/g, " ").trim().slice(0, 600);

  /** Short Latin words have to stand alone: "pin" is not in "shipping". Longer ones and other scripts may be within. */
  const has = (text, list) => list.some((word) => (/^[a-z0-9' ]{1,7}$/.test(word)
    ? ` ${text} `.includes(` ${word} `) || ` ${text} `.includes(` ${word}s `)
    : text.includes(word)));

  const labels = (field) => {
    const root = field.getRootNode();
    const named = (field.getAttribute("aria-labelledby") ?? "").split(/\s+/).filter(Boolean).map((id) => root.getElementById?.(id)?.textContent);
    return [...(field.labels ?? [])].map((label) => label.textContent).concat(named).join(" ");
  };

  const own = (field) => plain([field.name, field.id, field.placeholder, field.title, field.getAttribute("aria-label"),
    field.getAttribute("data-testid"), labels(field)].join(" "));

  /** The heading that a field stands under. */
  const heading = (field) => {
    for (let box = field.parentElement, depth = 0; box && depth < 8; box = box.parentElement, depth += 1) {
      const found = box.querySelector("h1, h2, h3, h4, legend, [role=heading]");
      if (found) return plain(found.textContent);
    }
    return "";
  };

  /** The text of the nearest box around a field that says more than a few words. */
  const around = (field) => {
    for (let box = field.parentElement, depth = 0; box && depth < 8; box = box.parentElement, depth += 1) {
      const text = plain(box.innerText);
      if (text.length > 20 || box.matches("form, dialog, [role=dialog], main, body")) return text;
    }
    return "";
  };

  // ---- Finding candidates ----------------------------------------------------------------------------------------

  const usable = (field) => TYPES.has(field.type) && !field.disabled && !field.readOnly
    && field.checkVisibility({ opacityProperty: false, visibilityProperty: true }) && field.getBoundingClientRect().width > 0;

  /** Every input of the document, of open shadow roots, and of frames of this origin. */
  const inputs = (root, depth = 0, found = []) => {
    if (depth > MAX_DEPTH) return found;
    for (const element of root.querySelectorAll("*")) {
      if (found.length >= MAX_FIELDS) break;
      if (element.localName === "input") found.push(element);
      if (element.shadowRoot) inputs(element.shadowRoot, depth + 1, found);
      if (element.localName === "iframe" && inner(element)) inputs(inner(element), depth + 1, found);
    }
    return found;
  };

  const inner = (frame) => { try { return frame.contentDocument; } catch { return null; } };

  /** What the cells of one row have in common: their line, their width, and their label but for its number. */
  const row = (field) => {
    const { top, width } = field.getBoundingClientRect();
    const label = plain(`${field.placeholder} ${field.getAttribute("aria-label")} ${labels(field)}`).replace(/\d+/g, "");
    return [Math.round(top), Math.round(width), field.type, label].join("|");
  };

  /** Cells that stand side by side, and single fields. */
  const candidates = (fields, length) => {
    const rows = Map.groupBy(fields, row);
    const isCell = (field) => field.maxLength === 1 || field.size === 1 || rows.get(row(field)).length >= MIN_CELLS;
    const cells = fields.filter(isCell);
    const groups = Map.groupBy(cells, (cell) => home(cell, cells, length) ?? cell);
    return [...groups.values(), ...fields.filter((field) => !isCell(field)).map((field) => [field])];
  };

  /** The nearest box that holds as many cells as the code has characters, else the nearest with more than one. */
  const home = (cell, cells, length) => {
    let several = null;
    for (let box = cell.parentElement, depth = 0; box && depth < MAX_DEPTH; box = box.parentElement, depth += 1) {
      const count = cells.filter((other) => box.contains(other)).length;
      if (count >= length) return box;
      if (count > 1) several ??= box;
    }
    return several;
  };

  // ---- Judging them -----------------------------------------------------------------------------------------------

  /** How sure it is that this is the field, or `null` for one that gets no code. */
  const score = (cells, length) => {
    const [field] = cells;
    if (field.matches(words.never)) return null;
    const complete = (field.autocomplete ?? "").toLowerCase().split(/\s+/).at(-1);
    const isCode = complete === "one-time-code";
    if (complete && !isCode && !["on", "off", "new-password", "nope", "false"].includes(complete)) return null;
    if (cells.length > 1 ? cells.length !== length : field.maxLength > 0 && field.maxLength < length) return null;
    const [name, context] = [cells.length > 1 ? plain(cells.map(own).join(" ")) : own(field), around(field)];
    const asksFor = has(`${name} ${plain(field.className)}`, words.authenticator);
    if (has(name, words.other) || has(heading(field), words.other) || (field.type === "password" && !asksFor && !isCode)) return null;
    // A code that was sent is none of ours.
    if (has(context, words.sent) || (has(context, words.beside) && !has(`${context} ${name}`, words.authenticator))) return null;
    return (isCode ? 5 : 0) + (asksFor ? 6 : has(name, words.code) ? 3 : 0) + (has(context, words.authenticator) ? 3 : 0)
      + (cells.length > 1 ? 3 : field.maxLength === length || field.maxLength === length + 1 ? 2 : 0)
      + (field.inputMode === "numeric" || field.type === "tel" || /\\d|0-9/.test(field.pattern) ? 1 : 0)
      + (cells.some(isFocused) ? 2 : 0);
  };

  const isFocused = (field) => field.getRootNode().activeElement === field;

  /** The one best candidate, or why there is none. */
  const choose = (length) => {
    const judged = candidates(inputs(document).filter(usable), length).map((cells) => ({ cells, score: score(cells, length) }));
    const sure = judged.filter((one) => one.score !== null && one.score >= ENOUGH).sort((a, b) => b.score - a.score);
    if (sure.length === 0) return { reason: editable() ? "fill_editable" : "fill_no_field" };
    return sure[1]?.score === sure[0].score ? { reason: "fill_ambiguous" } : { cells: sure[0].cells };
  };

  /** A text that can be edited but is no field: what it does with a code cannot be known. */
  const editable = () => [...document.querySelectorAll("[contenteditable]")].some((element) =>
    element.isContentEditable && has(plain(`${element.id} ${element.className} ${element.getAttribute("aria-label")} ${around(element)}`), words.authenticator));

  // ---- Typing -------------------------------------------------------------------------------------------------------

  const enter = (field, text) => {
    field.focus();
    field.value = text;
    const init = { bubbles: true, composed: true, inputType: "insertText", data: text };
    field.dispatchEvent(new field.ownerDocument.defaultView.InputEvent("input", init));
  };

  const settled = () => new Promise((done) => setTimeout(done, SETTLE_MILLISECONDS));

  /** Masks insert spaces and dashes: what counts are the code's own characters. */
  const holds = (cells, code) => cells.map((cell) => cell.value).join("").replace(/[\s\-–·]/g, "") === code;

  const type = async (code) => {
    const { cells, reason } = choose(code.length);
    if (!cells) return { filled: false, reason };
    if (cells.length === 1) enter(cells[0], code);
    for (const [index, cell] of cells.length > 1 ? cells.entries() : []) {
      enter(cell, code[index]);
      await settled();
    }
    await settled();
    // A page that has taken the code may have drawn something else already.
    const filled = holds(cells, code) || cells.some((cell) => !cell.isConnected);
    return filled ? { filled } : { filled, reason: "fill_not_taken" };
  };

  chrome.runtime.onMessage.addListener((message, sender, reply) => {
    if (!message?.type_code) return undefined;
    type(message.type_code.code).then(reply, () => reply({ filled: false, reason: "fill_not_taken" }));
    return true;
  });
})();
