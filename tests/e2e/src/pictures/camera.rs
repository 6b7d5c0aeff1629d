//! Takes screenshots of pages in both themes, with an address that a reader would expect instead of the mock server's.

use super::{SCALE, THEMES};
use crate::clock::unix_seconds;
use crate::package::Installed;
use crate::page::Page;
use crate::server::Server;
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// The size of a page in a picture, in CSS pixels.
pub const PAGE_SIZE: (u32, u32) = (1120, 600);
/// The server's name in pictures.
pub const SHOWN_SERVER: &str = "id.example.com";

/// The seconds of a code's period in which screenshots of the list are taken. Its rings then look alike in every
/// picture, and no code is about to expire.
const SECONDS_OF_PERIOD: std::ops::Range<i64> = 5..11;
const PERIOD_SECONDS: i64 = 30;

/// The largest size of a popup, in CSS pixels. Seven accounts fit in it.
pub const POPUP_SIZE: (u32, u32) = (400, 600);
/// The part of a popup that is not empty: down to the last complete row, or down to the last element.
const CONTENT: &str = "(() => {
    const bottoms = (selector) => [...document.querySelectorAll(selector)]
        .filter((element) => element.checkVisibility())
        .map((element) => element.getBoundingClientRect().bottom)
        .filter((bottom) => bottom <= innerHeight);
    const rows = bottoms('[data-row]');
    const bottom = rows.length > 1 ? Math.max(...rows) : Math.max(...bottoms('body *:not(:has(*))')) + 24;
    return [0, 0, innerWidth, Math.ceil(Math.min(bottom, innerHeight))];
})()";

/// The logo in the mock server's pages, which stands for the logo of an organization.
const LOGO: &str = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 200 48'><rect x='2' y='6' width='36' height='36' rx='9' \
    fill='%23d9480f'/><path d='M11 33 20 14l9 19M15 27h10' fill='none' stroke='white' stroke-width='4'/><text x='48' y='33' \
    font-family='Inter, sans-serif' font-size='25' font-weight='600' fill='%231f2937'>Acme Works</text></svg>";

/// Replaces the mock server's address in texts, and its logo.
const REPLACE_ADDRESS: &str = "async (server, shown, picture) => {
    const replaced = (text) => text.replaceAll(`http://${server}`, `https://${shown}`).replaceAll(server, shown);
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        if (node.data.includes(server)) node.data = replaced(node.data);
    }
    const logos = [...document.querySelectorAll('img[src*=\"/static/logo\"]')];
    for (const logo of logos) logo.src = `data:image/svg+xml,${picture}`;
    return Promise.all(logos.map((logo) => logo.decode()));
}";

/// Saves screenshots in a folder.
pub struct Camera {
    folder: PathBuf,
    /// The mock server's host and port.
    server: String,
}

impl Camera {
    /// Returns a camera for pages that show this server's address.
    pub fn new(folder: &Path, server: &Server) -> Self {
        Self { folder: folder.to_owned(), server: server.url().trim_start_matches("http://").to_owned() }
    }

    /// Takes a screenshot of the visible part of a page in both themes.
    pub fn keep(&self, page: &Page, name: &str) -> Result<()> {
        self.take_screenshot(page, name, None)
    }

    /// Takes a screenshot of the part of a page that an expression returns as `[x, y, width, height]`.
    pub fn keep_part(&self, page: &Page, name: &str, part: &str) -> Result<()> {
        let part = page.wait_for(part)?;
        let number = |at: usize| part.get(at).and_then(Value::as_f64).context("a part has four numbers");
        let clip = json!({ "x": number(0)?, "y": number(1)?, "width": number(2)?, "height": number(3)?, "scale": 1 });
        self.take_screenshot(page, name, Some(&clip))
    }

    /// Takes a screenshot of the part of a popup that is not empty.
    pub fn keep_popup(&self, popup: &Page, name: &str) -> Result<()> {
        popup.call("Emulation.setScrollbarsHidden", json!({ "hidden": true }))?;
        // The pointer would highlight what is below it.
        popup.call("Input.dispatchMouseEvent", json!({ "type": "mouseMoved", "x": 0, "y": 0 }))?;
        painted(popup)?;
        self.keep_part(popup, name, CONTENT)
    }

    /// Replaces the mock server's address and logo in a page.
    pub fn prepare(&self, page: &Page) -> Result<()> {
        page.evaluate(&format!("({REPLACE_ADDRESS})({:?}, {SHOWN_SERVER:?}, {LOGO:?}).then(() => true)", self.server))?;
        Ok(())
    }

    fn take_screenshot(&self, page: &Page, name: &str, clip: Option<&Value>) -> Result<()> {
        self.prepare(page)?;
        for theme in THEMES {
            page.emulate_media("prefers-color-scheme", theme)?;
            painted(page)?;
            let mut parameters = json!({ "format": "png" });
            if let (Some(clip), Some(fields)) = (clip, parameters.as_object_mut()) {
                fields.insert("clip".into(), clip.clone());
            }
            let answer = page.call("Page.captureScreenshot", parameters)?;
            let data = answer.pointer("/data").and_then(Value::as_str).context("there is no screenshot")?;
            let picture = data_encoding::BASE64.decode(data.as_bytes())?;
            fs::write(self.folder.join(format!("{name}-{theme}.png")), picture)?;
        }
        page.emulate_media("prefers-color-scheme", "light")
    }
}

/// Waits until the page is painted.
pub fn painted(page: &Page) -> Result<()> {
    let frames = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))";
    page.evaluate(&format!("document.fonts.ready.then(() => {frames})"))?;
    Ok(())
}

/// Waits until codes are valid for a while.
pub fn wait_for_fresh_codes() {
    while !SECONDS_OF_PERIOD.contains(&unix_seconds().rem_euclid(PERIOD_SECONDS)) {
        thread::sleep(Duration::from_millis(200));
    }
}

/// Gives a tab a size in CSS pixels, and physical pixels per CSS pixel.
pub fn resize(page: &Page, (width, height): (u32, u32), scale: f64) -> Result<()> {
    let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": false });
    page.call("Emulation.setDeviceMetricsOverride", metrics)?;
    page.call("Emulation.setScrollbarsHidden", json!({ "hidden": true }))?;
    Ok(())
}

/// Opens a document of the extension in a tab of this size.
pub fn opened(installed: &Installed, path: &str, size: (u32, u32)) -> Result<Page> {
    let tab = installed.browser.open("about:blank#picture")?;
    resize(&tab, size, SCALE)?;
    tab.navigate(&installed.extension.url(path))?;
    tab.wait_for("document.body.hasAttribute('data-ready')")?;
    Ok(tab)
}
