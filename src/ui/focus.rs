//! Keeps the keyboard focus on the page. When the focused element is removed, the browser moves the focus to the body,
//! where Enter does nothing and screen readers say nothing. This module then focuses the first field, the primary
//! button or the heading of the view that replaced the removed one.

use std::cell::RefCell;
use std::rc::Rc;

use gloo::timers::callback::Timeout;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, Node};

use crate::browser::mutations::{self, Mutation};

/// Selects the views in which the user is expected to type or confirm.
const FORMS: &str = ":is(.gate,.sheet,.account-list)";
/// Also selects the steps of a section. They count as such views only after one step has replaced another.
const FORMS_AND_STEPS: &str = ":is(.gate,.sheet,.account-list,[data-step])";
const FIELD: &str = "input:not([type=checkbox], [type=radio], [type=file]):enabled";
const PRIMARY: &str = "button.primary:enabled";
const HEADING: &str = "h1, h2, h3";
const ANY: &str = "button:enabled, a[href], input:enabled, select:enabled";

/// The element that has or last had the focus.
#[derive(Clone, Default)]
struct Focused {
    element: Option<Element>,
    /// The node from which the element was removed; `None` until then.
    place: Option<Element>,
}

/// Starts observing the focus, for as long as the page exists.
pub fn restore_when_lost() {
    let focused = Rc::new(RefCell::new(Focused::default()));
    let received = Rc::clone(&focused);
    window_event_listener(ev::focusin, move |event| {
        let element = event.target().and_then(|target| target.dyn_into().ok());
        *received.borrow_mut() = Focused { element, place: None };
    });
    let left = Rc::clone(&focused);
    window_event_listener(ev::focusout, move |event| {
        if event.related_target().is_none() {
            let left = Rc::clone(&left);
            // If the element is still in the document after this timeout, it lost the focus because the user clicked
            // somewhere else. Such a change is intended and must not be undone.
            Timeout::new(0, move || forget_deliberate_blur(&left)).forget();
        }
    });
    mutations::observe(move |changes| {
        if !is_lost() {
            return;
        }
        // The state is cloned, because focusing an element calls the listener above, which borrows the state mutably.
        let mut lost = focused.borrow().clone();
        if let (None, Some(element)) = (&lost.place, &lost.element) {
            lost.place = changes.iter().find_map(|change| place_in(change, element));
            focused.borrow_mut().place.clone_from(&lost.place);
        }
        restore(lost);
    });
}

/// Focuses the most useful element of the first view, unless an element already has the focus.
pub fn focus_first_view() {
    if is_lost()
        && let Some(main) = main()
    {
        focus_within(&main);
    }
}

/// Focuses the first element that a selector matches.
pub fn focus_selector(selector: &str) {
    if let Some(element) = document().query_selector(selector).ok().flatten() {
        focus(&element);
    }
}

fn is_lost() -> bool {
    let body = document().body().map(Element::from);
    document().active_element().is_none_or(|active| Some(active) == body)
}

fn main() -> Option<Element> {
    document().query_selector("main").ok().flatten()
}

fn forget_deliberate_blur(focused: &RefCell<Focused>) {
    let mut focused = focused.borrow_mut();
    let is_blurred = |element: &Element| element.is_connected() && !element.matches(":disabled").unwrap_or(false);
    if is_lost() && focused.element.as_ref().is_some_and(is_blurred) {
        *focused = Focused::default();
    }
}

fn restore(lost: Focused) {
    let Some(element) = lost.element else { return };
    if element.is_connected() {
        // The element lost the focus because it was disabled during a request. It receives the focus again once it is
        // enabled.
        if !element.matches(":disabled").unwrap_or(false) {
            focus(&element);
        }
        return;
    }
    let mut place = lost.place.filter(|place| place.is_connected());
    while let Some(scope) = place {
        if focus_within(&scope) || scope.tag_name() == "MAIN" {
            return;
        }
        place = scope.parent_element();
    }
    // The element was outside of `main`, for example in the message at the bottom.
    if let Some(main) = main() {
        focus_within(&main);
    }
}

/// Returns the node from which the element was removed, directly or with its ancestors; `None` if this change did not
/// remove it.
fn place_in(change: &Mutation, element: &Element) -> Option<Element> {
    let removed = change.removed();
    let node: &Node = element;
    let held = (0..removed.length()).filter_map(|index| removed.item(index)).any(|part| part.contains(Some(node)));
    if held { change.target().dyn_into().ok() } else { None }
}

/// Focuses the most useful element in a part of the page. Returns false if there is none.
fn focus_within(scope: &Element) -> bool {
    let names = if scope.tag_name() == "MAIN" { FORMS } else { FORMS_AND_STEPS };
    let around = scope.closest(names).ok().flatten();
    let inside = scope.query_selector(names).ok().flatten();
    let is_form = around.is_some() || inside.is_some();
    let order = if is_form { [FIELD, PRIMARY, HEADING, ANY] } else { [HEADING, PRIMARY, FIELD, ANY] };
    // Only the view that appeared is searched, because other parts of the scope may contain fields, too.
    let scope = if around.is_some() { scope } else { inside.as_ref().unwrap_or(scope) };
    order.iter().any(|selector| first_visible(scope, selector).is_some_and(|element| focus(&element)))
}

fn first_visible(scope: &Element, selector: &str) -> Option<Element> {
    let found = scope.query_selector_all(selector).ok()?;
    let mut elements = (0..found.length()).filter_map(|index| found.item(index)?.dyn_into::<Element>().ok());
    elements.find(|element| element.get_bounding_client_rect().width() > 0.0)
}

/// Focuses an element. Returns true if it has received the focus.
fn focus(element: &Element) -> bool {
    if element.matches(HEADING).unwrap_or(false) {
        // Fails only for a malformed attribute name.
        drop(element.set_attribute("tabindex", "-1"));
    }
    element.dyn_ref::<HtmlElement>().is_some_and(|element| element.focus().is_ok()) && !is_lost()
}
