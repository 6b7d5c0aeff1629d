//! Properties of the result that hold for every description, including those that no real page has.

use super::*;
use casdoor_authenticator::autofill::field_finder::MAX_NODES;
use proptest::prelude::*;

#[test]
fn nodes_beyond_the_limit_do_not_change_the_result() {
    let row = |number: usize| input(number, |field| field.name = format!("row{number}"));
    let mut nodes = vec![text(NodeKind::Text, "Enter the code from your authenticator app."), labeled(0, "Code")];
    nodes.extend((1..MAX_NODES).map(row));
    nodes.truncate(MAX_NODES);
    let within = find_field(&page(nodes.clone()), 6, Pointing::Nowhere);
    nodes.extend((MAX_NODES..MAX_NODES + 1_000).map(row));
    assert_eq!(find_field(&page(nodes), 6, Pointing::Nowhere), within);
    assert!(matches!(within, Finding::Field(found) if found.fields == [0]));
}

/// Descriptions that no content script sends: long texts, deep trees, and texts full of words that matter. The limit is
/// generous, because the machine may be slow and the build is not optimized; without limits, a long text takes minutes.
#[test]
fn hostile_descriptions_are_processed_in_time() {
    let words = "(or app sms code phone sent ";
    let nested = |number: usize| {
        let node =
            if number % 60 == 59 { labeled(number, "Code") } else { text(NodeKind::Text, &format!("code {number}")) };
        Node { parent: number.checked_sub(1), ..node }
    };
    let with = |change: &dyn Fn(&mut FieldDescription)| vec![input(0, |field| change(field))];
    let long = || words.repeat(40_000);
    let pages: Vec<(&str, Vec<Node>)> = vec![
        ("a long text", vec![text(NodeKind::Text, &long()), labeled(0, "Code")]),
        ("a long label", with(&|field| field.label = long())),
        ("a long name", with(&|field| field.name = "user_login_token".repeat(40_000))),
        ("a long id", with(&|field| field.id = "a1b2c3-".repeat(40_000))),
        ("a long placeholder", with(&|field| field.placeholder = "0".repeat(400_000))),
        ("a deep tree", (0..MAX_NODES).map(nested).collect()),
        (
            "many words",
            (0..MAX_NODES / 8)
                .map(|number| text(NodeKind::Text, &format!("{number} {}", words.repeat(8))))
                .chain([labeled(0, "Code")])
                .collect(),
        ),
    ];
    for (name, nodes) in pages {
        let start = Instant::now();
        let _ = find_field(&page(nodes), 6, Pointing::Nowhere);
        assert!(start.elapsed() < Duration::from_secs(60), "{name}: {:?}", start.elapsed());
    }
}

fn any_hidden() -> impl Strategy<Value = Vec<Hidden>> {
    let reasons = prop::sample::select(vec![
        Hidden::NoSize,
        Hidden::OffScreen,
        Hidden::Clipped,
        Hidden::Inert,
        Hidden::AriaHidden,
        Hidden::Covered,
        Hidden::Tiny,
        Hidden::Transparent,
    ]);
    prop_oneof![3 => Just(Vec::new()), 1 => prop::collection::vec(reasons, 1..3)]
}

/// Returns an independent reading of the rule for fields that may be filled if the user did not point at them.
fn can_be_filled(field: &FieldDescription, length: usize) -> bool {
    let is_behind_cells = usize::try_from(field.drawn_cells).unwrap() >= length.min(4);
    let is_seen = field.hidden.iter().all(|reason| match reason {
        Hidden::Tiny | Hidden::Transparent => is_behind_cells,
        Hidden::Covered | Hidden::AriaHidden => field.focused,
        _ => false,
    });
    let takes_text = ["text", "tel", "number", "password"].contains(&field.input_type.as_str());
    takes_text && is_seen && !field.disabled && !(field.read_only && field.has_value)
}

fn any_node() -> impl Strategy<Value = Node> {
    let kinds = prop_oneof![
        Just("field"),
        Just("field"),
        Just("text"),
        Just("label"),
        Just("form"),
        Just("dialog"),
        Just("box"),
        Just("link"),
        Just("button")
    ];
    let words = prop_oneof!["[a-z ]{0,20}", Just("authenticator code".to_owned()), Just("otp".to_owned()), ".{0,30}"];
    let place = (prop::option::of(0_usize..60), -50_i64..400);
    (kinds, place, words.clone(), words, 0_u32..10, any_hidden(), any::<u16>()).prop_map(
        |(kind, (parent, width), one, other, length, hidden, bits)| {
            let field = FieldDescription {
                // The content script numbers every field, but a description is not trusted.
                number: (bits & 0x1800 != 0).then_some(usize::from(bits % 40)),
                hidden,
                disabled: bits & 512 != 0,
                drawn_cells: u32::from(bits >> 13),
                input_type: ["text", "tel", "number", "password", "email", "editable"][usize::from(bits % 6)]
                    .to_owned(),
                name: one.clone(),
                label: other.clone(),
                placeholder: one.clone(),
                max_length: length,
                width,
                height: 30,
                focused: bits & 64 != 0,
                has_value: bits & 128 != 0,
                read_only: bits & 256 != 0,
                y: i64::from(bits % 3) * 40,
                ..FieldDescription::default()
            };
            let kind: NodeKind = serde_json::from_value(kind.into()).unwrap();
            Node { kind, parent, text: other, names: one, label_for: parent, submits: bits & 32 != 0, field }
        },
    )
}

proptest! {
    #[test]
    fn no_description_panics_and_only_described_fields_are_chosen(nodes in prop::collection::vec(any_node(), 0..60), length in 0_usize..12, pointed in any::<bool>()) {
        let described = page(nodes);
        let pointing = if pointed { Pointing::Caret } else { Pointing::Nowhere };
        if let Finding::Field(found) = find_field(&described, length, pointing) {
            prop_assert!(!found.fields.is_empty());
            for number in found.fields {
                let is_there = described.nodes.iter().any(|node| node.kind == NodeKind::Field && node.field.number == Some(number));
                prop_assert!(is_there);
            }
        }
    }

    #[test]
    fn only_one_usable_field_or_row_is_chosen(nodes in prop::collection::vec(any_node(), 0..60), length in 2_usize..10) {
        let mut nodes = nodes;
        for (number, node) in nodes.iter_mut().enumerate() {
            node.field.number = Some(number);
        }
        let described = page(nodes);
        if let Finding::Field(found) = find_field(&described, length, Pointing::Nowhere) {
            prop_assert!(found.fields.len() == 1 || found.fields.len() == length, "{:?}", found.fields);
            let mut distinct = found.fields.clone();
            distinct.dedup();
            prop_assert_eq!(&distinct, &found.fields);
            for number in found.fields {
                let node = &described.nodes[number];
                prop_assert!(node.kind == NodeKind::Field && can_be_filled(&node.field, length), "{:?}", node.field);
            }
        }
    }

    /// The numbers only identify the fields, so they do not affect which one is chosen.
    #[test]
    fn the_numbers_of_fields_do_not_matter(at in any::<prop::sample::Index>(), first in 0_usize..1_000) {
        let cases = recorded("development.jsonl");
        let case = at.get(&cases);
        let renumbered = |number: usize| first + 7 * number;
        let mut described = case.page.clone();
        for node in &mut described.nodes {
            node.field.number = node.field.number.map(renumbered);
            node.label_for = node.label_for.map(renumbered);
        }
        let chosen = |finding: Finding| match finding {
            Finding::Field(found) => Some(found.fields),
            _ => None,
        };
        let expected = chosen(case.find()).map(|fields| fields.into_iter().map(renumbered).collect::<Vec<_>>());
        prop_assert_eq!(chosen(find_field(&described, case.code.len(), Pointing::Nowhere)), expected);
    }

    /// Changes recorded pages: removes, duplicates, swaps and hides nodes.
    #[test]
    fn a_changed_page_gets_a_code_only_where_a_user_sees_a_field(
        at in any::<prop::sample::Index>(),
        changes in prop::collection::vec((0_u8..4, any::<prop::sample::Index>(), any::<prop::sample::Index>()), 0..12),
    ) {
        let cases = recorded("development.jsonl");
        let mut described = at.get(&cases).page.clone();
        for (kind, one, other) in changes {
            if described.nodes.is_empty() {
                break;
            }
            let (one, other) = (one.index(described.nodes.len()), other.index(described.nodes.len()));
            match kind {
                0 => drop(described.nodes.remove(one)),
                1 => described.nodes.insert(one, described.nodes[other].clone()),
                2 => described.nodes.swap(one, other),
                _ => described.nodes[one].field.hidden.push(Hidden::OffScreen),
            }
        }
        if let Finding::Field(found) = find_field(&described, 6, Pointing::Nowhere) {
            for number in found.fields {
                let seen = described.nodes.iter().any(|node| {
                    node.field.number == Some(number) && !node.field.hidden.contains(&Hidden::OffScreen)
                });
                prop_assert!(seen, "field {number}");
            }
        }
    }

    #[test]
    fn any_bytes_are_a_description_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(described) = serde_json::from_slice::<PageDescription>(&bytes) {
            let _ = find_field(&described, 6, Pointing::Nowhere);
        }
    }
}
