// Draws the popup's first frame before any module is loaded: the list as it was last drawn, with current codes. The
// wasm needs the results of the same three reads. This is a classic script, because modules run later. The wasm is
// compiled after the frame is painted, because compiling would delay the frame.

// The same document in the browser's side panel, which stays open beside all tabs and may be of any size.
const isPanel = location.search === "?panel";
document.documentElement.classList.toggle("panel", isPanel);

// Returns the code of a row at a time in seconds since 1970; empty if the account is counter-based.
function codeAt({ codes, from, period }, now) {
  return (period && codes.split(" ")[Math.floor((now - from) / period)]) || "";
}

// Draws the stored markup. Returns false if it is outdated: the vault has locked, a row has moved, or the current site
// has an account, which changes the order of the rows.
function draw({ account_list, first_frame, pending_action, url }) {
  if (!account_list || !first_frame || pending_action) return false;
  const { rows, lock_at, hides_codes } = JSON.parse(account_list);
  const now = Math.floor(Date.now() / 1000);
  const template = document.createElement("template");
  template.innerHTML = first_frame;
  for (const styled of template.content.querySelectorAll("[data-style]")) styled.style.cssText = styled.dataset.style;
  const drawn = [...template.content.querySelectorAll("[data-row]")];
  drawn.sort((one, other) => parseFloat(one.style.top) - parseFloat(other.style.top));
  const placed = drawn.every((row, index) => row.dataset.row === rows[index]?.id);
  const sited = rows.some(({ sites }) => sites.some((site) => url?.includes(Object.values(site ?? {})[0])));
  if (now >= lock_at || !placed || sited) return false;
  for (const [index, row] of drawn.entries()) {
    const { from, period } = rows[index];
    const code = codeAt(rows[index], now);
    const shown = row.querySelector("[data-code]");
    // A hidden code keeps its dots.
    if (!hides_codes) shown.dataset.code = code;
    if (!hides_codes)
      shown.textContent = [...code]
        .reduce((text, letter) => text.replace("•", letter), shown.textContent)
        .replaceAll("•", "");
    row.querySelector(".ring")?.style.setProperty("--phase", (now - from) % period);
  }
  // The labels for screen readers are drawn with the live list.
  template.content.firstElementChild.ariaHidden = "true";
  document.body.append(template.content);
  acceptClicks(rows);
  return true;
}

// Returns the row of the button that contains an element, and the button's selector in this frame and in the live list.
function buttonAt(element) {
  const button = element.closest?.("[data-action], [data-group]");
  if (!button) return null;
  const part = (name, value) => (value === undefined ? "" : `[data-${name}="${CSS.escape(value)}"]`);
  const { action, group } = button.dataset;
  const row = button.closest("[data-row]")?.dataset.row;
  return { row, action, selector: `${part("row", row)} ${part("action", action)}${part("group", group)}` };
}

// Copies the code of a clicked row at once, and repeats every click in the live list, which shows its effect.
function acceptClicks(rows) {
  const clicks = [];
  let pressed = null;
  const isReady = () => document.body.hasAttribute("data-ready");
  const repeat = () => {
    for (const selector of clicks.splice(0)) document.querySelector(selector)?.click();
  };
  const copy = (row) => {
    const shown = rows.find(({ id }) => id === row);
    const code = shown && codeAt(shown, Date.now() / 1000);
    // If the browser rejects this, the repeated click says so.
    if (code) navigator.clipboard.writeText(code).catch(() => {});
  };
  const press = ({ target, button, isPrimary }) => {
    pressed = button === 0 && isPrimary ? buttonAt(target) : null;
  };
  // If the live list replaces the button between press and release, the browser reports no click on either.
  const release = ({ target }) => {
    const clicked = pressed;
    pressed = null;
    if (!clicked || buttonAt(target)?.selector !== clicked.selector) return;
    clicks.push(clicked.selector);
    if (isReady()) repeat();
    else if (clicked.action === "copy") copy(clicked.row);
  };
  addEventListener("pointerdown", press);
  addEventListener("pointerup", release);
  const observer = new MutationObserver(() => {
    observer.disconnect();
    removeEventListener("pointerdown", press);
    repeat();
  });
  observer.observe(document.body, { attributeFilter: ["data-ready"] });
}

// The popup requests a size, but a small screen or a tab gives it less. Until the document requests no more than that,
// the browser shows more scrollbars. A popup grows and shrinks by the width of a scrollbar, so such a change must not
// start the measurement again: it would never end.
const MAX_SCROLLBAR_WIDTH = 20;
let measured = { width: 0, height: 0 };
let timer;
function fitWindow() {
  const isScrollbar = Math.abs(innerWidth - measured.width) <= MAX_SCROLLBAR_WIDTH;
  if (innerHeight === measured.height && isScrollbar) return;
  measured = { width: innerWidth, height: innerHeight };
  const root = document.documentElement;
  root.classList.remove("low", "narrow");
  clearTimeout(timer);
  timer = setTimeout(() => {
    root.classList.toggle("low", root.offsetHeight > innerHeight);
    root.classList.toggle("narrow", root.offsetWidth > innerWidth);
  }, 50);
}
addEventListener("DOMContentLoaded", fitWindow);
addEventListener("resize", fitWindow);

// The results for `popup.js`, which passes them to the wasm.
globalThis.first = Promise.all([
  chrome.storage.session.get(["board", "first_frame", "pending_action"]),
  chrome.storage.local.get(["phase", "theme", "text_size", "density", "language"]),
  chrome.tabs.query({ active: true, currentWindow: true }),
]).then(([{ board, first_frame, pending_action }, stored, [tab]]) => {
  useAppearance(stored);
  // The text size may have arrived after the size was measured, and the document is relative to it.
  measured = { width: 0, height: 0 };
  fitWindow();
  globalThis.texts = useLanguage(stored.language);
  const read = { account_list: board, phase: stored.phase, window: tab?.windowId, is_panel: isPanel };
  // The panel belongs to no tab, and the popup carries out what is pending.
  return isPanel ? read : { ...read, first_frame, pending_action, url: tab?.url };
});

// The results may arrive before the parser has reached the body.
function parsed() {
  return document.body
    ? undefined
    : new Promise((done) => document.addEventListener("DOMContentLoaded", done, { once: true }));
}

// Waits two frames: the first callback runs before painting, the second after it. A hidden page paints no frames.
function painted() {
  return new Promise((done) => {
    requestAnimationFrame(() => requestAnimationFrame(done));
    setTimeout(done, 100);
  });
}

globalThis.first
  .catch(() => ({}))
  .then(async (read) => {
    try {
      await parsed();
      if (draw(read)) await painted();
    } finally {
      await import("./popup.js");
    }
  });
