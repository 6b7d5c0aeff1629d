// Casdoor's enrolment page: reads what it shows when the person asks to save it, and at its last step offers to keep the
// recovery code. The worker checks and stores; nothing is kept here but the picture of the QR code, until the page goes.
"use strict";

(() => {
  if (globalThis.casdoorSetup) return;
  const { say } = globalThis.casdoorChip;
  const RECOVERY_CODE = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

  /** A step that goes away may be followed by an error message: so long it is waited for. */
  const SETTLED_MILLISECONDS = 500;

  let chip = null;
  let send = null; // asks the worker
  let saved = null; // the account that this page's visit stored
  let picture = null; // a canvas with the QR code, for a phone
  let shownAt = null; // the element with the recovery code that the chip stands under
  let leaving = 0; // the timer of a step that went away a moment ago
  let enabling = null; // watches the server's answer since the person pressed "Enable"

  /** The secret in plain text and the QR code of the form that a field belongs to; empty where the page has none. */
  const shown = (field) => {
    const form = field.closest("form");
    const secret = form?.querySelector('.ant-space input.ant-input[type="text"]')?.value ?? "";
    const canvas = form?.querySelector(".ant-qrcode canvas");
    try {
      const url = canvas?.toDataURL("image/png") ?? "";
      picture = canvas ? onPaper(canvas) : null;
      return { secret, picture: url };
    } catch {
      return { secret, picture: "" }; // An icon of another site makes the canvas unreadable.
    }
  };

  /** A copy in black on white, whatever the page's theme. */
  const onPaper = (canvas) => {
    const copy = document.createElement("canvas");
    [copy.width, copy.height] = [canvas.width, canvas.height];
    const pen = copy.getContext("2d");
    pen.drawImage(canvas, 0, 0);
    pen.globalCompositeOperation = "source-in";
    pen.fillRect(0, 0, copy.width, copy.height);
    return copy;
  };

  /** The element that holds the recovery code at the last step. */
  const recovery = () => [...document.getElementsByTagName("code")].find((code) => RECOVERY_CODE.test(code.textContent.trim()));

  const look = () => {
    if (!saved) return;
    const code = recovery();
    if (code && code !== shownAt) {
      shownAt = code;
      offer(code, "");
    }
    if (!code && shownAt && !leaving) leaving = setTimeout(settled, SETTLED_MILLISECONDS);
  };

  /** A step that was only drawn anew is still there. */
  const settled = () => {
    leaving = 0;
    if (!recovery()) finish(true);
  };

  const offer = (code, note) => {
    const text = code.textContent.trim();
    const keep = () => send({ do: "keep_recovery", id: saved, code: text, ...seen() }).then((reply) =>
      offer(code, reply.is === "kept"
        ? say("chip_recovery_kept", "The recovery code is in the vault.")
        : say("chip_recovery_not_kept", "It was not kept: unlock the authenticator and try again.")));
    const items = [
      { text: say("chip_recovery_keep", "Keep the recovery code in the vault"), act: keep },
      { text: say("chip_recovery_copy", "Copy the recovery code"), act: () => copy(code) && offer(code, say("chip_copied", "Copied")) },
      { text: say("chip_recovery_print", "Print the recovery code"), act: () => print(text) },
    ];
    if (picture) items.push({ text: say("chip_show_qr", "Show the QR code for a phone"), act: () => chip.show(code, "", [picture, ...items.slice(0, 3)]) });
    chip.show(code, note, items);
  };

  const seen = () => ({ shape: "setup", secure: isSecureContext, same_origin: window === top });

  const copy = (code) => {
    getSelection().selectAllChildren(code);
    return document.execCommand("copy");
  };

  const print = (text) => {
    const frame = document.createElement("iframe");
    frame.style.cssText = "position: fixed; inset-inline-start: -999px"; // One that is not displayed prints nothing.
    document.documentElement.append(frame);
    frame.contentDocument.body.textContent = `${location.host}: ${text}`;
    frame.contentWindow.print();
    frame.remove();
  };

  /** The step or the page went away: told with what was seen of the answer to "Enable", if the person pressed that. */
  const finish = (stepGone) => {
    if (enabling) send({ do: "ended", id: saved, outcome: enabling.outcome(stepGone), ...seen() });
    enabling?.end();
    chip.hide();
    [saved, picture, shownAt, enabling] = [null, null, null, null];
  };

  const noteEnable = (event) => {
    const button = event.isTrusted && shownAt && event.target.closest?.("button.ant-btn-primary");
    if (!button || button.parentElement !== shownAt.parentElement) return;
    enabling?.end();
    enabling = new globalThis.casdoorWitness("/api/mfa/setup/enable");
  };

  document.addEventListener("click", noteEnable, { capture: true, passive: true });

  window.addEventListener("pagehide", () => {
    clearTimeout(leaving);
    if (saved && shownAt) finish(false);
  });

  /** The step with the QR code went away. Only the last step comes with that: any other enrols something else. */
  const left = () => { if (!recovery()) [saved, picture] = [null, null]; };

  globalThis.casdoorSetup = {
    shown,
    look,
    left,
    start: (...tools) => { [chip, send] = tools; },
    saved: (id) => { saved = id; },
  };
})();
