// Observes the server's response to the page without trusting the page's scripts: the browser's timeline of requests,
// its report on who started a navigation, and error messages that appear. src/autofill/outcome.rs decides what this
// proves.
"use strict";

(() => {
  if (globalThis.casdoorWitness) return;

  const errors = () => [...document.querySelectorAll(".ant-message-error, .ant-message-notice-error")];

  /** Observes the response to the page's next request to `path`. */
  class Witness {
    #since = performance.now();
    #old = new Set(errors());
    #path;
    #answer = null; // { status, at }
    #leftAt = null; // when the page itself started a navigation
    #touched = false;
    #requests;
    #onNavigate = (event) => {
      // A link that the user clicks is reported as initiated by the user, and the browser's own buttons cause no event.
      if (!event.userInitiated && !event.hashChange && !event.downloadRequest) this.#leftAt = performance.now();
    };

    constructor(path) {
      this.#path = path;
      this.#requests = new PerformanceObserver((list) => this.#note(list.getEntries()));
      this.#requests.observe({ type: "resource" });
      globalThis.navigation?.addEventListener("navigate", this.#onNavigate);
    }

    #note(entries) {
      const found = entries.find(
        (entry) => entry.startTime >= this.#since && new URL(entry.name).pathname.endsWith(this.#path),
      );
      if (found) this.#answer ??= { status: found.responseStatus, at: found.responseEnd };
    }

    /** Handles a change of the field by the user. */
    touch() {
      this.#touched = true;
    }

    /** Handles an error message. */
    refused() {
      return errors().some((error) => !this.#old.has(error));
    }

    /** Returns the observations. `stepGone`: the page shows another step; otherwise, the page must have navigated. */
    outcome(stepGone) {
      this.#note(this.#requests.takeRecords());
      const left = this.#answer && this.#leftAt !== null && this.#leftAt >= this.#answer.at;
      return {
        status: this.#answer?.status ?? null,
        refused: this.refused(),
        touched: this.#touched,
        went_on: Boolean(this.#answer && (stepGone || left)),
      };
    }

    end() {
      this.#requests.disconnect();
      globalThis.navigation?.removeEventListener("navigate", this.#onNavigate);
    }
  }

  globalThis.casdoorWitness = Witness;
})();
