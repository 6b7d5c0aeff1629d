//! The released Firefox package in a real Firefox: the vault, files, a Casdoor server, and another site.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "test functions outside #[test]")]

use casdoor_authenticator::exchange;
use e2e::clock::unix_seconds;
use e2e::devtools::until;
use e2e::firefox::{Firefox, shipped};
use e2e::other_site::{self, Answer};
use e2e::package::{OPTIONS, POPUP, ask, guide_examples, root};
use e2e::page::Page;
use e2e::policies::PolicyFolder;
use e2e::server::HOST;
use e2e::user::{self, Typed, VAULT_PASSWORD};
use mock_casdoor::{MockServer, PASSWORD, RequestLine};
use serde_json::{Value, json};

const SECRET: &str = "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU";
const OTHER_SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
/// The secret of alice's second factor at the server.
const ENROLLED: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
/// The secret in the fixture image of a QR code.
const PICTURED: &str = "TSOQLPG5JSNGHZVCABRIAZ5PRNWUFAOV";
/// The real popup, which only another page of the extension can reach.
const REAL_POPUP: &str = "chrome.extension.getViews({ type: 'popup' })[0]";

/// Returns true if this is the code of the secret now or was a moment ago, computed independently of the extension.
fn is_current(code: &str, secret: &str) -> bool {
    let now = unix_seconds();
    (now.saturating_sub(3)..=now).any(|second| mock_casdoor::totp::code(secret, second).as_deref() == Some(code))
}

/// Waits until a row of the list shows the current code of a secret.
fn wait_for_code(popup: &Page, secret: &str) {
    until("the list shows the current code", || {
        Ok(user::rows(popup)?.iter().any(|row| is_current(&row.code, secret)).then_some(()))
    })
    .unwrap();
}

fn names(page: &Page) -> Vec<String> {
    let reply = ask(page, &json!({ "do": "ReadScreen" })).unwrap();
    let rows = reply["Ok"]["account_list"]["rows"].as_array().cloned().unwrap_or_default();
    rows.iter().map(|row| row["name"].as_str().unwrap_or_default().to_owned()).collect()
}

/// Creates a vault with a fast key derivation.
fn create_vault(page: &Page) {
    ask(page, &json!({ "do": "CreateVault", "password": VAULT_PASSWORD, "pbkdf2": true })).unwrap();
}

fn contexts(page: &Page) -> Vec<Value> {
    let kinds = page.evaluate("chrome.runtime.getContexts({}).then(all => all.map(({ contextType }) => contextType))");
    kinds.unwrap().as_array().cloned().unwrap_or_default()
}

#[test]
fn the_vault_is_created_locked_and_unlocked_and_survives_a_stopped_background_page() {
    let firefox = Firefox::start(&shipped()).unwrap();
    let popup = firefox.open_extension_page(POPUP).unwrap();
    user::create_vault(&popup).unwrap();
    user::add(&popup, &Typed { issuer: "AWS", name: "root", secret: SECRET }).unwrap();
    wait_for_code(&popup, SECRET);
    let pasted = user::copied_code(&popup).unwrap();
    assert!(is_current(pasted.as_str().unwrap(), SECRET), "{pasted}");

    // The key stays in session storage, so the next background page continues.
    firefox.stop_background().unwrap();
    assert_eq!(contexts(&popup), ["TAB"]);
    popup.navigate(&firefox.url(POPUP)).unwrap();
    user::wait_for_screen(&popup, &["list"]).unwrap();
    wait_for_code(&popup, SECRET);
    assert_eq!(names(&popup), ["root"]);
    assert!(contexts(&popup).contains(&json!("BACKGROUND")));

    user::lock(&popup).unwrap();
    firefox.stop_background().unwrap();
    user::try_password(&popup, "wrong password").unwrap();
    popup.wait_for("document.querySelector('[data-screen=locked] [role=alert], [data-status=failed]')").unwrap();
    user::unlock(&popup).unwrap();
    wait_for_code(&popup, SECRET);

    // The sidebar shows the same list. The browser opens it only for a real click.
    user::choose(&popup, "side-panel").unwrap();
    let sidebar = "chrome.extension.getViews({ type: 'sidebar' })[0]";
    let popup = firefox.open_extension_page(POPUP).unwrap();
    popup.wait_for(&format!("{sidebar}?.document.querySelector('[data-screen=list] [data-row]')")).unwrap();
    let of_the_popup = format!("{sidebar}.document.documentElement.matches('.panel')");
    assert_eq!(popup.evaluate(&of_the_popup).unwrap(), true);

    // A pasted link is read as an account.
    popup.click("[data-action=add]").unwrap();
    user::wait_for_screen(&popup, &["add"]).unwrap();
    let uri = format!("otpauth://totp/Example:bob?secret={OTHER_SECRET}&issuer=Example");
    popup.fill("[data-field=issuer]", &uri).unwrap();
    popup.press("Ctrl+a").unwrap();
    popup.press("Ctrl+x").unwrap();
    popup.click("[data-field=secret]").unwrap();
    popup.paste().unwrap();
    popup.wait_for("document.querySelector('[data-card]')").unwrap();
    popup.click("[data-action=save-accounts]").unwrap();
    user::wait_for_screen(&popup, &["list"]).unwrap();
    wait_for_code(&popup, OTHER_SECRET);
    assert_eq!(firefox.problems(), Vec::<String>::new());
}

#[test]
fn files_are_imported_exported_and_backed_up() {
    let firefox = Firefox::start(&shipped()).unwrap();
    let tab = firefox.open_extension_page(&format!("{OPTIONS}#import")).unwrap();
    create_vault(&tab);
    tab.navigate(&firefox.url(&format!("{OPTIONS}?again#import"))).unwrap();
    tab.choose_files("[data-field=file]", &[root().join("tests/fixtures/exchange/aegis/plain.json")]).unwrap();
    tab.click("[data-step=preview] [data-action=import]").unwrap();
    tab.wait_for("document.querySelector('[data-step=imported]')").unwrap();
    assert_eq!(names(&tab).len(), 12);

    tab.evaluate("void (location.hash = '#export')").unwrap();
    user::select(&tab, "[data-field=export-format]", "otpauth").unwrap();
    tab.wait_for("document.querySelector('[data-plaintext-warning]')").unwrap();
    tab.fill("[data-field=confirm]", "export").unwrap();
    tab.fill("[data-field=export-password]", VAULT_PASSWORD).unwrap();
    tab.click("[data-action=export]").unwrap();
    let report = exchange::read(&firefox.wait_for_download(".txt").unwrap(), None, None).unwrap();
    assert_eq!((report.accounts.len(), report.skipped.len()), (12, 0));

    // An automatic backup is saved by the background page.
    tab.evaluate("void (location.hash = '#backup')").unwrap();
    user::select(&tab, "[data-field=backup-every]", "1").unwrap();
    tab.click("[data-action=schedule]").unwrap();
    until("downloads are allowed", || {
        let wanted = "chrome.permissions.contains({ permissions: ['downloads'] })";
        Ok((tab.evaluate(wanted)? == true).then_some(()))
    })
    .unwrap();
    ask(&tab, &json!({ "do": "ReadScreen" })).unwrap();
    let password = casdoor_authenticator::secret::Secret::new(VAULT_PASSWORD.to_owned());
    let backup = firefox.wait_for_download(".json").unwrap();
    assert_eq!(exchange::read(&backup, None, Some(&password)).unwrap().accounts.len(), 12);
    assert_eq!(firefox.problems(), Vec::<String>::new());
}

#[test]
fn a_server_is_connected_and_synced_and_its_passcode_is_filled() {
    let server = MockServer::start(mock_casdoor::Options {
        web: mock_casdoor::web::build(&root()).unwrap(),
        sample: true,
        ..Default::default()
    });
    let server = server.unwrap();
    let firefox = Firefox::start(&shipped()).unwrap();
    let tab = firefox.open_extension_page(&format!("{OPTIONS}#connect")).unwrap();
    create_vault(&tab);
    tab.navigate(&firefox.url(&format!("{OPTIONS}?again#connect"))).unwrap();

    user::ask_to_connect(&tab, &server.url(HOST)).unwrap();
    user::choose_organization(&tab, "acme").unwrap();
    let window = firefox.wait_for_page_ending("/login/acme").unwrap();
    user::sign_in(&window, "alice", PASSWORD).unwrap();
    tab.wait_for("document.querySelector('[data-step=connected]')").unwrap();
    assert!(tab.text("[data-step=connected]").unwrap().contains("2 accounts added from Casdoor"));
    user::join_nothing(&tab).unwrap();
    // The other settings of the connection are shown, but not the one that would have no effect.
    tab.wait_for("document.querySelector('[data-field=follows-deletions]')").unwrap();
    assert_eq!(tab.evaluate("document.querySelector('[data-field=fills-by-itself]')").unwrap(), Value::Null);
    let agreed = tab.evaluate("chrome.permissions.getAll().then(all => [all.origins, all.data_collection])").unwrap();
    assert_eq!(agreed, json!([[format!("http://{HOST}/*")], ["authenticationInfo"]]));

    // A new account is sent to the server, which rejects a POST with the extension's Origin.
    let connections = ask(&tab, &json!({ "do": "ListConnections" })).unwrap();
    let keep = json!({ "connection": connections["Ok"][0]["connection"]["id"] });
    let form = json!({ "issuer": "Acme", "name": "mine", "secret": SECRET, "keep": keep });
    ask(&tab, &json!({ "do": "AddAccount", "form": form })).unwrap();
    ask(&tab, &json!({ "do": "SyncNow" })).unwrap();
    assert!(server.user("acme/alice").unwrap().mfa_accounts.to_string().contains(SECRET));
    let posts: Vec<RequestLine> = server.requests().into_iter().filter(|line| line.method == "POST").collect();
    let is_ours = |line: &&RequestLine| line.has_bearer || line.path.contains("oauth/access_token");
    let ours: Vec<&RequestLine> = posts.iter().filter(is_ours).collect();
    assert!(ours.iter().any(|line| line.path == "/api/update-user"), "{posts:?}");
    assert!(ours.iter().all(|line| line.origin.is_none() && !line.has_cookie), "{ours:?}");

    // The server's own page signs in with the passcode, and its requests keep their Origin.
    server.enroll("acme/alice", ENROLLED, "00000000-0000-4000-8000-000000000000");
    let form = json!({ "issuer": "Acme Works", "name": "acme/alice", "secret": ENROLLED, "keep": "device" });
    let added = ask(&tab, &json!({ "do": "AddAccount", "form": form })).unwrap();
    let rows = added["Ok"]["account_list"]["rows"].as_array().cloned().unwrap_or_default();
    let id = &rows.iter().find(|row| row["name"] == "acme/alice").unwrap()["id"];
    let allow = json!({ "do": "AllowSite", "id": id, "origin": server.url(HOST), "allowed": true });
    ask(&tab, &allow).unwrap();
    firefox.stop_background().unwrap();
    firefox.clear_cookies().unwrap();
    server.clear_requests();
    let page = firefox.open(&format!("{}/login/acme", server.url(HOST))).unwrap();
    user::sign_in(&page, "alice", PASSWORD).unwrap();
    until("the server asks for the passcode", || user::passcode(&page)).unwrap();
    let popup = RealPopup { firefox: &firefox, helper: &tab };
    popup.open();
    // Nothing was filled without a click, and the page shows no button that could not fill either.
    let chip = "document.querySelector('casdoor-authenticator')";
    assert_eq!(page.evaluate(chip).unwrap(), Value::Null);
    assert_eq!(page.evaluate("location.pathname.startsWith('/login')").unwrap(), true);
    popup.click("[data-row] [data-action=fill]");
    page.wait_for("!location.pathname.startsWith('/login')").unwrap();
    let posts: Vec<RequestLine> = server.requests().into_iter().filter(|line| line.method == "POST").collect();
    let address = server.url(HOST);
    assert!(posts.iter().all(|line| line.origin.as_deref() == Some(address.as_str())), "{posts:?}");
    assert_eq!(firefox.problems(), Vec::<String>::new());
}

#[test]
fn a_page_of_another_site_is_scanned_and_filled_from_the_toolbar() {
    let picture = std::fs::read(root().join("tests/fixtures/casdoor-pages/setup-light-1.5-en.png")).unwrap();
    let form = "<!doctype html><title>Sign in</title><form><p>Open your authenticator app.</p><label>
        Verification code <input id=code autocomplete=one-time-code maxlength=6></label></form><img src=picture.png>";
    let site = other_site::serve(vec![
        Answer { path: "/", kind: "text/html", body: form.into() },
        Answer { path: "/picture.png", kind: "image/png", body: picture },
    ])
    .unwrap()
    // Codes are filled without encryption only on this machine.
    .replace("shop.acme.test", "localhost");
    let firefox = Firefox::start(&shipped()).unwrap();
    let helper = firefox.open_extension_page(OPTIONS).unwrap();
    create_vault(&helper);
    let page = firefox.open(&site).unwrap();
    page.wait_for("document.querySelector('img').naturalWidth > 0").unwrap();

    // The extension can read this page only after the click on its button.
    let popup = RealPopup { firefox: &firefox, helper: &helper };
    popup.open();
    popup.click("[data-action=scan]");
    popup.wait_for("querySelector('[data-card]')");
    popup.click("[data-action=save-accounts]");
    popup.wait_for("querySelector('[data-screen=list] [data-row]')");
    // The account was scanned here, so the site needs no confirmation, and the row offers to fill it.
    popup.click("[data-row] [data-action=fill]");
    page.wait_for("document.querySelector('#code').value.length === 6").unwrap();
    let typed = page.evaluate("document.querySelector('#code').value").unwrap();
    assert!(is_current(typed.as_str().unwrap(), PICTURED), "{typed}");
    let stored = helper.evaluate("chrome.permissions.getAll().then(({ origins }) => origins)").unwrap();
    assert_eq!(stored, json!([]), "filling on request needs no permanent access");
    assert_eq!(firefox.problems(), Vec::<String>::new());
}

#[test]
fn the_administration_guides_example_is_applied() {
    let folder = PolicyFolder::for_firefox().unwrap();
    if !folder.is_supported() {
        println!("not tested: this machine does not allow mount namespaces");
        return;
    }
    let place = format!("/policies/3rdparty/Extensions/{}", e2e::firefox::ID);
    let [example] = guide_examples(&place).unwrap().try_into().unwrap();
    std::fs::write(folder.path().join("policies.json"), example.to_string()).unwrap();
    let firefox = Firefox::start_managed(&shipped(), &folder).unwrap();
    let tab = firefox.open_extension_page(OPTIONS).unwrap();
    assert_eq!(tab.evaluate("chrome.storage.managed.get()").unwrap(), *example.pointer(&place).unwrap());
    let read = ask(&tab, &json!({ "do": "ReadPolicy" })).unwrap();
    assert_eq!(read["Ok"]["not_understood"], json!([]), "{read}");
    user::wait_for_screen(&tab, &["sign-in"]).unwrap();
    assert_eq!(tab.text("[data-action=sign-in-managed]").unwrap(), "Sign in to Acme Corporation");
    assert_eq!(firefox.problems(), Vec::<String>::new());
}

#[test]
fn the_vault_locks_when_the_computer_slept_or_the_user_is_away() {
    let firefox = Firefox::start(&shipped()).unwrap();
    let tab = firefox.open_extension_page(&format!("{OPTIONS}#security")).unwrap();
    create_vault(&tab);
    tab.navigate(&firefox.url(&format!("{OPTIONS}?again#security"))).unwrap();
    user::select(&tab, "[data-field=lock-when-idle]", "300").unwrap();
    until("the choice is saved", || {
        let settings = ask(&tab, &json!({ "do": "ReadSettings" }))?;
        Ok((settings["Ok"]["lock_when_idle_seconds"] == 300).then_some(()))
    })
    .unwrap();
    let is_unlocked = "chrome.storage.session.get('unlocked').then(({ unlocked }) => Boolean(unlocked))";
    let is_locked = format!("{is_unlocked}.then(unlocked => !unlocked)");
    // The alarm that fires every minute, without waiting for it.
    let check = "chrome.alarms.create('awake', { when: Date.now() })";
    let noted =
        "chrome.storage.session.get('awake_at').then(({ awake_at }) => Math.abs(awake_at - Date.now() / 1000) < 120)";

    firefox.report_idle(10).unwrap();
    tab.evaluate(check).unwrap();
    tab.wait_for(noted).unwrap();
    assert_eq!(tab.evaluate(is_unlocked).unwrap(), true);
    firefox.report_idle(400).unwrap();
    tab.evaluate(check).unwrap();
    tab.wait_for(&is_locked).unwrap();

    firefox.report_idle(10).unwrap();
    let popup = firefox.open_extension_page(POPUP).unwrap();
    user::unlock(&popup).unwrap();
    tab.evaluate("chrome.storage.session.set({ awake_at: String(Math.floor(Date.now() / 1000) - 3600) })").unwrap();
    // The next background page reads the time from storage.
    firefox.stop_background().unwrap();
    tab.evaluate(check).unwrap();
    tab.wait_for(&is_locked).unwrap();
    assert_eq!(firefox.problems(), Vec::<String>::new());
}

/// The popup over the foreground page.
struct RealPopup<'a> {
    firefox: &'a Firefox,
    /// Another page of the extension, through which the popup is reached.
    helper: &'a Page,
}

impl RealPopup<'_> {
    fn open(&self) {
        self.firefox.click_toolbar_button().unwrap();
        self.wait_for("body.hasAttribute('data-ready')");
    }

    fn wait_for(&self, expression: &str) {
        self.helper.wait_for(&format!("{REAL_POPUP}?.document.{expression}")).unwrap();
    }

    fn click(&self, selector: &str) {
        self.wait_for(&format!("querySelector({selector:?})"));
        self.helper.evaluate(&format!("{REAL_POPUP}.document.querySelector({selector:?}).click()")).unwrap();
    }
}
