// On the pages of a connected Casdoor server: sees the passcode form, tells the worker what it saw, and does what the
// worker answers. Who may get a code is decided there (src/autofill/), from the tab's real origin.
"use strict";

(() => {
  if (globalThis.casdoorPage) return;
  const { Chip, say } = globalThis.casdoorChip;
  const Witness = globalThis.casdoorWitness;
  const signIn = globalThis.casdoorSignIn;

  /** The page is looked at no more often than this, however busy it is. */
  const LOOK_MILLISECONDS = 50;
  /** And a page that goes on changing for so many looks in a row, which no sign-in page does, still less often. */
  const MAX_LOOKS = 20;
  const BUSY_MILLISECONDS = 125;
  /** A step that goes away may be followed by an error message: so long it is waited for. */
  const SETTLED_MILLISECONDS = 500;

  /** "Use Authenticator App" in Casdoor's languages: the button that leads from the SMS form to the passcode. */
  const USE_APP = new Set([
    "Use Authenticator App", "Authenticator-App verwenden", "Usar aplicación de autenticación",
    "Utiliser l'application d'authentification", "認証アプリを使用", "Użyj aplikacji Authenticator",
    "Usar aplicativo autenticador", "Authenticator Uygulamasını Kullan", "Використовуйте додаток Authenticator",
    "Sử dụng ứng dụng xác thực", "使用身份验证应用",
  ]);

  /** Asks the worker. An extension that was updated meanwhile is gone for this page: it falls silent. */
  const send = (request) => {
    if (!chrome.runtime?.id) { stop(); return Promise.resolve({ is: "nothing" }); }
    return chrome.runtime.sendMessage({ content: request }).then((reply) => reply ?? { is: "nothing" }, () => ({ is: "nothing" }));
  };

  const openPopup = () => send({ do: "open_popup" });
  const chip = new Chip(openPopup);

  // ---- What the page shows -------------------------------------------------------------------------------------

  /** The passcode form, if the page shows one: its shape, its field, and where the chip goes. */
  const find = () => {
    // Every form of a second factor has one of the two; looking them up by id costs nothing on a busy page.
    const [field, remember] = ["passcode", "enableMfaRemember"].map((id) => document.getElementById(id));
    met ||= Boolean(field || remember);
    const found = (field && boxes(field)) || recovery();
    if (found) return found;
    const form = remember?.closest("form");
    const buttons = form?.closest(".login-form")?.querySelectorAll("button.ant-btn-link") ?? [];
    const button = [...buttons].find((button) => USE_APP.has(button.textContent.trim()));
    return button ? { shape: "switch", field: button, anchor: button } : null;
  };

  const boxes = (field) => {
    const cells = field.matches("div.ant-otp") && field.querySelectorAll("input").length === 6;
    // RADIUS and push forms have an input of this id too, without the wrapper and its user icon.
    const wrapper = field.matches('input[autocomplete="off"]') && field.closest(".ant-input-affix-wrapper");
    const single = wrapper && wrapper.querySelector(".anticon-user");
    if (!(cells || single) || !field.checkVisibility()) return null;
    const anchor = cells ? field : wrapper;
    const setup = location.pathname.startsWith("/mfa/setup") || field.closest("form")?.querySelector(".ant-qrcode");
    return { shape: setup ? "setup" : cells ? "cells" : "single", field, anchor };
  };

  /** The recovery-code form. It takes the place of another form of the second factor, so it is looked for only after one. */
  const recovery = () => {
    const field = met && document.querySelector('.login-form input.ant-input[type="passcode"]');
    const button = field && field.parentElement.querySelector('button.ant-btn-primary[type="button"]');
    return button && field.checkVisibility() ? { shape: "recovery", field, anchor: button } : null;
  };

  const inputs = (field) => (field.matches("input") ? [field] : [...field.querySelectorAll("input")]);

  const ancestorsAreHere = () => {
    try {
      for (let frame = window; frame !== top; frame = frame.parent) {
        if (frame.parent.location.origin !== location.origin) return false;
      }
      return true;
    } catch {
      return false; // An ancestor of another origin does not tell where it is.
    }
  };

  // ---- One form, from its appearing to its end --------------------------------------------------------------------

  let form = null; // what find() gave last
  let state = null; // { asked, refused, typed, offered }: what happened in this form
  let last = null; // { typed, told, timer }: a form that went away a moment ago
  let met = true; // a form of a second factor was seen on this page; when this script starts, it may have been
  let timer = 0;

  const seen = () => ({
    shape: form.shape,
    user: signIn.user(),
    focused: document.visibilityState === "visible" && document.hasFocus(),
    secure: isSecureContext,
    same_origin: ancestorsAreHere(),
    asked: state.asked,
    refused: state.refused,
  });

  /** Asks, and does what the answer says, unless the page went on meanwhile. */
  const ask = async (request) => {
    clearTimeout(timer);
    const asked = state;
    const reply = await send({ ...request, ...seen() });
    if (asked === state && form) act(reply, request);
  };

  const act = (reply, request) => {
    state.offered = reply.is === "offer" || reply.is === "locked";
    const show = (note, ...items) => chip.show(form.anchor, note, items);
    switch (reply.is) {
      case "fill": return type(reply);
      case "offer":
        state.entries = form.shape === "switch" ? [change()] : offers(reply.entries);
        return show(state.note, ...state.entries);
      case "locked": return show("", { text: say("chip_unlock", "Unlock to fill"), act: unlock });
      case "wait":
        timer = setTimeout(() => ask(request), Math.max(0, reply.until * 1000 - Date.now()));
        return show(say("chip_wait", "The code was not accepted. The next one is coming."));
      case "confirm": return show(say("chip_confirm_in_popup", "Confirm this site in the authenticator's window."), ...state.entries);
      case "password": return show(say("chip_password", "Type the vault's password in the authenticator's window."), ...state.entries);
      case "save": return show("", { text: say("chip_save", "Save to Authenticator and continue"), act: save });
      case "failed": return show(say(reply.key, reply.text));
      default: return chip.hide();
    }
  };

  const offers = (entries) => entries.length === 0
    ? [{ text: say("chip_none", "No account for this site yet: scan or add one"), act: openPopup }]
    : entries.map(({ id, issuer, name, confirm }) => {
      const label = [issuer, name].filter(Boolean).join(" · ");
      if (form.shape === "recovery") return { text: say("chip_recovery_use", "Use a kept recovery code of $1", label), act: () => ask({ do: "pick", id }) };
      const text = confirm ? say("chip_confirm", "Use $1 on this site", label) : say("chip_fill", "Fill $1", label);
      return { text, act: () => ask({ do: "pick", id }) };
    });

  const unlock = () => { state.asked = true; openPopup(); };

  const change = () => ({
    text: say("chip_switch", "Use your authenticator instead"),
    act: () => form.field.click(),
  });

  const save = () => ask({ do: "enrol", ...globalThis.casdoorSetup.shown(form.field) });

  // ---- Typing ----------------------------------------------------------------------------------------------------

  const enter = (input, text) => {
    input.value = text;
    input.dispatchEvent(new InputEvent("input", { bubbles: true, composed: true, inputType: "insertText", data: text }));
  };

  const holds = (field, code) => inputs(field).map((input) => input.value).join("") === code;

  /** Types the digits. Cells submit themselves when the sixth is there; the single input of old servers has a button. */
  const type = async ({ id, code, until }) => {
    const { field, shape } = form;
    chip.hide();
    began({ id, until });
    if (shape === "setup") globalThis.casdoorSetup.saved(id);
    enter(inputs(field)[0], code);
    await new Promise((done) => setTimeout(done));
    if (!field.isConnected) return;
    const cells = inputs(field);
    if (!holds(field, code) && cells.length > 1) cells.forEach((cell, index) => enter(cell, code[index]));
    if (cells.length === 1 && holds(field, code)) field.form?.querySelector('button[type="submit"]')?.click();
  };

  /** Types the code of an account that the user has just confirmed for this site in the popup. */
  const fillConfirmed = async ({ id, code, until, deliver_until }) => {
    const takesCode = form?.shape === "cells" || form?.shape === "single";
    if (!takesCode || !form.field.isConnected || Date.now() > deliver_until) return { filled: false, typed: false };
    await type({ id, code, until });
    return { filled: true, typed: true };
  };

  /** Types a recovery code into the form where the person picked it. They press "Verify": it works only once. */
  const recover = async ({ id, code, until }) => {
    // A page that the browser had put aside hears this when it comes back, and nobody expects it then.
    if (form?.shape !== "recovery" || !form.field.isConnected || Date.now() > until) return { filled: false, typed: false };
    const { field, anchor } = form;
    began({ id, until: 0 });
    enter(field, code);
    await new Promise((done) => setTimeout(done));
    if (field !== form?.field || !holds(field, code)) return { filled: false, typed: true };
    chip.show(anchor, say("chip_recovery_filled", "The recovery code is filled. It works once: go on with the page's button."), []);
    anchor.focus();
    return { filled: true, typed: true };
  };

  /** A code is about to be typed: from now on the server's answer is watched for. */
  const began = (typed) => {
    state.typed?.witness.end();
    state.typed = { ...typed, witness: new Witness("/api/login") };
  };

  /** A new error message after a code was typed: the server refused it. */
  const notice = () => {
    if (!state?.typed?.witness.refused()) return;
    const { id, until, witness } = state.typed;
    const outcome = witness.outcome(false);
    witness.end();
    if (form.shape === "recovery") {
      state = { ...state, typed: null, note: say("chip_recovery_refused", "The recovery code was not accepted.") };
      chip.show(form.anchor, state.note, []);
      ask({ do: "ended", id, outcome });
      return;
    }
    state = { ...state, typed: null, refused: { id, until } };
    // While enrolling, the account to be saved stays the same: its next code is offered by saving again.
    ask({ do: "boxes" });
  };

  /** The form's end is told with what was seen of the answer. */
  const tell = ({ id, witness }, told, stepGone) => {
    send({ do: "ended", id, outcome: witness.outcome(stepGone), ...told });
    witness.end();
  };

  /** The form went away: in a moment it is known whether an error message follows, or the page goes on. */
  const ended = () => {
    const { typed } = state;
    if (!typed || form.shape === "setup") return typed?.witness.end();
    const told = seen();
    const timer = setTimeout(() => { last = null; tell(typed, told, !another()); }, SETTLED_MILLISECONDS);
    last = { typed, told, timer };
  };

  /** The page goes away. */
  const gone = () => {
    if (last) clearTimeout(last.timer);
    const { typed, told } = last ?? { typed: form?.shape !== "setup" && state?.typed, told: form && seen() };
    if (typed) tell(typed, told, false);
    last = null;
    if (state) state.typed = null;
  };

  const touch = ({ isTrusted, target }) => { if (isTrusted && form?.field.contains(target)) state.typed?.witness.touch(); };

  const another = () => Boolean(form || document.getElementById("enableMfaRemember") || document.querySelector("#normal_login, input[type=passcode]"));

  /** Empty cells send the focus back to the first of them, so that Tab would never leave them: it leads to the chip. */
  const leave = (event) => {
    if (!event.isTrusted || event.key !== "Tab" || event.shiftKey || !form?.anchor.contains(event.target)) return;
    if (inputs(form.field).every((input) => input.value === "") && chip.focus()) event.preventDefault();
  };

  // ---- Looking -----------------------------------------------------------------------------------------------------

  const look = () => {
    lookedAt = performance.now();
    notice();
    follow(find());
    globalThis.casdoorSetup.look();
    signIn.look();
    chip.keep();
  };

  /** One form ends and another begins. */
  const follow = (found) => {
    if (found?.field === form?.field && found?.shape === form?.shape) return;
    if (form) {
      clearTimeout(timer);
      chip.hide();
      ended();
      if (form.shape === "setup") globalThis.casdoorSetup.left();
    }
    form = found;
    state = found && { asked: false, refused: null, typed: null, offered: false, note: "", entries: [] };
    if (form) ask({ do: "boxes" });
  };

  let lookedAt = -Infinity;
  let looks = 0; // in a row, without a pause in which nothing changed
  let stopped = false;

  /** Looks at once, and on a busy page again at the end of each pause: until then nothing is even noted. */
  const changed = () => {
    const rest = lookedAt + (looks < MAX_LOOKS ? LOOK_MILLISECONDS : BUSY_MILLISECONDS) - performance.now();
    looks = rest > 0 ? looks + 1 : 0;
    if (rest <= 0) { look(); return; }
    observer.disconnect();
    setTimeout(() => { if (!stopped) { observe(); look(); } }, rest);
  };

  const observe = () => observer.observe(document, { childList: true, subtree: true });

  const again = () => { if (form && state.offered) ask({ do: "boxes" }); };
  const onMessage = (message, sender, reply) => {
    if (message?.unlocked) again();
    const typing = message?.recovery ? recover(message.recovery) : message?.first_use && fillConfirmed(message.first_use);
    if (!typing) return undefined;
    typing.then(reply, () => reply({ filled: false, typed: true }));
    return true;
  };
  const observer = new MutationObserver(changed);

  const stop = () => {
    stopped = true;
    observer.disconnect();
    state?.typed?.witness.end();
    chip.hide();
    form = null;
    state = null;
  };

  document.addEventListener("keydown", leave, { capture: true });
  document.addEventListener("visibilitychange", again);
  window.addEventListener("focus", again);
  document.addEventListener("input", touch, { capture: true, passive: true });
  window.addEventListener("pagehide", gone);
  chrome.runtime.onMessage.addListener(onMessage);
  observe();
  globalThis.casdoorPage = true;
  globalThis.casdoorSetup.start(chip, send);
  look();
  met = Boolean(form);
})();
