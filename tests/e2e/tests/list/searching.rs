//! The search: short names, accents, typing errors and marked matches. `src/app/accounts/search` has further tests.

use super::*;

#[test]
fn short_names_accents_and_typing_errors_find_the_account_and_matches_are_marked() {
    let issuers = ["Amazon%20Web%20Services", "GitHub", "Cloudflare", "Stadtwerke%20M%C3%BCnchen"];
    let uris: Vec<String> = issuers.iter().map(|issuer| uri(issuer, "alice", "")).collect();
    let (installed, _first) = with_uris(&uris);
    let popup = popup_tab(&installed, (400, 560));
    popup.wait_for("document.querySelectorAll('[data-row]').length === 4").unwrap();
    for (query, found, marked) in [
        ("aws", "Amazon Web Services", json!(["A", "W", "S"])),
        ("gh", "GitHub", json!(["G", "H"])),
        ("cloud fl", "Cloudflare", json!(["Cloudfl"])),
        ("munchen", "Stadtwerke München", json!(["München"])),
        ("githbu", "GitHub", json!([])),
    ] {
        popup.type_text(query).unwrap();
        let only = format!(
            "[...document.querySelectorAll('[data-row] .who b')].map(name => name.textContent).join() === {found:?}"
        );
        popup.wait_for(&only).unwrap_or_else(|error| panic!("{query}: {error}"));
        let marks = "[...document.querySelectorAll('[data-row] b mark')].map(mark => mark.textContent)";
        assert_eq!(popup.evaluate(marks).unwrap(), marked, "{query}");
        popup.press("Escape").unwrap();
        popup.wait_for("document.querySelectorAll('[data-row]').length === 4").unwrap();
    }
    assert_eq!(popup.evaluate("document.querySelector('mark')").unwrap(), serde_json::Value::Null);
}
