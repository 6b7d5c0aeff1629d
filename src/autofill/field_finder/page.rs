//! A page's description as a tree, with precomputed indexes for the field finder's lookups.

use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};

use super::description::{FieldDescription, MAX_NODES, Node, NodeKind, PageDescription};
use super::groups::{is_text_field, is_visible_text_field};
use super::lexicon::Language;
use super::reading::{Sign, Signs, read, read_name, without_owner};

/// Maximum number of boxes around a node that are considered. The content script describes fewer.
const MAX_DEPTH: usize = 130;

/// The tree of a page. Its constructor drops parents that do not come before their children.
pub(super) struct Page<'a> {
    title: &'a str,
    nodes: &'a [Node],
    parents: Vec<Option<usize>>,
    /// For each node, the index after its last descendant.
    ends: Vec<usize>,
    /// The signs in each text, computed on first use.
    signs: Vec<OnceCell<Signs>>,
    /// For each field, the signs in its labels and those in its name and id, computed on first use.
    fields: Vec<OnceCell<(Signs, Signs)>>,
    /// The numbers of the text fields that a user can see.
    separate: HashSet<usize>,
    /// For each node, whether it is a text of at most three words.
    short: Vec<bool>,
    /// For each node, the numbers of text fields and of links and menus in it.
    inside: Vec<(u16, u16)>,
    /// A cache of the signs in each distinct text, because tables repeat the same texts.
    known: RefCell<HashMap<&'a str, Signs>>,
    language: Language,
}

impl<'a> Page<'a> {
    pub(super) fn new(description: &'a PageDescription) -> Self {
        let nodes = description.nodes.get(..MAX_NODES).unwrap_or(&description.nodes);
        let parents: Vec<Option<usize>> =
            nodes.iter().enumerate().map(|(number, node)| node.parent.filter(|parent| *parent < number)).collect();
        let mut ends: Vec<usize> = (0..nodes.len()).map(|number| number.saturating_add(1)).collect();
        for number in (0..nodes.len()).rev() {
            let end = ends.get(number).copied().unwrap_or(number);
            if let Some(parent) = parents.get(number).copied().flatten()
                && let Some(outer) = ends.get_mut(parent)
            {
                *outer = (*outer).max(end);
            }
        }
        let language = Language::of(&description.lang);
        let inside = count_inside(nodes, &parents);
        let is_separate =
            |node: &&Node| node.kind == NodeKind::Field && (is_visible_text_field(node) || !is_text_field(node));
        let separate = nodes.iter().filter(is_separate).filter_map(|node| node.field.number).collect();
        let short = nodes.iter().map(|node| node.kind == NodeKind::Text && is_short(&node.text)).collect();
        let (signs, fields) = (
            std::iter::repeat_with(OnceCell::new).take(nodes.len()).collect(),
            std::iter::repeat_with(OnceCell::new).take(nodes.len()).collect(),
        );
        let (title, known) = (description.title.as_str(), RefCell::default());
        Self { title, nodes, parents, ends, signs, fields, separate, short, inside, known, language }
    }

    /// Returns the signs in the document's title.
    pub(super) fn title_signs(&self) -> Signs {
        self.read_once(self.title)
    }

    pub(super) fn node(&self, number: usize) -> Option<&'a Node> {
        self.nodes.get(number)
    }

    pub(super) fn field(&self, number: usize) -> Option<&'a FieldDescription> {
        self.node(number).filter(|node| node.kind == NodeKind::Field).map(|node| &node.field)
    }

    /// Returns the signs in a field's labels, and those in its name and id.
    pub(super) fn own_signs(&self, number: usize) -> (Signs, Signs) {
        let (Some(known), Some(field)) = (self.fields.get(number), self.field(number)) else {
            return Default::default();
        };
        // Frameworks derive the id from the name: `user_code` from `user[code]`.
        let is_derived = field.name.contains('[') && flat(&field.name) == flat(&field.id);
        let id = if is_derived { String::new() } else { chosen_part(&field.id) };
        let own = || (self.read_labels(field), read_name(&format!("{} {id}", without_owner(&field.name))));
        *known.get_or_init(own)
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Returns the indexes of all fields.
    pub(super) fn fields(&self) -> impl Iterator<Item = usize> + '_ {
        self.nodes.iter().enumerate().filter(|(_, node)| node.kind == NodeKind::Field).map(|(number, _)| number)
    }

    /// Returns the signs in a text, and reads each distinct text only once.
    pub(super) fn read_once(&self, text: &'a str) -> Signs {
        *self.known.borrow_mut().entry(text).or_insert_with(|| read(text, self.language))
    }

    fn read_labels(&self, field: &'a FieldDescription) -> Signs {
        let mut signs = Signs::default();
        for text in [&field.label, &field.aria_label, &field.placeholder, &field.title] {
            if text.chars().any(char::is_alphabetic) && !is_default_of_a_library(text) && !is_identifier(text) {
                signs.join(self.read_once(text));
            }
        }
        signs
    }

    /// Returns the signs in a node's text.
    pub(super) fn signs(&self, number: usize) -> Signs {
        let texts = self.node(number).filter(|node| node.kind != NodeKind::Field && !node.text.is_empty());
        let (Some(known), Some(node)) = (self.signs.get(number), texts) else { return Signs::default() };
        *known.get_or_init(|| self.read_once(&node.text))
    }

    /// Returns the boxes around a node, starting with the innermost.
    pub(super) fn ancestors(&self, number: usize) -> impl Iterator<Item = usize> + '_ {
        let parent = |number: usize| self.parents.get(number).copied().flatten();
        std::iter::successors(parent(number), move |number| parent(*number)).take(MAX_DEPTH)
    }

    /// Returns true if `inner` is in `outer`.
    pub(super) fn contains(&self, outer: usize, inner: usize) -> bool {
        outer < inner && self.ends.get(outer).is_some_and(|end| inner < *end)
    }

    /// Returns true if the field with this number is a field of its own: a visible text field, or a check box or
    /// another choice, which some libraries hide behind a picture. Only a hidden text field may belong to the cells of
    /// a code.
    pub(super) fn is_separate(&self, field: usize) -> bool {
        self.separate.contains(&field)
    }

    /// Returns true for a text of at most three words that is not a heading, label or button.
    pub(super) fn is_short_text(&self, number: usize) -> bool {
        self.short.get(number).copied().unwrap_or_default()
    }

    /// Returns true if the box contains a visible text field.
    pub(super) fn holds_a_field(&self, number: usize) -> bool {
        self.inside.get(number).is_some_and(|(fields, _)| *fields > 0)
    }

    /// Returns true if the box contains more than one link or menu.
    pub(super) fn holds_a_menu(&self, number: usize) -> bool {
        self.inside.get(number).is_some_and(|(_, entries)| *entries > 1)
    }

    /// Returns the number of boxes that contain both nodes.
    pub(super) fn common_depth(&self, one: usize, other: usize) -> usize {
        self.ancestors(one).filter(|outer| self.contains(*outer, other)).count()
    }
}

fn count_inside(nodes: &[Node], parents: &[Option<usize>]) -> Vec<(u16, u16)> {
    let mut inside = vec![(0_u16, 0_u16); nodes.len()];
    for (number, node) in nodes.iter().enumerate().rev() {
        let own = inside.get(number).copied().unwrap_or_default();
        let field = u16::from(is_visible_text_field(node));
        let entry = u16::from(matches!(node.kind, NodeKind::Navigation | NodeKind::Search | NodeKind::Link));
        if let Some(outer) = parents.get(number).copied().flatten().and_then(|parent| inside.get_mut(parent)) {
            outer.0 = outer.0.saturating_add(own.0).saturating_add(field);
            outer.1 = outer.1.saturating_add(own.1).saturating_add(entry);
        }
    }
    inside
}

fn is_short(text: &str) -> bool {
    text.len() < 112
        && text.split_whitespace().count() < 4
        && text.chars().count() < 28
        && !text.chars().any(super::words::is_unspaced)
}

/// Returns an id without the parts that a library has generated at random, such as `k1xq0abcd`, which mean nothing.
fn chosen_part(id: &str) -> String {
    let changes = |part: &str| {
        let kinds: Vec<bool> = part.chars().map(|letter| letter.is_ascii_digit()).collect();
        kinds.windows(2).filter(|pair| pair.first() != pair.last()).count()
    };
    let is_drawn = |part: &str| part.len() >= 6 && changes(part) >= 2 && !read_name(part).has(Sign::OneTime);
    id.split_inclusive(['-', '_', ':', '.']).filter(|part| !is_drawn(part)).collect()
}

/// Returns a name without the characters that frameworks replace when they derive an id from it.
fn flat(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).collect()
}

/// Returns true for a label that a programmer has copied from the field's name, such as `two_factor_secret`.
fn is_identifier(label: &str) -> bool {
    label.contains('_') && !label.contains(char::is_whitespace)
}

/// Returns true for the default labels of component libraries, which name the component and not the code.
fn is_default_of_a_library(label: &str) -> bool {
    const DEFAULTS: [&str; 4] = ["pin code of", "please enter your pin code", "pininput", "pin input"];
    if label.len() > 60 {
        return false;
    }
    let words = label.split_whitespace().filter(|word| !word.chars().all(|letter| letter.is_ascii_digit()));
    DEFAULTS.contains(&words.collect::<Vec<_>>().join(" ").to_lowercase().as_str())
}
