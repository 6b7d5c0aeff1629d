//! Observes changes of a page's document.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{Element, Node, NodeList};

#[wasm_bindgen]
extern "C" {
    type MutationObserver;

    #[wasm_bindgen(constructor)]
    fn new(then: &JsValue) -> MutationObserver;

    #[wasm_bindgen(method)]
    fn observe(this: &MutationObserver, target: &Node, options: &Object);

    /// A change, as described by the browser.
    pub type Mutation;

    /// Returns the element whose children have changed.
    #[wasm_bindgen(method, getter)]
    pub fn target(this: &Mutation) -> Node;

    /// Returns the removed nodes.
    #[wasm_bindgen(method, getter, js_name = removedNodes)]
    pub fn removed(this: &Mutation) -> NodeList;
}

/// Calls `then` whenever elements below the body were added or removed, or a control was enabled or disabled, for as
/// long as the page exists.
pub fn observe(mut then: impl FnMut(&[Mutation]) + 'static) {
    let Some(body) = web_sys::window().and_then(|window| window.document()).and_then(|document| document.body()) else {
        return;
    };
    let options = Object::new();
    for (name, value) in [
        ("childList", JsValue::TRUE),
        ("subtree", JsValue::TRUE),
        ("attributeFilter", Array::of1(&"disabled".into()).into()),
    ] {
        // Fails only for a frozen object.
        drop(Reflect::set(&options, &name.into(), &value));
    }
    let changed = Closure::<dyn FnMut(Array)>::new(move |changes: Array| {
        let changes: Vec<Mutation> = changes.iter().map(JsCast::unchecked_into).collect();
        then(&changes);
    });
    let body: &Element = &body;
    MutationObserver::new(&changed.into_js_value()).observe(body, &options);
}
