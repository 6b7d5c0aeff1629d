// On the pages of a connected Casdoor server: sees the passcode form, tells the worker what it saw, and does what the
// worker answers. Who may get a code is decided there (src/autofill/), from the tab's real origin.
"use strict";

(() => {
  if (globalThis.casdoorPage) return;
  const { Chip, say } = globalThis.casdoorChip;

  /** How long the user name of a sign-in is remembered, and in this script's memory only. */
  const USER_MILLISECONDS = 120_000;
  /** A submit that follows the person's own click or Enter by more than this is not theirs. */
  const GESTURE_MILLISECONDS = 1_000;
  /** The page is looked at no more often than this, however busy it is. */
  const LOOK_MILLISECONDS = 50;
  /** A page that goes away so soon after a code was typed has taken it. */
  const ACCEPTED_MILLISECONDS = 15_000;

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
    const field = document.getElementById("passcode");
    const found = field && boxes(field);
    if (found) return found;
    // Every form of a second factor has this box; looking it up by its id costs nothing on a busy page.
    const form = document.getElementById("enableMfaRemember")?.closest("form");
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

  const inputs = (field) => (field.matches("input") ? [field] : [...field.querySelectorAll("input")]);

  const errors = () => [...document.querySelectorAll(".ant-message-error, .ant-message-notice-error")];

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

  // ---- Who signs in --------------------------------------------------------------------------------------------

  let gesture = null; // { form, at }: the person's own click or Enter in the sign-in form
  let signedIn = null; // { user, at }

  const noteGesture = (event) => {
    if (!event.isTrusted || (event.type === "keydown" && event.key !== "Enter")) return;
    const form = event.target.closest?.("form#normal_login");
    if (form) gesture = { form, at: performance.now() };
  };

  // The browser trusts a submit that a script asked for as well: it counts only right after the person's own gesture.
  const noteSubmit = (event) => {
    const own = event.isTrusted && gesture?.form === event.target;
    if (!own || performance.now() - gesture.at > GESTURE_MILLISECONDS) return;
    const user = event.target.querySelector("input#input")?.value.trim();
    signedIn = user ? { user, at: performance.now() } : null;
  };

  const user = () => (signedIn && performance.now() - signedIn.at < USER_MILLISECONDS ? signedIn.user : null);

  // ---- One form, from its appearing to its end --------------------------------------------------------------------

  let form = null; // what find() gave last
  let state = null; // { asked, refused, typed, old, offered }: what happened in this form
  let timer = 0;

  const seen = () => ({
    shape: form.shape,
    user: user(),
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
      case "offer": return form.shape === "switch" ? show("", change()) : show("", ...offers(reply.entries));
      case "locked": return show("", { text: say("chip_unlock", "Unlock to fill"), act: unlock });
      case "wait":
        timer = setTimeout(() => ask(request), Math.max(0, reply.until * 1000 - Date.now()));
        return show(say("chip_wait", "The code was not accepted. The next one is coming."));
      case "save": return show("", { text: say("chip_save", "Save to Authenticator and continue"), act: save });
      case "failed": return show(say(reply.key, reply.text));
      default: return chip.hide();
    }
  };

  const offers = (entries) => entries.length === 0
    ? [{ text: say("chip_none", "No account for this site yet: scan or add one"), act: openPopup }]
    : entries.map(({ id, issuer, name, confirm }) => {
      const label = [issuer, name].filter(Boolean).join(" · ");
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
    state.old = new Set(errors());
    state.typed = { id, until, at: performance.now() };
    if (shape === "setup") globalThis.casdoorSetup.saved(id);
    enter(inputs(field)[0], code);
    await new Promise((done) => setTimeout(done));
    if (!field.isConnected) return;
    const cells = inputs(field);
    if (!holds(field, code) && cells.length > 1) cells.forEach((cell, index) => enter(cell, code[index]));
    if (cells.length === 1 && holds(field, code)) field.form?.querySelector('button[type="submit"]')?.click();
  };

  /** A new error message after a code was typed: the server refused it. */
  const notice = () => {
    if (!state?.typed || !errors().some((error) => !state.old.has(error))) return;
    const { id, until } = state.typed;
    state = { ...state, typed: null, refused: { id, until } };
    // While enrolling, the account to be saved stays the same: its next code is offered by saving again.
    ask({ do: "boxes" });
  };

  /** The form went away, or the page did, soon after a code was typed and without an error: it was taken. */
  const accepted = () => {
    const taken = state?.typed && form?.shape !== "setup" && performance.now() - state.typed.at < ACCEPTED_MILLISECONDS;
    if (taken) send({ do: "accepted", id: state.typed.id, ...seen() });
  };

  const another = () => document.getElementById("enableMfaRemember") || document.querySelector("#normal_login, input[type=passcode]");

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
    chip.keep();
  };

  /** One form ends and another begins. */
  const follow = (found) => {
    if (found?.field === form?.field && found?.shape === form?.shape) return;
    if (form) {
      clearTimeout(timer);
      chip.hide();
      if (!found && !another()) accepted();
    }
    form = found;
    state = found && { asked: false, refused: null, typed: null, old: new Set(), offered: false };
    if (form) ask({ do: "boxes" });
  };

  let lookedAt = -Infinity;
  let pending = 0;

  /** Looks at once, and on a busy page again at the end of each pause. */
  const changed = () => {
    if (pending) return;
    const rest = lookedAt + LOOK_MILLISECONDS - performance.now();
    if (rest <= 0) look();
    else pending = setTimeout(() => { pending = 0; look(); }, rest);
  };

  const again = () => { if (form && state.offered) ask({ do: "boxes" }); };
  const onMessage = (message) => { if (message?.unlocked) again(); };
  const observer = new MutationObserver(changed);

  const stop = () => {
    observer.disconnect();
    chip.hide();
    form = null;
    state = null;
  };

  for (const kind of ["click", "keydown"]) document.addEventListener(kind, noteGesture, { capture: true, passive: true });
  document.addEventListener("keydown", leave, { capture: true });
  document.addEventListener("submit", noteSubmit, { capture: true, passive: true });
  document.addEventListener("visibilitychange", again);
  window.addEventListener("focus", again);
  window.addEventListener("pagehide", accepted);
  chrome.runtime.onMessage.addListener(onMessage);
  observer.observe(document, { childList: true, subtree: true });
  globalThis.casdoorPage = true;
  globalThis.casdoorSetup.start(chip, send);
  look();
})();
