// What can be seen of the server's answer to the page, without asking the page: the browser's own timeline of its requests,
// its word on who began to leave, and the error messages that appear. What it proves is decided in src/autofill/outcome.rs.
"use strict";

(() => {
  if (globalThis.casdoorWitness) return;

  const errors = () => [...document.querySelectorAll(".ant-message-error, .ant-message-notice-error")];

  /** Watches from now on, for the answer to the page's next request to `path`. */
  class Witness {
    #since = performance.now();
    #old = new Set(errors());
    #path;
    #answer = null; // { status, at }
    #leftAt = null; // when the page itself began to leave
    #touched = false;
    #requests;
    #onNavigate = (event) => {
      // A script that leaves is no link that the person clicks, and the browser's own buttons are not told of at all.
      if (!event.userInitiated && !event.hashChange && !event.downloadRequest) this.#leftAt = performance.now();
    };

    constructor(path) {
      this.#path = path;
      this.#requests = new PerformanceObserver((list) => this.#note(list.getEntries()));
      this.#requests.observe({ type: "resource" });
      globalThis.navigation?.addEventListener("navigate", this.#onNavigate);
    }

    #note(entries) {
      const found = entries.find((entry) => entry.startTime >= this.#since && new URL(entry.name).pathname.endsWith(this.#path));
      if (found) this.#answer ??= { status: found.responseStatus, at: found.responseEnd };
    }

    /** The person changed the field by hand. */
    touch() { this.#touched = true; }

    /** An error message appeared since. */
    refused() { return errors().some((error) => !this.#old.has(error)); }

    /** What was seen. `stepGone`: the page shows another step now; a page that goes away must have begun that itself. */
    outcome(stepGone) {
      this.#note(this.#requests.takeRecords());
      const left = this.#answer && this.#leftAt !== null && this.#leftAt >= this.#answer.at;
      return {
        status: this.#answer?.status ?? null, refused: this.refused(), touched: this.#touched,
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
