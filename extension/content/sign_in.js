// Determines which user signed in on this page by hand: the name and the password were typed, pasted, or filled by the
// browser's password manager into a visible form, and the user submitted the form with its button or Enter. Otherwise
// no user is reported, and the passcode is offered instead of being typed.
"use strict";

(() => {
  if (globalThis.casdoorSignIn) return;

  /** How long the user name of a sign-in is remembered. It is only stored in this script's memory. */
  const USER_MILLISECONDS = 120_000;
  /** A submission later than this after the user's press was not caused by the user. */
  const GESTURE_MILLISECONDS = 1_000;
  /** How long the form must have been visible before it is submitted. */
  const VISIBLE_MILLISECONDS = 150;
  /** Minimum interval between observations of a form that was not seen yet, however busy its page is. */
  const OBSERVE_MILLISECONDS = 300;
  /** Smallest field that a user can read, in CSS pixels. */
  const MIN_FIELD_WIDTH = 60;
  const MIN_FIELD_HEIGHT = 14;

  const FORM = "form#normal_login";

  const partsOf = (form) => ({
    user: form.querySelector("input#input"),
    password: form.querySelector("input#normal_login_password"),
    button: form.querySelector('button[type="submit"]'),
  });

  // ---- What was typed ---------------------------------------------------------------------------------------------

  const typed = new WeakMap(); // field -> its text after the user's last input
  let pending = null; // { field, key, before, isWhole }: the user's action that causes the next input event

  const isField = (element) => element instanceof HTMLInputElement && element.closest(FORM) !== null;

  const noteAction = (event) => {
    const field = event.target;
    if (!event.isTrusted || !isField(field)) return;
    const isWhole = field.selectionStart === 0 && field.selectionEnd === field.value.length;
    pending = { field, key: event.type === "keydown" ? event.key : event.type, before: field.value, isWhole };
    watch(field.form);
  };

  /** Returns true if the user's action explains an input event. Scripts can also cause trusted input events. */
  const isOwn = ({ inputType, data }, { key }) => {
    switch (inputType) {
      case "insertText":
        return data === key || key.startsWith("composition");
      case "insertCompositionText":
        return key.startsWith("composition") || key === "Process";
      case "insertFromPaste":
        return key === "paste";
      case "insertFromDrop":
        return key === "drop";
      case "deleteByCut":
        return key === "cut";
      case "deleteContentBackward":
      case "deleteWordBackward":
      case "deleteSoftLineBackward":
        return key === "Backspace";
      case "deleteContentForward":
      case "deleteWordForward":
        return key === "Delete";
      default:
        return false;
    }
  };

  const noteInput = (event) => {
    const field = event.target;
    if (!event.isTrusted || !isField(field)) return;
    const action = pending;
    pending = null;
    const isContinued = action?.field === field && (action.isWhole || action.before === (typed.get(field) ?? ""));
    if (isContinued && isOwn(event, action)) typed.set(field, field.value);
    else typed.delete(field);
  };

  const isAutofilled = (field) => {
    try {
      return field.matches(":autofill");
    } catch {
      return false;
    }
  };

  /** Returns true if the user or the browser's password manager entered the text. */
  const isUsers = (field) => field.value !== "" && (typed.get(field) === field.value || isAutofilled(field));

  // ---- Visibility of the form -------------------------------------------------------------------------------------

  let watched = null; // the observed form
  const visibleSince = new Map(); // part -> since when it was completely visible in every observed frame
  let isObserving = false;
  let observedAt = -Infinity;

  const noteVisibility = ({ target, time, isVisible, intersectionRatio }) => {
    if (isVisible !== true || intersectionRatio < 0.999) {
      // A focused neighbor's outline would count as covering this part.
      const hasFocusedNeighbor = document.activeElement !== target && watched.contains(document.activeElement);
      if (!hasFocusedNeighbor) visibleSince.delete(target);
    } else if (!visibleSince.has(target)) {
      visibleSince.set(target, time);
    }
  };

  /** Observes the parts of the form in the next frame, as it is painted. */
  const watch = (form) => {
    const parts = Object.values(partsOf(form)).filter(Boolean);
    if (watched !== form) {
      watched = form;
      visibleSince.clear();
    }
    if (isObserving || parts.length === 0) return;
    isObserving = true;
    observedAt = performance.now();
    const observer = new IntersectionObserver(
      (entries) => {
        observer.disconnect();
        isObserving = false;
        if (watched === form) entries.forEach(noteVisibility);
      },
      { trackVisibility: true, delay: 100 },
    );
    for (const part of parts) observer.observe(part);
  };

  /** Returns true if nothing masks, clips or shrinks an element. The browser's report on visibility ignores these. */
  const isPlain = (element) => {
    const { width, height } = element.getBoundingClientRect();
    if (width < MIN_FIELD_WIDTH || height < MIN_FIELD_HEIGHT) return false;
    for (let at = element; at; at = at.parentElement) {
      const { maskImage, clipPath, zoom } = getComputedStyle(at);
      if ((maskImage ?? "none") !== "none" || clipPath !== "none" || Number(zoom || 1) < 0.5) return false;
    }
    return true;
  };

  const couldBeSeen = (form) => {
    const now = performance.now();
    const parts = Object.values(partsOf(form));
    return parts.every((part) => part && now - visibleSince.get(part) >= VISIBLE_MILLISECONDS && isPlain(part));
  };

  // ---- Who signs in -----------------------------------------------------------------------------------------------

  let gesture = null; // { form, user, at }: the user's press on the form's button, or Enter in the form
  let signedIn = null; // { user, at }

  const userOf = (form) => {
    const { user, password } = partsOf(form);
    return user && password && isUsers(user) && isUsers(password) && couldBeSeen(form) ? user.value.trim() : "";
  };

  const noteGesture = (event) => {
    const form = event.isTrusted && event.target.closest?.(FORM);
    if (!form) return;
    const isPress = event.type === "click" && event.detail > 0 && event.target.closest('button[type="submit"]');
    const isEnter =
      event.type === "keydown" &&
      !event.repeat &&
      (event.key === "Enter" || (event.key === " " && event.target.closest('button[type="submit"]')));
    if (isPress || isEnter) gesture = { form, user: userOf(form), at: performance.now() };
  };

  // Submissions that a script requests are trusted events, too, so they count only right after the user's own press.
  const noteSubmit = (event) => {
    if (!event.isTrusted || !event.target.matches?.(FORM)) return;
    const { form, user, at } = gesture ?? {};
    gesture = null;
    const isOwnSubmission = form === event.target && performance.now() - at <= GESTURE_MILLISECONDS;
    signedIn = isOwnSubmission && user && user === userOf(form) ? { user, at: performance.now() } : null;
  };

  const actions = ["keydown", "paste", "cut", "drop", "compositionstart", "compositionupdate", "compositionend"];
  for (const kind of actions) window.addEventListener(kind, noteAction, { capture: true, passive: true });
  for (const kind of ["focusin", "pointerdown"]) {
    window.addEventListener(
      kind,
      ({ target }) => {
        const form = target.closest?.(FORM);
        if (form) watch(form);
      },
      { capture: true, passive: true },
    );
  }
  window.addEventListener("input", noteInput, { capture: true, passive: true });
  for (const kind of ["click", "keydown"]) window.addEventListener(kind, noteGesture, { capture: true, passive: true });
  window.addEventListener("submit", noteSubmit, { capture: true, passive: true });

  globalThis.casdoorSignIn = {
    /** Observes the form until it is visible, and later only while the user acts in it. */
    observeForm: () => {
      if (watched?.isConnected && (visibleSince.size > 0 || performance.now() - observedAt < OBSERVE_MILLISECONDS))
        return;
      const form = document.getElementById("normal_login");
      if (form) watch(form);
    },
    /** Returns the user name of the last sign-in by hand on this page, or null. */
    user: () => (signedIn && performance.now() - signedIn.at < USER_MILLISECONDS ? signedIn.user : null),
  };
})();
