// Returns one line per element: tag, id, classes, relevant attributes, own text, and whether it is visible.
// biome-ignore lint/correctness/noUnusedVariables: the test that contains this script calls it.
const outline = (selector) => {
  const attributes = [
    "type",
    "name",
    "autocomplete",
    "placeholder",
    "aria-label",
    "aria-required",
    "role",
    "inputmode",
    "maxlength",
    "size",
    "href",
    "alt",
    "value",
    "width",
    "height",
    "tabindex",
  ];
  const line = (element, depth) => {
    const classes = [...element.classList]
      .filter((name) => !/^(css|var)-/.test(name))
      .map((name) => `.${name}`)
      .join("");
    const shownAttributes = attributes
      .filter((name) => element.hasAttribute(name))
      .map((name) => `${name}="${element.getAttribute(name).slice(0, 80)}"`)
      .join(" ");
    const own = [...element.childNodes]
      .filter((node) => node.nodeType === 3)
      .map((node) => node.textContent.trim())
      .join(" ")
      .trim()
      .slice(0, 120);
    const { width, height } = element.getBoundingClientRect();
    const parts = [
      "  ".repeat(depth),
      element.tagName.toLowerCase(),
      element.id && `#${element.id}`,
      classes,
      shownAttributes && ` [${shownAttributes}]`,
      own && `  «${own}»`,
      width > 0 && height > 0 ? "" : "  (not visible)",
    ];
    return parts.filter(Boolean).join("");
  };
  const lines = [];
  const walk = (element, depth) => {
    if (["SCRIPT", "STYLE", "SVG", "PATH"].includes(element.tagName.toUpperCase())) {
      return;
    }
    lines.push(line(element, depth));
    for (const child of element.children) walk(child, depth + 1);
  };
  const root = document.querySelector(selector);
  root && walk(root, 0);
  return lines.join("\n");
};
