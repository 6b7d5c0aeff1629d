//! Fills pages that consist of one sentence and a field, or of a labeled field. Whole pages have further evidence,
//! which hides a misread sentence.

use super::*;

/// A text from `tests/fixtures/field-finder/sentences.txt`.
struct Said {
    kind: String,
    lang: String,
    text: String,
}

fn said() -> Vec<Said> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/field-finder/sentences.txt");
    let lines = std::fs::read_to_string(path).unwrap();
    let parsed = lines.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let [kind, lang, text] = line.split(" | ").collect::<Vec<_>>()[..] else { panic!("{line}") };
        Said { kind: kind.into(), lang: lang.into(), text: text.into() }
    });
    parsed.collect()
}

fn is_filled(said: &Said) -> bool {
    let nodes = match said.kind.split(' ').next() {
        Some("sentence") => vec![
            text(NodeKind::Heading, "BRAND"),
            text(NodeKind::Text, &said.text),
            input(0, |field| field.max_length = 6),
            Node { submits: true, ..text(NodeKind::Button, "OK") },
        ],
        // A field whose name and heading suggest an authenticator must not be filled if its label says otherwise.
        _ if said.kind == "label no" => {
            let named = input(0, |field| {
                field.label.clone_from(&said.text);
                field.name = "otp".into();
            });
            vec![text(NodeKind::Heading, "2FA"), named]
        }
        _ => vec![labeled(0, &said.text)],
    };
    let described = PageDescription { lang: said.lang.clone(), ..page(nodes) };
    matches!(find_field(&described, 6, Pointing::Nowhere), Finding::Field(_))
}

fn misread(kind: &str, least: usize) -> Vec<String> {
    let all: Vec<Said> = said().into_iter().filter(|said| said.kind == kind).collect();
    assert!(all.len() >= least, "{kind}: only {} texts", all.len());
    let wrong = all.into_iter().filter(|said| is_filled(said) != kind.ends_with("yes"));
    wrong.map(|said| format!("{}: {}", said.lang, said.text)).collect()
}

#[test]
fn a_sentence_that_asks_for_the_code_of_an_authenticator_is_enough() {
    assert_eq!(misread("sentence yes", 90), Vec::<String>::new());
}

/// Most of them also name an authenticator: as something to set up later, or to lose.
#[test]
fn a_sentence_that_asks_for_another_code_is_not_filled() {
    assert_eq!(misread("sentence no", 60), Vec::<String>::new());
}

#[test]
fn a_label_that_names_an_authenticator_is_enough() {
    assert_eq!(misread("label yes", 110), Vec::<String>::new());
}

#[test]
fn a_label_for_a_code_that_was_sent_outweighs_names_and_headings() {
    assert_eq!(misread("label no", 55), Vec::<String>::new());
}
