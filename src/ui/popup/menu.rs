//! A menu over the list, opened by a button or right click, controlled with arrow keys, and closed with Esc or a click
//! elsewhere.

use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, MouseEvent};

use super::super::texts::localize;

/// An entry of a menu.
#[derive(Clone)]
pub struct Entry {
    name: &'static str,
    words: String,
    /// `None` for an action. For one of several choices, true if it is the current one.
    chosen: Option<bool>,
    /// The organization's policy forbids it. The entry stays in the menu and shows the reason.
    locked: bool,
    act: std::sync::Arc<dyn Fn() + Send + Sync>,
}

impl Entry {
    /// Creates an entry; `name` is its `data-action`.
    pub fn new(name: &'static str, words: String, act: impl Fn() + Send + Sync + 'static) -> Self {
        Self { name, words, chosen: None, locked: false, act: std::sync::Arc::new(act) }
    }

    /// Makes the entry one of several choices; `chosen` is true for the current one.
    pub fn one_of(self, chosen: bool) -> Self {
        Self { chosen: Some(chosen), ..self }
    }

    /// Disables the entry if the organization's policy forbids it.
    pub fn locked_if(self, locked: bool) -> Self {
        Self { locked, ..self }
    }
}

/// An open menu.
#[derive(Clone)]
pub struct Menu {
    label: String,
    entries: Vec<Entry>,
    /// The preferred distance from the top of the window, in pixels.
    top: f64,
}

impl Menu {
    /// Creates a menu below the button that was clicked, or at the pointer if it was opened by a right click.
    pub fn below(event: &MouseEvent, label: String, entries: Vec<Entry>) -> Self {
        let button = event.current_target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
        let below = button.map_or(0.0, |button| button.get_bounding_client_rect().bottom());
        let top = if event.type_() == "contextmenu" { f64::from(event.client_y()) } else { below };
        Self { label, entries, top }
    }
}

/// Returns the open menu, if any.
pub fn menu(open: RwSignal<Option<Menu>>) -> AnyView {
    (move || open.get().map(|menu| drawn(open, menu))).into_any()
}

fn drawn(open: RwSignal<Option<Menu>>, menu: Menu) -> AnyView {
    let node = NodeRef::<Div>::new();
    let before = document().active_element().and_then(|element| element.dyn_into::<HtmlElement>().ok());
    let before = StoredValue::new_local(before);
    let top = menu.top;
    node.on_load(move |element| {
        place(&element, top);
        step(&element, 0);
    });
    let close = move || {
        open.set(None);
        before.with_value(|before| before.as_ref().map(|element| element.focus().is_ok()));
    };
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        let Some(element) = node.get_untracked() else { return };
        match event.key().as_str() {
            "ArrowDown" => step(&element, 1),
            "ArrowUp" => step(&element, -1),
            "Escape" | "Tab" => close(),
            _ => return,
        }
        event.prevent_default();
    };
    let lines: Vec<_> = menu.entries.into_iter().map(|entry| menu_entry(entry, close)).collect();
    view! {
        <div class="backdrop" on:click=move |_| close() on:contextmenu=move |event| { event.prevent_default(); close() }></div>
        <div class="menu" role="menu" data-menu="" aria-label=menu.label node_ref=node on:keydown=on_key>{lines}</div>
    }
    .into_any()
}

fn menu_entry(entry: Entry, close: impl Fn() + Copy + 'static) -> AnyView {
    let role = if entry.chosen.is_some() { "menuitemradio" } else { "menuitem" };
    let (act, locked) = (entry.act, entry.locked);
    let reason = locked.then(|| view! { <small data-managed="">{localize("managed_reason")}</small> });
    view! {
        <button
            type="button"
            role=role
            data-action=entry.name
            aria-checked=entry.chosen.map(|chosen| chosen.to_string())
            // A disabled button cannot have the focus, so the arrow keys would stop there.
            aria-disabled=locked.then_some("true")
            tabindex="-1"
            on:click=move |_| {
                if !locked {
                    close();
                    act();
                }
            }
        >
            <span>{entry.words}{reason}</span>
        </button>
    }
    .into_any()
}

/// Places the menu at `top`, or higher up if it would not fit in the window.
fn place(menu: &HtmlElement, top: f64) {
    let room = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(600.0);
    let height = f64::from(menu.offset_height());
    let top = top.min(room - height - 8.0).max(8.0);
    // Setting a property fails only for a read-only style, and an element's own style is writable.
    drop(menu.style().set_property("top", &format!("{top}px")));
}

/// Moves the focus by `by` entries, wrapping around. Focuses the first entry if none has the focus.
fn step(menu: &HtmlElement, by: i32) {
    let Ok(lines) = menu.query_selector_all("button") else { return };
    let count = i32::try_from(lines.length()).unwrap_or(0);
    let focused = document().active_element();
    let current = (0..count).find(|index| entry_at(&lines, *index).map(web_sys::Element::from) == focused);
    let next = current.map_or(0, |current| current.saturating_add(by));
    if let Some(line) = entry_at(&lines, next.checked_rem_euclid(count).unwrap_or(0)) {
        // Failing to move the focus is harmless.
        drop(line.focus());
    }
}

fn entry_at(lines: &web_sys::NodeList, index: i32) -> Option<HtmlElement> {
    lines.item(u32::try_from(index).ok()?)?.dyn_into().ok()
}
