//! The gallery: every state of the built extension that needs no server, in each theme and direction, as pictures and
//! as pages of the real markup with the real style sheets.
//!
//! Nothing is drawn for the gallery alone: it operates the extension like a user, and saves what it shows.

use crate::package::{Installed, OPTIONS, POPUP, ask, granted, root};
use crate::page::Page;
use crate::user::{self, VAULT_PASSWORD};
use anyhow::{Context, Result};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The variants of each state: its name, the theme, and the direction.
const VARIANTS: [(&str, &str, &str); 4] =
    [("light", "light", "ltr"), ("dark", "dark", "ltr"), ("contrast", "contrast", "ltr"), ("rtl", "light", "rtl")];
/// The size of the popup, in CSS pixels.
const POPUP_SIZE: (u32, u32) = (400, 576);
/// The size of the window with the options page, in CSS pixels.
const OPTIONS_SIZE: (u32, u32) = (1120, 900);
/// The accounts of the gallery: issuer, name, group, and further parameters of the key URI.
const ACCOUNTS: [(&str, &str, &str, &str); 8] = [
    ("GitHub", "alice@acme.test", "Work", ""),
    ("Amazon Web Services", "root", "Work", ""),
    ("Acme Works", "acme/eve", "Work", ""),
    ("Discord", "alexandra.meier@example.org", "Private", ""),
    ("Stadtwerke München", "12345", "Private", ""),
    ("日本銀行", "アリス", "", ""),
    ("Battle.net", "eve", "", "&digits=8"),
    ("Google", "alice@example.org", "", ""),
];
/// The pages of the options page, and an element that is there once the page is complete.
const SECTIONS: [(&str, &str); 13] = [
    ("welcome", "[data-screen=welcome]"),
    ("accounts", "[data-account]"),
    ("add", "[data-screen=add]"),
    ("connect", "[data-step=address]"),
    ("sites", "[data-screen=sites]"),
    ("security", "[data-step=copies]"),
    ("exchange", "[data-action=backup]"),
    ("import", "[data-app] [data-icon]"),
    ("backup", "[data-step=backup]"),
    ("export", "[data-step=export]"),
    ("appearance", "[data-field=theme]"),
    ("about", "[data-screen=about]"),
    ("shortcuts", ".keys + h2 + .keys"),
];

/// The document's markup as it is drawn: with typed values, and without scripts.
const MARKUP: &str = "(() => {
    for (const field of document.querySelectorAll('input, textarea')) {
        if (field.type === 'checkbox' || field.type === 'radio') field.toggleAttribute('checked', field.checked);
        else field.setAttribute('value', field.type === 'password' ? '•'.repeat(field.value.length) : field.value);
    }
    const copy = document.documentElement.cloneNode(true);
    for (const part of copy.querySelectorAll('script, [rel=preload], [rel=modulepreload]')) part.remove();
    return '<!doctype html>' + copy.outerHTML.replaceAll(/(href|src)=\"(icons|[a-z_]+\\.css)/g, '$1=\"package/$2');
})()";

/// The pictures and pages that were saved so far.
struct Gallery {
    folder: PathBuf,
    index: String,
}

/// Makes the gallery in a folder, and returns the number of its states.
///
/// # Errors
/// The extension is not built, or does not show an expected state.
pub fn make(folder: &Path) -> Result<usize> {
    let mut gallery = Gallery::new(folder)?;
    let installed = Installed::start(&granted(), &crate::browser::Options::default())?;
    first_screens(&mut gallery, &installed)?;
    let tab = installed.open("manifest.json")?;
    fill_vault(&tab)?;
    popup_states(&mut gallery, &installed)?;
    options_states(&mut gallery, &installed)?;
    ask(&tab, &json!({ "do": "LockVault" }))?;
    let popup = popup(&installed)?;
    user::wait_for_screen(&popup, &["locked"])?;
    gallery.keep(&popup, "popup-locked")?;
    user::try_password(&popup, "wrong")?;
    user::status_message(&popup)?;
    gallery.keep(&popup, "popup-wrong-password")?;
    popup.click("[data-action=forgot]")?;
    user::wait_for_screen(&popup, &["forgot"])?;
    gallery.keep(&popup, "popup-forgot")?;
    gallery.finish()
}

/// Opens a document of the extension in a window of this size.
fn opened(installed: &Installed, path: &str, (width, height): (u32, u32)) -> Result<Page> {
    let tab = installed.browser.open("about:blank#gallery")?;
    let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
    tab.call("Emulation.setDeviceMetricsOverride", metrics)?;
    tab.navigate(&installed.extension.url(path))?;
    tab.wait_for("document.body.hasAttribute('data-ready')")?;
    Ok(tab)
}

fn popup(installed: &Installed) -> Result<Page> {
    opened(installed, POPUP, POPUP_SIZE)
}

/// Shows the states without a vault, and then those with an empty vault.
fn first_screens(gallery: &mut Gallery, installed: &Installed) -> Result<()> {
    let tab = popup(installed)?;
    user::wait_for_screen(&tab, &["first-run"])?;
    gallery.keep(&tab, "popup-first-run")?;
    tab.fill("[data-field=password]", VAULT_PASSWORD)?;
    tab.fill("[data-field=password-again]", "other")?;
    tab.click("[data-action=create]")?;
    tab.wait_for("document.querySelector('[aria-invalid]')")?;
    gallery.keep(&tab, "popup-first-run-rejected")?;
    tab.click("[data-action=without-password]")?;
    user::wait_for_screen(&tab, &["without-password"])?;
    gallery.keep(&tab, "popup-without-password")?;
    tab.click("[data-action=back]")?;
    user::create_vault(&tab)?;
    gallery.keep(&tab, "popup-empty")?;
    tab.close()?;
    let tab = opened(installed, &format!("{OPTIONS}#accounts"), OPTIONS_SIZE)?;
    tab.wait_for("document.querySelector('.empty .add-options')")?;
    gallery.keep(&tab, "options-accounts-empty")?;
    tab.close()
}

fn fill_vault(tab: &Page) -> Result<()> {
    let uri = |(issuer, name, _, rest): &(&str, &str, &str, &str)| {
        let issuer = issuer.replace(' ', "%20");
        format!("otpauth://totp/{issuer}:{name}?secret=JBSWY3DPEHPK3PXP&issuer={issuer}{rest}")
    };
    let lines: Vec<String> = ACCOUNTS.iter().map(uri).collect();
    let cards: Vec<usize> = (0..lines.len()).collect();
    let read = ask(tab, &json!({ "do": "ReadText", "text": lines.join("\n") }))?;
    ask(tab, &json!({ "do": "SaveScanResults", "id": read.pointer("/Ok/id"), "cards": cards }))?;
    let account_list = ask(tab, &json!({ "do": "ReadScreen" }))?;
    let rows = account_list.pointer("/Ok/account_list/rows").and_then(Value::as_array).cloned().unwrap_or_default();
    for group in ["Work", "Private"] {
        let is_in = |row: &&Value| {
            ACCOUNTS.iter().any(|(issuer, _, own, _)| *own == group && row.get("issuer") == Some(&json!(issuer)))
        };
        let accounts: Vec<&Value> = rows.iter().filter(is_in).filter_map(|row| row.get("id")).collect();
        let change = json!({ "what": "group", "group": group });
        ask(tab, &json!({ "do": "ChangeAccounts", "accounts": accounts, "change": change }))?;
    }
    Ok(())
}

fn popup_states(gallery: &mut Gallery, installed: &Installed) -> Result<()> {
    let tab = popup(installed)?;
    tab.wait_for("document.querySelector('[data-row] [data-icon]')")?;
    gallery.keep(&tab, "popup-list")?;
    tab.click("[data-action=menu]")?;
    tab.wait_for("document.querySelector('[data-menu]')")?;
    gallery.keep(&tab, "popup-menu")?;
    tab.press("Escape")?;
    let id = user::rows(&tab)?.into_iter().next().context("the list is empty")?.id;
    tab.click(&format!("[data-row='{id}'] [data-action=row-menu]"))?;
    tab.wait_for("document.querySelector('[data-menu]')")?;
    gallery.keep(&tab, "popup-row-menu")?;
    tab.press("Escape")?;
    for (query, shown) in [("alice", "mark"), ("nobody", "[data-no-match]")] {
        tab.fill("[data-field=search]", query)?;
        tab.wait_for(&format!("document.querySelector('{shown}')"))?;
        gallery.keep(&tab, &format!("popup-search-{query}"))?;
    }
    tab.press("Escape")?;
    for (action, screen) in [("edit", "edit"), ("show-qr", "qr")] {
        user::choose_for(&tab, &id, action)?;
        user::wait_for_screen(&tab, &[screen])?;
        gallery.keep(&tab, &format!("popup-{screen}"))?;
        tab.click("[data-action=back]")?;
    }
    user::choose(&tab, "shortcuts")?;
    user::wait_for_screen(&tab, &["shortcuts"])?;
    gallery.keep(&tab, "popup-shortcuts")?;
    tab.click("[data-action=back]")?;
    tab.click("[data-action=add]")?;
    user::wait_for_screen(&tab, &["add"])?;
    gallery.keep(&tab, "popup-add")?;
    let link = "otpauth://totp/Acme:bob?secret=JBSWY3DPEHPK3PXP&issuer=Acme";
    tab.fill("[data-field=secret]", link)?;
    tab.click("[data-action=save]")?;
    user::wait_for_screen(&tab, &["found"])?;
    gallery.keep(&tab, "popup-found")?;
    tab.click("[data-action=back]")?;
    user::choose_for(&tab, &id, "move-to-trash")?;
    user::status_message(&tab)?;
    gallery.keep(&tab, "popup-trashed")?;
    tab.click("[data-action=undo]")?;
    tab.close()
}

fn options_states(gallery: &mut Gallery, installed: &Installed) -> Result<()> {
    let tab = opened(installed, OPTIONS, OPTIONS_SIZE)?;
    for (section, shown) in SECTIONS {
        tab.evaluate(&format!("void (location.hash = '#{section}')"))?;
        tab.wait_for(&format!("document.querySelector('{shown}')"))?;
        gallery.keep(&tab, &format!("options-{section}"))?;
    }
    tab.evaluate("void (location.hash = '#accounts')")?;
    tab.click("[data-account] [data-field=select]")?;
    tab.wait_for("document.querySelector('[data-bulk-actions]')")?;
    gallery.keep(&tab, "options-accounts-selected")?;
    let account = tab.evaluate("document.querySelector('[data-account]').dataset.account")?;
    tab.evaluate(&format!("void (location.hash = '#code?account={}')", account.as_str().unwrap_or_default()))?;
    tab.wait_for("document.querySelector('[data-seconds]')?.textContent")?;
    gallery.keep(&tab, "options-large-code")?;
    tab.close()
}

impl Gallery {
    fn new(folder: &Path) -> Result<Self> {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        let package = folder.join("package");
        crate::package::copy(&granted().join("icons"), &package.join("icons"))?;
        for entry in fs::read_dir(granted())?.flatten() {
            if entry.path().extension().is_some_and(|kind| kind == "css") {
                fs::copy(entry.path(), package.join(entry.file_name()))?;
            }
        }
        Ok(Self { folder: folder.to_owned(), index: String::new() })
    }

    /// Saves each variant of the state that a page shows.
    fn keep(&mut self, page: &Page, name: &str) -> Result<()> {
        let before = page.evaluate("[document.documentElement.dataset.theme ?? '', document.documentElement.dir]")?;
        let size = page.evaluate("[innerWidth, innerHeight]")?;
        let (width, height) = (size.get(0).and_then(Value::as_u64), size.get(1).and_then(Value::as_u64));
        let (width, height) = (width.unwrap_or_default(), height.unwrap_or_default());
        writeln!(self.index, "<h2 id=\"{name}\">{name}</h2>\n<div>")?;
        for (variant, theme, direction) in VARIANTS {
            set_look(page, theme, direction)?;
            page.screenshot(&self.folder.join(format!("pictures/{name}-{variant}.png")))?;
            let markup = page.evaluate(MARKUP)?;
            let file = format!("{name}-{variant}.html");
            fs::write(self.folder.join(&file), markup.as_str().unwrap_or_default())?;
            writeln!(
                self.index,
                "<figure><iframe src=\"{file}\" title=\"{name}, {variant}\" width=\"{width}\" height=\"{height}\" \
                 loading=\"lazy\"></iframe><figcaption>{variant}</figcaption></figure>"
            )?;
        }
        writeln!(self.index, "</div>")?;
        let text = |at: usize| before.get(at).and_then(Value::as_str).unwrap_or_default().to_owned();
        set_look(page, &text(0), &text(1))
    }

    /// Writes the index and returns the number of states.
    fn finish(self) -> Result<usize> {
        let style = "body { margin: 24px; font-family: system-ui, sans-serif } div { display: flex; gap: 16px; \
            overflow-x: auto } figure { margin: 0 } iframe { border: 1px solid #8a8d9c; border-radius: 8px }";
        let page = format!(
            "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\" />\n<title>Gallery</title>\n\
             <style>{style}</style>\n<h1>Gallery</h1>\n{}</html>\n",
            self.index
        );
        fs::write(self.folder.join("index.html"), page)?;
        Ok(self.index.matches("<h2 ").count())
    }
}

/// Sets the theme and the direction of a document. An empty theme follows the system.
fn set_look(page: &Page, theme: &str, direction: &str) -> Result<()> {
    page.evaluate(&format!(
        "(({{ dataset }}) => {{ if ({theme:?}) dataset.theme = {theme:?}; else delete dataset.theme; }})(document.documentElement);
        document.documentElement.dir = {direction:?};
        new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
    ))?;
    Ok(())
}

/// Returns the folder of the gallery.
pub fn folder() -> PathBuf {
    root().join("dist/gallery")
}
