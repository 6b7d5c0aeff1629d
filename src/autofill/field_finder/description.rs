//! What a content script says of a page: its fields and the texts around them, as a tree in document order.

use serde::{Deserialize, Serialize};

/// Nodes beyond this many are ignored. The content script sends fewer.
pub const MAX_NODES: usize = 4000;

/// A page, as `content/field_descriptions.js` describes it. Every member comes from the page and proves nothing about it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PageDescription {
    /// The document's title.
    pub title: String,
    /// The document's language, such as `de`; often wrong, so it decides nothing.
    pub lang: String,
    /// Boxes, texts and fields, in document order: a parent comes before its children.
    pub nodes: Vec<Node>,
}

/// One box, text or field of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Node {
    /// What it is.
    #[serde(rename = "k")]
    pub kind: Kind,
    /// The number of the box that it is in.
    #[serde(rename = "p", skip_serializing_if = "Option::is_none")]
    pub parent: Option<usize>,
    /// A text's text.
    #[serde(rename = "t", skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// A box's id, name and class.
    #[serde(rename = "n", skip_serializing_if = "String::is_empty")]
    pub names: String,
    /// The field that a label is tied to.
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    pub label_for: Option<usize>,
    /// A button sends its form.
    #[serde(skip_serializing_if = "is_false")]
    pub submits: bool,
    /// A field.
    #[serde(flatten)]
    pub field: Field,
}

/// What a [`Node`] is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "named after the elements and roles of HTML and ARIA")]
pub enum Kind {
    Form,
    Dialog,
    Navigation,
    Header,
    Footer,
    Aside,
    Main,
    Article,
    Fieldset,
    Frame,
    Search,
    Shadow,
    Text,
    Heading,
    Label,
    Legend,
    Button,
    Link,
    Tab,
    Picture,
    Field,
    /// Any other element with several described children.
    #[default]
    #[serde(other)]
    Box,
}

/// An input field, or another control. Lengths of texts are bounded by the content script.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "named after the attributes of HTML")]
pub struct Field {
    /// Its number on the page, by which the content script finds it again.
    #[serde(rename = "field", skip_serializing_if = "Option::is_none")]
    pub number: Option<usize>,
    /// An input's type, or the name of another control's element; `editable` for a text that can be edited.
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    pub input_type: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub class: String,
    /// `data-testid` and the like.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub test_id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub autocomplete: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub inputmode: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub pattern: String,
    /// The text of its `label` elements and of `aria-labelledby`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub label: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub aria_label: String,
    /// The text of `aria-describedby`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub described: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub placeholder: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// 0 for none.
    #[serde(skip_serializing_if = "is_zero")]
    pub max_length: u32,
    /// The `size` attribute, 0 for none.
    #[serde(skip_serializing_if = "is_zero")]
    pub size: u32,
    /// It is not empty.
    #[serde(skip_serializing_if = "is_false")]
    pub has_value: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub focused: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub read_only: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub disabled: bool,
    /// Position of the left edge, in CSS pixels.
    #[serde(skip_serializing_if = "is_nought")]
    pub x: i64,
    /// Position of the top edge, in CSS pixels.
    #[serde(skip_serializing_if = "is_nought")]
    pub y: i64,
    #[serde(skip_serializing_if = "is_nought")]
    pub width: i64,
    #[serde(skip_serializing_if = "is_nought")]
    pub height: i64,
    /// Why a user cannot see or reach it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hidden: Vec<Hidden>,
    /// A field of Casdoor's for what is no authenticator's code.
    #[serde(skip_serializing_if = "is_false")]
    pub casdoor_other: bool,
    /// Number of cells that the page draws for a field that is itself transparent or tiny.
    #[serde(skip_serializing_if = "is_zero")]
    pub drawn_cells: u32,
}

/// Why a user cannot see or reach a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hidden {
    /// Its box is empty.
    NoSize,
    /// Its box is smaller than four pixels: a real field behind drawn cells, or a decoy.
    Tiny,
    /// Its box lies outside the page.
    OffScreen,
    /// An ancestor's box, or a clip path, cuts it away.
    Clipped,
    /// Its opacity is next to nothing: a real field over drawn cells, or a decoy.
    Transparent,
    /// Hidden from assistive technology.
    AriaHidden,
    /// An ancestor is inert.
    Inert,
    /// Something else lies over it.
    #[default]
    #[serde(other)]
    Covered,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_false(value: &bool) -> bool {
    !*value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
fn is_zero(value: &u32) -> bool {
    *value == 0
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes references; the lint depends on the target")]
fn is_nought(value: &i64) -> bool {
    *value == 0
}
