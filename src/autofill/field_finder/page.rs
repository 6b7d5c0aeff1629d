//! A description as a tree that can be asked.

use std::collections::HashMap;

use super::description::{Field, Kind, MAX_NODES, Node, PageDescription};
use super::lexicon::Language;
use super::reading::{Signs, read, read_name};

/// A page whose nodes were checked: each parent comes before its children.
pub(super) struct Page<'a> {
    nodes: &'a [Node],
    parents: Vec<Option<usize>>,
    /// For each node the number after its last descendant.
    ends: Vec<usize>,
    signs: Vec<Signs>,
    /// For each field what its labels say, and what its name and id say.
    fields: Vec<(Signs, Signs)>,
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
        let mut known: HashMap<&str, Signs> = HashMap::new();
        let mut read_once = |text: &'a str| *known.entry(text).or_insert_with(|| read(text, language));
        let signs = nodes
            .iter()
            .map(|node| {
                if node.kind == Kind::Field || node.text.is_empty() { Signs::default() } else { read_once(&node.text) }
            })
            .collect();
        let own = |node: &Node| {
            (read_labels(&node.field, language), read_name(&format!("{} {}", node.field.name, node.field.id)))
        };
        let fields = nodes
            .iter()
            .map(|node| if node.kind == Kind::Field { own(node) } else { <(Signs, Signs)>::default() })
            .collect();
        Self { nodes, parents, ends, signs, fields, language }
    }

    pub(super) fn node(&self, number: usize) -> Option<&'a Node> {
        self.nodes.get(number)
    }

    pub(super) fn field(&self, number: usize) -> Option<&'a Field> {
        self.node(number).filter(|node| node.kind == Kind::Field).map(|node| &node.field)
    }

    /// What the labels of a field say, and what its name and id say.
    pub(super) fn own_signs(&self, number: usize) -> (Signs, Signs) {
        self.fields.get(number).copied().unwrap_or_default()
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The numbers of all fields.
    pub(super) fn fields(&self) -> impl Iterator<Item = usize> + '_ {
        self.nodes.iter().enumerate().filter(|(_, node)| node.kind == Kind::Field).map(|(number, _)| number)
    }

    /// What a text of this page says that is no node of its own.
    pub(super) fn read(&self, text: &str) -> Signs {
        read(text, self.language)
    }

    /// What a text says.
    pub(super) fn signs(&self, number: usize) -> Signs {
        self.signs.get(number).copied().unwrap_or_default()
    }

    /// The boxes around a node, from the innermost.
    pub(super) fn ancestors(&self, number: usize) -> impl Iterator<Item = usize> + '_ {
        let parent = |number: usize| self.parents.get(number).copied().flatten();
        std::iter::successors(parent(number), move |number| parent(*number))
    }

    /// `inner` is in `outer`.
    pub(super) fn contains(&self, outer: usize, inner: usize) -> bool {
        outer < inner && self.ends.get(outer).is_some_and(|end| inner < *end)
    }

    /// How many boxes two nodes have around them together.
    pub(super) fn common_depth(&self, one: usize, other: usize) -> usize {
        self.ancestors(one).filter(|outer| self.contains(*outer, other)).count()
    }
}

fn read_labels(field: &Field, language: Language) -> Signs {
    let mut signs = Signs::default();
    for text in [&field.label, &field.aria_label, &field.placeholder, &field.title] {
        if text.chars().any(char::is_alphabetic) {
            signs.join(read(text, language));
        }
    }
    signs
}
