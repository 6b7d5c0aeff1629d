// Observes the server's response to a request of the page without trusting the page's scripts. It uses the browser's
// list of requests, its report on who started a navigation, and the error messages that appear. src/autofill/outcome.rs
// decides what these observations prove.
"use strict";

(() => {
  if (globalThis.casdoorResponseObserver) return;

  const errors = () => [...document.querySelectorAll(".ant-message-error, .ant-message-notice-error")];

  /** Observes the response to the page's next request to `path`. */
  class ResponseObserver {
    #since = performance.now();
    #old = new Set(errors());
    #path;
    #answer = null; // { status, at }
    #leftAt = null; // the time at which the page, not the user, started a navigation
    #hasUserInput = false;
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

    /** Records that the user changed the field. */
    noteUserInput() {
      this.#hasUserInput = true;
    }

    /** Returns true if an error message has appeared since the observation started. */
    showsError() {
      return errors().some((error) => !this.#old.has(error));
    }

    /** Returns the observations. `stepGone` is true if the page shows the next step. If it does not, only a navigation
     * by the page counts as success. */
    outcome(stepGone) {
      this.#note(this.#requests.takeRecords());
      const left = this.#answer && this.#leftAt !== null && this.#leftAt >= this.#answer.at;
      return {
        status: this.#answer?.status ?? null,
        rejected: this.showsError(),
        touched: this.#hasUserInput,
        went_on: Boolean(this.#answer && (stepGone || left)),
      };
    }

    end() {
      this.#requests.disconnect();
      globalThis.navigation?.removeEventListener("navigate", this.#onNavigate);
    }
  }

  globalThis.casdoorResponseObserver = ResponseObserver;
})();
