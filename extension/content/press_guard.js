// Decides whether a press on one of the extension's buttons was made by a user who could see the button: all of it was
// painted at full size, uncovered and without moving, while the pointer rested on it.
"use strict";

(() => {
  if (globalThis.casdoorPressGuard) return;

  /** How long the pointer or the focus must stay on a button before a press counts. */
  const REST_MILLISECONDS = 300;
  /** A finger does not hover, so the buttons must have been in place for this long instead. */
  const TOUCH_REST_MILLISECONDS = 1_000;
  /** A press this soon after another one anywhere on the page may be the second half of a double click. */
  const DOUBLE_PRESS_MILLISECONDS = 500;
  /** A pointer that moves again after this time may have been over another window in the meantime. */
  const STILL_MILLISECONDS = 250;
  /** A mouse that starts to move is reported near its previous position, in CSS pixels. */
  const MAX_START_PIXELS = 8;
  /** Two observed frames further apart than this say nothing about the time between them. */
  const MAX_GAP_MILLISECONDS = 250;
  /** Maximum difference between two equal lengths, because layout rounds to fractions of a pixel. */
  const TOLERANCE_PIXELS = 1;
  /** Minimum height of a drawn button, in CSS pixels. */
  const MIN_BUTTON_PIXELS = 30;
  /** The chip's font families. A page that defines a font with one of these names could make the text invisible. */
  const GENERIC_FONTS = /^["']?(system-ui|sans-serif)["']?$/i;

  /** Styles that conceal nothing, which are required around the chip. */
  const PLAIN = {
    visibility: "visible",
    filter: "none",
    scale: "none",
    rotate: "none",
    clipPath: "none",
    maskImage: "none",
    mixBlendMode: "normal",
    perspective: "none",
    opacity: "1",
  };
  /** The styles that the chip's style sheet enforces for its host. Other values mean that the page overrode it. */
  const HOST = {
    ...PLAIN,
    display: "flex",
    transform: "none",
    translate: "none",
    contentVisibility: "visible",
    position: "fixed",
  };
  /** A transform that only moves. */
  const MOVED = /^(none|matrix\(1, 0, 0, 1, .*\))$/;

  /** Times of the last two presses on this page, to recognize the second press of a double click. */
  const presses = [-Infinity, -Infinity];
  window.addEventListener(
    "pointerdown",
    ({ isTrusted, timeStamp }) => {
      if (isTrusted) {
        presses.shift();
        presses.push(timeStamp);
      }
    },
    { capture: true, passive: true },
  );

  /** Returns true while a list or picker of the page is open. The browser draws it over pages, unseen by observers. */
  const hasOpenPicker = () => {
    try {
      return document.querySelector("select:open, input:open") !== null;
    } catch {
      return false; // The browser does not know `:open`.
    }
  };

  /**
   * Returns true while this page has a floating Picture-in-Picture window. It stays in front of the page, does not take
   * the focus, and may leave only the place of the pointer free.
   */
  const hasFloatingWindow = () =>
    Boolean(document.pictureInPictureElement || globalThis.documentPictureInPicture?.window);

  const hasTouch = () => matchMedia("(any-pointer: coarse)").matches;

  /** Returns true during a view transition, which shows snapshots of the page that the page can style. */
  const inViewTransition = () => {
    try {
      return document.querySelector(":active-view-transition") !== null;
    } catch {
      return false;
    }
  };

  const hasStyles = (style, wanted) =>
    Object.entries(wanted).every(([name, value]) => (style[name] ?? value) === value);

  /** Returns true if nothing around an element hides, dims, cuts, shrinks or rotates it. */
  const isPlainlyPlaced = (element) => {
    for (let at = element; at; at = at.parentElement ?? at.getRootNode().host) {
      const style = getComputedStyle(at);
      if (!hasStyles(style, PLAIN) || !MOVED.test(style.transform)) return false;
    }
    return (element.currentCSSZoom ?? 1) === 1;
  };

  const hasForeignFont = () => [...document.fonts].some(({ family }) => GENERIC_FONTS.test(family));

  class PressGuard {
    #host;
    #space;
    #probe;
    #isIntact;
    #width;
    #hovered = null; // { button, since }: the button under the pointer
    #focused = null; // { button, since }: the button with the focus
    #since = null; // since when every observed frame showed the complete host at its current position
    #seenAt = -Infinity; // the time of the last observed frame
    #place = "";
    #pointer = null; // the last event of the pointer on a button
    #readyAt = -Infinity; // until then, a press may have been meant for another window
    #press = null; // { button, verdict }: the press that belongs to the next click
    #isSampling = false;
    #isShown = false;

    /**
     * Guards the buttons in `host`, which is drawn over `space` in the page's layout; `probe` is a strip of the page
     * next to the host. `isIntact` returns true if the host still has its own style and position in the document, and
     * `width` returns its width in CSS pixels.
     */
    constructor(host, space, probe, isIntact, width) {
      [this.#host, this.#space, this.#probe] = [host, space, probe];
      this.#isIntact = isIntact;
      this.#width = width;
      for (const kind of ["focus", "blur"]) {
        window.addEventListener(kind, ({ isTrusted, target, timeStamp }) => {
          if (isTrusted && target === window) this.#restartAfterWindow(timeStamp);
        });
      }
    }

    /** Restarts the waiting time, because the buttons were shown or moved. */
    restart() {
      this.#since = null;
      this.#press = null;
    }

    /**
     * Restarts the waiting time after the browser may have drawn another window over the buttons. The time is longer,
     * because a double click may have closed that window.
     */
    #restartAfterWindow(timeStamp) {
      this.#readyAt = timeStamp + DOUBLE_PRESS_MILLISECONDS;
      this.restart();
    }

    /** Handles a movement over a button. Over another window, the page does not receive the pointer's movements. */
    #move(event) {
      const last = this.#pointer;
      this.#pointer = event;
      if (event.pointerType !== "mouse" || !last || event.timeStamp - last.timeStamp < STILL_MILLISECONDS) return;
      const distance = Math.hypot(event.screenX - last.screenX, event.screenY - last.screenY);
      if (distance === 0 || distance > MAX_START_PIXELS) this.#restartAfterWindow(event.timeStamp);
    }

    /** Resets the hovered and focused buttons as well, because the buttons were replaced. */
    reset() {
      [this.#hovered, this.#focused] = [null, null];
      this.restart();
    }

    /** Starts observing, because the buttons were added to the page. */
    start() {
      this.#isShown = true;
      this.restart();
      this.#sampleWhileUsed();
    }

    /** Stops observing, because the buttons were removed. */
    stop() {
      this.#isShown = false;
      this.reset();
    }

    /** Calls `act` for a deliberate press on the button, and `reject` for a press on a concealed button. */
    watch(button, act, reject) {
      const on = (kind, listener) =>
        button.addEventListener(kind, (event) => {
          if (event.isTrusted) listener(event);
        });
      on("pointerenter", (event) => {
        this.#hovered = { button, since: event.timeStamp };
        this.#pointer = event;
        if (event.relatedTarget) this.restart();
        else this.#restartAfterWindow(event.timeStamp);
        this.#sampleWhileUsed();
      });
      on("pointermove", (event) => this.#move(event));
      on("pointerleave", () => {
        this.#hovered = null;
        this.restart();
      });
      on("focus", ({ timeStamp, relatedTarget }) => {
        // A press also moves the focus, so the wait for the pointer does not start again.
        const extra = relatedTarget ? 0 : DOUBLE_PRESS_MILLISECONDS - REST_MILLISECONDS;
        this.#focused = { button, since: timeStamp + extra };
        this.#sampleWhileUsed();
      });
      on("blur", () => {
        this.#focused = null;
      });
      on("pointerdown", (event) => this.#begin(button, this.#isKnowingPointer(event, button)));
      on("keydown", (event) => {
        if (event.key === "Enter" || event.key === " ") this.#begin(button, this.#isKnowingKey(event, button));
      });
      button.addEventListener("click", (event) => {
        event.preventDefault();
        event.stopPropagation();
        if (!event.isTrusted) return;
        const verdict = this.#end(event, button);
        if (verdict === "knowing") act();
        if (verdict === "concealed") reject();
      });
    }

    /** Handles the start of a press. One that does not count restarts the wait, so quick presses never count. */
    #begin(button, isKnowing) {
      const verdict = isKnowing ? "knowing" : this.#isConcealed() ? "concealed" : "early";
      if (!isKnowing) this.restart();
      this.#press = { button, verdict };
    }

    #end({ detail }, button) {
      const press = this.#press;
      this.#press = null;
      // A click without a press comes from assistive software, or the press started elsewhere.
      if (press?.button !== button) return this.#since === null && this.#isConcealed() ? "concealed" : "early";
      return press.verdict === "knowing" && detail > 1 ? "early" : press.verdict;
    }

    #isConcealed() {
      return (
        this.#place === "concealed" ||
        window !== top ||
        !Object.hasOwn(IntersectionObserver.prototype, "trackVisibility")
      );
    }

    #isKnowingPointer(event, button) {
      if (event.button !== 0 || !event.isPrimary || event.timeStamp - presses[0] < DOUBLE_PRESS_MILLISECONDS)
        return false;
      if (document.elementFromPoint(event.clientX, event.clientY) !== this.#host) return false;
      if (event.pointerType === "touch") return this.#hasRested(event.timeStamp, TOUCH_REST_MILLISECONDS, -Infinity);
      return (
        this.#hovered?.button === button && this.#hasRested(event.timeStamp, REST_MILLISECONDS, this.#hovered.since)
      );
    }

    #isKnowingKey(event, button) {
      if (event.repeat || this.#focused?.button !== button || !button.matches(":focus-visible")) return false;
      return this.#hasRested(event.timeStamp, REST_MILLISECONDS, this.#focused.since);
    }

    #hasRested(pressedAt, rest, since) {
      if (this.#since === null || performance.now() - this.#seenAt > MAX_GAP_MILLISECONDS || !this.#isIntact())
        return false;
      if (pressedAt < this.#readyAt) return false;
      return pressedAt - Math.max(since, this.#since) >= rest;
    }

    // ---- What is painted -------------------------------------------------------------------------------------------

    #isUsed() {
      return this.#isShown && Boolean(this.#hovered || this.#focused || hasTouch());
    }

    #sampleWhileUsed() {
      if (this.#isSampling || !this.#isUsed()) return;
      this.#isSampling = true;
      requestAnimationFrame(this.#sample);
    }

    /**
     * Observes the frame that is being drawn, with a new observer each time. Its first result describes this frame as
     * it is painted, so a page can neither predict which frames are observed nor show scripts a different state than
     * the user.
     */
    #sample = () => {
      if (!this.#isUsed()) {
        this.#isSampling = false;
        this.#since = null;
        return;
      }
      const targets = [this.#host, this.#space, this.#probe];
      const observer = new IntersectionObserver(
        (entries) => {
          observer.disconnect();
          const seen = targets.map((target) => entries.find((entry) => entry.target === target));
          if (seen.every(Boolean)) this.#note(...seen);
        },
        { trackVisibility: true, delay: 100 },
      );
      for (const target of targets) observer.observe(target);
      requestAnimationFrame(this.#sample);
    };

    #note(entry, space, probe) {
      const { x, y, width, height } = entry.boundingClientRect;
      const place =
        this.#isWhole(entry) && this.#isWholePage(entry, space, probe) ? [x, y, width, height].join() : "concealed";
      if (hasOpenPicker()) this.#restartAfterWindow(performance.now());
      if (place !== this.#place || entry.time - this.#seenAt > MAX_GAP_MILLISECONDS) this.restart();
      this.#place = place;
      this.#seenAt = entry.time;
      if (place !== "concealed") this.#since ??= entry.time;
    }

    /**
     * Returns true if the space under the host is visible. The page cannot cover, cut or dim the host, which is in the
     * top layer, but it can conceal the form that the host belongs to.
     */
    #isWholePage({ boundingClientRect: host }, { intersectionRatio, boundingClientRect: space }, probe) {
      const isOverSpace =
        Math.abs(host.top + host.height - space.bottom) <= TOLERANCE_PIXELS &&
        host.left >= space.left - TOLERANCE_PIXELS &&
        host.right <= space.right + TOLERANCE_PIXELS;
      return (
        isOverSpace &&
        intersectionRatio > 0.999 &&
        probe.isVisible === true &&
        probe.intersectionRatio > 0.999 &&
        isPlainlyPlaced(this.#space)
      );
    }

    /** Returns true if all of the host was painted at full size, uncovered. Requires a browser with `isVisible`. */
    #isWhole({ isVisible, intersectionRatio, boundingClientRect: box }) {
      const { width: viewWidth, height: viewHeight, scale } = visualViewport;
      return (
        isVisible === true &&
        intersectionRatio > 0.999 &&
        window === top &&
        box.left >= 0 &&
        box.top >= 0 &&
        box.right <= viewWidth + TOLERANCE_PIXELS &&
        box.bottom <= viewHeight + TOLERANCE_PIXELS &&
        Math.abs(scale - 1) < 0.01 &&
        (this.#host.currentCSSZoom ?? 1) === 1 &&
        Math.abs(box.width - this.#width()) <= TOLERANCE_PIXELS &&
        box.height >= MIN_BUTTON_PIXELS &&
        this.#isIntact() &&
        hasStyles(getComputedStyle(this.#host), HOST) &&
        !inViewTransition() &&
        !hasFloatingWindow() &&
        !hasForeignFont()
      );
    }
  }

  globalThis.casdoorPressGuard = PressGuard;
})();
