// Describes a page's input fields and the text around them, for the worker, which decides in Rust
// (`autofill::field_finder`) whether one of them takes an authenticator's code. This script judges nothing. It runs
// only when the user asks for a code to be filled, in the extension's own world, after `field_description.js`, and what
// it returns is bounded in size.
"use strict";

(() => {
  if (globalThis.casdoorFields) return;

  const { MAX_DEPTH, MAX_NAME, MAX_TEXT, INLINE, SKIPPED, byIds, describeField, squeeze } =
    globalThis.casdoorFieldDescription;

  const MAX_ELEMENTS = 20000;
  const MAX_FIELDS = 500;
  const MAX_TEXTS = 400;
  /** Texts further from every field than this many texts are left out, unless they are headings. */
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

  // ---- Walk through the page --------------------------------------------------------------------------------------

  let fields = [];
  let elements = 0;
  let order = 0;
  const nextOrder = () => {
    order += 1;
    return order;
  };

  const isTextField = (element) =>
    element.localName === "textarea" ||
    element.localName === "select" ||
    (element.localName === "input" && !BUTTON_TYPES.has(element.type) && element.type !== "hidden") ||
    (element.hasAttribute("contenteditable") && element.isContentEditable);

  const kindOf = (element) => {
    if (element.hasAttribute("popover") || element.getAttribute("aria-modal") === "true") return "dialog";
    return (
      ROLES[element.getAttribute("role")] ?? KINDS[element.localName] ?? (element.shadowRoot ? "shadow" : undefined)
    );
  };

  const textKind = (element) => {
    const [name, role] = [element.localName, element.getAttribute("role")];
    if (/^h[1-6]$/.test(name) || role === "heading") return "heading";
    if (name === "button" || role === "button" || name === "summary") return "button";
    if (name === "a" || role === "link") return "link";
    if (name === "label") return "label";
    if (name === "legend" || name === "caption" || name === "dt" || name === "th") return "legend";
    return role === "tab" ? "tab" : undefined;
  };

  /** Where a run of text ends: its pieces are joined to sentences until a block, a field or a button begins. */
  class Run {
    constructor(into, state) {
      Object.assign(this, { into, state, pieces: [] });
    }
    add(text, isLink) {
      this.pieces.push({ text, isLink });
    }
    end() {
      const says = ({ text }) => /[\p{L}\p{N}•*]/u.test(text);
      const spoken = this.pieces.filter(says);
      if (spoken.length > 0 && spoken.every((piece) => piece.isLink)) {
        for (const { text } of spoken) this.put("link", text);
      } else if (spoken.length > 0) {
        // "Or <a>get a text message</a>" leads elsewhere; "one of your <a>backup codes</a> does as well" is a sentence.
        const length = (isLink) =>
          spoken
            .filter((piece) => Boolean(piece.isLink) === isLink)
            .reduce((sum, piece) => sum + piece.text.trim().length, 0);
        this.put(
          length(true) > length(false) ? "link" : (this.state.kind ?? "text"),
          this.pieces.map(({ text }) => text).join(""),
        );
      }
      this.pieces = [];
    }
    put(k, text) {
      this.into.push({ k, t: squeeze(text, MAX_TEXT), for: this.state.control, order: nextOrder() });
    }
  }

  const childrenOf = (element) => {
    if (element.shadowRoot) return element.shadowRoot.childNodes;
    if (element.localName === "slot") {
      const given = element.assignedNodes();
      return given.length ? given : element.childNodes;
    }
    return element.childNodes;
  };

  const walk = (node, state, run, into) => {
    if (node.nodeType === Node.TEXT_NODE) return state.invisible ? undefined : run.add(node.data, state.link);
    if (node.nodeType !== Node.ELEMENT_NODE || state.depth > MAX_DEPTH) return undefined;
    elements += 1;
    if (elements > MAX_ELEMENTS) return undefined;
    if (isTextField(node)) {
      run.end();
      return walkField(node, state, into);
    }
    if (SKIPPED.has(node.localName)) return undefined;
    if (node.localName === "input") {
      if (node.type === "hidden") state.form?.names.add(squeeze(node.name, 40));
      else if (node.checkVisibility({ visibilityProperty: true })) {
        run.end();
        into.push({
          k: "button",
          t: squeeze(node.value || node.alt || node.title, MAX_TEXT),
          submits: node.type !== "button",
          order: nextOrder(),
        });
      }
      return undefined;
    }
    const style = getComputedStyle(node);
    if (
      style.display === "none" ||
      (node.parentElement?.localName === "details" && !node.parentElement.open && node.localName !== "summary")
    )
      return undefined;
    if (node.localName === "img" || node.getAttribute("role") === "img") {
      run.end();
      return walkPicture(node, into);
    }
    return walkElement(
      node,
      { ...state, depth: state.depth + 1, invisible: style.visibility !== "visible" },
      run,
      into,
    );
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
    if (fields.length >= MAX_FIELDS || !field.checkVisibility({ visibilityProperty: true })) return;
    into.push({ k: "field", field: fields.length, order, ...describeField(field, state.offset) });
    fields.push(field);
  };

  const walkElement = (node, state, run, into) => {
    const kind = textKind(node);
    const box = kindOf(node);
    if (!kind && !box && INLINE.has(node.localName) && !node.shadowRoot) {
      for (const child of childrenOf(node)) walk(child, state, run, into);
      return;
    }
    if (kind === "link" && INLINE.has(node.localName)) {
      for (const child of childrenOf(node)) walk(child, { ...state, link: true }, run, into);
      if (!node.textContent.trim() && node.ariaLabel) run.add(node.ariaLabel, true);
      return;
    }
    run.end();
    const children = [];
    const inner = { ...state, kind: kind ?? (box ? undefined : state.kind), link: false };
    if (kind === "label") inner.control = node.control ?? undefined;
    if (box === "form" || node.localName === "form") inner.form = { names: new Set() };
    nameBox(node, box, children);
    if (kind === "button" && node.localName === "button")
      children.push({ k: "submits", value: node.type === "submit" });
    const own = new Run(children, inner);
    if (node.localName === "iframe") walkFrame(node, inner, own, children);
    else for (const child of childrenOf(node)) walk(child, inner, own, children);
    own.end();
    if (kind === "button") return pushButton(node, children, into);
    wrap(node, box, inner, children, into);
  };

  /** A box's own name for assistive technology is said as a legend in it. */
  const nameBox = (node, box, children) => {
    const named = squeeze(
      `${node.getAttribute("aria-label") ?? ""} ${box ? byIds(node, "aria-labelledby") : ""}`,
      MAX_TEXT,
    );
    if (box && named && box !== "navigation") children.push({ k: "legend", t: named, order: nextOrder() });
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

  const walkFrame = (node, state, run, into) => {
    let inside = null;
    try {
      inside = node.contentDocument;
    } catch {
      /* A frame of another origin stays closed. */
    }
    if (!inside?.body) return;
    const { left, top } = node.getBoundingClientRect();
    walk(inside.body, { ...state, offset: { x: state.offset.x + left, y: state.offset.y + top } }, run, into);
  };

  const wrap = (node, box, state, children, into) => {
    if (children.length === 0) return;
    if (!box && children.length === 1) {
      into.push(children[0]);
      return;
    }
    const said = { k: box ?? "box", c: children };
    if (box)
      said.n = squeeze(`${node.id} ${node.getAttribute("name") ?? ""} ${node.getAttribute("class") ?? ""}`, MAX_NAME);
    if (node.localName === "form" && state.form.names.size)
      said.hidden_names = [...state.form.names].slice(0, 12).join(" ");
    into.push(said);
  };

  // ---- The whole page ---------------------------------------------------------------------------------------------

  /** Texts near fields, and headings; the others are left out. */
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

  /** The tree as a list, each with the number of its parent. */
  const flatten = (roots, kept) => {
    const nodes = [];
    const put = (node, parent) => {
      if (node.t && !kept.has(node)) return;
      const { c, order: _, for: control, ...said } = node;
      if (parent !== undefined) said.p = parent;
      if (control && fields.includes(control)) said.for = fields.indexOf(control);
      if (said.submits === undefined) delete said.submits;
      const number = nodes.push(said) - 1;
      for (const child of c ?? []) put(child, number);
    };
    for (const root of roots) put(root, undefined);
    return nodes;
  };

  const describe = () => {
    [fields, elements, order] = [[], 0, 0];
    const roots = [];
    const run = new Run(roots, {});
    if (document.body) walk(document.body, { depth: 0, offset: { x: 0, y: 0 } }, run, roots);
    run.end();
    return {
      title: squeeze(document.title, MAX_TEXT),
      lang: squeeze(document.documentElement.lang || document.querySelector("[lang]")?.lang, 20),
      nodes: flatten(roots, prune(roots)),
    };
  };

  globalThis.casdoorFields = { describe, describeField, field: (number) => fields[number], all: () => fields };
})();
