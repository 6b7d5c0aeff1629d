// Sets the page's language and direction, and loads the texts if the user chose a language. Otherwise, the browser
// selects them. This is a classic script, because the popup's first frame needs the direction before any module runs.
(() => {
  const RIGHT_TO_LEFT = /^(ar|fa|he|ur)\b/;
  let texts = null;
  let chosen;

  /** Returns the text of a key in the chosen language, with its placeholders. */
  globalThis.chosenText = (key) => texts?.[key]?.message;

  /** Returns the language that the user chose; undefined if the texts follow the browser. */
  globalThis.chosenLanguage = () => chosen;

  /** Uses a language: the name of a folder in `_locales`, or undefined to follow the browser. Resolves when the texts
   * are loaded. */
  globalThis.useLanguage = async (language) => {
    chosen = language;
    const root = document.documentElement;
    root.lang = (language ?? chrome.i18n.getMessage("language")).replace("_", "-");
    root.dir = RIGHT_TO_LEFT.test(root.lang) ? "rtl" : "ltr";
    if (!language) return;
    const read = await fetch(`_locales/${language}/messages.json`).catch(() => null);
    texts = (await read?.json().catch(() => null)) ?? null;
  };
})();
