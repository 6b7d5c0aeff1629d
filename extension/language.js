// Sets the page's language and direction, and loads the texts if the user chose a language. Otherwise the browser
// selects them. A plain script, because the popup's first frame needs the direction before any module is loaded.
(() => {
  const RIGHT_TO_LEFT = /^(ar|fa|he|ur)\b/;
  let texts = null;
  let chosen;

  /** Returns the text of a key in the chosen language, with its placeholders. */
  globalThis.chosenText = (key) => texts?.[key]?.message;

  /** Returns the language that the user chose; undefined if the texts follow the browser. */
  globalThis.chosenLanguage = () => chosen;

  /** `language` is a folder of `_locales`, or undefined. The promise resolves when the texts are loaded. */
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
