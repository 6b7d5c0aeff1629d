//! Choosing a field on the page, with the built extension: if no field is likely enough, the user chooses one, and it
//! is remembered.

use super::*;
use e2e::devtools::until;

/// Returns a page that does not reveal which of its fields takes a code. Its script returns what a hostile page can see
/// of the choice.
fn page_with(second: &str) -> Value {
    let html = format!(
        "<form style='padding:120px 40px'><p><label>Entry <input id=alpha name=value1></label><p>{second}</form>
        <script>
            window.keys = 0;
            addEventListener('keydown', () => {{ window.keys += 1; }}, true);
            window.attack = () => {{
                const host = document.querySelector('casdoor-authenticator-choice');
                const seen = [host.shadowRoot, host.textContent, host.innerHTML, host.childElementCount];
                const box = document.querySelector('#beta').getBoundingClientRect();
                for (const target of [host, document.elementFromPoint(box.x + 20, box.y + 10)])
                    for (const kind of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click'])
                        target.dispatchEvent(new MouseEvent(kind, {{ bubbles: true, composed: true, clientX: box.x + 20, clientY: box.y + 10 }}));
                host.click();
                host.dispatchEvent(new KeyboardEvent('keydown', {{ key: 'Enter', bubbles: true, composed: true }}));
                return seen;
            }};
        </script>"
    );
    json!({ "html": html })
}

const FIELD: &str = "<label>Result <input id=beta name=value2></label>";
const VALUES: &str = "[...document.querySelectorAll('input')].map(field => field.value)";
const IS_SHOWN: &str = "document.querySelector('casdoor-authenticator-choice')?.matches(':popover-open') ?? false";
/// The buttons accept no press before this time.
const READ: std::time::Duration = std::time::Duration::from_millis(700);

struct Scene {
    site: Site,
    installed: Installed,
    page: Page,
    id: String,
}

impl Scene {
    fn new() -> Self {
        let card = FIELD.replace("Result", "Card number");
        let site = Site::open(BTreeMap::new(), &[page_with(FIELD), page_with(&card)]);
        let installed = Installed::headless().unwrap();
        let page = installed.browser.open(&site.url("/plain/0")).unwrap();
        let tab = installed.open("manifest.json").unwrap();
        let id = vault_with_account(&tab);
        ask(&tab, &json!({ "do": "AllowSite", "id": id, "origin": site.url(""), "allowed": true })).unwrap();
        tab.close().unwrap();
        Self { site, installed, page, id }
    }

    #[track_caller]
    fn fill(&self) -> Value {
        let popup = self.installed.popup(&self.page).unwrap();
        let answer = ask(&popup, &json!({ "do": "FillCode", "id": self.id })).unwrap()["Ok"].clone();
        popup.close().unwrap();
        self.page.activate().unwrap();
        answer
    }

    fn remembered(&self) -> Value {
        let tab = self.installed.open("manifest.json").unwrap();
        let settings = ask(&tab, &json!({ "do": "ReadSettings" })).unwrap();
        tab.close().unwrap();
        settings["Ok"]["remembered_fields"].clone()
    }

    /// Waits until the choice is stored, which happens after the code was typed.
    fn wait_until_remembered(&self) -> Value {
        let remembered = || Some(self.remembered()).filter(|fields| !fields.is_null());
        until("the choice is remembered", || Ok(remembered())).unwrap()
    }
}

#[test]
fn a_field_is_chosen_on_the_page_remembered_and_forgotten() {
    let scene = Scene::new();
    let page = &scene.page;
    assert_eq!(scene.fill(), "choosing_on_page");
    page.wait_for(IS_SHOWN).unwrap();
    std::thread::sleep(READ);
    // The page sees an empty element, and its own events choose nothing.
    let seen = page.evaluate("attack()").unwrap();
    assert_eq!(seen, json!([null, "", "", 0]));
    std::thread::sleep(READ);
    assert_eq!(page.evaluate(VALUES).unwrap(), json!(["", ""]));
    assert_eq!(page.evaluate(IS_SHOWN).unwrap(), true);

    // Escape removes the buttons.
    page.press("Escape").unwrap();
    page.wait_for(&format!("!({IS_SHOWN})")).unwrap();
    assert_eq!(scene.remembered(), json!(null));

    assert_eq!(scene.fill(), "choosing_on_page");
    page.wait_for(IS_SHOWN).unwrap();
    std::thread::sleep(READ);
    page.click("#beta").unwrap();
    page.wait_for("document.querySelector('#beta').value.length === 6").unwrap();
    assert_eq!(page.evaluate("document.querySelector('#alpha').value").unwrap(), "");
    page.wait_for(&format!("!({IS_SHOWN})")).unwrap();
    let remembered = scene.wait_until_remembered();
    assert_eq!(remembered[0]["name"], "value2", "{remembered}");

    // On the second visit, the popup fills the field without a question.
    page.navigate(&scene.site.url("/plain/0?again")).unwrap();
    let filled = scene.fill();
    assert_eq!(filled["filled"]["filled"], true, "{filled}");
    assert_eq!(page.evaluate("document.querySelector('#beta').value.length").unwrap(), 6);

    // So do the shortcut, wherever the page has placed the caret, and the context menu of a field for something else.
    let worker = scene.installed.extension.worker("typeof chrome.contextMenus === 'object'").unwrap();
    for (focused, event) in [
        ("document.body", "chrome.commands.onCommand.dispatch('fill')"),
        ("document.querySelector('#alpha')", "chrome.commands.onCommand.dispatch('fill')"),
        (
            "Object.assign(document.querySelector('#alpha'), { type: 'email', name: 'email' })",
            "chrome.contextMenus.onClicked.dispatch({ menuItemId: 'menu_fill', frameId: 0 })",
        ),
    ] {
        page.navigate(&scene.site.url("/plain/0?shortcut")).unwrap();
        page.activate().unwrap();
        page.evaluate(&format!("({focused}).focus()")).unwrap();
        worker.evaluate(event).unwrap();
        page.wait_for("document.querySelector('#beta').value.length === 6").unwrap();
        assert_eq!(page.evaluate("document.querySelector('#alpha').value").unwrap(), "", "{event}");
    }

    // If the same field now takes a card number, it is not filled, and the choice is forgotten.
    page.navigate(&scene.site.url("/plain/1")).unwrap();
    scene.fill();
    assert_eq!(page.evaluate(VALUES).unwrap(), json!(["", ""]));
    assert_eq!(scene.remembered(), json!(null));
}

#[test]
fn the_keyboard_chooses_a_field_and_the_options_forget_it() {
    let scene = Scene::new();
    let page = &scene.page;
    assert_eq!(scene.fill(), "choosing_on_page");
    page.wait_for(IS_SHOWN).unwrap();
    std::thread::sleep(READ);
    page.press("Tab").unwrap();
    page.press("Enter").unwrap();
    page.wait_for(&format!("{VALUES}.join('').length === 6")).unwrap();

    scene.wait_until_remembered();
    let options = scene.installed.open(&format!("{}#sites", e2e::package::OPTIONS)).unwrap();
    options.wait_for("document.querySelector('[data-fields] [data-action=forget-field]')").unwrap();
    assert!(options.text("[data-fields]").unwrap().contains("www.acme.test"));
    options.click("[data-action=forget-field]").unwrap();
    options.wait_for("!document.querySelector('[data-fields]')").unwrap();
    assert_eq!(scene.remembered(), json!(null));
}
