//! The ways of signing in to a server.

use e2e::package::OPTIONS;
use e2e::server::HOST;
use e2e::user;
use mock_casdoor::{Fault, PASSWORD, RequestLine};
use serde_json::{Value, json};

use crate::fixture::{Setup, english, row};

fn notice(setup: &Setup, attribute: &str) -> String {
    setup.tab.text(&format!("[{attribute}]")).unwrap()
}

#[test]
fn an_address_is_enough_to_connect_and_only_server_pages_send_an_origin() {
    let setup = Setup::new();
    setup.server.clear_requests();
    user::ask_to_connect(&setup.tab, &setup.address()).unwrap();
    user::sign_in_window_of(&setup.installed, &setup.tab, "acme", "alice", PASSWORD).unwrap();
    assert_eq!(notice(&setup, "data-fact=user"), "User acme/alice");
    assert!(setup.tab.text("[data-step=connected]").unwrap().contains("2 accounts added from Casdoor"));
    assert!(setup.stored("acme/alice").len() == 2);
    user::join_nothing(&setup.tab).unwrap();
    setup.add("mine");
    setup.sync();
    assert!(setup.stored("acme/alice").contains(&"mine".to_owned()));
    // The server's own page writes with its Origin, which is the server's only protection from other sites.
    let page = setup.installed.browser.open(&format!("{}/login/acme", setup.address())).unwrap();
    user::sign_in(&page, "alice", PASSWORD).unwrap();
    page.wait_for("!location.pathname.startsWith('/login')").unwrap();
    let update = "fetch('/api/update-user?id=acme/alice&columns=nothing', { method: 'POST', body: '{}' }).then(answer => answer.status)";
    page.evaluate(update).unwrap();

    let posts: Vec<RequestLine> = setup.server.requests().into_iter().filter(|line| line.method == "POST").collect();
    // The worker requests the code like a page, but without an Origin header. It is the only request with cookies.
    let asks_for_code = |line: &RequestLine| line.path == "/api/login" && line.origin.is_none();
    let (ours, pages): (Vec<_>, Vec<_>) = posts
        .iter()
        .partition(|line| line.has_bearer || line.path.contains("oauth/access_token") || asks_for_code(line));
    assert!(ours.iter().any(|line| line.path == "/api/update-user"), "{posts:?}");
    assert!(ours.iter().all(|line| line.origin.is_none() && (!line.has_cookie || asks_for_code(line))), "{ours:?}");
    assert!(ours.iter().any(|line| line.has_cookie) && !ours.iter().any(|line| line.has_cookie && line.has_bearer));
    assert!(pages.iter().any(|line| line.path == "/api/update-user"), "{posts:?}");
    assert!(pages.iter().all(|line| line.origin.as_deref() == Some(setup.address().as_str())), "{pages:?}");
}

#[test]
fn a_connection_code_shows_its_owner_and_sends_nothing_by_default() {
    let setup = Setup::new();
    setup.server.set_administrator("acme/bob", true);
    setup.server.set_mfa_accounts("acme/bob", json!([row("bobs")]));
    user::open_other_ways(&setup.tab).unwrap();
    setup.tab.fill("[data-field=code]", &setup.code("acme-client", "acme/bob")).unwrap();
    setup.tab.click("[data-action=check-code]").unwrap();
    let (words, failed) = user::status_message(&setup.tab).unwrap();
    assert!(failed && words.contains("http"), "{words}");
    setup.tab.click("[data-step=code] [data-field=allow-http]").unwrap();
    setup.tab.click("[data-action=check-code]").unwrap();
    assert!(setup.tab.text("[data-step=code-owner] h2").unwrap().contains("Bob Doe"));
    assert_eq!(notice(&setup, "data-fact=user"), "acme/bob");
    assert_eq!(notice(&setup, "data-fact=server"), setup.address());
    assert!(notice(&setup, "data-fact=until").contains("20"), "a date");
    assert!(notice(&setup, "data-administrator").contains("administrator"));
    assert!(setup.connections().is_empty(), "nothing is stored before the user agrees");

    setup.tab.click("[data-step=code-owner] [data-action=connect-by-code]").unwrap();
    setup.tab.wait_for("document.querySelector('[data-step=connected] [data-until]')").unwrap();
    user::join_nothing(&setup.tab).unwrap();
    assert!(notice(&setup, "data-receives-only").contains("Receive only"));
    assert!(notice(&setup, "data-until").contains("can't be renewed"));
    assert!(notice(&setup, "data-readers").contains("Administrators of acme"));
    let added = json!({ "secret": crate::fixture::SECRET, "issuer": "Acme", "name": "mine" });
    setup.ask(json!({ "do": "AddAccount", "form": added }));
    setup.sync();
    assert_eq!((setup.names(), setup.stored("acme/bob")), (vec!["bobs".into(), "mine".into()], vec!["bobs".into()]));

    setup.tab.click("[data-field=new-on-server]").unwrap();
    setup.tab.wait_for("!document.querySelector('[data-receives-only]')").unwrap();
    setup.add("sent");
    setup.sync();
    assert_eq!(setup.stored("acme/bob"), ["bobs", "sent"]);
}

#[test]
fn a_connection_code_can_be_upgraded_to_a_sign_in_but_never_replaces_one() {
    let setup = Setup::new();
    user::open_other_ways(&setup.tab).unwrap();
    setup.tab.fill("[data-field=code]", &setup.code("acme-client", "acme/alice")).unwrap();
    setup.tab.click("[data-action=check-code]").unwrap();
    setup.tab.click("[data-step=code] [data-field=allow-http]").unwrap();
    setup.tab.click("[data-action=check-code]").unwrap();
    setup.tab.click("[data-action=full-sign-in]").unwrap();
    let window = setup.installed.browser.wait_for_page_ending("/login/acme").unwrap();
    user::sign_in(&window, "alice", PASSWORD).unwrap();
    setup.tab.wait_for("document.querySelector('[data-step=connected]')").unwrap();
    assert_eq!(setup.connections()[0]["until"], Value::Null);
    let code = setup.code("acme-client", "acme/alice");
    let reply = setup.ask(json!({ "do": "ConnectByCode", "code": code, "allow_http": true }));
    assert_eq!((&reply["Ok"]["again"], &reply["Ok"]["until"]), (&json!(true), &Value::Null), "{reply}");
}

#[test]
fn the_demo_server_is_marked_public_and_receives_no_new_accounts() {
    let setup = Setup::with_demo();
    setup.server.fail(Fault::Unreachable, "");
    user::open_other_ways(&setup.tab).unwrap();
    setup.tab.click("[data-action=demo]").unwrap();
    let (words, failed) = user::status_message(&setup.tab).unwrap();
    assert!(failed && words.contains("offline"), "{words}");
    setup.server.clear_faults();
    setup.tab.click("[data-action=demo]").unwrap();
    let window = setup.installed.browser.wait_for_page_ending("/login/acme").unwrap();
    user::sign_in(&window, "eve", PASSWORD).unwrap();
    assert!(setup.tab.text("[data-step=connected] [data-demo]").unwrap().contains("public"));
    assert!(setup.tab.evaluate("document.querySelector('[data-new-accounts]') === null").unwrap() == true);
    user::join_nothing(&setup.tab).unwrap();
    assert!(setup.tab.text("[data-connection] [data-demo]").unwrap().contains("public"));

    // Even a page of the extension cannot set that new accounts are stored there.
    let chosen =
        setup.ask(json!({ "do": "ChangeConnection", "connection": setup.connection(), "new_accounts": "server" }));
    assert_eq!(chosen["Ok"][0]["new_accounts"], "device", "{chosen}");
    let form = json!({ "secret": crate::fixture::SECRET, "issuer": "Acme", "name": "mine" });
    setup.ask(json!({ "do": "AddAccount", "form": form }));
    setup.sync();
    assert!(setup.stored("acme/eve").is_empty());
    // Only an account that the user has explicitly moved there is sent.
    setup.add("made for the demo");
    setup.sync();
    assert_eq!(setup.stored("acme/eve"), ["made for the demo"]);
}

#[test]
fn the_package_names_the_mobile_apps_demo_server() {
    let setup = Setup::new();
    let named = setup.tab.evaluate("fetch('demo-server.json').then(answer => answer.json())").unwrap();
    assert_eq!(named["server"], "https://door.casdoor.com");
    user::open_other_ways(&setup.tab).unwrap();
    assert!(setup.tab.text("[data-step=demo]").unwrap().contains("door.casdoor.com"));
}

#[test]
fn a_typed_client_id_and_application_need_no_discovery() {
    let setup = Setup::new();
    setup.server.clear_requests();
    setup.tab.click("[data-details=advanced] summary").unwrap();
    setup.tab.fill("[data-field=organization]", "private").unwrap();
    setup.tab.fill("[data-field=client-id]", "private-client").unwrap();
    user::ask_to_connect(&setup.tab, &setup.address()).unwrap();
    let window = setup.installed.browser.wait_for_page_ending("/login/private").unwrap();
    let asked = setup.server.requests();
    assert!(!asked.iter().any(|line| line.path == "/api/get-organization-names"), "{asked:?}");
    user::sign_in(&window, "pia", PASSWORD).unwrap();
    setup.tab.wait_for("document.querySelector('[data-step=connected]')").unwrap();
    assert_eq!(notice(&setup, "data-fact=user"), "User private/pia");

    setup.connect_another();
    setup.tab.click("[data-details=advanced] summary").unwrap();
    setup.tab.fill("[data-field=application]", "no-such-app").unwrap();
    user::ask_to_connect(&setup.tab, &setup.address()).unwrap();
    setup.tab.wait_for("document.querySelector('[data-status=failed]')?.textContent.includes('application')").unwrap();
    assert_eq!(setup.connections().len(), 1);
}

#[test]
fn http_on_a_private_network_needs_consent() {
    let setup = Setup::new();
    setup.tab.fill("[data-field=server]", &setup.address()).unwrap();
    setup.server.clear_requests();
    setup.tab.click("[data-step=address] [data-action=connect]").unwrap();
    let (words, failed) = user::status_message(&setup.tab).unwrap();
    assert!(failed && words.contains("http"), "{words}");
    assert!(setup.server.requests().is_empty(), "a request was sent before the user agreed");
    let rejected = setup.ask(json!({ "do": "LookUpServer", "server": setup.address() }));
    assert!(rejected["Err"].is_object(), "{rejected}");
}

#[test]
fn a_server_that_resembles_a_known_site_is_connected_only_after_a_second_step() {
    let setup = Setup::new();
    let form = json!({ "secret": crate::fixture::SECRET, "issuer": "Acme", "name": "known" });
    let added = setup.ask(json!({ "do": "AddAccount", "form": form }));
    let id = &added["Ok"]["account_list"]["rows"][0]["id"];
    let site = json!({ "do": "AllowSite", "id": id, "origin": "https://id.acrne.test", "allowed": true });
    assert!(setup.ask(site)["Ok"].is_object());
    setup.go("connect?organization=acme");
    user::ask_to_connect(&setup.tab, &setup.address()).unwrap();
    let warning = setup.tab.text("[data-step=offer] [data-warning]").unwrap();
    assert!(warning.starts_with("id.acme.test looks like id.acrne.test"), "{warning}");
    let is_disabled = "document.querySelector('[data-step=offer] [data-action=sign-in]').disabled";
    assert_eq!(setup.tab.evaluate(is_disabled).unwrap(), true);
    setup.tab.click("[data-step=offer] [data-field=insists]").unwrap();
    setup.tab.click("[data-step=offer] [data-action=sign-in]").unwrap();
    user::sign_in_window(&setup.installed, &setup.tab, "alice", PASSWORD).unwrap();
    // A connected server is known, and is not asked about again.
    setup.connect_another();
    user::ask_to_connect(&setup.tab, &setup.address()).unwrap();
    user::connect_as_signed_in(&setup.tab, "acme").unwrap();
}

#[test]
fn each_user_has_one_connection() {
    let setup = Setup::new();
    setup.connect("acme", "alice");
    assert!(setup.connections().len() == 1);
    setup.connect_another();
    user::ask_to_connect(&setup.tab, &setup.address()).unwrap();
    user::connect_as_signed_in(&setup.tab, "acme").unwrap();
    let said = notice(&setup, "data-reconnected");
    assert!(said.contains("Alice Doe (acme)") && said.contains("sign out there"), "{said}");
    assert_eq!(setup.connections().len(), 1);
    setup.tab.click("[data-reconnected] [data-action=use-another]").unwrap();
    setup.tab.wait_for("document.querySelector('[data-step=address]')").unwrap();

    setup.connect("acme", "bob");
    let connections = setup.connections();
    let names: Vec<&str> = connections.iter().map(|card| card["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["alice", "bob"]);
    assert_eq!(setup.names().len(), 2, "alice has two accounts, and bob has none");
}

#[test]
fn an_expired_sign_in_is_renewed_if_the_browser_is_signed_in() {
    let setup = Setup::new();
    setup.connect("acme", "alice");
    setup.server.expire_tokens("acme/alice");
    setup.add("mine");
    setup.server.clear_requests();
    setup.sync();
    let asked = setup.server.requests();
    assert!(asked.iter().all(|line| line.path.starts_with("/api/")), "no page is opened: {asked:?}");
    assert_eq!(setup.connections()[0]["waits"], Value::Null);
    assert_eq!(setup.badge(), "");
    assert!(setup.stored("acme/alice").contains(&"mine".to_owned()));
}

#[test]
fn a_signed_out_browser_asks_to_sign_in_and_another_user_is_rejected() {
    let setup = Setup::new();
    setup.connect("acme", "alice");
    user::sign_out_of_pages(&setup.tab).unwrap();
    setup.server.expire_tokens("acme/alice");
    setup.sync();
    assert_eq!(setup.connections()[0]["waits"], "sign_in");
    assert_eq!(setup.badge(), "!");
    assert_eq!(setup.names().len(), 2, "an account was lost");
    setup.server.clear_requests();
    setup.sync();
    let asked = setup.server.requests();
    assert!(!asked.iter().any(|line| line.path == "/api/login"), "a silent sign-in is tried at each sync: {asked:?}");

    setup.go("connect");
    setup.tab.click("[data-decision=sign_in] [data-action=sign-in-again]").unwrap();
    let window = sign_in_page(&setup);
    user::sign_in(&window, "bob", PASSWORD).unwrap();
    let (words, failed) = user::status_message(&setup.tab).unwrap();
    assert!(failed && words.contains("Bob Doe (acme)") && words.contains("Alice Doe (acme)"), "{words}");
    assert_eq!((setup.connections().len(), &setup.connections()[0]["waits"]), (1, &json!("sign_in")));

    // The browser is signed in as bob now, so a window cannot help.
    let reply = setup.ask(json!({ "do": "SignInAgain", "connection": setup.connection() }));
    assert!(reply["Err"].is_object(), "{reply}");
    assert!(english(&reply).contains("Sign out on the server's page"), "{reply}");
    user::sign_out_of_pages(&setup.tab).unwrap();
    setup.tab.click("[data-decision=sign_in] [data-action=sign-in-again]").unwrap();
    let window = sign_in_page(&setup);
    user::sign_in(&window, "alice", PASSWORD).unwrap();
    setup.tab.wait_for("!document.querySelector('[data-decision]')").unwrap();
    assert_eq!(setup.badge(), "");
}

/// Opens the sign-in window, with the connection's user name prefilled.
fn sign_in_page(setup: &Setup) -> e2e::page::Page {
    setup.installed.browser.wait_for_page("login_hint=alice").unwrap()
}

#[test]
fn signing_out_warns_and_keeps_or_removes_the_accounts() {
    for (button, left) in [("sign-out-keep", 2), ("sign-out-forget", 0)] {
        let setup = Setup::new();
        setup.connect("acme", "alice");
        setup.server.clear_requests();
        setup.tab.click("[data-action=sign-out]").unwrap();
        let warning = notice(&setup, "data-sign-out-warning");
        assert!(warning.contains("other applications") && warning.contains(HOST), "{warning}");
        setup.tab.click(&format!("[data-action={button}]")).unwrap();
        setup.tab.wait_for("!document.querySelector('[data-connection]')").unwrap();
        let asked = setup.server.requests();
        let revoked: Vec<_> = asked.iter().filter(|line| line.path == "/api/logout").collect();
        assert!(matches!(revoked.as_slice(), [line] if line.method == "POST" && !line.has_bearer), "{asked:?}");
        assert_eq!(setup.names().len(), left, "{button}");
        let trashed = setup.ask(json!({ "do": "ListTrash" }))["Ok"].as_array().unwrap().len();
        assert_eq!(trashed, 2 - left, "{button}");
        assert_eq!(setup.stored("acme/alice").len(), 2, "the server's list was changed");
    }
}

#[test]
fn a_scanned_connection_code_works_like_a_pasted_one() {
    let setup = Setup::new();
    setup.ask(json!({ "do": "ReadText", "text": setup.code("acme-client", "acme/bob") }));
    let server = setup.address().replace(':', "%3A").replace('/', "%2F");
    setup.tab.navigate("about:blank#between").unwrap();
    setup
        .tab
        .navigate(&setup.installed.extension.url(&format!("{OPTIONS}#connect?code=found&server={server}")))
        .unwrap();
    setup.tab.click("[data-step=found-code] [data-action=check-code]").unwrap();
    setup.tab.click("[data-step=found-code] [data-field=allow-http]").unwrap();
    setup.tab.click("[data-step=found-code] [data-action=check-code]").unwrap();
    assert_eq!(notice(&setup, "data-fact=user"), "acme/bob");
    setup.tab.click("[data-step=code-owner] [data-action=connect-by-code]").unwrap();
    setup.tab.wait_for("document.querySelector('[data-step=connected]')").unwrap();
}
