// Applies the theme, the text size and the density before anything is drawn. All sizes in the style sheets are relative
// to the root's font size, and so to the text size of the browser. It is a plain script because the popup's first frame
// needs it before any module is loaded.
globalThis.useAppearance = ({ theme, text_size, density }) => {
  const root = document.documentElement;
  root.dataset.theme = theme ?? "system";
  root.dataset.density = density ?? "comfortable";
  root.style.fontSize = text_size ? `${text_size}%` : "";
};
