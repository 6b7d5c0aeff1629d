// Collects the images of a page, each as a PNG on a plain background with a margin. It is injected only after a user
// gesture. The value of its last expression goes to the extension's worker; the page cannot see it.
(async () => {
  const MOST = 16;
  const LEAST_SIDE = 24;
  const MOST_PIXELS = 4_000_000;
  // In smaller images, the modules of a code may be single pixels.
  const ROOMY = 400;
  const MOST_SHAPES = 20_000;

  // Closed shadow roots too: Chromium has a function for it, Firefox a property that pages do not see.
  function shadowRootOf(element) {
    return chrome.dom?.openOrClosedShadowRoot(element) ?? element.openOrClosedShadowRoot ?? null;
  }

  function* everywhere(root) {
    for (const element of root.querySelectorAll("*")) {
      if (/^(canvas|img|svg)$/i.test(element.localName)) yield element;
      const shadow = element instanceof HTMLElement ? shadowRootOf(element) : null;
      if (shadow) yield* everywhere(shadow);
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
    return Math.min(width, height) / Math.max(width, height) + Math.min(width * height, MOST_PIXELS) / MOST_PIXELS / 10;
  }

  // A drawing's colors may come from the page's style sheets, which its copy does not have.
  function copyOf(svg) {
    const copy = svg.cloneNode(true);
    const [from, to] = [
      [svg, ...svg.querySelectorAll("*")],
      [copy, ...copy.querySelectorAll("*")],
    ];
    if (from.length > MOST_SHAPES) return copy;
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
    const scale = Math.max(1, ROOMY / Math.max(width, height));
    copy.setAttribute("width", width * scale);
    copy.setAttribute("height", height * scale);
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
    await image.decode();
    return image;
  }

  function onGround(source, [width, height], ground) {
    const least = Math.max(width, height);
    const scale = least < ROOMY ? Math.ceil(ROOMY / least) : Math.min(1, Math.sqrt(MOST_PIXELS / (width * height)));
    const [wide, high] = [Math.round(width * scale), Math.round(height * scale)];
    const margin = Math.round(Math.max(wide, high) * 0.15);
    const canvas = new OffscreenCanvas(wide + 2 * margin, high + 2 * margin);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.fillStyle = ground;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.imageSmoothingEnabled = scale < 1;
    context.drawImage(source, margin, margin, wide, high);
    return { canvas, pixels: context.getImageData(margin, margin, wide, high).data };
  }

  // White on a transparent background cannot be distinguished from white on white.
  function isBlank(pixels) {
    for (let at = 0; at < pixels.length; at += 4) {
      if (Math.min(pixels[at], pixels[at + 1], pixels[at + 2]) < 160) return false;
    }
    return true;
  }

  async function written(canvas) {
    // In Firefox, a content script may not read an array buffer that belongs to the page.
    const reader = new FileReader();
    const ended = new Promise((done) => reader.addEventListener("loadend", done, { once: true }));
    reader.readAsDataURL(await canvas.convertToBlob({ type: "image/png" }));
    await ended;
    if (!reader.result) throw reader.error;
    return reader.result;
  }

  async function picture(element, size) {
    const address = element.currentSrc || "";
    try {
      const source = await drawable(element, size);
      let drawn = onGround(source, size, "#fff");
      if (isBlank(drawn.pixels)) drawn = onGround(source, size, "#000");
      return { address, data: await written(drawn.canvas) };
    } catch {
      // Another site's image cannot be read here; only its position on the screen is known.
      const { left, top, width, height } = element.getBoundingClientRect();
      const isInView = left < innerWidth && top < innerHeight && left + width > 0 && top + height > 0;
      return { address, area: isInView && window === window.top ? [left, top, width, height] : null };
    }
  }

  const found = [...everywhere(document)].map((element) => ({ element, size: sizeOf(element) }));
  const large = found.filter(({ size }) => Math.min(...size) >= LEAST_SIDE);
  large.sort((one, other) => likelihood(other.size) - likelihood(one.size));
  const pictures = await Promise.all(large.slice(0, MOST).map(({ element, size }) => picture(element, size)));
  return { width: innerWidth, pictures };
})();
