// Describes a page's input fields and the text around them. The worker decides in Rust (`autofill::field_finder`)
// whether one of them takes an authenticator's code; this script makes no decisions. It runs only when the user asks
// for a code to be filled, in the extension's own world, after `field_description.js`. The size of its result is
// bounded.
"use strict";

(() => {
  if (globalThis.casdoorFields) return;

  const { MAX_DEPTH, MAX_NAME, MAX_TEXT, INLINE, SKIPPED, byIds, describeField, newPage, parentOf, squeeze } =
    globalThis.casdoorFieldDescription;

  const MAX_ELEMENTS = 20000;
  const MAX_FIELDS = 500;
  const MAX_TEXTS = 400;
  /** Maximum distance of a text from the nearest field, counted in texts. Headings are kept at any distance. */
  const NEAR = 40;

  const BUTTON_TYPES = new Set(["submit", "button", "image", "reset"]);
  const KINDS = {
    form: "form",
    dialog: "dialog",
    nav: "navigation",
    header: "header",
    footer: "footer",
    aside: "aside",
    main: "main",
    article: "article",
    fieldset: "fieldset",
    iframe: "frame",
  };
  const ROLES = {
    dialog: "dialog",
    alertdialog: "dialog",
    navigation: "navigation",
    banner: "header",
    contentinfo: "footer",
    complementary: "aside",
    main: "main",
    search: "search",
    group: "fieldset",
    form: "form",
    menu: "navigation",
    menubar: "navigation",
    tablist: "navigation",
  };
  const entriesOf = (kind, names) => names.split(" ").map((name) => [name, kind]);
  const TEXT_KINDS = Object.fromEntries([
    ...entriesOf("heading", "h1 h2 h3 h4 h5 h6"),
    ...entriesOf("button", "button summary"),
    ...entriesOf("link", "a"),
    ...entriesOf("label", "label"),
    ...entriesOf("legend", "legend caption dt th"),
  ]);
  const ROLE_KINDS = { heading: "heading", button: "button", link: "link" };
  const TEXT_KIND_ORDER = ["heading", "button", "link", "label", "legend"];
  /** Few elements have one of these attributes, so one search for all of them is faster than checking each element. */
  const MARKED = "[role], [popover], [aria-modal], [contenteditable]";
  const HEADINGS = "h1, h2, h3, h4, h5, h6, [role=heading]";
  /** The HTML elements that can have a shadow root, besides custom elements. */
  const HOSTS = new Set(
    "article aside blockquote body div footer h1 h2 h3 h4 h5 h6 header main nav p section span".split(" "),
  );
  const BOX = { visibilityProperty: true };

  // ---- Walk through the page --------------------------------------------------------------------------------------

  let fields = [];
  let descriptions = [];
  let elements = 0;
  let order = 0;
  /** The `order` of the last field. */
  let lastField = 0;
  /** The elements with an attribute of `MARKED`, in all documents and shadow roots that were entered. */
  let marked = new Set();
  /** Caches: elements that are rendered although they have no box of their own, and elements that are not rendered. */
  let [rendered, notRendered] = [new Set(), new Set()];
  /** The caches of `describeField`. */
  let page = null;
  const nextOrder = () => {
    order += 1;
    return order;
  };

  const enter = (root) => {
    for (const element of root.querySelectorAll(MARKED)) marked.add(element);
  };

  const isTextField = (element, name) =>
    name === "input"
      ? !BUTTON_TYPES.has(element.type) && element.type !== "hidden"
      : name === "textarea" ||
        name === "select" ||
        (marked.has(element) && element.hasAttribute("contenteditable") && element.isContentEditable);

  const shadowOf = (element, name) => (HOSTS.has(name) || name.includes("-") ? element.shadowRoot : null);

  const kindOf = (element, name, shadow) => {
    const ownKind = KINDS[name] ?? (shadow ? "shadow" : undefined);
    if (!marked.has(element)) return ownKind;
    if (element.hasAttribute("popover") || element.getAttribute("aria-modal") === "true") return "dialog";
    return ROLES[element.getAttribute("role")] ?? ownKind;
  };

  const textKind = (element, name) => {
    // The summary of open details is the title of what they show; that of closed ones offers to show it.
    const ownKind = name === "summary" && element.parentElement?.open ? "heading" : TEXT_KINDS[name];
    if (!marked.has(element)) return ownKind;
    const role = element.getAttribute("role");
    const kinds = [ownKind, ROLE_KINDS[role]];
    return TEXT_KIND_ORDER.find((kind) => kinds.includes(kind)) ?? (role === "tab" ? "tab" : undefined);
  };

  /** The pieces of the current run of text, which are joined into one text when a block, field or button begins. */
  let pieces = [];

  const hasText = ({ text }) => /[\p{L}\p{N}•*]/u.test(text);

  const endRun = (state, into) => {
    if (pieces.length === 0) return;
    const ended = pieces;
    pieces = [];
    const textPieces = ended.filter(hasText);
    if (textPieces.length === 0) return;
    const put = (k, text) => into.push({ k, t: squeeze(text, MAX_TEXT), for: state.control, order: nextOrder() });
    if (textPieces.every((piece) => piece.isLink)) {
      for (const { text } of textPieces) put("link", text);
      return;
    }
    // "Or <a>get a text message</a>" is mostly a link; "one of your <a>backup codes</a> does as well" is mostly text.
    let [linked, plain] = [0, 0];
    for (const { text, isLink } of textPieces) {
      if (isLink) linked += text.trim().length;
      else plain += text.trim().length;
    }
    put(linked > plain ? "link" : (state.kind ?? "text"), ended.map(({ text }) => text).join(""));
  };

  /** Walks through the content of an element. `invisible` is undefined if it is not known yet: see `walkElement`. */
  const walkChildren = (element, name, shadow, state, depth, invisible, into) => {
    if (shadow) enter(shadow);
    const root = shadow ?? element;
    let [isInvisible, holdsHeadings] = [invisible, undefined];
    const visit = (child) => {
      if (child.nodeType !== Node.TEXT_NODE) return walk(child, state, depth, into);
      // White space at the start of a run is not text.
      if (isInvisible === true || (pieces.length === 0 && !/\S/.test(child.data))) return undefined;
      if (isInvisible === undefined) isInvisible = visibility(element) !== VISIBLE;
      if (!isInvisible) pieces.push({ text: child.data, isLink: state.link });
      return undefined;
    };
    const given = name === "slot" && !shadow ? element.assignedNodes() : [];
    given.forEach(visit);
    if (given.length > 0) return;
    const isClosed = name === "details" && !element.open;
    for (let child = root.firstChild; child; child = child.nextSibling) {
      if (notRendered.size > 0 && notRendered.has(element)) return;
      if (isTooFar() && state.kind !== "heading") {
        holdsHeadings ??= root.querySelector(HEADINGS) !== null;
        if (!holdsHeadings) return;
      }
      if (!isClosed || child.nodeType !== Node.ELEMENT_NODE || child.localName === "summary") visit(child);
    }
  };

  const [VISIBLE, INVISIBLE, NOT_RENDERED] = [0, 1, 2];

  const visibility = (element) => {
    if (element.checkVisibility(BOX)) return VISIBLE;
    // An element without a box may still be rendered, such as one with `display: contents`. Computed styles are slower.
    for (let box = element; box && !rendered.has(box); box = parentOf(box)) {
      if (notRendered.has(box) || getComputedStyle(box).display === "none") {
        notRendered.add(box);
        return NOT_RENDERED;
      }
    }
    for (let box = element; box && !rendered.has(box); box = parentOf(box)) rendered.add(box);
    return getComputedStyle(element).visibility === "visible" ? VISIBLE : INVISIBLE;
  };

  /** Returns true if the remaining texts are too far from the last described field. Only headings are kept then. */
  const isTooFar = () => fields.length >= MAX_FIELDS && order - lastField > NEAR;

  const walk = (node, state, depth, into) => {
    if (node.nodeType !== Node.ELEMENT_NODE || depth > MAX_DEPTH) return undefined;
    elements += 1;
    if (elements > MAX_ELEMENTS) return undefined;
    const name = node.localName;
    if (isTextField(node, name)) {
      endRun(state, into);
      return walkField(node, state, into);
    }
    if (SKIPPED.has(name)) return undefined;
    if (name === "input") return walkButton(node, state, into);
    if (name === "img" || (marked.has(node) && node.getAttribute("role") === "img")) {
      if (visibility(node) === NOT_RENDERED) return undefined;
      endRun(state, into);
      return walkPicture(node, into);
    }
    return walkElement(node, name, state, depth + 1, into);
  };

  const walkButton = (node, state, into) => {
    if (node.type === "hidden") {
      if (state.form && visibility(node.parentElement ?? node) !== NOT_RENDERED)
        state.form.names.add(squeeze(node.name, 40));
    } else if (node.checkVisibility(BOX)) {
      endRun(state, into);
      into.push({
        k: "button",
        t: squeeze(node.value || node.alt || node.title, MAX_TEXT),
        submits: node.type !== "button",
        order: nextOrder(),
      });
    }
  };

  const walkPicture = (node, into) => {
    const source =
      /[\w-]*(captcha|verifycode|vcode|kaptcha|securimage|checkcode)[\w-]*/i.exec(
        node.getAttribute("src") ?? "",
      )?.[0] ?? "";
    const t = squeeze(`${node.getAttribute("alt") ?? ""} ${node.title} ${source}`, MAX_TEXT);
    if (t && node.localName === "img") into.push({ k: "picture", t, order: nextOrder() });
  };

  const walkField = (field, state, into) => {
    if (fields.length >= MAX_FIELDS || !field.checkVisibility(BOX)) return;
    const description = describeField(field, state.offset, page);
    into.push({ k: "field", field: fields.length, order, ...description });
    lastField = order;
    fields.push(field);
    descriptions.push(description);
  };

  /** Describes an element and its content. Checking visibility is the slowest step, so an element is checked only if it
   * has a text of its own or interrupts a run of text. Fields in it are checked one by one. */
  const walkElement = (node, name, state, depth, into) => {
    const kind = textKind(node, name);
    const shadow = shadowOf(node, name);
    const box = kindOf(node, name, shadow);
    const seen = pieces.length > 0 || kind || box ? visibility(node) : undefined;
    if (seen === NOT_RENDERED) return undefined;
    const invisible = seen === undefined ? undefined : seen === INVISIBLE;
    if (!box && INLINE.has(name)) {
      if (!kind) return walkChildren(node, name, shadow, state, depth, invisible, into);
      if (kind === "link") return walkLink(node, name, state, depth, invisible, into);
    }
    endRun(state, into);
    const inner = innerState(node, name, kind, box, state);
    const start = into.length;
    nameBox(node, box, into);
    if (name === "button" && kind === "button") into.push({ k: "submits", value: node.type === "submit" });
    if (name === "iframe") walkFrame(node, inner, depth, into);
    else walkChildren(node, name, shadow, inner, depth, invisible, into);
    endRun(inner, into);
    if (kind === "button") return pushButton(node, into.splice(start), into);
    wrap(node, box, inner, start, into);
    if (box === "navigation" && node.getAttribute("role") === "tablist") addSelectedTab(node, into);
  };

  /** Adds the name of the selected tab as a heading after its tab list, because it is the title of the shown panel. */
  const addSelectedTab = (node, into) => {
    const tab = node.querySelector("[role=tab][aria-selected=true]");
    const t = squeeze(tab?.getAttribute("aria-label") || tab?.textContent, MAX_TEXT);
    if (t) into.push({ k: "heading", t, order: nextOrder() });
  };

  const walkLink = (node, name, state, depth, invisible, into) => {
    walkChildren(node, name, null, state.link ? state : { ...state, link: true }, depth, invisible, into);
    if (node.ariaLabel && !node.textContent.trim()) pieces.push({ text: node.ariaLabel, isLink: true });
  };

  /** Returns the state for the content of an element. Most elements share the state of their parent. */
  const innerState = (node, name, kind, box, state) => {
    const inherited = kind ?? (box ? undefined : state.kind);
    const isForm = box === "form" || name === "form";
    if (inherited === state.kind && !state.link && kind !== "label" && !isForm) return state;
    const inner = { ...state, kind: inherited, link: false };
    if (kind === "label") inner.control = node.control ?? undefined;
    if (isForm) inner.form = { names: new Set() };
    return inner;
  };

  /** Adds the name that a box has for assistive technology, as a legend in the box. */
  const nameBox = (node, box, into) => {
    if (!box || box === "navigation") return;
    const named = squeeze(`${node.getAttribute("aria-label") ?? ""} ${byIds(node, "aria-labelledby")}`, MAX_TEXT);
    if (named) into.push({ k: "legend", t: named, order: nextOrder() });
  };

  const pushButton = (node, children, into) => {
    const text =
      children
        .filter((child) => child.t)
        .map((child) => child.t)
        .join(" ") ||
      node.getAttribute("aria-label") ||
      node.title;
    const submits = children.find((child) => child.k === "submits")?.value;
    into.push(...children.filter((child) => child.k === "field" || child.c));
    if (squeeze(text, MAX_TEXT)) into.push({ k: "button", t: squeeze(text, MAX_TEXT), submits, order: nextOrder() });
  };

  const walkFrame = (node, state, depth, into) => {
    let inside = null;
    try {
      inside = node.contentDocument;
    } catch {
      /* The content of a frame with another origin cannot be read. */
    }
    if (!inside?.body) return;
    enter(inside);
    const { left, top } = node.getBoundingClientRect();
    const offset = { x: state.offset.x + left, y: state.offset.y + top };
    walk(inside.body, { ...state, offset }, depth, into);
  };

  /** Moves the nodes since `start` into a box. An element without a meaning gets no box around fewer than two nodes. */
  const wrap = (node, box, state, start, into) => {
    const count = into.length - start;
    if (count === 0 || (!box && count === 1)) return;
    const said = { k: box ?? "box", c: into.splice(start) };
    if (box)
      said.n = squeeze(`${node.id} ${node.getAttribute("name") ?? ""} ${node.getAttribute("class") ?? ""}`, MAX_NAME);
    if (node.localName === "form" && state.form.names.size)
      said.hidden_names = [...state.form.names].slice(0, 12).join(" ");
    into.push(said);
  };

  // ---- The whole page ---------------------------------------------------------------------------------------------

  /** Returns the texts to keep: headings, and the texts near fields, nearest first. */
  const prune = (roots) => {
    const places = [];
    const texts = [];
    const visit = (node) => {
      if (node.k === "field") places.push(node.order);
      else if (node.t) texts.push(node);
      node.c?.forEach(visit);
    };
    roots.forEach(visit);
    const near = new Set();
    let at = 0;
    for (const text of texts) {
      while (at + 1 < places.length && Math.abs(places[at + 1] - text.order) <= Math.abs(places[at] - text.order))
        at += 1;
      const distance = places.length ? Math.abs(places[at] - text.order) : Infinity;
      if (distance <= NEAR || text.k === "heading") near.add([distance, text]);
    }
    return new Set(
      [...near]
        .sort(([a], [b]) => a - b)
        .slice(0, MAX_TEXTS)
        .map(([, text]) => text),
    );
  };

  /** Returns the tree as a list of nodes, each with the index of its parent. */
  const flatten = (roots, kept) => {
    const nodes = [];
    const numbers = new Map(fields.map((field, number) => [field, number]));
    const put = (node, parent) => {
      if (node.t && !kept.has(node)) return;
      const { c, order: _, for: control, ...said } = node;
      if (parent !== undefined) said.p = parent;
      if (numbers.has(control)) said.for = numbers.get(control);
      if (said.submits === undefined) delete said.submits;
      const number = nodes.push(said) - 1;
      for (const child of c ?? []) put(child, number);
    };
    for (const root of roots) put(root, undefined);
    return nodes;
  };

  const describe = () => {
    [fields, descriptions, pieces, elements, order, lastField] = [[], [], [], 0, 0, 0];
    [marked, rendered, notRendered, page] = [new Set(), new Set(), new Set(), newPage()];
    const roots = [];
    const state = { offset: { x: 0, y: 0 }, kind: undefined, control: undefined, link: false, form: undefined };
    enter(document);
    if (document.body) walk(document.body, state, 0, roots);
    endRun(state, roots);
    // Released, so that the page's elements can be garbage-collected.
    [marked, rendered, notRendered, page] = [new Set(), new Set(), new Set(), null];
    return {
      title: squeeze(document.title, MAX_TEXT),
      lang: squeeze(document.documentElement.lang || document.querySelector("[lang]")?.lang, 20),
      nodes: flatten(roots, prune(roots)),
    };
  };

  globalThis.casdoorFields = {
    describe,
    describeField,
    field: (number) => fields[number],
    all: () => fields,
    descriptions: () => descriptions,
  };
})();
