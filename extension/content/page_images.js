// Collects the images of a page, each as a PNG on a plain background with a margin. It is injected only after a user
// gesture. The value of its last expression goes to the extension's worker; the page cannot see it.
(async () => {
  const MAX_IMAGES = 16;
  const MIN_SIDE = 24;
  const MAX_PIXELS = 4_000_000;
  // In smaller images, the modules of a code may be single pixels.
  const MIN_DRAWN_SIDE = 400;
  const MAX_SHAPES = 20_000;

  // Includes closed shadow roots: Chromium has a function for them, Firefox a property that pages cannot see.
  function shadowRootOf(element) {
    return chrome.dom?.openOrClosedShadowRoot(element) ?? element.openOrClosedShadowRoot ?? null;
  }

  function* imagesIn(root) {
    for (const element of root.querySelectorAll("*")) {
      if (/^(canvas|img|svg)$/i.test(element.localName)) yield element;
      const shadow = element instanceof HTMLElement ? shadowRootOf(element) : null;
      if (shadow) yield* imagesIn(shadow);
    }
  }

  function sizeOf(element) {
    if (element.localName === "canvas") return [element.width, element.height];
    const box = element.getBoundingClientRect();
    if (element.localName === "img" && element.naturalWidth > 0) return [element.naturalWidth, element.naturalHeight];
    return [box.width, box.height];
  }

  // Codes are square, so square images come first, and large ones before small ones.
  function likelihood([width, height]) {
    return Math.min(width, height) / Math.max(width, height) + Math.min(width * height, MAX_PIXELS) / MAX_PIXELS / 10;
  }

  // Copies the computed styles, too, because the page's style sheets do not apply to the copy.
  function copyOf(svg) {
    const copy = svg.cloneNode(true);
    const [from, to] = [
      [svg, ...svg.querySelectorAll("*")],
      [copy, ...copy.querySelectorAll("*")],
    ];
    if (from.length > MAX_SHAPES) return copy;
    from.forEach((shape, index) => {
      const { fill, stroke, strokeWidth, color, display, visibility } = getComputedStyle(shape);
      Object.assign(to[index].style, { fill, stroke, strokeWidth, color, display, visibility });
    });
    return copy;
  }

  async function drawable(element, [width, height]) {
    if (element.localName !== "svg") return element;
    const copy = copyOf(element);
    if (!copy.hasAttribute("viewBox")) copy.setAttribute("viewBox", `0 0 ${width} ${height}`);
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    const scale = Math.max(1, MIN_DRAWN_SIDE / Math.max(width, height));
    copy.setAttribute("width", width * scale);
    copy.setAttribute("height", height * scale);
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
    await image.decode();
    return image;
  }

  function drawOn(source, [width, height], background) {
    const longerSide = Math.max(width, height);
    const scale =
      longerSide < MIN_DRAWN_SIDE
        ? Math.ceil(MIN_DRAWN_SIDE / longerSide)
        : Math.min(1, Math.sqrt(MAX_PIXELS / (width * height)));
    const [wide, high] = [Math.round(width * scale), Math.round(height * scale)];
    const margin = Math.round(Math.max(wide, high) * 0.15);
    const canvas = new OffscreenCanvas(wide + 2 * margin, high + 2 * margin);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.fillStyle = background;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingEnabled = scale < 1;
    context.drawImage(source, margin, margin, wide, high);
    return { canvas, pixels: context.getImageData(margin, margin, wide, high).data };
  }

  // A white code on a transparent background disappears on white, and needs a black background.
  function isBlank(pixels) {
    for (let at = 0; at < pixels.length; at += 4) {
      if (Math.min(pixels[at], pixels[at + 1], pixels[at + 2]) < 160) return false;
    }
    return true;
  }

  async function toDataUrl(canvas) {
    // In Firefox, a content script may not read an array buffer that belongs to the page.
    const reader = new FileReader();
    const ended = new Promise((done) => reader.addEventListener("loadend", done, { once: true }));
    reader.readAsDataURL(await canvas.convertToBlob({ type: "image/png" }));
    await ended;
    if (!reader.result) throw reader.error;
    return reader.result;
  }

  async function readImage(element, size) {
    const address = element.currentSrc || "";
    try {
      const source = await drawable(element, size);
      let drawn = drawOn(source, size, "#fff");
      if (isBlank(drawn.pixels)) drawn = drawOn(source, size, "#000");
      return { address, data: await toDataUrl(drawn.canvas) };
    } catch {
      // The pixels of another site's image cannot be read, so the worker reads its area of a screenshot.
      const { left, top, width, height } = element.getBoundingClientRect();
      const isInView = left < innerWidth && top < innerHeight && left + width > 0 && top + height > 0;
      return { address, area: isInView && window === window.top ? [left, top, width, height] : null };
    }
  }

  const found = [...imagesIn(document)].map((element) => ({ element, size: sizeOf(element) }));
  const large = found.filter(({ size }) => Math.min(...size) >= MIN_SIDE);
  large.sort((one, other) => likelihood(other.size) - likelihood(one.size));
  const pictures = await Promise.all(large.slice(0, MAX_IMAGES).map(({ element, size }) => readImage(element, size)));
  return { width: innerWidth, pictures };
})();
