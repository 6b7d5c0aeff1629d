//! Numbers, dates, lists and plural forms in the language of the page, with the browser's `Intl`.

use std::cell::OnceCell;

use js_sys::{Array, Function, Intl, Object};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// `Intl.ListFormat`, which `js_sys` does not have.
    type ListFormat;
    #[wasm_bindgen(constructor, js_namespace = Intl, js_class = "ListFormat")]
    fn new(locales: &Array, options: &JsValue) -> ListFormat;
    #[wasm_bindgen(method)]
    fn format(this: &ListFormat, items: &Array) -> String;
}

thread_local! {
    // Created once, because a page keeps its language until it is reloaded.
    static PLURALS: OnceCell<Intl::PluralRules> = const { OnceCell::new() };
    static NUMBERS: OnceCell<Function> = const { OnceCell::new() };
    static LISTS: OnceCell<ListFormat> = const { OnceCell::new() };
}

/// Returns the language of the page's texts, which `language.js` has set.
pub fn language() -> String {
    let root = web_sys::window().and_then(|window| window.document()).and_then(|document| document.document_element());
    root.and_then(|root| root.get_attribute("lang"))
        .filter(|language| !language.is_empty())
        .unwrap_or_else(|| "en".into())
}

/// Returns `true` if the page's language is written from right to left.
pub fn is_right_to_left() -> bool {
    let root = web_sys::window().and_then(|window| window.document()).and_then(|document| document.document_element());
    root.and_then(|root| root.get_attribute("dir")).is_some_and(|direction| direction == "rtl")
}

fn locales() -> Array {
    Array::of1(&JsValue::from_str(&language()))
}

/// Returns the plural category of a number: `zero`, `one`, `two`, `few`, `many` or `other`.
pub fn plural_category(number: u64) -> String {
    PLURALS.with(|rules| {
        rules.get_or_init(|| Intl::PluralRules::new(&locales(), &Object::new())).select(number as f64).into()
    })
}

/// Formats a number.
pub fn number(number: u64) -> String {
    NUMBERS.with(|format| {
        let format = format.get_or_init(|| Intl::NumberFormat::new(&locales(), &Object::new()).format());
        let text = format.call1(&JsValue::NULL, &JsValue::from_f64(number as f64));
        text.ok().and_then(|text| text.as_string()).unwrap_or_else(|| number.to_string())
    })
}

/// Formats a percentage.
pub fn percent(percent: u16) -> String {
    let options = super::page::object(&[("style", "percent".into())]).unwrap_or_default();
    let text = Intl::NumberFormat::new(&locales(), &options).format();
    let text = text.call1(&JsValue::NULL, &JsValue::from_f64(f64::from(percent) / 100.0));
    text.ok().and_then(|text| text.as_string()).unwrap_or_else(|| format!("{percent}%"))
}

/// Joins the items of a list, such as `a, b, and c` in English.
pub fn list(items: &[String]) -> String {
    let items: Array = items.iter().map(|item| JsValue::from_str(item)).collect();
    LISTS.with(|format| {
        let options = super::page::object(&[("type", "conjunction".into()), ("style", "narrow".into())]);
        let options = options.map_or(JsValue::UNDEFINED, JsValue::from);
        format.get_or_init(|| ListFormat::new(&locales(), &options)).format(&items)
    })
}

/// Formats a date and time.
pub fn date(unix_seconds: u64) -> String {
    let date = js_sys::Date::new(&JsValue::from_f64(unix_seconds as f64 * 1000.0));
    let options = super::page::object(&[("dateStyle", "medium".into()), ("timeStyle", "short".into())]);
    date.to_locale_string(&language(), &options.map_or(JsValue::UNDEFINED, JsValue::from)).into()
}
