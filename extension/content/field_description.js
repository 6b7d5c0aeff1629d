// Describes one input field for `page_description.js`: its attributes, its labels, and whether it can be seen. The
// values of fields are never read.
"use strict";

(() => {
  if (globalThis.casdoorFieldDescription) return;

  const MAX_TEXT = 240;
  const MAX_NAME = 120;
  /** Nesting of elements, shadow roots and frames that is followed. */
  const MAX_DEPTH = 120;

  const SKIPPED = new Set([
    "script",
    "style",
    "template",
    "noscript",
    "svg",
    "select",
    "option",
    "datalist",
    "object",
    "video",
    "audio",
    "math",
  ]);
  const INLINE = new Set([
    "a",
    "abbr",
    "b",
    "bdi",
    "bdo",
    "big",
    "br",
    "cite",
    "code",
    "em",
    "font",
    "i",
    "ins",
    "kbd",
    "mark",
    "q",
    "s",
    "samp",
    "span",
    "strong",
    "sub",
    "sup",
    "time",
    "tt",
    "u",
    "var",
    "wbr",
  ]);
  const squeeze = (text, length) => (text ?? "").replace(/\s+/g, " ").trim().slice(0, length);

  // ---- Text that belongs to a field --------------------------------------------------------------------------------

  /** The text of an element without that of the controls in it. */
  const textOf = (element) => {
    let text = "";
    const read = (node, depth) => {
      if (text.length > MAX_TEXT || depth > 20) return;
      if (node.nodeType === Node.TEXT_NODE) text += node.data;
      else if (node.nodeType === Node.ELEMENT_NODE && !SKIPPED.has(node.localName) && node.localName !== "textarea") {
        for (const child of node.childNodes) read(child, depth + 1);
        if (!INLINE.has(node.localName)) text += " ";
      }
    };
    read(element, 0);
    return squeeze(text, MAX_TEXT);
  };

  const byIds = (element, attribute) => {
    const root = element.getRootNode();
    const ids = (element.getAttribute(attribute) ?? "").split(/\s+/).filter(Boolean).slice(0, 8);
    return squeeze(
      ids
        .map((id) => root.getElementById?.(id))
        .filter(Boolean)
        .map(textOf)
        .join(" "),
      MAX_TEXT,
    );
  };

  const labelOf = (field) =>
    squeeze(
      [...(field.labels ?? [])].slice(0, 4).map(textOf).concat(byIds(field, "aria-labelledby")).join(" "),
      MAX_TEXT,
    );

  // ---- Whether a field can be seen --------------------------------------------------------------------------------

  const parentOf = (element) => element.assignedSlot ?? element.parentElement ?? element.getRootNode().host ?? null;

  /** Reasons for which a user cannot see or reach a field. */
  const hiddenReasons = (field, box) => {
    const reasons = new Set();
    const view = field.ownerDocument.defaultView;
    if (box.width < 1 || box.height < 1) reasons.add("no_size");
    else if (box.width < 4 || box.height < 4) reasons.add("tiny");
    if (box.right + view.scrollX <= 0 || box.bottom + view.scrollY <= 0) reasons.add("off_screen");
    let [left, top, right, bottom, opacity] = [box.left, box.top, box.right, box.bottom, 1];
    for (let element = field, depth = 0; element && depth < MAX_DEPTH; element = parentOf(element), depth += 1) {
      const style = view.getComputedStyle(element);
      opacity *= Number(style.opacity);
      if (element.inert) reasons.add("inert");
      if (element.getAttribute("aria-hidden") === "true") reasons.add("aria_hidden");
      if (isClippedAway(style)) reasons.add("clipped");
      if (
        element !== field &&
        (style.overflowX === "hidden" ||
          style.overflowX === "clip" ||
          style.overflowY === "hidden" ||
          style.overflowY === "clip") &&
        element !== field.ownerDocument.body &&
        element !== field.ownerDocument.documentElement
      ) {
        const around = element.getBoundingClientRect();
        [left, top] = [Math.max(left, around.left), Math.max(top, around.top)];
        [right, bottom] = [Math.min(right, around.right), Math.min(bottom, around.bottom)];
      }
    }
    if (right <= left || bottom <= top) reasons.add("clipped");
    if (opacity < 0.1) reasons.add("transparent");
    if (!reasons.size && isCovered(field, box)) reasons.add("covered");
    return [...reasons];
  };

  const isClippedAway = (style) => {
    const numbers = (text) => (text.match(/-?[\d.]+/g) ?? []).map(Number);
    if (style.clip.startsWith("rect(") && style.position !== "static") {
      const [top = 0, right = 0, bottom = 0, left = 0] = numbers(style.clip);
      return right - left <= 1 && bottom - top <= 1;
    }
    if (style.clipPath.startsWith("inset(")) return /\b(50|[6-9]\d|100)%/.test(style.clipPath);
    return /^(circle|ellipse)\(0/.test(style.clipPath) || /^polygon\((0(px|%)? 0(px|%)?,? ?)+\)$/.test(style.clipPath);
  };

  /** Something else lies over all of it: not a part of the same control, and not a bar along an edge of the window. */
  const isCovered = (field, box) => {
    const root = field.getRootNode();
    const view = field.ownerDocument.defaultView;
    const middle = box.top + box.height / 2;
    if (
      middle < 0 ||
      middle > view.innerHeight ||
      box.right < 0 ||
      box.left > view.innerWidth ||
      !root.elementFromPoint
    )
      return false;
    return [0.1, 0.5, 0.9].every((share) => {
      const over = root.elementFromPoint(box.left + box.width * share, middle);
      if (!over || over === field || over.contains(field) || field.contains(over)) return false;
      if (over.control === field || over.closest("label")?.control === field) return false;
      const home = field.parentElement?.parentElement;
      if (
        home?.contains(over) &&
        !over.querySelector("input") &&
        over.getBoundingClientRect().height <= box.height * 2 &&
        view.getComputedStyle(over).backgroundColor.endsWith(", 0)")
      )
        return false;
      for (let element = over; element; element = element.parentElement) {
        if (["fixed", "sticky"].includes(view.getComputedStyle(element).position))
          return element.getBoundingClientRect().height > view.innerHeight / 2;
      }
      return true;
    });
  };

  /** How many cells are drawn for a field that is itself transparent or tiny. */
  const drawnCells = (field) => {
    for (let box = field.parentElement, depth = 0; box && depth < 4; box = box.parentElement, depth += 1) {
      const inside = box.querySelectorAll("*");
      if (inside.length > 80) return 0;
      const leaves = [...inside].filter(
        (element) =>
          element !== field &&
          element.localName !== "input" &&
          element.childElementCount === 0 &&
          element.textContent.trim().length <= 1 &&
          element.getBoundingClientRect().height > 4,
      );
      const rows = Map.groupBy(
        leaves,
        (leaf) => `${leaf.localName} ${Math.round(leaf.getBoundingClientRect().top / 4)}`,
      );
      const count = Math.max(0, ...[...rows.values()].map((row) => row.length));
      if (count >= 4) return count;
    }
    return 0;
  };

  /** Casdoor's own fields for other codes, in every language: codes that were sent, recovery codes, and the fields of
   * RADIUS and push, which are called passcode. Older passcode fields have `autocomplete="off"`. */
  const CASDOOR_OTHERS =
    ".verification-code-input, .verification-code-input *, input[type=passcode], .login-form input#passcode.ant-input:not([autocomplete=off])";

  // ---- Description of one field -----------------------------------------------------------------------------------

  const isFocused = (field) => field.getRootNode().activeElement === field;

  /** All that is said of a field but its place in the page. Empty members are left out. */
  const describeField = (field, offset = { x: 0, y: 0 }) => {
    const get = (name, length = MAX_NAME) => squeeze(field.getAttribute(name), length);
    const box = field.getBoundingClientRect();
    const isInput = field.localName === "input";
    const type = isInput
      ? field.type
      : field.isContentEditable && field.localName !== "textarea"
        ? "editable"
        : field.localName;
    const tests = [
      "data-testid",
      "data-test",
      "data-test-id",
      "data-cy",
      "data-e2e",
      "data-qa",
      "ng-model",
      "formcontrolname",
      "data-bind",
      "v-model",
    ];
    const said = {
      type,
      name: get("name"),
      id: get("id"),
      class: get("class"),
      test_id: squeeze(tests.map((name) => get(name)).join(" "), MAX_NAME),
      autocomplete: get("autocomplete", 60).toLowerCase(),
      inputmode: get("inputmode", 20).toLowerCase(),
      pattern: get("pattern", 60),
      label: labelOf(field),
      aria_label: get("aria-label", MAX_TEXT),
      described: byIds(field, "aria-describedby"),
      placeholder: get("placeholder", MAX_TEXT),
      title: get("title", MAX_TEXT),
      max_length: isInput && field.maxLength > 0 ? field.maxLength : 0,
      size: isInput && field.hasAttribute("size") ? field.size : 0,
      has_value: Boolean(isInput && field.value !== "" && !["checkbox", "radio"].includes(type)),
      focused: isFocused(field),
      read_only: Boolean(field.readOnly),
      disabled: field.matches(":disabled") || field.getAttribute("aria-disabled") === "true",
      x: Math.round(box.left + offset.x),
      y: Math.round(box.top + offset.y),
      width: Math.round(box.width),
      height: Math.round(box.height),
      hidden: hiddenReasons(field, box),
      casdoor_other: field.matches(CASDOOR_OTHERS),
    };
    if (said.hidden.includes("transparent") || said.hidden.includes("tiny")) said.drawn_cells = drawnCells(field);
    return Object.fromEntries(Object.entries(said).filter(([, value]) => value && value.length !== 0));
  };

  globalThis.casdoorFieldDescription = {
    MAX_DEPTH,
    MAX_NAME,
    MAX_TEXT,
    INLINE,
    SKIPPED,
    byIds,
    describeField,
    squeeze,
  };
})();
