// Draws a scene: screenshots of the extension, with or without a caption, in one of the layouts of scene.css.
"use strict";

/** Shows a screenshot, or hides the element if the scene has none. */
const showScreenshot = async (selector, name, theme, folder) => {
  const image = document.querySelector(selector);
  image.hidden = !name;
  if (!name) return;
  image.removeAttribute("width");
  image.src = `${folder}/${name}-${theme}.png`;
  await image.decode();
  // A screenshot has two pixels per CSS pixel.
  const [width, height] = [image.naturalWidth / 2, image.naturalHeight / 2];
  image.width = width;
  document.body.style.setProperty(`--${selector.slice(1)}-width`, `${width}px`);
  document.body.style.setProperty(`--${selector.slice(1)}-height`, `${height}px`);
};

/** Draws a scene. `folder` is the address of the folder with the screenshots. */
globalThis.draw = async (scene, folder) => {
  document.documentElement.dataset.theme = scene.theme;
  document.body.dataset.layout = scene.layout;
  document.body.toggleAttribute("data-caption", Boolean(scene.title));
  document.querySelector("header").hidden = !scene.title;
  document.querySelector("h1").textContent = scene.title ?? "";
  document.querySelector("header p").textContent = scene.text ?? "";
  document.querySelector(".address").textContent = scene.address ?? "";
  document.querySelector(".window").hidden = !scene.page;
  await Promise.all([
    showScreenshot(".page", scene.page, scene.theme, folder),
    showScreenshot(".popup", scene.popup, scene.theme, folder),
    showScreenshot(".chip", scene.chip, scene.theme, folder),
  ]);
};

/** Returns the captions that are wider than their place or leave the picture. */
globalThis.cutTexts = () =>
  [...document.querySelectorAll("h1, header p, .address")]
    .filter((text) => text.checkVisibility())
    .filter((text) => {
      const { left, top, right, bottom } = text.getBoundingClientRect();
      const isOutside = left < 0 || top < 0 || right > innerWidth || bottom > innerHeight;
      return isOutside || text.scrollWidth > text.clientWidth + 1;
    })
    .map((text) => text.textContent);
