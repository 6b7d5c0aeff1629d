//! The overview of keyboard shortcuts, in the popup and on the options page.

use leptos::prelude::*;

use super::components::header;
use super::state::Ui;
use super::texts::localize;
use crate::browser::page;

/// The shortcuts of the popup: keys separated by spaces, and the key of the text that says what they do. `Mod` stands
/// for Ctrl, or for Command on a Mac.
const IN_POPUP: [(&str, &str); 10] = [
    ("A … Z", "search"),
    ("↑ ↓", "shortcut_move"),
    ("Enter", "shortcut_enter"),
    ("Mod Enter", "menu_fill"),
    ("Alt Enter", "code_large"),
    ("Alt ↑ ↓", "shortcut_reorder"),
    ("+", "add"),
    ("Mod L", "lock"),
    ("Esc", "shortcut_escape"),
    ("?", "shortcuts_title"),
];

/// The manifest's commands, and the keys of the texts that say what they do.
const COMMANDS: [(&str, &str); 3] = [("_execute_action", "shortcut_open"), ("scan", "scan"), ("fill", "menu_fill")];

/// Returns the key of the text for one of the manifest's commands.
fn command_text(name: &str) -> Option<&'static str> {
    COMMANDS.iter().find(|(command, _)| *command == name).map(|(_, text)| *text)
}

/// Returns the overview as a view of the popup.
pub fn screen(ui: Ui) -> AnyView {
    view! {
        <section class="sheet" data-screen="shortcuts">
            {header(localize("shortcuts_title"), move || ui.back())}
            <div class="body" tabindex="0">{overview()}</div>
        </section>
    }
    .into_any()
}

/// Returns the list of shortcuts. Those of the browser can be changed by the user, so they are read from it.
pub fn overview() -> AnyView {
    let commands = RwSignal::new(Vec::new());
    leptos::task::spawn_local(async move { commands.set(page::commands().await) });
    let command = Mod(if page::is_mac() { "⌘" } else { "Ctrl" });
    let lines: Vec<_> = IN_POPUP.iter().map(|(keys, text)| line(&command.keys(keys), text)).collect();
    let in_browser = move || {
        let lines: Vec<_> = commands
            .get()
            .iter()
            .filter_map(|(name, keys)| Some(line(&keys.replace('+', " "), command_text(name)?)))
            .collect();
        (!lines.is_empty()).then(|| view! { <h2>{localize("shortcut_anywhere")}</h2> <dl class="keys">{lines}</dl> })
    };
    view! { <dl class="keys">{lines}</dl> {in_browser} }.into_any()
}

/// The name of the key that `Mod` stands for.
struct Mod(&'static str);

impl Mod {
    fn keys(&self, keys: &str) -> String {
        keys.replace("Mod", self.0)
    }
}

fn line(keys: &str, text: &str) -> AnyView {
    let keys: Vec<_> = keys.split(' ').map(|key| view! { <kbd>{key.to_owned()}</kbd> }).collect();
    view! { <div><dt>{keys}</dt><dd>{localize(text)}</dd></div> }.into_any()
}
