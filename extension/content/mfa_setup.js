// Runs on Casdoor's enrollment page: reads the secret when the user asks to save it, and offers to save the recovery
// code at the last step. The worker checks and stores them; this script keeps only a picture of the QR code.
"use strict";

(() => {
  if (globalThis.casdoorSetup) return;
  const { localize } = globalThis.casdoorChip;
  const RECOVERY_CODE = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

  /** How long to wait for an error message after a step was removed. */
  const SETTLED_MILLISECONDS = 500;

  let chip = null;
  let send = null; // sends a request to the worker
  let saved = null; // the account that was stored from this page
  let picture = null; // a canvas with the QR code, for scanning with a phone
  let shownBelow = null; // the element with the recovery code, above the chip
  let leaving = 0; // the timer of a step that was just removed
  let enabling = null; // observes the server's response after the user pressed "Enable"

  /** Returns the secret and the QR code in the form that a field belongs to; empty if the page has none. */
  const shown = (field) => {
    const form = field.closest("form");
    const secret = form?.querySelector('.ant-space input.ant-input[type="text"]')?.value ?? "";
    const canvas = form?.querySelector(".ant-qrcode canvas");
    try {
      const url = canvas?.toDataURL("image/png") ?? "";
      picture = canvas ? inBlackOnWhite(canvas) : null;
      return { secret, picture: url };
    } catch {
      return { secret, picture: "" }; // An icon from another site makes the canvas unreadable.
    }
  };

  /** Returns a copy that is black on white, regardless of the page's theme. */
  const inBlackOnWhite = (canvas) => {
    const copy = document.createElement("canvas");
    [copy.width, copy.height] = [canvas.width, canvas.height];
    const pen = copy.getContext("2d");
    pen.drawImage(canvas, 0, 0);
    pen.globalCompositeOperation = "source-in";
    pen.fillRect(0, 0, copy.width, copy.height);
    return copy;
  };

  /** Returns the element that contains the recovery code at the last step. */
  const recoveryCode = () =>
    [...document.getElementsByTagName("code")].find((code) => RECOVERY_CODE.test(code.textContent.trim()));

  const checkPage = () => {
    if (!saved) return;
    const code = recoveryCode();
    if (code && code !== shownBelow) {
      shownBelow = code;
      offer(code, "");
    }
    if (!code && shownBelow && !leaving) leaving = setTimeout(finishUnlessRedrawn, SETTLED_MILLISECONDS);
  };

  /** Ends the enrollment, unless the recovery code is shown again because the page only redrew it. */
  const finishUnlessRedrawn = () => {
    leaving = 0;
    if (!recoveryCode()) finish(true);
  };

  const offer = (code, note) => {
    const text = code.textContent.trim();
    const keep = () =>
      send({ keep_recovery: { id: saved, code: text, seen: observations() } }).then((reply) =>
        offer(code, reply.is === "kept" ? localize("chip_recovery_kept") : localize("chip_recovery_not_kept")),
      );
    const items = [
      { text: localize("chip_recovery_keep"), act: keep },
      { text: localize("chip_recovery_copy"), act: () => copy(code) && offer(code, localize("chip_copied")) },
      { text: localize("chip_recovery_print"), act: () => print(text) },
    ];
    if (picture)
      items.push({ text: localize("chip_show_qr"), act: () => chip.show(code, "", [picture, ...items.slice(0, 3)]) });
    chip.show(code, note, items);
  };

  const observations = () => ({ shape: "setup", secure: isSecureContext, same_origin: window === top });

  const copy = (code) => {
    getSelection().selectAllChildren(code);
    return document.execCommand("copy");
  };

  const print = (text) => {
    const frame = document.createElement("iframe");
    frame.style.cssText = "position: fixed; inset-inline-start: -999px"; // A frame that is not displayed cannot be printed.
    document.documentElement.append(frame);
    frame.contentDocument.body.textContent = `${location.host}: ${text}`;
    frame.contentWindow.print();
    frame.remove();
  };

  /** Reports that the step or the page was left, with the response to "Enable" if the user pressed it. */
  const finish = (stepGone) => {
    if (enabling) send({ ended: { id: saved, outcome: enabling.outcome(stepGone), seen: observations() } });
    enabling?.end();
    chip.hide();
    [saved, picture, shownBelow, enabling] = [null, null, null, null];
  };

  const observeEnabling = (event) => {
    const button = event.isTrusted && shownBelow && event.target.closest?.("button.ant-btn-primary");
    if (!button || button.parentElement !== shownBelow.parentElement) return;
    enabling?.end();
    enabling = new globalThis.casdoorResponseObserver("/api/mfa/setup/enable");
  };

  document.addEventListener("click", observeEnabling, { capture: true, passive: true });

  window.addEventListener("pagehide", () => {
    clearTimeout(leaving);
    if (saved && shownBelow) finish(false);
  });

  /** Handles the end of the step with the QR code. The enrollment continues only if the recovery code is shown next. */
  const left = () => {
    if (!recoveryCode()) [saved, picture] = [null, null];
  };

  globalThis.casdoorSetup = {
    shown,
    checkPage,
    left,
    start: (...tools) => {
      [chip, send] = tools;
    },
    saved: (id) => {
      saved = id;
    },
  };
})();
