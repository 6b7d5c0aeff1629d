//! Fields in a frame of another origin, with the built extension: they are filled only after a user gesture, and the
//! frame's own origin decides. The test package's host permissions act like those for a connected server.

use super::*;
use e2e::devtools::until;

/// A page with one field that reports its value and focus to every page that sends it a message.
const FIELD: &str = "<form><label>One-time code <input data-code name=otp style='position:fixed;inset:0;width:100%;height:100%'></label></form>
    <script>addEventListener('message', ({ source }) => {
        const field = document.querySelector('input');
        source.postMessage({ text: field.value, focused: document.hasFocus() && document.activeElement === field }, '*');
    })</script>";

/// Returns the frame's report, or `undefined` before the frame exists.
const FRAMED: &str = "Promise.race([
    new Promise(done => {
        addEventListener('message', ({ data }) => done(data), { once: true });
        document.querySelector('iframe').contentWindow.postMessage('?', '*');
    }),
    new Promise(done => setTimeout(done, 500)),
])";

/// A site with the field at `/plain/0`, pages that frame it, and a vault with one account.
struct Scene {
    site: Site,
    installed: Installed,
    page: Page,
    id: String,
}

impl Scene {
    /// Frames the field's page on `inner` in a page on `top`.
    fn new(top: &str, inner: &str, attributes: &str) -> Self {
        Self::with(Installed::headless().unwrap(), top, inner, attributes)
    }

    /// Opens the pages in an existing browser.
    fn with(installed: Installed, top: &str, inner: &str, attributes: &str) -> Self {
        let framing = format!("<h1>Shop</h1><iframe {attributes} src='http://{inner}:PORT/plain/0'></iframe>");
        let site = Site::open(BTreeMap::new(), &[json!({ "html": FIELD }), json!({ "html": framing })]);
        let page = installed.browser.open(&site.url("/plain/1").replace("www.acme.test", top)).unwrap();
        let popup = installed.popup(&page).unwrap();
        let id = vault_with_account(&popup);
        popup.close().unwrap();
        Self { site, installed, page, id }
    }

    /// Approves this host for the account.
    fn allow(&self, host: &str) {
        let tab = self.installed.open("manifest.json").unwrap();
        let origin = self.site.url("").replace("www.acme.test", host);
        ask(&tab, &json!({ "do": "AllowSite", "id": self.id, "origin": origin, "allowed": true })).unwrap();
        tab.close().unwrap();
    }

    /// Clicks into the frame's field and clicks *Fill* for the account in the popup.
    fn fill(&self) -> Value {
        self.focus();
        let popup = self.installed.popup(&self.page).unwrap();
        let answer = ask(&popup, &json!({ "do": "FillCode", "id": self.id })).unwrap()["Ok"].clone();
        popup.close().unwrap();
        answer
    }

    fn focus(&self) {
        self.page.activate().unwrap();
        self.page.wait_for(FRAMED).unwrap();
        self.page.click("iframe").unwrap();
        self.page.wait_for(&format!("{FRAMED}.then(report => report?.focused)")).unwrap();
    }

    fn framed(&self) -> String {
        let report = self.page.wait_for(FRAMED).unwrap();
        report["text"].as_str().unwrap().to_owned()
    }
}

/// Checks that nothing was filled, that the message says so, and that the popup received the code for the clipboard.
fn assert_copied(answer: &Value, key: &str) {
    let filled = &answer["filled"];
    assert_eq!((&filled["filled"], &filled["message"]["key"]), (&json!(false), &json!(key)), "{filled}");
    assert_eq!(filled["code"].as_str().map(str::len), Some(6), "{filled}");
}

#[test]
fn the_frame_origin_decides_and_the_parent_learns_nothing() {
    let scene = Scene::new("localhost", "www.acme.test", "");
    scene.allow("localhost");
    assert_copied(&scene.fill(), "fill_frame_new_copied");
    assert_eq!(scene.framed(), "", "the account was for the page around it only");

    scene.allow("www.acme.test");
    let filled = scene.fill()["filled"].clone();
    assert_eq!(filled["filled"], true, "{filled}");
    assert_eq!(scene.framed().len(), 6);
    assert_eq!(scene.page.evaluate("document.querySelector('iframe').contentDocument").unwrap(), json!(null));
    assert!(
        !scene.page.evaluate("document.documentElement.outerHTML").unwrap().as_str().unwrap().contains(&scene.framed())
    );
}

#[test]
fn a_look_alike_frame_gets_no_code() {
    let scene = Scene::new("www.acme.test", "wvvw.acme.test", "");
    scene.allow("www.acme.test");
    let filled = scene.fill()["filled"].clone();
    assert_eq!((&filled["filled"], &filled["code"]), (&json!(false), &json!(null)), "{filled}");
    assert_eq!(scene.framed(), "");
}

#[test]
fn a_sandboxed_frame_is_another_origin() {
    let scene = Scene::new("localhost", "www.acme.test", "sandbox='allow-scripts allow-forms'");
    scene.allow("www.acme.test");
    assert_copied(&scene.fill(), "fill_not_a_site_copied");
    assert_eq!(scene.framed(), "");
}

#[test]
fn an_inaccessible_frame_is_named_and_its_site_is_asked_for() {
    let scene = Scene::new("www.acme.test", "localhost", "");
    let port = scene.site.url("").rsplit(':').next().unwrap().to_owned();
    let frame = json!({
        "host": format!("localhost:{port}"), "page": format!("www.acme.test:{port}"), "permission": "http://localhost/*",
    });
    // The access is asked for whether the account is for the page, for the frame or for neither.
    for host in ["", "www.acme.test", "localhost"] {
        if !host.is_empty() {
            scene.allow(host);
        }
        let asked = scene.fill();
        assert_eq!(asked["confirm_site"]["frame"], frame, "{host}: {asked}");
        assert_eq!(scene.framed(), "", "{host}");
    }

    // The question names both sites. Without the browser's permission, nothing is filled.
    scene.focus();
    let popup = scene.installed.popup(&scene.page).unwrap();
    popup
        .evaluate("chrome.permissions.request = async (wanted) => { globalThis.wanted = wanted; return false; }")
        .unwrap();
    popup.click(&format!("[data-row='{}'] [data-action=fill]", scene.id)).unwrap();
    user::wait_for_screen(&popup, &["confirm-site"]).unwrap();
    let title = popup.text("[data-screen=confirm-site] h1").unwrap();
    assert!(title.contains("localhost:") && title.contains("www.acme.test:"), "{title}");
    assert!(popup.text("[data-access]").unwrap().contains("localhost:"));
    popup.click("[data-action=confirm-fill]").unwrap();
    popup.wait_for("document.querySelector('[data-status=failed]')?.textContent.includes('localhost:')").unwrap();
    assert_eq!(popup.evaluate("globalThis.wanted.origins").unwrap(), json!(["http://localhost/*"]));
    popup.close().unwrap();
    assert_eq!(scene.framed(), "");
}

#[test]
fn a_frame_of_another_site_is_asked_about_once() {
    // The frame is accessible, as after the user has granted the permission.
    let folder = e2e::package::copied(&e2e::package::granted()).unwrap();
    let manifest = folder.path().join("manifest.json");
    let mut fields: Value = serde_json::from_str(&fs::read_to_string(&manifest).unwrap()).unwrap();
    fields["host_permissions"].as_array_mut().unwrap().push(json!("http://localhost/*"));
    fs::write(&manifest, fields.to_string()).unwrap();
    let installed = Installed::start(folder.path(), &Options::default()).unwrap();
    let scene = Scene::with(installed, "www.acme.test", "localhost", "");

    scene.allow("www.acme.test");
    scene.focus();
    let popup = scene.installed.popup(&scene.page).unwrap();
    popup.click(&format!("[data-row='{}'] [data-action=fill]", scene.id)).unwrap();
    user::wait_for_screen(&popup, &["confirm-site"]).unwrap();
    let title = popup.text("[data-screen=confirm-site] h1").unwrap();
    assert!(title.contains("localhost:") && title.contains("www.acme.test:"), "{title}");
    assert_eq!(popup.evaluate("document.querySelector('[data-access]')").unwrap(), json!(null));
    popup.click("[data-action=cancel-fill]").unwrap();
    user::wait_for_screen(&popup, &["list"]).unwrap();
    assert_eq!(scene.framed(), "", "filled although the user declined");

    popup.click(&format!("[data-row='{}'] [data-action=fill]", scene.id)).unwrap();
    user::wait_for_screen(&popup, &["confirm-site"]).unwrap();
    popup.click("[data-action=confirm-fill]").unwrap();
    until("the frame's field is filled", || Ok((scene.framed().len() == 6).then_some(()))).unwrap();

    // The account remembers the site.
    scene.page.evaluate("document.querySelector('iframe').src += '?again'").unwrap();
    scene.page.wait_for(&format!("{FRAMED}.then(report => report?.text === '')")).unwrap();
    let filled = scene.fill()["filled"].clone();
    assert_eq!(filled["filled"], true, "{filled}");
}

#[test]
fn shortcut_and_menu_fill_the_focused_frame_or_explain_why_not() {
    let scene = Scene::new("localhost", "www.acme.test", "");
    scene.allow("www.acme.test");
    let worker = scene.installed.extension.worker("typeof chrome.contextMenus === 'object'").unwrap();
    // The foreground page is used, so wait until the tab that approved the site is closed.
    scene.focus();
    let frame = worker.evaluate(
        "chrome.tabs.query({ active: true, lastFocusedWindow: true }).then(([{ id: tabId }]) =>
            chrome.scripting.executeScript({ target: { tabId, allFrames: true }, func: () => 0 }))
            .then(frames => frames.find(frame => frame.frameId !== 0).frameId)",
    );
    let frame = frame.unwrap();
    for event in [
        "chrome.commands.onCommand.dispatch('fill')".to_owned(),
        format!("chrome.contextMenus.onClicked.dispatch({{ menuItemId: 'menu_fill', frameId: {frame} }})"),
    ] {
        scene.focus();
        worker.evaluate(&event).unwrap();
        until("the frame's field is filled", || Ok((scene.framed().len() == 6).then_some(()))).unwrap();
        scene.page.evaluate("document.querySelector('iframe').src += '?again'").unwrap();
        scene.page.wait_for(&format!("{FRAMED}.then(report => report?.text === '')")).unwrap();
    }
    // Two accounts for this frame require a choice; none is an error.
    let tab = scene.installed.open("manifest.json").unwrap();
    let origin = scene.site.url("");
    ask(&tab, &json!({ "do": "AllowSite", "id": scene.id, "origin": origin, "allowed": false })).unwrap();
    tab.close().unwrap();
    scene.focus();
    worker.evaluate("chrome.commands.onCommand.dispatch('fill')").unwrap();
    let popup = scene.installed.browser.wait_for_page(&scene.installed.extension.url(e2e::package::POPUP)).unwrap();
    let (said, failed) = user::status_message(&popup).unwrap();
    assert!(failed && said.contains("field belongs to"), "{said}");
    assert_eq!(scene.framed(), "");
}
