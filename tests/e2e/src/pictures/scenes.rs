//! Puts screenshots on backgrounds, with captions. The browser draws them from `store/pictures/scene.html`.

use super::THEMES;
use super::camera::painted;
use super::files::Picture;
use crate::browser::{Browser, Options};
use crate::package::root;
use crate::page::Page;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// The size of the stores' pictures, in pixels.
pub const STORE_SIZE: (u32, u32) = (1280, 800);
/// The size of the stores' small tile, in pixels.
pub const TILE_SIZE: (u32, u32) = (440, 280);
/// The size of the README's picture, in CSS pixels.
const HERO_SIZE: (u32, u32) = (1200, 720);
/// The size of a guide picture that shows a page, in CSS pixels.
const WINDOW_SIZE: (u32, u32) = (1200, 724);
/// The width of a guide picture that shows only the popup, in CSS pixels.
const POPUP_WIDTH: u32 = 520;
/// The space above and below the popup in such a picture, in CSS pixels.
const POPUP_MARGIN: u32 = 32;

/// A made-up site's addresses, as the browser shows them.
const SITE_SETUP: &str = "mail.fjord.example/security/two-step";
const SITE_SIGN_IN: &str = "login.fjord.example/code";

/// The guide's pictures of pages: the picture, the page's screenshot, the popup's screenshot, and the address.
const WINDOWS: [(&str, &str, &str, &str); 10] = [
    ("welcome", "welcome", "", "Casdoor Authenticator"),
    ("connect", "connect", "", "Casdoor Authenticator"),
    ("connected", "connected", "", "Casdoor Authenticator"),
    ("scan", "site-setup", "found", SITE_SETUP),
    ("fill", "site-sign-in", "fill", SITE_SIGN_IN),
    ("set-up-on-casdoor", "enroll", "", "id.example.com/mfa/setup"),
    ("fill-on-casdoor", "passcode", "", "id.example.com/login/acme"),
    ("back-up", "backup", "", "Casdoor Authenticator"),
    ("import", "import", "", "Casdoor Authenticator"),
    ("import-preview", "import-preview", "", "Casdoor Authenticator"),
];

/// The guide's pictures of the popup alone.
const POPUPS: [&str; 5] = ["first-run", "empty", "list", "confirm-site", "forgot"];

/// The stores' pictures: the layout, the title, the text, the page's screenshot, the popup's, and the address.
const STORE: [(&str, &str, &str, &str, &str, &str); 5] = [
    (
        "beside",
        "Your verification codes, one click away",
        "Search, copy or fill them. They are encrypted on your device.",
        "",
        "list",
        "",
    ),
    (
        "window",
        "Fill codes where you sign in",
        "On the sites that you approve, with one click or a keyboard shortcut.",
        "site-sign-in",
        "fill",
        SITE_SIGN_IN,
    ),
    (
        "window",
        "Scan QR codes right from the page",
        "No phone needed: every QR code that you can see is found.",
        "site-setup",
        "found",
        SITE_SETUP,
    ),
    (
        "window",
        "Made for Casdoor",
        "Set up, fill and sync your accounts with your organization’s server.",
        "passcode",
        "",
        "id.example.com/login/acme",
    ),
    (
        "window",
        "Bring your accounts with you",
        "Import from more than 50 apps. You see every account before it is saved.",
        "import",
        "",
        "Casdoor Authenticator",
    ),
];

/// Draws the guide's pictures and the README's picture in a folder.
pub fn draw_for_readers(screenshots: &Path, folder: &Path) -> Result<()> {
    let stage = Stage::open(screenshots, 1.5)?;
    for (name, page, popup, address) in WINDOWS {
        let scene = json!({
            "layout": "window", "theme": "light", "page": page, "popup": popup, "address": address,
        });
        stage.draw(&scene, WINDOW_SIZE)?.write(&folder.join(format!("{name}.png")))?;
    }
    for name in POPUPS {
        let scene = json!({ "layout": "popup", "theme": "light", "popup": name });
        let screenshot = Picture::parse(&fs::read(screenshots.join(format!("{name}-light.png")))?)?;
        let height = screenshot.size().1.div_ceil(2).saturating_add(POPUP_MARGIN.saturating_mul(2));
        stage.draw(&scene, (POPUP_WIDTH, height))?.write(&folder.join(format!("{name}.png")))?;
    }
    for theme in THEMES {
        let scene = json!({
            "layout": "hero", "theme": theme, "page": "accounts", "popup": "list", "chip": "passcode-form",
            "address": "Casdoor Authenticator",
        });
        stage.draw(&scene, HERO_SIZE)?.write(&folder.join(format!("hero-{theme}.png")))?;
    }
    Ok(())
}

/// Draws the stores' pictures and tiles in a folder, in all colors.
pub fn draw_for_stores(screenshots: &Path, folder: &Path) -> Result<()> {
    let stage = Stage::open(screenshots, 1.0)?;
    for theme in THEMES {
        for (number, (layout, title, text, page, popup, address)) in (1..).zip(STORE) {
            let scene = json!({
                "layout": layout, "theme": theme, "page": page, "popup": popup, "address": address,
                "title": title, "text": text,
            });
            stage.keep(&scene, STORE_SIZE, &folder.join(format!("{number}-{theme}.png")))?;
        }
        let tile = json!({
            "layout": "tile", "theme": theme, "popup": "rows", "title": "Casdoor Authenticator",
            "text": "Verification codes, filled where you sign in",
        });
        stage.keep(&tile, TILE_SIZE, &folder.join(format!("tile-{theme}.png")))?;
    }
    Ok(())
}

/// A browser that draws scenes.
pub struct Stage {
    page: Page,
    screenshots: String,
    scale: f64,
    _browser: Browser,
}

impl Stage {
    /// Opens the page that draws scenes. Pictures have `scale` pixels per CSS pixel.
    pub fn open(screenshots: &Path, scale: f64) -> Result<Self> {
        Self::open_file("scene.html", screenshots, scale)
    }

    /// Opens a page in `store/pictures`.
    pub fn open_file(name: &str, screenshots: &Path, scale: f64) -> Result<Self> {
        let browser = Browser::start(&Options::default())?;
        let page = browser.open(&format!("file://{}", root().join("store/pictures").join(name).display()))?;
        Ok(Self { page, screenshots: format!("file://{}", screenshots.display()), scale, _browser: browser })
    }

    /// Draws a scene in the browser and returns a screenshot of it.
    pub fn draw(&self, scene: &Value, size: (u32, u32)) -> Result<Picture> {
        Picture::parse(&self.drawn(scene, size)?)
    }

    /// Draws a scene and saves its picture as the browser encodes it.
    fn keep(&self, scene: &Value, size: (u32, u32), file: &Path) -> Result<()> {
        let bytes = self.drawn(scene, size)?;
        ensure!(Picture::parse(&bytes)?.size() == size, "{} has the wrong size", file.display());
        fs::write(file, bytes).with_context(|| format!("cannot write {}", file.display()))
    }

    fn drawn(&self, scene: &Value, (width, height): (u32, u32)) -> Result<Vec<u8>> {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": self.scale, "mobile": false });
        self.page.call("Emulation.setDeviceMetricsOverride", metrics)?;
        self.page.evaluate(&format!("draw({scene}, {:?})", self.screenshots))?;
        painted(&self.page)?;
        let cut = self.page.evaluate("cutTexts()")?;
        ensure!(cut == json!([]), "these texts don't fit in the picture: {cut}");
        let answer = self.page.call("Page.captureScreenshot", json!({ "format": "png" }))?;
        let data = answer.pointer("/data").and_then(Value::as_str).context("there is no picture")?;
        Ok(data_encoding::BASE64.decode(data.as_bytes())?)
    }
}
