//! Codes that a page divides into two or three fields.

use super::*;

const SAID: &str = "<h1>Authenticator code</h1><p>Enter the code from your authenticator app.</p>";
/// Moves on to the next field when one is full, as pages with such fields do.
const MOVES_ON: &str = "<script>addEventListener('input', event => {
    if (event.target.value.length === event.target.maxLength) event.target.nextElementSibling?.focus();
})</script>";
/// Empties the last field, as a page that rejects its content does.
const REJECTS_THE_LAST: &str = "<script>addEventListener('input', event => {
    if (event.target === document.querySelector('[data-code]:last-of-type')) event.target.value = '';
})</script>";

fn parts(count: usize, size: usize) -> String {
    (1..=count).map(|number| format!("<input data-code name=part{number} maxlength={size} size={size}>")).collect()
}

#[test]
fn a_code_in_parts_is_reported_as_filled_only_if_every_part_has_it() {
    let page = |fields: &str, script: &str| json!({ "html": format!("<form>{SAID}{fields}</form>{script}") });
    let with = |code: &str, expect: &str, fields: &str, script: &str| {
        let mut case = page(fields, script);
        (case["name"], case["code"], case["expect"]) = (json!(fields), json!(code), json!(expect));
        case
    };
    let date = "<input maxlength=2 placeholder=DD><input maxlength=2 placeholder=MM><input maxlength=2 placeholder=YY>";
    let cases = [
        with("174038", "filled", &parts(2, 3), ""),
        with("174038", "filled", &parts(2, 3), MOVES_ON),
        with("003820", "filled", &parts(3, 2), MOVES_ON),
        with("00382017", "filled", &parts(2, 4), MOVES_ON),
        with("174038", "fill_not_taken", &parts(2, 3), REJECTS_THE_LAST),
        with("174038", "fill_no_field", date, ""),
        with("174038", "fill_no_field", &parts(4, 3), ""),
    ];
    let site = Site::open(BTreeMap::new(), &cases);
    let (browser, _extension, worker, _folder) = start();
    let page = browser.open(&site.url("/plain/0")).unwrap();
    for (number, case) in cases.iter().enumerate() {
        page.navigate(&site.url(&format!("/plain/{number}"))).unwrap();
        page.activate().unwrap();
        if case["expect"] == "fill_not_taken" {
            let answer = fill(&worker, "174038");
            assert_eq!(answer, json!({ "filled": false, "reason": "fill_not_taken" }), "{case}");
        } else {
            assert_eq!(check_page(&page, &worker, case), None, "{case}");
        }
    }
}
