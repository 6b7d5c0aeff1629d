// Runs on the pages of connected Casdoor servers: finds the passcode form, reports it to the worker, and carries out
// the reply. The worker decides who may get a code (src/autofill/), by the tab's real origin.
"use strict";

(() => {
  // Without reports on visibility, no press and no sign-in can be trusted, and the chip could only open the popup.
  if (globalThis.casdoorPage || !("isVisible" in IntersectionObserverEntry.prototype)) return;
  const { Chip, localize, useTexts } = globalThis.casdoorChip;
  const ResponseObserver = globalThis.casdoorResponseObserver;
  const signIn = globalThis.casdoorSignIn;

  /** Minimum interval between two checks of the page, however busy it is. */
  const CHECK_MILLISECONDS = 50;
  /** A page that changes for this many checks in a row, which sign-in pages never do, is checked less often. */
  const MAX_RAPID_CHECKS = 20;
  const BUSY_CHECK_MILLISECONDS = 250;
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

  /**
   * Sends a request to the worker: `autofill::PageRequest` as JSON. After an update of the extension, this page no
   * longer gets a reply.
   */
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

  const openPopup = () => send("open_popup");
  const chip = new Chip(openPopup);

  // ---- What the page shows -------------------------------------------------------------------------------------

  /** Returns the passcode form, if the page shows one: its shape, its field, and the position of the chip. */
  const findForm = () => {
    // Every second-factor form has one of these two elements, and finding them by id is cheap even on a busy page.
    const [field, remember] = ["passcode", "enableMfaRemember"].map((id) => document.getElementById(id));
    sawSecondFactor ||= Boolean(field || remember);
    const found = (field && passcodeForm(field)) || recoveryForm();
    if (found) return found;
    const form = remember?.closest("form");
    const buttons = form?.closest(".login-form")?.querySelectorAll("button.ant-btn-link") ?? [];
    const button = [...buttons].find((button) => USE_APP.has(button.textContent.trim()));
    return button ? { shape: "switch", field: button, anchor: button } : null;
  };

  const passcodeForm = (field) => {
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
  const recoveryForm = () => {
    const field = sawSecondFactor && document.querySelector('.login-form input.ant-input[type="passcode"]');
    const button = field ? field.parentElement.querySelector('button.ant-btn-primary[type="button"]') : null;
    return button && field.checkVisibility() ? { shape: "recovery", field, anchor: button } : null;
  };

  const inputs = (field) => (field.matches("input") ? [field] : [...field.querySelectorAll("input")]);

  const ancestorsHaveSameOrigin = () => {
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

  let form = null; // the last result of findForm()
  let state = null; // { asked, rejected, typed, offered, note, entries }: what happened in this form
  let last = null; // { typed, observed, timer }: the form that was just removed, until its outcome is reported
  let sawSecondFactor = true; // true until the first check, because a form may have been shown earlier
  let timer = 0;

  const observations = () => ({
    shape: form.shape,
    user: signIn.user(),
    focused: document.visibilityState === "visible" && document.hasFocus(),
    secure: isSecureContext,
    same_origin: ancestorsHaveSameOrigin(),
    asked: state.asked,
    rejected: state.rejected,
  });

  /** Sends a request about the form and carries out the reply, unless the page has changed in the meantime. */
  const ask = async (name, fields = {}) => {
    clearTimeout(timer);
    const asked = state;
    const reply = await send({ [name]: { ...fields, seen: observations() } });
    if (asked === state && form) carryOut(reply, () => ask(name, fields));
  };

  const carryOut = (reply, askAgain) => {
    state.offered = reply.is === "offer" || reply.is === "locked";
    const show = (note, ...items) => chip.show(form.anchor, note, items);
    switch (reply.is) {
      case "fill":
        return typeCode(reply);
      case "offer":
        state.entries = form.shape === "switch" ? [switchItem()] : offerItems(reply.entries);
        return show(state.note, ...state.entries);
      case "locked":
        return show("", { text: localize(form.shape === "setup" ? "chip_unlock_save" : "chip_unlock"), act: unlock });
      case "wait":
        timer = setTimeout(askAgain, Math.max(0, reply.until * 1000 - Date.now()));
        return show(localize("chip_wait"));
      case "confirm":
        return show(localize("chip_confirm_in_popup"), ...state.entries);
      case "password":
        return show(localize("chip_password"), ...state.entries);
      case "save":
        // The user has already asked for it: the chip said that unlocking saves the account.
        if (state.asked) {
          state.asked = false;
          return save();
        }
        return show("", { text: localize("chip_save"), act: save });
      case "failed":
        return show(localize(reply.message.key, ...(reply.message.args ?? [])));
      default:
        return chip.hide();
    }
  };

  const offerItems = (entries) =>
    entries.length === 0
      ? [{ text: localize("chip_none"), act: openPopup }]
      : entries.map(({ id, issuer, name, confirm }) => {
          const label = [issuer, name].filter(Boolean).join(" · ");
          if (form.shape === "recovery")
            return { text: localize("chip_recovery_use", label), act: () => ask("pick", { id }) };
          const text = confirm ? localize("chip_confirm", label) : localize("chip_fill", label);
          return { text, act: () => ask("pick", { id }) };
        });

  const unlock = () => {
    state.asked = true;
    openPopup();
  };

  const switchItem = () => ({
    text: localize("chip_switch"),
    act: () => form.field.click(),
  });

  const save = () => ask("enroll", globalThis.casdoorSetup.shown(form.field));

  // ---- Typing ----------------------------------------------------------------------------------------------------

  const setText = (input, text) => {
    input.value = text;
    input.dispatchEvent(
      new InputEvent("input", { bubbles: true, composed: true, inputType: "insertText", data: text }),
    );
  };

  const hasCode = (field, code) =>
    inputs(field)
      .map((input) => input.value)
      .join("") === code;

  /** Types the digits. Cells are submitted after the last digit; the single input of old servers has a button. */
  const typeCode = async ({ id, code, until }) => {
    const { field, shape } = form;
    chip.hide();
    observeResponse({ id, until });
    if (shape === "setup") globalThis.casdoorSetup.saved(id);
    setText(inputs(field)[0], code);
    await new Promise((done) => setTimeout(done));
    if (!field.isConnected) return;
    const cells = inputs(field);
    if (!hasCode(field, code) && cells.length > 1) {
      for (const [index, cell] of cells.entries()) setText(cell, code[index]);
    }
    if (cells.length === 1 && hasCode(field, code)) field.form?.querySelector('button[type="submit"]')?.click();
  };

  /** Types the code of an account that the user has just confirmed for this site in the popup. */
  const fillConfirmed = async ({ id, code, until, deliver_until }) => {
    const takesCode = form?.shape === "cells" || form?.shape === "single";
    if (!takesCode || !form.field.isConnected || Date.now() > deliver_until) return { filled: false, typed: false };
    await typeCode({ id, code, until });
    return { filled: true, typed: true };
  };

  /** Types a recovery code into the form where it was selected. The user submits it, because it works only once. */
  const fillRecoveryCode = async ({ id, code, until }) => {
    // A page in the back/forward cache gets this message only when it is restored, when it is no longer wanted.
    if (form?.shape !== "recovery" || !form.field.isConnected || Date.now() > until)
      return { filled: false, typed: false };
    const { field, anchor } = form;
    observeResponse({ id, until: 0 });
    setText(field, code);
    await new Promise((done) => setTimeout(done));
    if (field !== form?.field || !hasCode(field, code)) return { filled: false, typed: true };
    chip.show(anchor, localize("chip_recovery_filled"), []);
    anchor.focus();
    return { filled: true, typed: true };
  };

  /** Starts observing the server's response to a code that is about to be typed. */
  const observeResponse = (typed) => {
    state.typed?.responseObserver.end();
    state.typed = { ...typed, responseObserver: new ResponseObserver("/api/login") };
  };

  /** Reports that the server rejected the code, if an error message has appeared since it was typed. */
  const handleRejection = () => {
    if (!state?.typed?.responseObserver.showsError()) return;
    const { id, until, responseObserver } = state.typed;
    const outcome = responseObserver.outcome(false);
    responseObserver.end();
    if (form.shape === "recovery") {
      state = { ...state, typed: null, note: localize("chip_recovery_rejected") };
      chip.show(form.anchor, state.note, []);
      ask("ended", { id, outcome });
      return;
    }
    state = { ...state, typed: null, rejected: { id, until } };
    // During an enrollment, the same account is saved again, which offers its next code.
    ask("form_found");
  };

  /** Reports that the form was removed or submitted, with the observed response. */
  const reportOutcome = ({ id, responseObserver }, observed, stepGone) => {
    send({ ended: { id, outcome: responseObserver.outcome(stepGone), seen: observed } });
    responseObserver.end();
  };

  /** Reports the outcome after the form was removed. Waits a moment, because an error message may follow. */
  const handleFormRemoval = () => {
    const { typed } = state;
    if (!typed || form.shape === "setup") return typed?.responseObserver.end();
    const observed = observations();
    const timer = setTimeout(() => {
      last = null;
      reportOutcome(typed, observed, !showsAnotherStep());
    }, SETTLED_MILLISECONDS);
    last = { typed, observed, timer };
  };

  /** Reports the outcome immediately when the user leaves the page. */
  const handlePageExit = () => {
    if (last) clearTimeout(last.timer);
    const { typed, observed } = last ?? {
      typed: form?.shape !== "setup" && state?.typed,
      observed: form && observations(),
    };
    if (typed) reportOutcome(typed, observed, false);
    last = null;
    if (state) state.typed = null;
  };

  const noteUserInput = ({ isTrusted, target }) => {
    if (isTrusted && form?.field.contains(target)) state.typed?.responseObserver.noteUserInput();
  };

  const showsAnotherStep = () =>
    Boolean(
      form ||
        document.getElementById("enableMfaRemember") ||
        document.querySelector("#normal_login, input[type=passcode]"),
    );

  /** Moves the focus to the chip when the user presses Tab. Casdoor's empty cells would return it to the first cell. */
  const moveFocusToChip = (event) => {
    if (!event.isTrusted || event.key !== "Tab" || event.shiftKey || !form?.anchor.contains(event.target)) return;
    if (inputs(form.field).every((input) => input.value === "") && chip.focus()) event.preventDefault();
  };

  // ---- Observing the page ------------------------------------------------------------------------------------------

  const checkPage = () => {
    checkedAt = performance.now();
    handleRejection();
    updateForm(findForm());
    globalThis.casdoorSetup.checkPage();
    signIn.observeForm();
    chip.restore();
  };

  /** Replaces the current form if the page now shows a different one. */
  const updateForm = (found) => {
    if (found?.field === form?.field && found?.shape === form?.shape) return;
    if (form) {
      clearTimeout(timer);
      chip.hide();
      handleFormRemoval();
      if (form.shape === "setup") globalThis.casdoorSetup.left();
    }
    form = found;
    state = found && { asked: false, rejected: null, typed: null, offered: false, note: "", entries: [] };
    if (form) ask("form_found");
  };

  let checkedAt = -Infinity;
  let rapidChecks = 0; // consecutive changes that followed a check too soon
  let stopped = false;

  /** Checks the page immediately. If it changes again too soon, further changes are ignored until the next check. */
  const onChange = () => {
    const rest =
      checkedAt + (rapidChecks < MAX_RAPID_CHECKS ? CHECK_MILLISECONDS : BUSY_CHECK_MILLISECONDS) - performance.now();
    rapidChecks = rest > 0 ? rapidChecks + 1 : 0;
    if (rest <= 0) {
      checkPage();
      return;
    }
    observer.disconnect();
    setTimeout(() => {
      if (!stopped) {
        observe();
        checkPage();
      }
    }, rest);
  };

  const observe = () => observer.observe(document, { childList: true, subtree: true });

  const offerAgain = () => {
    if (form && state.offered) ask("form_found");
  };
  const onMessage = (message, _sender, reply) => {
    if (message?.unlocked) offerAgain();
    const typing = message?.recovery
      ? fillRecoveryCode(message.recovery)
      : message?.first_use && fillConfirmed(message.first_use);
    if (!typing) return undefined;
    typing.then(reply, () => reply({ filled: false, typed: true }));
    return true;
  };
  const observer = new MutationObserver(onChange);

  const stop = () => {
    stopped = true;
    observer.disconnect();
    state?.typed?.responseObserver.end();
    chip.hide();
    form = null;
    state = null;
  };

  document.addEventListener("keydown", moveFocusToChip, { capture: true });
  document.addEventListener("visibilitychange", offerAgain);
  window.addEventListener("focus", offerAgain);
  document.addEventListener("input", noteUserInput, { capture: true, passive: true });
  window.addEventListener("pagehide", handlePageExit);
  chrome.runtime.onMessage.addListener(onMessage);
  observe();
  globalThis.casdoorPage = true;
  globalThis.casdoorSetup.start(chip, send);
  checkPage();
  sawSecondFactor = Boolean(form);
})();
