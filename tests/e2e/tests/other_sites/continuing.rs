//! Pages that continue to the next page while the code is typed, without a form event.

use super::*;

const ONE_FIELD: &str = "<form action='/plain/0'><label>One-time code <input data-code name=otp></label></form>";
/// Continues to the next page once the fields have this number of characters.
const CONTINUES: &str = "<script>
    addEventListener('input', () => {
        const typed = [...document.querySelectorAll('[data-code]')].map(field => field.value).join('');
        if (typed.length === LENGTH) CONTINUE;
    });
</script>";

fn page(fields: &str, length: usize, how: &str) -> Value {
    let script = CONTINUES.replace("LENGTH", &length.to_string()).replace("CONTINUE", how);
    json!({ "html": format!("{fields}{script}") })
}

#[test]
fn a_page_that_continues_at_the_last_digit_has_accepted_the_code() {
    let cell = |number: usize| format!("<input data-code maxlength=1 size=1 aria-label='Digit {number} of the code'>");
    let cells = format!(
        "<form><h1>Enter the code of your authenticator app</h1>{}</form>",
        (1..=6).map(cell).collect::<String>()
    );
    let (replace, submit) = ("location.replace('/plain/0')", "document.forms[0].submit()");
    let next = json!({ "html": "<p id=next>Welcome" });
    let pages = [
        (next, false),
        (page(ONE_FIELD, 6, replace), true),
        (page(ONE_FIELD, 6, submit), true),
        (page(&cells, 6, replace), true),
        (page(&cells, 3, replace), false),
    ];
    let site = Site::open(BTreeMap::new(), &pages.clone().map(|(page, _)| page));
    let installed = Installed::headless().unwrap();
    let page = installed.browser.open(&site.url("/plain/0")).unwrap();
    let popup = installed.popup(&page).unwrap();
    let id = vault_with_account(&popup);
    ask(&popup, &json!({ "do": "AllowSite", "id": id, "origin": site.url(""), "allowed": true })).unwrap();
    for (number, (case, is_taken)) in pages.iter().enumerate().skip(1) {
        page.navigate(&site.url(&format!("/plain/{number}"))).unwrap();
        let filled = ask(&popup, &json!({ "do": "FillCode", "id": id })).unwrap()["Ok"]["filled"].clone();
        assert_eq!(filled["filled"], *is_taken, "{case}: {filled}");
        page.wait_for("!document.querySelector('[data-code]')").unwrap();
    }
}
