// The popup's first frame, before any module is loaded: the three reads that the wasm needs too, and the list as it was
// last drawn, with the codes of this second. Nothing but a plain script is that early; the wasm is compiled once the
// frame is out, since it would take the processor from it.

// Every row of the look must still be where the board has it, with a code; on a site of an account the order is another.
function draw({ board, look, wish, url }) {
    if (!board || !look || wish) return false;
    const { rows, lock_at } = JSON.parse(board);
    const now = Math.floor(Date.now() / 1000);
    const template = document.createElement("template");
    template.innerHTML = look;
    for (const styled of template.content.querySelectorAll("[data-style]")) styled.style.cssText = styled.dataset.style;
    const drawn = [...template.content.querySelectorAll("[data-row]")];
    drawn.sort((one, other) => parseInt(one.style.top) - parseInt(other.style.top));
    const placed = drawn.every((row, index) => row.dataset.row === rows[index]?.id);
    const sited = rows.some(({ sites }) => sites.some((site) => url?.includes(site)));
    if (now >= lock_at || !placed || sited) return false;
    for (const [index, row] of drawn.entries()) {
        const { codes, from, period } = rows[index];
        const code = (period && codes.split(" ")[Math.floor((now - from) / period)]) || "";
        const shown = row.querySelector("[data-code]");
        shown.dataset.code = code;
        shown.textContent = [...code].reduce((text, letter) => text.replace("•", letter), shown.textContent).replaceAll("•", "");
        row.querySelector(".ring")?.style.setProperty("--phase", (now - from) % period);
    }
    template.content.firstElementChild.inert = true;
    document.body.append(template.content);
    return true;
}

// What `popup.js` hands over to the wasm.
globalThis.first = Promise.all([
    chrome.storage.session.get(["board", "look", "wish"]),
    chrome.storage.local.get(["phase", "theme"]),
    chrome.tabs.query({ active: true, currentWindow: true }),
]).then(([{ board, look, wish }, { phase, theme }, [tab]]) => {
    document.documentElement.dataset.theme = theme ?? "system";
    return { board, look, wish, phase, url: tab?.url };
});

// The answers may be there before the parser has come to the body.
function parsed() {
    return document.body ? undefined : new Promise((done) => document.addEventListener("DOMContentLoaded", done, { once: true }));
}

// Two frames: the first callback comes before the painting, the second after it. A page that is hidden paints none.
function painted() {
    return new Promise((done) => {
        requestAnimationFrame(() => requestAnimationFrame(done));
        setTimeout(done, 100);
    });
}

globalThis.first.catch(() => ({})).then(async (read) => {
    try {
        await parsed();
        if (draw(read)) await painted();
    } finally {
        await import("./popup.js");
    }
});
