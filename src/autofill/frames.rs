//! Which document of a tab the user means: the one whose field has the focus, or was clicked on.

/// What a script sees of one document, in its own world, where the page has no say.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
pub struct Look {
    /// The frame's id, 0 for the top.
    pub frame: i32,
    /// The document's id: a frame that goes on has another one.
    pub document: String,
    /// The document's origin; `null` for a sandboxed one, whatever its address.
    pub origin: String,
    /// The document has the focus, or one inside it has.
    pub focused: bool,
    /// The focus in this document is in a field.
    pub field: bool,
    /// The focus in this document is in a frame that it cannot see into.
    pub beyond: bool,
}

/// Where a code would go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot<'a> {
    /// This document, with the frames of its own origin inside it.
    Here(&'a Look),
    /// The focus is in a frame of another origin which the browser does not let the extension see.
    Unseen,
    /// Several frames have a field with a caret, and nothing says which is meant.
    Several,
}

/// The document that is meant, among those that could be seen. `clicked` is the frame that the user clicked in, by the
/// browser's word. `None` where not even the top could be seen.
pub fn spot(looks: &[Look], clicked: Option<i32>) -> Option<Spot<'_>> {
    let top = looks.iter().find(|look| look.frame == 0)?;
    if let Some(look) = clicked.and_then(|frame| looks.iter().find(|look| look.frame == frame)) {
        return Some(Spot::Here(look));
    }
    // A frame that is part of its parent (`srcdoc`) has no look of its own, and is not beyond.
    if !top.beyond {
        return Some(Spot::Here(top));
    }
    if clicked.is_some() {
        return Some(Spot::Unseen);
    }
    let fields = || looks.iter().filter(|look| look.frame != 0 && look.field);
    // While the popup is open no document has the focus, but each keeps its caret.
    let mut meant: Vec<&Look> = fields().filter(|look| look.focused).collect();
    if meant.is_empty() && !top.focused {
        meant = fields().collect();
    }
    Some(match meant.as_slice() {
        [] => Spot::Unseen,
        [only] => Spot::Here(only),
        _ => Spot::Several,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(frame: i32, marks: &str) -> Look {
        Look {
            frame,
            document: frame.to_string(),
            origin: format!("https://{frame}.example"),
            focused: marks.contains("focused"),
            field: marks.contains("field"),
            beyond: marks.contains("beyond"),
        }
    }

    fn chosen(looks: &[Look], clicked: Option<i32>) -> String {
        match spot(looks, clicked) {
            Some(Spot::Here(look)) => look.frame.to_string(),
            Some(other) => format!("{other:?}"),
            None => "none".into(),
        }
    }

    #[test]
    fn the_top_is_meant_unless_its_focus_is_beyond_it() {
        let frames = [look(0, "focused field"), look(3, "field"), look(4, "")];
        assert_eq!(chosen(&frames, None), "0");
        assert_eq!(chosen(&[look(0, "focused")], None), "0", "nothing has the focus");
    }

    #[test]
    fn a_frame_is_meant_by_its_caret_with_and_without_the_popup_open() {
        assert_eq!(chosen(&[look(0, "focused beyond"), look(3, "field"), look(4, "focused field")], None), "4");
        assert_eq!(chosen(&[look(0, "beyond"), look(3, "field"), look(4, "")], None), "3");
        assert_eq!(chosen(&[look(0, "beyond"), look(3, "field"), look(4, "field")], None), "Several");
    }

    #[test]
    fn a_frame_that_cannot_be_seen_is_not_mistaken_for_another_one() {
        assert_eq!(chosen(&[look(0, "focused beyond")], None), "Unseen");
        assert_eq!(
            chosen(&[look(0, "focused beyond"), look(3, "field")], None),
            "Unseen",
            "the caret there is an old one"
        );
        assert_eq!(chosen(&[look(0, "beyond")], Some(7)), "Unseen");
        assert_eq!(chosen(&[look(0, "beyond"), look(3, "field")], Some(7)), "Unseen");
    }

    #[test]
    fn the_clicked_frame_is_meant_whatever_has_the_focus() {
        assert_eq!(chosen(&[look(0, "focused field"), look(3, "")], Some(3)), "3");
        assert_eq!(chosen(&[look(0, "focused beyond"), look(3, "")], Some(0)), "0");
        assert_eq!(chosen(&[look(0, "focused")], Some(5)), "0", "a part of the top without a look of its own");
        assert_eq!(chosen(&[look(3, "focused field")], Some(3)), "none", "the top could not be seen");
    }
}
