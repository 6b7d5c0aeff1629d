//! The ways of signing in to a server.

use e2e::package::OPTIONS;
use e2e::server::HOST;
use e2e::user;
use mock_casdoor::{Fault, PASSWORD, RequestLine};
use serde_json::{Value, json};

use crate::fixture::{Desk, row};

fn notice(desk: &Desk, attribute: &str) -> String {
    desk.tab.text(&format!("[{attribute}]")).unwrap()
}

#[test]
fn an_address_is_enough_and_only_server_pages_send_an_origin() {
    let desk = Desk::new();
    desk.server.forget_requests();
    user::ask_to_connect(&desk.tab, &desk.address()).unwrap();
    user::sign_in_window_of(&desk.installed, &desk.tab, "acme", "alice", PASSWORD).unwrap();
    assert_eq!(notice(&desk, "data-fact=user"), "User acme/alice");
    assert!(desk.tab.text("[data-step=connected]").unwrap().contains("2 accounts added from Casdoor"));
    assert!(desk.stored("acme/alice").len() == 2);
    user::join_nothing(&desk.tab).unwrap();
    desk.add("mine");
    desk.sync();
    assert!(desk.stored("acme/alice").contains(&"mine".to_owned()));
    // The server's own page writes with its Origin, which is the server's only protection from other sites.
    let page = desk.installed.browser.open(&format!("{}/login/acme", desk.address())).unwrap();
    user::sign_in(&page, "alice", PASSWORD).unwrap();
    page.wait_for("!location.pathname.startsWith('/login')").unwrap();
    let update = "fetch('/api/update-user?id=acme/alice&columns=nothing', { method: 'POST', body: '{}' }).then(answer => answer.status)";
    page.evaluate(update).unwrap();

    let posts: Vec<RequestLine> = desk.server.requests().into_iter().filter(|line| line.method == "POST").collect();
    // The worker requests the code like a page, but without an Origin. It is the extension's only request with cookies.
    let asks_for_code = |line: &RequestLine| line.path == "/api/login" && line.origin.is_none();
    let (ours, pages): (Vec<_>, Vec<_>) = posts
        .iter()
        .partition(|line| line.has_bearer || line.path.contains("oauth/access_token") || asks_for_code(line));
    assert!(ours.iter().any(|line| line.path == "/api/update-user"), "{posts:?}");
    assert!(ours.iter().all(|line| line.origin.is_none() && (!line.has_cookie || asks_for_code(line))), "{ours:?}");
    assert!(ours.iter().any(|line| line.has_cookie) && !ours.iter().any(|line| line.has_cookie && line.has_bearer));
    assert!(pages.iter().any(|line| line.path == "/api/update-user"), "{posts:?}");
    assert!(pages.iter().all(|line| line.origin.as_deref() == Some(desk.address().as_str())), "{pages:?}");
}

#[test]
fn a_connection_code_shows_its_owner_and_sends_nothing_by_default() {
    let desk = Desk::new();
    desk.server.set_administrator("acme/bob", true);
    desk.server.set_mfa_accounts("acme/bob", json!([row("bobs")]));
    desk.tab.fill("[data-field=code]", &desk.code("acme-client", "acme/bob")).unwrap();
    desk.tab.click("[data-action=look-at-code]").unwrap();
    let (words, failed) = user::said(&desk.tab).unwrap();
    assert!(failed && words.contains("http"), "{words}");
    desk.tab.click("[data-step=code] [data-field=allow-http]").unwrap();
    desk.tab.click("[data-action=look-at-code]").unwrap();
    assert!(desk.tab.text("[data-step=code-owner] h3").unwrap().contains("Bob Doe"));
    assert_eq!(notice(&desk, "data-fact=user"), "acme/bob");
    assert_eq!(notice(&desk, "data-fact=server"), desk.address());
    assert!(notice(&desk, "data-fact=until").contains("20"), "a date");
    assert!(notice(&desk, "data-administrator").contains("administrator"));
    assert!(desk.connections().is_empty(), "nothing is stored before the user agrees");

    desk.tab.click("[data-step=code-owner] [data-action=connect-by-code]").unwrap();
    desk.tab.wait_for("document.querySelector('[data-step=connected] [data-until]')").unwrap();
    user::join_nothing(&desk.tab).unwrap();
    assert!(notice(&desk, "data-receives-only").contains("Receive only"));
    assert!(notice(&desk, "data-until").contains("can't be renewed"));
    assert!(notice(&desk, "data-readers").contains("Administrators of acme"));
    let added = json!({ "secret": crate::fixture::SECRET, "issuer": "Acme", "name": "mine" });
    desk.ask(json!({ "do": "add", "form": added }));
    desk.sync();
    assert_eq!((desk.names(), desk.stored("acme/bob")), (vec!["bobs".into(), "mine".into()], vec!["bobs".into()]));

    desk.tab.click("[data-field=new-on-server]").unwrap();
    desk.tab.wait_for("!document.querySelector('[data-receives-only]')").unwrap();
    desk.add("sent");
    desk.sync();
    assert_eq!(desk.stored("acme/bob"), ["bobs", "sent"]);
}

#[test]
fn a_code_can_be_upgraded_to_a_sign_in_but_never_replaces_one() {
    let desk = Desk::new();
    desk.tab.fill("[data-field=code]", &desk.code("acme-client", "acme/alice")).unwrap();
    desk.tab.click("[data-action=look-at-code]").unwrap();
    desk.tab.click("[data-step=code] [data-field=allow-http]").unwrap();
    desk.tab.click("[data-action=look-at-code]").unwrap();
    desk.tab.click("[data-action=full-sign-in]").unwrap();
    let window = desk.installed.browser.wait_for_page_ending("/login/acme").unwrap();
    user::sign_in(&window, "alice", PASSWORD).unwrap();
    desk.tab.wait_for("document.querySelector('[data-step=connected]')").unwrap();
    assert_eq!(desk.connections()[0]["until"], Value::Null);
    let code = desk.code("acme-client", "acme/alice");
    let reply = desk.ask(json!({ "do": "connect_by_code", "code": code, "allow_http": true }));
    assert_eq!((&reply["connected"]["again"], &reply["connected"]["until"]), (&json!(true), &Value::Null), "{reply}");
}

#[test]
fn the_demo_server_is_marked_public_and_receives_no_new_accounts() {
    let desk = Desk::with_demo();
    desk.server.fail(Fault::Unreachable, "");
    desk.tab.click("[data-action=demo]").unwrap();
    let (words, failed) = user::said(&desk.tab).unwrap();
    assert!(failed && words.contains("offline"), "{words}");
    desk.server.calm();
    desk.tab.click("[data-action=demo]").unwrap();
    let window = desk.installed.browser.wait_for_page_ending("/login/acme").unwrap();
    user::sign_in(&window, "eve", PASSWORD).unwrap();
    assert!(desk.tab.text("[data-step=connected] [data-demo]").unwrap().contains("public"));
    assert!(desk.tab.evaluate("document.querySelector('[data-new-accounts]') === null").unwrap() == true);
    user::join_nothing(&desk.tab).unwrap();
    assert!(desk.tab.text("[data-connection] [data-demo]").unwrap().contains("public"));

    // Even a page of the extension cannot make new accounts go there.
    let chosen = desk.ask(json!({ "do": "choose", "connection": desk.connection(), "new_accounts": "server" }));
    assert_eq!(chosen["connections"][0]["new_accounts"], "device", "{chosen}");
    let form = json!({ "secret": crate::fixture::SECRET, "issuer": "Acme", "name": "mine" });
    desk.ask(json!({ "do": "add", "form": form }));
    desk.sync();
    assert!(desk.stored("acme/eve").is_empty());
    // Only an account that the user has explicitly moved there is sent.
    desk.add("made for the demo");
    desk.sync();
    assert_eq!(desk.stored("acme/eve"), ["made for the demo"]);
}

#[test]
fn the_package_names_the_mobile_apps_demo_server() {
    let desk = Desk::new();
    let named = desk.tab.evaluate("fetch('demo-server.json').then(answer => answer.json())").unwrap();
    assert_eq!(named["server"], "https://door.casdoor.com");
    assert!(desk.tab.text("[data-step=demo]").unwrap().contains("door.casdoor.com"));
}

#[test]
fn a_typed_client_id_and_application_need_no_discovery() {
    let desk = Desk::new();
    desk.server.forget_requests();
    desk.tab.click("[data-more=advanced] summary").unwrap();
    desk.tab.fill("[data-field=organization]", "private").unwrap();
    desk.tab.fill("[data-field=client-id]", "private-client").unwrap();
    user::ask_to_connect(&desk.tab, &desk.address()).unwrap();
    let window = desk.installed.browser.wait_for_page_ending("/login/private").unwrap();
    let asked = desk.server.requests();
    assert!(!asked.iter().any(|line| line.path == "/api/get-organization-names"), "{asked:?}");
    user::sign_in(&window, "pia", PASSWORD).unwrap();
    desk.tab.wait_for("document.querySelector('[data-step=connected]')").unwrap();
    assert_eq!(notice(&desk, "data-fact=user"), "User private/pia");

    desk.connect_another();
    desk.tab.click("[data-more=advanced] summary").unwrap();
    desk.tab.fill("[data-field=application]", "no-such-app").unwrap();
    user::ask_to_connect(&desk.tab, &desk.address()).unwrap();
    desk.tab.wait_for("document.querySelector('[data-said=failed]')?.textContent.includes('application')").unwrap();
    assert_eq!(desk.connections().len(), 1);
}

#[test]
fn http_on_a_private_network_needs_consent() {
    let desk = Desk::new();
    desk.tab.fill("[data-field=server]", &desk.address()).unwrap();
    desk.server.forget_requests();
    desk.tab.click("[data-step=address] [data-action=connect]").unwrap();
    let (words, failed) = user::said(&desk.tab).unwrap();
    assert!(failed && words.contains("http"), "{words}");
    assert!(desk.server.requests().is_empty(), "nothing was asked of the server");
    let refused = desk.ask(json!({ "do": "discover", "server": desk.address() }));
    assert_eq!(refused["is"], "failed", "{refused}");
}

#[test]
fn each_user_has_one_connection() {
    let desk = Desk::new();
    desk.connect("acme", "alice");
    assert!(desk.connections().len() == 1);
    desk.connect_another();
    user::ask_to_connect(&desk.tab, &desk.address()).unwrap();
    user::connect_as_signed_in(&desk.tab, "acme").unwrap();
    let said = notice(&desk, "data-again");
    assert!(said.contains("Alice Doe (acme)") && said.contains("sign out there"), "{said}");
    assert_eq!(desk.connections().len(), 1);
    desk.tab.click("[data-again] [data-action=use-another]").unwrap();
    desk.tab.wait_for("document.querySelector('[data-step=address]')").unwrap();

    desk.connect("acme", "bob");
    let connections = desk.connections();
    let names: Vec<&str> = connections.iter().map(|card| card["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["alice", "bob"]);
    assert_eq!(desk.names().len(), 2, "alice's two; bob has none");
}

#[test]
fn an_expired_sign_in_is_renewed_if_the_browser_is_signed_in() {
    let desk = Desk::new();
    desk.connect("acme", "alice");
    desk.server.expire_tokens("acme/alice");
    desk.add("mine");
    desk.server.forget_requests();
    desk.sync();
    let asked = desk.server.requests();
    assert!(asked.iter().all(|line| line.path.starts_with("/api/")), "no page is opened: {asked:?}");
    assert_eq!(desk.connections()[0]["waits"], Value::Null);
    assert_eq!(desk.badge(), "");
    assert!(desk.stored("acme/alice").contains(&"mine".to_owned()));
}

#[test]
fn a_signed_out_browser_asks_and_another_user_is_rejected() {
    let desk = Desk::new();
    desk.connect("acme", "alice");
    user::sign_out_of_pages(&desk.tab).unwrap();
    desk.server.expire_tokens("acme/alice");
    desk.sync();
    assert_eq!(desk.connections()[0]["waits"], "sign_in");
    assert_eq!(desk.badge(), "!");
    assert_eq!(desk.names().len(), 2, "everything is still here");
    desk.server.forget_requests();
    desk.sync();
    let asked = desk.server.requests();
    assert!(
        !asked.iter().any(|line| line.path == "/api/login"),
        "it is tried silently once, not at each sync: {asked:?}"
    );

    desk.go("connect");
    desk.tab.click("[data-waits=sign_in] [data-action=sign-in-again]").unwrap();
    let window = sign_in_page(&desk);
    user::sign_in(&window, "bob", PASSWORD).unwrap();
    let (words, failed) = user::said(&desk.tab).unwrap();
    assert!(failed && words.contains("Bob Doe (acme)") && words.contains("Alice Doe (acme)"), "{words}");
    assert_eq!((desk.connections().len(), &desk.connections()[0]["waits"]), (1, &json!("sign_in")));

    // The browser is signed in as bob now, so a window cannot help.
    let reply = desk.ask(json!({ "do": "sign_in_again", "connection": desk.connection() }));
    assert_eq!(reply["is"], "failed", "{reply}");
    assert!(reply["message"]["text"].as_str().unwrap().contains("Sign out on the server's page"), "{reply}");
    user::sign_out_of_pages(&desk.tab).unwrap();
    desk.tab.click("[data-waits=sign_in] [data-action=sign-in-again]").unwrap();
    let window = sign_in_page(&desk);
    user::sign_in(&window, "alice", PASSWORD).unwrap();
    desk.tab.wait_for("!document.querySelector('[data-waits]')").unwrap();
    assert_eq!(desk.badge(), "");
}

/// Opens the sign-in window, with the connection's user name prefilled.
fn sign_in_page(desk: &Desk) -> e2e::page::Page {
    desk.installed.browser.wait_for_page("login_hint=alice").unwrap()
}

#[test]
fn signing_out_warns_and_keeps_or_removes_the_accounts() {
    for (button, left) in [("sign-out-keep", 2), ("sign-out-forget", 0)] {
        let desk = Desk::new();
        desk.connect("acme", "alice");
        desk.server.forget_requests();
        desk.tab.click("[data-action=sign-out]").unwrap();
        let warning = notice(&desk, "data-sign-out-warning");
        assert!(warning.contains("other applications") && warning.contains(HOST), "{warning}");
        desk.tab.click(&format!("[data-action={button}]")).unwrap();
        desk.tab.wait_for("!document.querySelector('[data-connection]')").unwrap();
        let asked = desk.server.requests();
        let revoked: Vec<_> = asked.iter().filter(|line| line.path == "/api/logout").collect();
        assert!(matches!(revoked.as_slice(), [line] if line.method == "POST" && !line.has_bearer), "{asked:?}");
        assert_eq!(desk.names().len(), left, "{button}");
        let binned = desk.ask(json!({ "do": "list_bin" }))["rows"].as_array().unwrap().len();
        assert_eq!(binned, 2 - left, "{button}");
        assert_eq!(desk.stored("acme/alice").len(), 2, "the server's list is left alone");
    }
}

#[test]
fn a_scanned_connection_code_works_like_a_pasted_one() {
    let desk = Desk::new();
    desk.ask(json!({ "do": "read_text", "text": desk.code("acme-client", "acme/bob") }));
    let server = desk.address().replace(':', "%3A").replace('/', "%2F");
    desk.tab.navigate("about:blank#between").unwrap();
    desk.tab.navigate(&desk.installed.extension.url(&format!("{OPTIONS}#connect?code=found&server={server}"))).unwrap();
    desk.tab.click("[data-step=found-code] [data-action=look-at-code]").unwrap();
    desk.tab.click("[data-step=found-code] [data-field=allow-http]").unwrap();
    desk.tab.click("[data-step=found-code] [data-action=look-at-code]").unwrap();
    assert_eq!(notice(&desk, "data-fact=user"), "acme/bob");
    desk.tab.click("[data-step=code-owner] [data-action=connect-by-code]").unwrap();
    desk.tab.wait_for("document.querySelector('[data-step=connected]')").unwrap();
}
