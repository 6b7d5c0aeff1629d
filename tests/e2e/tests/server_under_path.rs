//! A server under a path of a host that has other sites, too. Content scripts run only on the server's own pages, and
//! the worker does not reply to other pages.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test functions outside of tests")]

use e2e::package::{Installed, ask};
use e2e::page::Page;
use e2e::server::HOST;
use e2e::user::VAULT_PASSWORD;
use mock_casdoor::{MockServer, Options};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// Starts a reverse proxy that forwards paths below `/casdoor/api` to the server and serves a plain page at every other
/// path. Returns its port.
fn start_proxy(server: &MockServer) -> u16 {
    let target = server.url(HOST);
    let target: u16 = target.rsplit(':').next().unwrap().parse().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A browser that disconnects early is not an error.
            thread::spawn(move || serve(stream, target));
        }
    });
    port
}

fn serve(stream: TcpStream, target: u16) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let (mut head, mut line, mut length) = (String::new(), String::new(), 0);
    while reader.read_line(&mut line)? > 2 {
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        if !lower.starts_with("connection:") {
            head.push_str(&line);
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let path = head.split(' ').nth(1).unwrap_or_default();
    if path.starts_with("/casdoor/api") || path.starts_with("/casdoor/.well-known") {
        let mut upstream = TcpStream::connect(("127.0.0.1", target))?;
        let head = head.replacen(" /casdoor/", " /", 1);
        write!(upstream, "{head}connection: close\r\n\r\n")?;
        upstream.write_all(&body)?;
        std::io::copy(&mut upstream, reader.get_mut())?;
        return Ok(());
    }
    let page = "<!doctype html><title>A page</title><p>A page";
    write!(
        reader.get_mut(),
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{page}",
        page.len()
    )
}

/// Runs a function in the extension's own world of the foreground tab.
fn in_page(worker: &Page, function: &str) -> Value {
    worker
        .evaluate(&format!(
            "chrome.tabs.query({{ active: true, lastFocusedWindow: true }}).then(([{{ id: tabId }}]) =>
                chrome.scripting.executeScript({{ target: {{ tabId }}, func: {function} }}).then(([{{ result }}]) => result))"
        ))
        .unwrap()
}

/// Returns the kind of the worker's reply to a content script that reports a passcode form.
const ASK: &str = "() => chrome.runtime.sendMessage({
    content: { form_found: { seen: { shape: 'cells', focused: true, secure: true, same_origin: true } } },
}).then((reply) => reply.is)";

#[test]
fn other_sites_on_the_same_host_get_no_content_script_and_no_reply() {
    let server = MockServer::start(Options { sample: true, ..Options::default() }).unwrap();
    let (port, other_port) = (start_proxy(&server), start_proxy(&server));
    let installed = Installed::headless().unwrap();
    let tab = installed.open("manifest.json").unwrap();
    ask(&tab, &json!({ "do": "CreateVault", "password": VAULT_PASSWORD, "pbkdf2": true })).unwrap();
    let token = server.token("private-client", "private/pia", HOST).unwrap();
    let address = format!("http://{HOST}:{port}/casdoor");
    let code = format!("casdoor-authenticator://login?serverUrl={address}&accessToken={token}");
    let reply = ask(&tab, &json!({ "do": "ConnectByCode", "code": code, "allow_http": true })).unwrap();
    assert!(reply["Ok"].is_object(), "{reply}");
    let worker = installed.extension.worker("typeof chrome.scripting === 'object'").unwrap();
    let registered = worker
        .evaluate("chrome.scripting.getRegisteredContentScripts().then(all => all.flatMap(it => it.matches).sort())")
        .unwrap();
    assert_eq!(registered, json!([address, format!("{address}/*"), format!("{address}?*")]));

    let host = format!("http://{HOST}:{port}");
    for (page, is_own) in [
        (format!("{address}/login"), true),
        (address.clone(), true),
        (format!("{address}?organization=acme"), true),
        (host.clone(), false),
        (format!("{host}/other/login"), false),
        (format!("{host}/casdoor-admin/login"), false),
        (format!("{host}/?next=/casdoor/login"), false),
        (format!("http://{HOST}:{other_port}/casdoor/login"), false),
        (format!("http://shop.acme.test:{port}/casdoor/login"), false),
    ] {
        let shown = installed.browser.open(&page).unwrap();
        shown.activate().unwrap();
        shown.wait_for("document.readyState === 'complete' && document.querySelector('p')").unwrap();
        assert_eq!(in_page(&worker, "() => Boolean(globalThis.casdoorPage)"), json!(is_own), "{page}");
        assert_eq!(in_page(&worker, ASK), if is_own { "offer" } else { "nothing" }, "{page}");
        ask(&tab, &json!({ "do": "LockVault" })).unwrap();
        assert_eq!(in_page(&worker, ASK), if is_own { "locked" } else { "nothing" }, "{page}, locked");
        ask(&tab, &json!({ "do": "UnlockVault", "password": VAULT_PASSWORD })).unwrap();
        shown.close().unwrap();
    }
}
