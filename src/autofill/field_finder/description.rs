//! The description of a page that a content script sends: its fields and the texts around them, as a tree in document
//! order.

use serde::{Deserialize, Serialize};

/// Maximum number of nodes that are read; further nodes are ignored. The content script sends fewer.
pub const MAX_NODES: usize = 4000;

/// The description of a page by `content/page_description.js`. All its content comes from the page, so none of it can
/// be trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PageDescription {
    /// The document's title.
    pub title: String,
    /// The document's language, such as `de`. It is often wrong, so it only selects which ambiguous words count.
    pub lang: String,
    /// The boxes, texts and fields in document order, so that each parent comes before its children.
    pub nodes: Vec<Node>,
}

/// One box, text or field of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Node {
    /// The kind of node.
    #[serde(rename = "k")]
    pub kind: NodeKind,
    /// The index of the box that contains the node.
    #[serde(rename = "p", skip_serializing_if = "Option::is_none")]
    pub parent: Option<usize>,
    /// The content of a text node.
    #[serde(rename = "t", skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// The id, name and class of a box.
    #[serde(rename = "n", skip_serializing_if = "String::is_empty")]
    pub names: String,
    /// The number of the field that a label belongs to.
    #[serde(rename = "for", skip_serializing_if = "Option::is_none")]
    pub label_for: Option<usize>,
    /// True for a button that submits its form.
    #[serde(skip_serializing_if = "is_false")]
    pub submits: bool,
    /// The properties of a field; empty for other nodes.
    #[serde(flatten)]
    pub field: FieldDescription,
}

/// The kinds of [`Node`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "named after the elements and roles of HTML and ARIA")]
pub enum NodeKind {
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

/// An input field or another control. The content script limits the lengths of the texts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "named after the attributes of HTML")]
pub struct FieldDescription {
    /// The number by which the content script finds the field again.
    #[serde(rename = "field", skip_serializing_if = "Option::is_none")]
    pub number: Option<usize>,
    /// The type of an input, the element name of another control, or `editable` for editable text.
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    pub input_type: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub class: String,
    /// The value of `data-testid` or a similar attribute.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub test_id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub autocomplete: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub inputmode: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub pattern: String,
    /// The text of the field's `label` elements and of the elements that `aria-labelledby` names.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub label: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub aria_label: String,
    /// The text of the elements that `aria-describedby` names.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub described: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub placeholder: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// The `maxlength` attribute, 0 if absent.
    #[serde(skip_serializing_if = "is_zero")]
    pub max_length: u32,
    /// The `size` attribute, 0 if absent.
    #[serde(skip_serializing_if = "is_zero")]
    pub size: u32,
    /// True if the field is not empty.
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
    /// The reasons why a user cannot see or reach the field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hidden: Vec<Hidden>,
    /// True for fields of Casdoor's own forms that do not take an authenticator's code.
    #[serde(skip_serializing_if = "is_false")]
    pub casdoor_other: bool,
    /// Number of cells that the page draws for a single field that is itself transparent or tiny.
    #[serde(skip_serializing_if = "is_zero")]
    pub drawn_cells: u32,
}

/// The reasons why a user cannot see or reach a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hidden {
    /// The field's box has no area.
    NoSize,
    /// The field's box is smaller than four pixels: either a real field behind drawn cells, or a decoy.
    Tiny,
    /// The field's box is outside the page.
    OffScreen,
    /// An ancestor's box or a clip path hides the field.
    Clipped,
    /// The field is almost transparent: either a real field over drawn cells, or a decoy.
    Transparent,
    /// The field is hidden from assistive technology.
    AriaHidden,
    /// An ancestor of the field is inert.
    Inert,
    /// Another element covers the field.
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
