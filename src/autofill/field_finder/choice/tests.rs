use super::*;
use crate::autofill::field_finder::{FieldDescription, Hidden, Node};
use proptest::prelude::*;

const ORIGIN: &str = "https://portal.example";

fn field(number: usize, change: impl FnOnce(&mut FieldDescription)) -> Node {
    let mut field = FieldDescription {
        number: Some(number),
        input_type: "text".into(),
        width: 200,
        height: 30,
        y: i64::try_from(number).unwrap().saturating_mul(60),
        ..FieldDescription::default()
    };
    change(&mut field);
    Node { kind: NodeKind::Field, field, parent: Some(0), ..Node::default() }
}

/// A form that says nothing about codes: the finder cannot know which of its two fields takes one.
fn page() -> PageDescription {
    let form = Node { kind: NodeKind::Form, names: "step".into(), ..Node::default() };
    let first = field(0, |field| {
        field.id = "alpha".into();
        field.name = "value1".into();
        field.label = "Entry".into();
    });
    let second = field(1, |field| {
        field.id = "beta".into();
        field.name = "value2".into();
        field.label = "Result".into();
    });
    PageDescription { nodes: vec![form, first, second], ..PageDescription::default() }
}

fn chosen() -> RememberedField {
    remember_field(&page(), 6, &[1], ORIGIN).unwrap()
}

fn locate(page: &PageDescription) -> Located {
    locate_field(page, 6, Pointing::Nowhere, Some(&chosen()))
}

fn found(page: &PageDescription) -> Option<Vec<usize>> {
    match locate(page).finding {
        Finding::Field(found) => Some(found.fields),
        _ => None,
    }
}

fn change(page: &mut PageDescription, change: impl FnOnce(&mut FieldDescription)) {
    change(&mut page.nodes[2].field);
}

#[test]
fn fields_are_offered_only_if_the_finder_has_none() {
    let offered = locate_field(&page(), 6, Pointing::Nowhere, None);
    assert!(matches!(offered.finding, Finding::Nothing(_) | Finding::Several(_)), "{offered:?}");
    let mut choices = offered.choices;
    choices.sort();
    assert_eq!(choices, [[0], [1]]);
    let mut clear = page();
    change(&mut clear, |field| field.label = "Code from your authenticator app".into());
    let located = locate_field(&clear, 6, Pointing::Nowhere, None);
    assert!(matches!(&located.finding, Finding::Field(found) if found.fields == [1]), "{located:?}");
    assert_eq!(located.choices, Vec::<Vec<usize>>::new());
    assert_eq!(locate_field(&page(), 6, Pointing::Caret, None).choices, Vec::<Vec<usize>>::new());
}

#[test]
fn a_chosen_field_is_used_on_the_next_visit() {
    assert_eq!(found(&page()), Some(vec![1]));
    assert!(!locate(&page()).forgets);
    // A field inserted before it moves it and changes its number.
    let mut moved = page();
    moved.nodes.insert(1, field(2, |field| field.name = "new".into()));
    assert_eq!(found(&moved), Some(vec![1]));
}

/// Returns the field that is filled if a field has the focus, and whether the remembered one is forgotten.
fn pointed(page: &PageDescription, focused: Option<usize>, pointing: Pointing) -> (Option<Vec<usize>>, bool) {
    let mut page = page.clone();
    if let Some(focused) = focused {
        page.nodes[focused.saturating_add(1)].field.focused = true;
    }
    let located = locate_field(&page, 6, pointing, Some(&chosen()));
    let fields = if let Finding::Field(found) = located.finding { Some(found.fields) } else { None };
    (fields, located.forgets)
}

#[test]
fn the_shortcut_and_the_context_menu_use_the_chosen_field_too() {
    let chosen = (Some(vec![1]), false);
    for focused in [None, Some(0), Some(1)] {
        assert_eq!(pointed(&page(), focused, Pointing::Caret), chosen, "{focused:?}: pages place the caret themselves");
    }
    // A field that is likely enough on its own is filled where the caret is.
    let mut clear = page();
    clear.nodes[1].field.label = "Code from your authenticator app".into();
    assert_eq!(pointed(&clear, Some(0), Pointing::Caret), (Some(vec![0]), false));
    assert_eq!(pointed(&clear, None, Pointing::Caret), chosen, "the choice comes before what the finder would choose");

    // The field whose context menu was opened comes first, unless it cannot take a code.
    assert_eq!(pointed(&page(), Some(0), Pointing::Focus), (Some(vec![0]), false));
    assert_eq!(pointed(&page(), Some(1), Pointing::Focus), chosen);
    let mut user = page();
    (user.nodes[1].field.label, user.nodes[1].field.name) = ("User name".into(), "username".into());
    assert_eq!(pointed(&user, Some(0), Pointing::Focus), chosen);
}

#[test]
fn a_chosen_field_that_no_longer_fits_is_not_used_by_the_shortcut() {
    let mut card = page();
    change(&mut card, |field| field.label = "Card number".into());
    assert!(pointed(&card, None, Pointing::Caret).1);
    assert_eq!(pointed(&card, Some(1), Pointing::Caret), (None, true));
    assert_eq!(pointed(&card, Some(1), Pointing::Focus), (None, false), "the message is about the clicked field");
    assert_eq!(pointed(&card, Some(0), Pointing::Focus), (Some(vec![0]), false));
}

#[test]
fn a_field_that_no_longer_fits_is_forgotten() {
    let changes: [fn(&mut FieldDescription); 9] = [
        |field| field.hidden = vec![Hidden::OffScreen],
        |field| field.hidden = vec![Hidden::NoSize],
        |field| field.disabled = true,
        |field| field.input_type = "checkbox".into(),
        |field| field.max_length = 2,
        |field| (field.input_type, field.label) = ("password".into(), "Password".into()),
        |field| field.label = "Card number".into(),
        |field| field.label = "User name".into(),
        |field| (field.id, field.name, field.label) = ("x".into(), "y".into(), "z".into()),
    ];
    for (number, alter) in changes.into_iter().enumerate() {
        let mut altered = page();
        change(&mut altered, alter);
        let located = locate(&altered);
        assert!(located.forgets && !matches!(located.finding, Finding::Field(_)), "{number}: {located:?}");
    }
    assert!(locate(&PageDescription::default()).forgets);
}

#[test]
fn a_remembered_field_is_not_used_where_a_code_was_sent() {
    let mut sent = page();
    let text = Node {
        kind: NodeKind::Heading,
        text: "We sent a verification code by text message to +1 *** 34. Enter the code.".into(),
        parent: Some(0),
        ..Node::default()
    };
    sent.nodes.insert(1, text);
    sent.nodes.truncate(3);
    sent.nodes[2].field.label = "Code".into();
    let remembered = remember_field(&sent, 6, &[0], ORIGIN).unwrap();
    for pointing in [Pointing::Nowhere, Pointing::Caret, Pointing::Focus] {
        let located = locate_field(&sent, 6, pointing, Some(&remembered));
        assert_eq!(located, Located { finding: Finding::CodeWasSent, choices: Vec::new(), forgets: false });
    }
}

#[test]
fn only_a_field_that_can_take_a_code_is_remembered() {
    assert_eq!(remember_field(&page(), 6, &[7], ORIGIN), None);
    assert_eq!(remember_field(&page(), 6, &[], ORIGIN), None);
    assert_eq!(remember_field(&page(), 6, &[0, 1], ORIGIN), None);
    let mut card = page();
    change(&mut card, |field| field.label = "Card number".into());
    assert_eq!(remember_field(&card, 6, &[1], ORIGIN), None);
}

#[test]
fn what_is_remembered_is_bounded() {
    let mut long = page();
    change(&mut long, |field| {
        field.id = "i".repeat(5_000);
        field.name = "n".repeat(5_000);
        field.label = "é ".repeat(5_000);
    });
    long.nodes[0].names = "f".repeat(5_000);
    let remembered = remember_field(&long, 6, &[1], ORIGIN).unwrap();
    assert!(serde_json::to_string(&remembered).unwrap().len() < 1_000);
    assert!(!locate_field(&long, 6, Pointing::Nowhere, Some(&remembered)).forgets);
}

proptest! {
    #[test]
    fn one_changed_attribute_does_not_lose_the_field(which in 0..4_usize, text in "[a-z]{3,12}") {
        let mut changed = page();
        change(&mut changed, |field| match which {
            0 => field.id = format!("r-{text}"),
            1 => field.name = format!("n-{text}"),
            2 => field.autocomplete = "off".into(),
            _ => field.label = format!("zz{text}"),
        });
        let located = locate(&changed);
        if let Finding::Field(found) = &located.finding {
            prop_assert_eq!(&found.fields, &[1]);
        } else {
            // The random letters may form a word that excludes the field.
            prop_assert!(located.forgets);
            prop_assert!(which != 2);
        }
    }

    /// A code is typed only into a field that the user could also choose now, however the page has changed.
    #[test]
    fn a_mutated_page_gets_the_code_only_where_it_may_be_typed(
        ids in prop::collection::vec("(alpha|beta|card|user|)", 3),
        names in prop::collection::vec("(value1|value2|username|cc-number|)", 3),
        labels in prop::collection::vec("(Entry|Result|Card number|User name|Password|)", 3),
        kinds in prop::collection::vec("(text|password|email|checkbox|tel)", 3),
        hidden in prop::collection::vec(any::<bool>(), 3),
    ) {
        let form = Node { kind: NodeKind::Form, names: "step".into(), ..Node::default() };
        let mut mutated = PageDescription { nodes: vec![form], ..PageDescription::default() };
        for number in 0..3 {
            mutated.nodes.push(field(number, |field| {
                field.id.clone_from(&ids[number]);
                field.name.clone_from(&names[number]);
                field.label.clone_from(&labels[number]);
                field.input_type.clone_from(&kinds[number]);
                field.hidden = if hidden[number] { vec![Hidden::Clipped] } else { Vec::new() };
            }));
        }
        if let Finding::Field(found) = locate(&mutated).finding {
            let number = found.fields[0];
            prop_assert!(!hidden[number]);
            prop_assert!(!["email", "checkbox", "password"].contains(&kinds[number].as_str()));
            prop_assert!(!["Card number", "User name", "Password"].contains(&labels[number].as_str()));
            let same = [ids[number] == "beta", names[number] == "value2", labels[number] == "Result", number == 1];
            let agreeing = same.into_iter().filter(|same| *same).count();
            prop_assert!(agreeing >= 2, "{mutated:?}");
        }
    }
}
