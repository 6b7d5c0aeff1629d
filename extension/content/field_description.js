// Describes one input field for `page_description.js`: its attributes, its labels, and whether it is visible. Reports
// only whether a field has a value, never the value.
"use strict";

(() => {
  if (globalThis.casdoorFieldDescription) return;

  const MAX_TEXT = 240;
  const MAX_NAME = 120;
  /** Maximum nesting of elements, shadow roots and frames. */
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

  /** Returns the text of an element without the text of controls in it. */
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
    const named = element.getAttribute(attribute);
    if (!named) return "";
    const root = element.getRootNode();
    const ids = named.split(/\s+/).filter(Boolean).slice(0, 8);
    return squeeze(
      ids
        .map((id) => root.getElementById?.(id))
        .filter(Boolean)
        .map(textOf)
        .join(" "),
      MAX_TEXT,
    );
  };

  /** Returns the labels of all fields below a root. `field.labels` would search the whole document for each field. */
  const labelsBelow = (root, page) => {
    let labels = page.labels.get(root);
    if (!labels) {
      labels = Map.groupBy(root.querySelectorAll("label"), (label) => label.control);
      page.labels.set(root, labels);
    }
    return labels;
  };

  const labelOf = (field, page) => {
    const labels = labelsBelow(field.getRootNode(), page).get(field) ?? [];
    return squeeze(labels.slice(0, 4).map(textOf).concat(byIds(field, "aria-labelledby")).join(" "), MAX_TEXT);
  };

  // ---- Visibility of a field --------------------------------------------------------------------------------------

  const parentOf = (element) => element.assignedSlot ?? element.parentElement ?? element.getRootNode().host ?? null;

  const CLIPPING = new Set(["hidden", "clip"]);

  /** Returns how an element's own style affects the visibility of everything in it. */
  const ownEffect = (element, style) => ({
    opacity: Number(style.opacity),
    inert: element.inert === true,
    ariaHidden: element.getAttribute("aria-hidden") === "true",
    clipped: isClippedAway(style),
  });

  /** Returns how an element and its ancestors affect the visibility of a field in it. Computed once for each element,
   * because fields share their ancestors. */
  const surroundings = (element, page) => {
    const chain = [];
    let around = null;
    for (let box = element; box && !around && chain.length < MAX_DEPTH; box = parentOf(box)) {
      around = page.around.get(box) ?? null;
      if (!around) chain.push(box);
    }
    around ??= { opacity: 1, left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity };
    for (const box of chain.reverse()) {
      around = within(box, around);
      page.around.set(box, around);
    }
    return around;
  };

  const within = (element, outer) => {
    const { ownerDocument } = element;
    const style = ownerDocument.defaultView.getComputedStyle(element);
    const own = ownEffect(element, style);
    const inner = {
      ...outer,
      opacity: outer.opacity * own.opacity,
      inert: outer.inert || own.inert,
      ariaHidden: outer.ariaHidden || own.ariaHidden,
      clipped: outer.clipped || own.clipped,
    };
    const clips = CLIPPING.has(style.overflowX) || CLIPPING.has(style.overflowY);
    if (clips && element !== ownerDocument.body && element !== ownerDocument.documentElement) {
      const { left, top, right, bottom } = element.getBoundingClientRect();
      inner.left = Math.max(outer.left, left);
      inner.top = Math.max(outer.top, top);
      inner.right = Math.min(outer.right, right);
      inner.bottom = Math.min(outer.bottom, bottom);
    }
    return inner;
  };

  /** Returns the size and scroll position of a field's window. Cached, because reading them is slow. */
  const windowOf = (field, page) => {
    const view = field.ownerDocument.defaultView;
    let measures = page.windows.get(view);
    if (!measures) {
      const { scrollX, scrollY, innerWidth, innerHeight } = view;
      measures = { scrollX, scrollY, innerWidth, innerHeight };
      page.windows.set(view, measures);
    }
    return measures;
  };

  /** Returns the reasons why a user cannot see or reach a field; empty if there are none. */
  const hiddenReasons = (field, box, page) => {
    const reasons = [];
    const own = ownEffect(field, field.ownerDocument.defaultView.getComputedStyle(field));
    const around = surroundings(parentOf(field), page);
    if (box.width < 1 || box.height < 1) reasons.push("no_size");
    else if (box.width < 4 || box.height < 4) reasons.push("tiny");
    const { scrollX, scrollY } = windowOf(field, page);
    if (box.right + scrollX <= 0 || box.bottom + scrollY <= 0) reasons.push("off_screen");
    if (own.inert || around.inert) reasons.push("inert");
    if (own.ariaHidden || around.ariaHidden) reasons.push("aria_hidden");
    const isCutOff =
      Math.min(box.right, around.right) <= Math.max(box.left, around.left) ||
      Math.min(box.bottom, around.bottom) <= Math.max(box.top, around.top);
    if (own.clipped || around.clipped || isCutOff) reasons.push("clipped");
    if (own.opacity * around.opacity < 0.1) reasons.push("transparent");
    if (!reasons.length && isCovered(field, box, page)) reasons.push("covered");
    return reasons;
  };

  const isClippedAway = (style) => {
    const numbers = (text) => (text.match(/-?[\d.]+/g) ?? []).map(Number);
    if (style.position !== "static" && style.clip.startsWith("rect(")) {
      const [top = 0, right = 0, bottom = 0, left = 0] = numbers(style.clip);
      return right - left <= 1 && bottom - top <= 1;
    }
    const path = style.clipPath;
    if (path === "none") return false;
    if (path.startsWith("inset(")) return /\b(50|[6-9]\d|100)%/.test(path);
    return /^(circle|ellipse)\(0/.test(path) || /^polygon\((0(px|%)? 0(px|%)?,? ?)+\)$/.test(path);
  };

  /** Returns true if another element covers the whole field. Parts of the same control and bars along an edge of the
   * window do not count. */
  const isCovered = (field, box, page) => {
    const { innerWidth, innerHeight } = windowOf(field, page);
    const middle = box.top + box.height / 2;
    if (middle < 0 || middle > innerHeight || box.right < 0 || box.left > innerWidth) return false;
    const root = field.getRootNode();
    const view = field.ownerDocument.defaultView;
    if (!root.elementFromPoint) return false;
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
          return element.getBoundingClientRect().height > innerHeight / 2;
      }
      return true;
    });
  };

  /** Returns the number of cells that a page draws in place of a field that is itself transparent or tiny. */
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

  /** Selects Casdoor's fields for codes that are not the authenticator's: codes sent by SMS or email, recovery codes,
   * and the fields of RADIUS and push, which have the id `passcode`, too. Older passcode fields have
   * `autocomplete="off"`. */
  const CASDOOR_OTHERS =
    ".verification-code-input, .verification-code-input *, input[type=passcode], .login-form input#passcode.ant-input:not([autocomplete=off])";

  // ---- Description of one field -----------------------------------------------------------------------------------

  const isFocused = (field) => field.getRootNode().activeElement === field;

  const TEST_IDS = [
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

  /** Returns empty caches of what the fields of a page have in common. They are valid only while no other
   * script runs. */
  const newPage = () => ({ labels: new Map(), around: new Map(), windows: new Map() });

  /** Returns the description of a field, without its position in the page's tree. Empty members are left out. */
  const describeField = (field, offset = { x: 0, y: 0 }, page = newPage()) => {
    const present = new Set(field.getAttributeNames());
    const get = (name, length = MAX_NAME) => (present.has(name) ? squeeze(field.getAttribute(name), length) : "");
    const box = field.getBoundingClientRect();
    const isInput = field.localName === "input";
    const type = isInput
      ? field.type
      : field.isContentEditable && field.localName !== "textarea"
        ? "editable"
        : field.localName;
    const said = {
      type,
      name: get("name"),
      id: get("id"),
      class: get("class"),
      test_id: squeeze(TEST_IDS.map((name) => get(name)).join(" "), MAX_NAME),
      autocomplete: get("autocomplete", 60).toLowerCase(),
      inputmode: get("inputmode", 20).toLowerCase(),
      pattern: get("pattern", 60),
      label: labelOf(field, page),
      aria_label: get("aria-label", MAX_TEXT),
      described: byIds(field, "aria-describedby"),
      placeholder: get("placeholder", MAX_TEXT),
      title: get("title", MAX_TEXT),
      max_length: isInput && field.maxLength > 0 ? field.maxLength : 0,
      size: isInput && present.has("size") ? field.size : 0,
      has_value: Boolean(isInput && field.value !== "" && !["checkbox", "radio"].includes(type)),
      focused: isFocused(field),
      read_only: Boolean(field.readOnly),
      disabled: field.matches(":disabled") || get("aria-disabled") === "true",
      x: Math.round(box.left + offset.x),
      y: Math.round(box.top + offset.y),
      width: Math.round(box.width),
      height: Math.round(box.height),
      hidden: hiddenReasons(field, box, page),
      casdoor_other: field.matches(CASDOOR_OTHERS),
    };
    if (said.hidden.includes("transparent") || said.hidden.includes("tiny")) said.drawn_cells = drawnCells(field);
    for (const name in said) if (!said[name] || said[name].length === 0) delete said[name];
    return said;
  };

  globalThis.casdoorFieldDescription = {
    MAX_DEPTH,
    MAX_NAME,
    MAX_TEXT,
    INLINE,
    SKIPPED,
    byIds,
    describeField,
    newPage,
    parentOf,
    squeeze,
  };
})();
