//! Finds the document of a tab that the user wants to fill: the one whose field has the focus or was clicked.

use super::site::site_for;

/// The state of one document as an injected script sees it, in an isolated world that the page cannot influence.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
pub struct DocumentState {
    /// The frame's id, 0 for the top.
    pub frame: i32,
    /// The document's id, which changes when the frame navigates.
    pub document: String,
    /// The document's origin, which is `null` for a sandboxed document whatever its address.
    pub origin: String,
    /// The path of the document's address; empty if it is not an address of that origin.
    #[serde(default)]
    pub path: String,
    /// True if the document or one nested in it has the focus.
    pub focused: bool,
    /// True if the document's focused element is a field.
    pub field: bool,
    /// True if the document's focused element is a frame of another origin, which the script cannot inspect.
    pub beyond: bool,
    /// The origin of the address that the page gave that frame. It only suggests which site to ask about, because the
    /// page chooses it and the frame may have navigated since.
    #[serde(default)]
    pub named: String,
}

/// The document that a code would be filled into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FocusTarget<'a> {
    /// This document, including nested frames of its own origin.
    Here(&'a DocumentState),
    /// The focus is in a frame of another origin that the extension cannot access.
    Unseen,
    /// Several frames have a focused field, and it is not known which one the user means.
    Several,
}

/// Returns the document that the user means, among those that could be inspected. `clicked` is the frame that the user
/// clicked in, as the browser reports it. Returns `None` if not even the top document could be inspected.
pub fn focus_target(looks: &[DocumentState], clicked: Option<i32>) -> Option<FocusTarget<'_>> {
    let top = looks.iter().find(|look| look.frame == 0)?;
    if let Some(look) = clicked.and_then(|frame| looks.iter().find(|look| look.frame == frame)) {
        return Some(FocusTarget::Here(look));
    }
    // A `srcdoc` frame has no entry of its own and is inspected as a part of its parent, so `beyond` is not set for it.
    if !top.beyond {
        return Some(FocusTarget::Here(top));
    }
    if clicked.is_some() {
        return Some(FocusTarget::Unseen);
    }
    let fields = || looks.iter().filter(|look| look.frame != 0 && look.field);
    // While the popup is open, no document has the focus, but each document keeps its focused element.
    let mut meant: Vec<&DocumentState> = fields().filter(|look| look.focused).collect();
    if meant.is_empty() && !top.focused {
        meant = fields().collect();
    }
    Some(match meant.as_slice() {
        [] => FocusTarget::Unseen,
        [only] => FocusTarget::Here(only),
        _ => FocusTarget::Several,
    })
}

/// Returns the origin that a page names for the focused frame that the extension cannot access.
pub fn unseen_frame(looks: &[DocumentState]) -> Option<&str> {
    let is_seen = |origin: &str| looks.iter().any(|look| look.origin == origin);
    // The focus may be in a frame inside a frame; the extension needs access to the outer one first.
    let mut named = looks.iter().filter(|look| look.beyond).map(|look| look.named.as_str());
    named.find(|origin| site_for(origin).is_some() && !is_seen(origin))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(frame: i32, marks: &str) -> DocumentState {
        DocumentState {
            frame,
            document: frame.to_string(),
            origin: format!("https://{frame}.example"),
            path: "/login".into(),
            focused: marks.contains("focused"),
            field: marks.contains("field"),
            beyond: marks.contains("beyond"),
            named: String::new(),
        }
    }

    fn chosen(looks: &[DocumentState], clicked: Option<i32>) -> String {
        match focus_target(looks, clicked) {
            Some(FocusTarget::Here(look)) => look.frame.to_string(),
            Some(other) => format!("{other:?}"),
            None => "none".into(),
        }
    }

    #[test]
    fn the_top_document_is_chosen_unless_the_focus_is_in_a_frame() {
        let frames = [look(0, "focused field"), look(3, "field"), look(4, "")];
        assert_eq!(chosen(&frames, None), "0");
        assert_eq!(chosen(&[look(0, "focused")], None), "0", "nothing has the focus");
    }

    #[test]
    fn the_frame_with_the_focused_field_is_chosen_with_and_without_the_popup_open() {
        assert_eq!(chosen(&[look(0, "focused beyond"), look(3, "field"), look(4, "focused field")], None), "4");
        assert_eq!(chosen(&[look(0, "beyond"), look(3, "field"), look(4, "")], None), "3");
        assert_eq!(chosen(&[look(0, "beyond"), look(3, "field"), look(4, "field")], None), "Several");
    }

    #[test]
    fn an_inaccessible_frame_is_not_mistaken_for_another_one() {
        assert_eq!(chosen(&[look(0, "focused beyond")], None), "Unseen");
        assert_eq!(
            chosen(&[look(0, "focused beyond"), look(3, "field")], None),
            "Unseen",
            "the focused field of frame 3 is from before"
        );
        assert_eq!(chosen(&[look(0, "beyond")], Some(7)), "Unseen");
        assert_eq!(chosen(&[look(0, "beyond"), look(3, "field")], Some(7)), "Unseen");
    }

    #[test]
    fn the_inaccessible_frame_is_named_by_the_page_around_it() {
        let beyond = |frame: i32, named: &str| DocumentState { named: named.into(), ..look(frame, "beyond") };
        for (looks, expected) in [
            (vec![beyond(0, "https://pay.example")], Some("https://pay.example")),
            // The outer frame is accessible already.
            (vec![beyond(0, "https://3.example"), beyond(3, "https://pay.example")], Some("https://pay.example")),
            (vec![beyond(0, "https://3.example"), look(3, "field")], None),
            (vec![beyond(0, "null")], None),
            (vec![beyond(0, "")], None),
            (vec![look(0, "focused field")], None),
        ] {
            assert_eq!(unseen_frame(&looks), expected, "{looks:?}");
        }
    }

    #[test]
    fn the_clicked_frame_is_chosen_wherever_the_focus_is() {
        assert_eq!(chosen(&[look(0, "focused field"), look(3, "")], Some(3)), "3");
        assert_eq!(chosen(&[look(0, "focused beyond"), look(3, "")], Some(0)), "0");
        assert_eq!(chosen(&[look(0, "focused")], Some(5)), "0", "frame 5 is part of the top document");
        assert_eq!(chosen(&[look(3, "focused field")], Some(3)), "none", "the top could not be seen");
    }
}
