//! Tests the test harness with a generated extension. Each test fails if a simulated user action has a different effect
//! than the real one.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "test functions outside #[test]")]

use e2e::bench::{Subject, measure_openings, write_baseline};
use e2e::browser::{Browser, Options};
use e2e::devtools::until;
use e2e::display::Display;
use e2e::extension::Extension;
use serde_json::json;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::thread;
use tempfile::TempDir;

const WORKER: &str = "
    chrome.commands.onCommand.addListener(command => chrome.storage.local.set({ command }));
    chrome.runtime.onMessage.addListener((message, sender, reply) => { reply({ answer: message + 1, boot }); });
    const boot = Math.random();
    self.isReady = true;";

const POPUP: &str = "<!doctype html><meta charset=utf-8><body style='width:200px'>
    <input id=name><button id=read>Read</button><button id=ask>Ask</button><p id=out></p><script src=popup.js></script>";

const POPUP_SCRIPT: &str = "
    const out = document.querySelector('#out');
    document.querySelector('#read').onclick = async event => {
        const [tab] = await chrome.tabs.query({ active: true, currentWindow: true });
        const [title] = await chrome.scripting.executeScript({ target: { tabId: tab.id }, func: () => document.title });
        out.textContent = `${event.isTrusted} ${title.result}`;
    };
    document.querySelector('#ask').onclick = async () => {
        out.textContent = await chrome.permissions.request({ origins: ['http://id.acme.test/*'] }) ? 'granted' : 'denied';
    };
    document.querySelector('#name').onkeydown = event => { if (event.key === 'Enter') out.textContent = event.target.value; };";

/// Creates a minimal extension with a popup, a worker, a shortcut and an optional permission.
fn extension() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let manifest = json!({
        "manifest_version": 3, "name": "Probe", "version": "1",
        "action": { "default_popup": "popup.html" },
        "background": { "service_worker": "worker.js", "type": "module" },
        "permissions": ["activeTab", "scripting", "storage"],
        "optional_host_permissions": ["http://*/*"],
        "commands": { "probe": { "suggested_key": { "default": "Ctrl+Shift+Y" }, "description": "Probe" } },
    });
    fs::write(folder.path().join("manifest.json"), manifest.to_string()).unwrap();
    for (name, text) in [("worker.js", WORKER), ("popup.html", POPUP), ("popup.js", POPUP_SCRIPT)] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// Serves one page at any path under a public-looking name, and returns the address.
fn site() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let _ = stream.read(&mut [0; 4096]);
            let body = "<!doctype html><title>A page</title><p>Hello";
            let head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\nContent-Length:";
            let _ = write!(stream, "{head} {}\r\n\r\n{body}", body.len());
        }
    });
    format!("http://id.acme.test:{port}/")
}

/// Starts a browser with the generated extension, whose folder must exist as long as the browser.
fn start(options: &Options) -> (Browser, Extension, TempDir) {
    let browser = Browser::start(options).unwrap();
    let folder = extension();
    let extension = browser.load(folder.path()).unwrap();
    (browser, extension, folder)
}

#[test]
fn the_real_popup_opens_with_active_tab_and_receives_real_clicks_and_keys() {
    let (browser, extension, _folder) = start(&Options::default());
    let page = browser.open(&site()).unwrap();
    let popup = extension.open_popup(&page, "popup.html").unwrap();
    popup.click_named("Read").unwrap();
    popup.wait_for("document.querySelector('#out').textContent === 'true A page'").unwrap();
    popup.fill("#name", "Ada ö").unwrap();
    popup.press("Enter").unwrap();
    popup.wait_for("document.querySelector('#out').textContent === 'Ada ö'").unwrap();
}

#[test]
fn a_stopped_worker_restarts_as_a_new_one() {
    let (browser, extension, _folder) = start(&Options::default());
    let worker = extension.worker("self.isReady === true").unwrap();
    assert_eq!(worker.evaluate("typeof chrome.storage").unwrap(), "object");
    let page = browser.open(&extension.url("popup.html")).unwrap();
    let first = page.evaluate("chrome.runtime.sendMessage(1)").unwrap();
    extension.stop_worker().unwrap();
    assert!(!extension.has_worker().unwrap());
    let second = page.evaluate("chrome.runtime.sendMessage(1)").unwrap();
    assert_eq!(second["answer"], 2);
    assert_ne!(first["boot"], second["boot"]);
}

#[test]
fn color_scheme_scale_and_screenshots_are_as_requested() {
    let (browser, _, _folder) = start(&Options { scale: Some(1.5), ..Options::default() });
    let page = browser.open(&site()).unwrap();
    assert_eq!(page.evaluate("devicePixelRatio").unwrap(), 1.5);
    page.emulate_media("prefers-color-scheme", "dark").unwrap();
    assert_eq!(page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches").unwrap(), true);
    page.emulate_scale(2.0).unwrap();
    assert_eq!(page.evaluate("Math.round(devicePixelRatio)").unwrap(), 2);
    let picture = browser.profile().join("picture.png");
    page.screenshot(&picture).unwrap();
    assert_eq!(fs::read(picture).unwrap()[..4], *b"\x89PNG");
}

#[test]
fn a_closed_browser_leaves_no_process_or_profile() {
    let browser = Browser::start(&Options::default()).unwrap();
    browser.open(&site()).unwrap();
    let profile = browser.profile().to_owned();
    assert!(!processes_with(&profile).is_empty());
    drop(browser);
    until("every process of the browser is gone", || Ok(processes_with(&profile).is_empty().then_some(()))).unwrap();
    assert!(!profile.exists());
}

/// Returns the processes whose command line contains this folder.
fn processes_with(folder: &Path) -> Vec<String> {
    let name = folder.to_str().unwrap();
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let lines = processes.filter_map(|entry| fs::read_to_string(entry.path().join("cmdline")).ok());
    lines.filter(|line| line.contains(name)).collect()
}

#[test]
fn on_a_display_the_permission_prompt_and_the_shortcut_work() {
    let display = Display::start().unwrap();
    let (browser, extension, _folder) = start(&Options { display: Some(&display), ..Options::default() });
    let page = browser.open(&site()).unwrap();
    extension.worker("self.isReady === true").unwrap();
    let tab = browser.open(&extension.url("popup.html")).unwrap();
    tab.click("#ask").unwrap();
    display.accept_prompt(&tab, "document.querySelector('#out').textContent !== ''").unwrap();
    assert_eq!(tab.text("#out").unwrap(), "granted");

    page.activate().unwrap();
    let pressed = display.press_until("ctrl+shift+y", || {
        let stored = tab.evaluate("chrome.storage.local.get('command')")?;
        Ok((stored["command"] == "probe").then_some(()))
    });
    pressed.unwrap();
}

#[test]
fn the_baseline_popup_opens_and_is_timed() {
    let folder = tempfile::tempdir().unwrap();
    write_baseline(folder.path()).unwrap();
    let browser = Browser::start(&Options::default()).unwrap();
    let baseline = Subject::baseline(browser.load(folder.path()).unwrap());
    let page = browser.open(&site()).unwrap();
    let openings = measure_openings(&page, &[baseline], 2).unwrap();
    let samples = &openings[0].samples;
    assert_eq!(samples.len(), 2);
    println!("{samples:?}");
    assert!(
        samples.iter().all(|sample| 0.0 < sample.document_to_code && sample.document_to_code < sample.click_to_code)
    );
}
