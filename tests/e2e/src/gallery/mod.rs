//! The gallery: every state of the built extension that needs no server, in each theme, language and size, as pictures
//! and as pages of the real markup with the real style sheets. Tests compare the same pictures with [`references`].
//!
//! Nothing is drawn for the gallery alone: it operates the extension like a user, and saves what it shows.

pub mod references;
mod states;

use crate::browser::Options;
use crate::package::{Installed, granted, root};
use crate::page::Page;
use anyhow::Result;
use serde_json::Value;
use states::Setup;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// The states in one setup, each in one or more variants.
pub struct Pass {
    /// The name of each variant and its theme.
    pub variants: &'static [(&'static str, &'static str)],
    setup: Setup,
    /// True if the popup looks the same as in another pass.
    is_options_only: bool,
}

const ENGLISH: Setup = Setup { language: "en", text_size_percent: 100, options_width: 1120 };

/// Every theme in English; a language with long words; one that is written from right to left; a narrow window; and
/// large text.
pub const PASSES: [Pass; 5] = [
    Pass {
        variants: &[("light", "light"), ("dark", "dark"), ("contrast", "contrast")],
        setup: ENGLISH,
        is_options_only: false,
    },
    Pass { variants: &[("german", "light")], setup: Setup { language: "de", ..ENGLISH }, is_options_only: false },
    Pass { variants: &[("arabic", "light")], setup: Setup { language: "ar", ..ENGLISH }, is_options_only: false },
    Pass { variants: &[("narrow", "light")], setup: Setup { options_width: 320, ..ENGLISH }, is_options_only: true },
    Pass {
        variants: &[("large", "light")],
        setup: Setup { text_size_percent: 150, ..ENGLISH },
        is_options_only: false,
    },
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

/// Makes the gallery in a folder, and returns the number of its states.
///
/// # Errors
/// The extension is not built, or does not show an expected state.
pub fn make(folder: &Path) -> Result<usize> {
    let mut gallery = Gallery::new(folder)?;
    for pass in &PASSES {
        let installed = Installed::start(&granted(), &Options::default())?;
        pass.show(&installed, &mut |page, state, variant| gallery.keep(page, state, variant))?;
    }
    gallery.finish()
}

impl Pass {
    /// Goes through the states, and passes each variant of each to `keep`, with the names of both.
    fn show(&self, installed: &Installed, keep: &mut dyn FnMut(&Page, &str, &str) -> Result<()>) -> Result<()> {
        states::show_all(installed, self.setup, &mut |page, state| {
            if self.is_options_only && state.starts_with("popup-") {
                return Ok(());
            }
            let before = page.evaluate("document.documentElement.dataset.theme ?? ''")?;
            for (variant, theme) in self.variants {
                set_theme(page, theme)?;
                keep(page, state, variant)?;
            }
            set_theme(page, before.as_str().unwrap_or_default())
        })
    }
}

/// The pictures and pages that were saved so far.
struct Gallery {
    folder: PathBuf,
    /// The figures of each state.
    figures: BTreeMap<String, String>,
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
        Ok(Self { folder: folder.to_owned(), figures: BTreeMap::new() })
    }

    /// Saves the picture and the markup of what a page shows.
    fn keep(&mut self, page: &Page, state: &str, variant: &str) -> Result<()> {
        let size = page.evaluate("[innerWidth, innerHeight]")?;
        let side = |at: usize| size.get(at).and_then(Value::as_u64).unwrap_or_default();
        page.screenshot(&self.folder.join(format!("pictures/{state}-{variant}.png")))?;
        let markup = page.evaluate(MARKUP)?;
        let file = format!("{state}-{variant}.html");
        fs::write(self.folder.join(&file), markup.as_str().unwrap_or_default())?;
        writeln!(
            self.figures.entry(state.to_owned()).or_default(),
            "<figure><iframe src=\"{file}\" title=\"{state}, {variant}\" width=\"{}\" height=\"{}\" \
             loading=\"lazy\"></iframe><figcaption>{variant}</figcaption></figure>",
            side(0),
            side(1)
        )?;
        Ok(())
    }

    /// Writes the index and returns the number of states.
    fn finish(self) -> Result<usize> {
        let style = "body { margin: 24px; font-family: system-ui, sans-serif } div { display: flex; gap: 16px; \
            overflow-x: auto } figure { margin: 0 } iframe { border: 1px solid #8a8d9c; border-radius: 8px }";
        let mut page = format!(
            "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\" />\n<title>Gallery</title>\n\
             <style>{style}</style>\n<h1>Gallery</h1>\n"
        );
        for (state, figures) in &self.figures {
            writeln!(page, "<h2 id=\"{state}\">{state}</h2>\n<div>\n{figures}</div>")?;
        }
        page.push_str("</html>\n");
        fs::write(self.folder.join("index.html"), page)?;
        Ok(self.figures.len())
    }
}

/// Sets the theme of a document. An empty theme follows the system.
fn set_theme(page: &Page, theme: &str) -> Result<()> {
    page.evaluate(&format!(
        "(({{ dataset }}) => {{ if ({theme:?}) dataset.theme = {theme:?}; else delete dataset.theme; }})(document.documentElement);
        new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
    ))?;
    Ok(())
}

/// Returns the folder of the gallery.
pub fn folder() -> PathBuf {
    root().join("dist/gallery")
}
