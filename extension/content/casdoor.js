// Runs on the pages of connected Casdoor servers: finds the passcode form, reports it to the worker, and carries out
// the reply. The worker decides who may get a code (src/autofill/), by the tab's real origin.
"use strict";

(() => {
  if (globalThis.casdoorPage) return;
  const { Chip, say, useTexts } = globalThis.casdoorChip;
  const Witness = globalThis.casdoorWitness;
  const signIn = globalThis.casdoorSignIn;

  /** Minimum interval between two checks of the page, however busy it is. */
  const LOOK_MILLISECONDS = 50;
  /** A page that changes for this many checks in a row, which sign-in pages never do, is checked less often. */
  const MAX_LOOKS = 20;
  const BUSY_MILLISECONDS = 250;
  /** How long to wait for an error message after a form was removed. */
  const SETTLED_MILLISECONDS = 500;

  /** "Use Authenticator App" in Casdoor's languages: the button that leads from the SMS form to the passcode. */
  const USE_APP = new Set([
    "Use Authenticator App",
    "Authenticator-App verwenden",
    "Usar aplicación de autenticación",
    "Utiliser l'application d'authentification",
    "認証アプリを使用",
    "Użyj aplikacji Authenticator",
    "Usar aplicativo autenticador",
    "Authenticator Uygulamasını Kullan",
    "Використовуйте додаток Authenticator",
    "Sử dụng ứng dụng xác thực",
    "使用身份验证应用",
  ]);

  /** Sends a request to the worker. After an update of the extension, this page no longer gets a reply. */
  const send = (request) => {
    if (!chrome.runtime?.id) {
      stop();
      return Promise.resolve({ is: "nothing" });
    }
    return chrome.runtime.sendMessage({ content: request }).then(
      (reply) => {
        useTexts(reply ?? {});
        return reply ?? { is: "nothing" };
      },
      () => ({ is: "nothing" }),
    );
  };

  const openPopup = () => send({ do: "open_popup" });
  const chip = new Chip(openPopup);

  // ---- What the page shows -------------------------------------------------------------------------------------

  /** Returns the passcode form, if the page shows one: its shape, its field, and the position of the chip. */
  const find = () => {
    // Every second-factor form has one of these two elements, and finding them by id is cheap even on a busy page.
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
    // RADIUS and push forms also have an input with this id, but without the wrapper and its user icon.
    const wrapper = field.matches('input[autocomplete="off"]') && field.closest(".ant-input-affix-wrapper");
    const single = wrapper ? wrapper.querySelector(".anticon-user") : null;
    if (!(cells || single) || !field.checkVisibility()) return null;
    const anchor = cells ? field : wrapper;
    const setup = location.pathname.startsWith("/mfa/setup") || field.closest("form")?.querySelector(".ant-qrcode");
    return { shape: setup ? "setup" : cells ? "cells" : "single", field, anchor };
  };

  /** Returns the recovery-code form. It replaces another second-factor form, so it is only searched for after one. */
  const recovery = () => {
    const field = met && document.querySelector('.login-form input.ant-input[type="passcode"]');
    const button = field ? field.parentElement.querySelector('button.ant-btn-primary[type="button"]') : null;
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
      return false; // The location of an ancestor with another origin cannot be read.
    }
  };

  // ---- Life cycle of one form --------------------------------------------------------------------------------------

  let form = null; // the last result of find()
  let state = null; // { asked, refused, typed, offered }: the events in this form
  let last = null; // { typed, told, timer }: a form that was just removed
  let met = true; // a second-factor form was seen on this page, or may have been before this script started
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

  /** Sends a request and carries out the reply, unless the page has changed in the meantime. */
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
      case "fill":
        return type(reply);
      case "offer":
        state.entries = form.shape === "switch" ? [change()] : offers(reply.entries);
        return show(state.note, ...state.entries);
      case "locked":
        return show("", { text: say(form.shape === "setup" ? "chip_unlock_save" : "chip_unlock"), act: unlock });
      case "wait":
        timer = setTimeout(() => ask(request), Math.max(0, reply.until * 1000 - Date.now()));
        return show(say("chip_wait"));
      case "confirm":
        return show(say("chip_confirm_in_popup"), ...state.entries);
      case "password":
        return show(say("chip_password"), ...state.entries);
      case "save":
        // The user has already asked for it: the chip said that unlocking saves the account.
        if (state.asked) {
          state.asked = false;
          return save();
        }
        return show("", { text: say("chip_save"), act: save });
      case "failed":
        return show(say(reply.message.key, ...(reply.message.args ?? [])));
      default:
        return chip.hide();
    }
  };

  const offers = (entries) =>
    entries.length === 0
      ? [{ text: say("chip_none"), act: openPopup }]
      : entries.map(({ id, issuer, name, confirm }) => {
          const label = [issuer, name].filter(Boolean).join(" · ");
          if (form.shape === "recovery")
            return { text: say("chip_recovery_use", label), act: () => ask({ do: "pick", id }) };
          const text = confirm ? say("chip_confirm", label) : say("chip_fill", label);
          return { text, act: () => ask({ do: "pick", id }) };
        });

  const unlock = () => {
    state.asked = true;
    openPopup();
  };

  const change = () => ({
    text: say("chip_switch"),
    act: () => form.field.click(),
  });

  const save = () => ask({ do: "enrol", ...globalThis.casdoorSetup.shown(form.field) });

  // ---- Typing ----------------------------------------------------------------------------------------------------

  const enter = (input, text) => {
    input.value = text;
    input.dispatchEvent(
      new InputEvent("input", { bubbles: true, composed: true, inputType: "insertText", data: text }),
    );
  };

  const holds = (field, code) =>
    inputs(field)
      .map((input) => input.value)
      .join("") === code;

  /** Types the digits. Cells are submitted after the last digit; the single input of old servers has a button. */
  const type = async ({ id, code, until }) => {
    const { field, shape } = form;
    chip.hide();
    began({ id, until });
    if (shape === "setup") globalThis.casdoorSetup.saved(id);
    enter(inputs(field)[0], code);
    await new Promise((done) => setTimeout(done));
    if (!field.isConnected) return;
    const cells = inputs(field);
    if (!holds(field, code) && cells.length > 1) {
      for (const [index, cell] of cells.entries()) enter(cell, code[index]);
    }
    if (cells.length === 1 && holds(field, code)) field.form?.querySelector('button[type="submit"]')?.click();
  };

  /** Types the code of an account that the user has just confirmed for this site in the popup. */
  const fillConfirmed = async ({ id, code, until, deliver_until }) => {
    const takesCode = form?.shape === "cells" || form?.shape === "single";
    if (!takesCode || !form.field.isConnected || Date.now() > deliver_until) return { filled: false, typed: false };
    await type({ id, code, until });
    return { filled: true, typed: true };
  };

  /** Types a recovery code into the form where it was selected. The user submits it, because it works only once. */
  const recover = async ({ id, code, until }) => {
    // A page in the back/forward cache gets this message only when it is restored, when it is no longer wanted.
    if (form?.shape !== "recovery" || !form.field.isConnected || Date.now() > until)
      return { filled: false, typed: false };
    const { field, anchor } = form;
    began({ id, until: 0 });
    enter(field, code);
    await new Promise((done) => setTimeout(done));
    if (field !== form?.field || !holds(field, code)) return { filled: false, typed: true };
    chip.show(anchor, say("chip_recovery_filled"), []);
    anchor.focus();
    return { filled: true, typed: true };
  };

  /** Starts observing the server's response, because a code is about to be typed. */
  const began = (typed) => {
    state.typed?.witness.end();
    state.typed = { ...typed, witness: new Witness("/api/login") };
  };

  /** Handles a new error message after a code was typed, which means that the server rejected the code. */
  const notice = () => {
    if (!state?.typed?.witness.refused()) return;
    const { id, until, witness } = state.typed;
    const outcome = witness.outcome(false);
    witness.end();
    if (form.shape === "recovery") {
      state = { ...state, typed: null, note: say("chip_recovery_refused") };
      chip.show(form.anchor, state.note, []);
      ask({ do: "ended", id, outcome });
      return;
    }
    state = { ...state, typed: null, refused: { id, until } };
    // During an enrollment, the same account is saved again, which offers its next code.
    ask({ do: "boxes" });
  };

  /** Reports the end of the form, with the observed response. */
  const tell = ({ id, witness }, told, stepGone) => {
    send({ do: "ended", id, outcome: witness.outcome(stepGone), ...told });
    witness.end();
  };

  /** Handles the removal of the form. Waits a moment, because an error message may follow. */
  const ended = () => {
    const { typed } = state;
    if (!typed || form.shape === "setup") return typed?.witness.end();
    const told = seen();
    const timer = setTimeout(() => {
      last = null;
      tell(typed, told, !another());
    }, SETTLED_MILLISECONDS);
    last = { typed, told, timer };
  };

  /** Handles the page being left. */
  const gone = () => {
    if (last) clearTimeout(last.timer);
    const { typed, told } = last ?? { typed: form?.shape !== "setup" && state?.typed, told: form && seen() };
    if (typed) tell(typed, told, false);
    last = null;
    if (state) state.typed = null;
  };

  const touch = ({ isTrusted, target }) => {
    if (isTrusted && form?.field.contains(target)) state.typed?.witness.touch();
  };

  const another = () =>
    Boolean(
      form ||
        document.getElementById("enableMfaRemember") ||
        document.querySelector("#normal_login, input[type=passcode]"),
    );

  /** Makes Tab move the focus to the chip, because empty cells always return it to the first of them. */
  const leave = (event) => {
    if (!event.isTrusted || event.key !== "Tab" || event.shiftKey || !form?.anchor.contains(event.target)) return;
    if (inputs(form.field).every((input) => input.value === "") && chip.focus()) event.preventDefault();
  };

  // ---- Observing the page ------------------------------------------------------------------------------------------

  const look = () => {
    lookedAt = performance.now();
    notice();
    follow(find());
    globalThis.casdoorSetup.look();
    signIn.look();
    chip.keep();
  };

  /** Ends one form and starts another. */
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
  let looks = 0; // consecutive checks without a pause in which nothing changed
  let stopped = false;

  /** Checks immediately. On a busy page, further changes are ignored until the next check at the end of a pause. */
  const changed = () => {
    const rest = lookedAt + (looks < MAX_LOOKS ? LOOK_MILLISECONDS : BUSY_MILLISECONDS) - performance.now();
    looks = rest > 0 ? looks + 1 : 0;
    if (rest <= 0) {
      look();
      return;
    }
    observer.disconnect();
    setTimeout(() => {
      if (!stopped) {
        observe();
        look();
      }
    }, rest);
  };

  const observe = () => observer.observe(document, { childList: true, subtree: true });

  const again = () => {
    if (form && state.offered) ask({ do: "boxes" });
  };
  const onMessage = (message, _sender, reply) => {
    if (message?.unlocked) again();
    const typing = message?.recovery
      ? recover(message.recovery)
      : message?.first_use && fillConfirmed(message.first_use);
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
