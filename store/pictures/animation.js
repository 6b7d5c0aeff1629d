// Draws one frame of the animation: a screenshot of a page, the pointer and a caption.
"use strict";

/** Draws a frame. `folder` is the address of the folder with the screenshots. */
globalThis.draw = async (frame, folder) => {
  const page = document.querySelector(".page");
  const source = `${folder}/${frame.page}.png`;
  if (page.getAttribute("src") !== source) page.src = source;
  await page.decode();
  document.querySelector(".address").textContent = frame.address;
  document.querySelector(".caption").textContent = frame.caption;
  const [x, y] = frame.pointer;
  for (const mark of document.querySelectorAll(".pointer, .press")) mark.style.translate = `${x}px ${y}px`;
  document.querySelector(".press").hidden = !frame.pressed;
};

/** Returns the captions that are wider than the picture. */
globalThis.cutTexts = () => {
  const caption = document.querySelector(".caption");
  return caption.scrollWidth > innerWidth ? [caption.textContent] : [];
};
