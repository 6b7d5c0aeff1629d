//! One test for each kind of field or text that was once misread.

use super::*;

/// Returns true if a page with these nodes is filled in field 0.
fn is_filled(nodes: Vec<Node>) -> bool {
    is_filled_with_title("", nodes)
}

fn is_filled_with_title(title: &str, nodes: Vec<Node>) -> bool {
    let described = PageDescription { title: title.into(), ..page(nodes) };
    matches!(find_field(&described, 6, Pointing::Nowhere), Finding::Field(found) if found.fields == [0])
}

#[test]
fn the_address_of_the_user_is_not_where_a_code_was_sent() {
    let with = |said: &str| {
        vec![
            text(NodeKind::Heading, "Multi-factor authentication"),
            text(NodeKind::Text, said),
            input(0, |field| {
                field.label = "MFA code".into();
                field.max_length = 6;
            }),
        ]
    };
    assert!(is_filled(with("Email address: ops@heron.test")));
    assert!(!is_filled(with("Check your e-mail ops@heron.test")));
    assert!(!is_filled(with("Email address that we sent the code to: ops@heron.test")));
}

#[test]
fn a_mobile_app_is_not_a_text_message() {
    for said in [
        "Enter the code from your Steam Mobile App",
        "Introduce el código de la aplicación móvil",
        "Code aus der Handy-App",
        "输入手机应用中的验证码",
        "スマホアプリの認証コードを入力してください",
        "Введите код из мобильного приложения",
    ] {
        let nodes = vec![text(NodeKind::Heading, said), labeled(0, "")];
        assert!(is_filled(nodes), "{said}");
    }
    let sent = vec![text(NodeKind::Heading, "Enter the code that we sent to your mobile"), labeled(0, "")];
    assert!(!is_filled(sent));
}

#[test]
fn the_app_that_the_user_set_up_is_not_lost() {
    let with = |said: &str| vec![text(NodeKind::Text, said), labeled(0, "Code")];
    assert!(is_filled(with("You'll find it in the authenticator app that you set up.")));
    assert!(!is_filled(with("Set up an authenticator app to protect your account.")));
}

#[test]
fn the_title_of_the_document_says_what_a_code_is_for() {
    let nodes = || {
        vec![input(0, |field| {
            field.placeholder = "Code".into();
            field.max_length = 6;
        })]
    };
    assert!(is_filled_with_title("Two-factor authentication | Harbour", nodes()));
    assert!(!is_filled_with_title("Your basket | Harbour", nodes()));
    let mut sent = nodes();
    sent.insert(0, text(NodeKind::Text, "We sent a code to your e-mail address."));
    assert!(!is_filled_with_title("Two-factor authentication | Harbour", sent));
}

#[test]
fn a_label_outweighs_a_name_without_meaning() {
    let named_q = |label: &str| {
        vec![input(0, |field| {
            field.label = label.into();
            field.id = "q".into();
        })]
    };
    assert!(is_filled(named_q("Authenticator code")));
    assert!(!is_filled(named_q("Code")));
}

#[test]
fn a_second_factor_in_a_sign_in_form_needs_no_word_for_a_code() {
    let form = |label: &str| {
        vec![
            labeled(1, "User name"),
            input(2, |field| {
                field.label = "Password".into();
                field.input_type = "password".into();
            }),
            labeled(0, label),
        ]
    };
    assert!(is_filled(form("Second factor (if set up)")));
    assert!(is_filled(form("MFA")));
    assert!(!is_filled(form("Second name")));
    assert!(!is_filled(vec![labeled(0, "Require 2FA for"), labeled(1, "Grace period (days)")]));
}

#[test]
fn settings_of_one_time_passwords_are_not_codes() {
    for label in
        ["Number of digits", "OTP issuer name", "OTP token period", "Aussteller des Einmalpassworts", "Émetteur OTP"]
    {
        let nodes = vec![
            text(NodeKind::Heading, "One-time password policy"),
            input(0, |field| {
                field.label = label.into();
                field.name = "otp_setting".into();
            }),
            text(NodeKind::Button, "Save"),
        ];
        assert!(!is_filled(nodes), "{label}");
    }
}

#[test]
fn an_answer_to_a_security_question_is_not_a_code() {
    for (question, label) in [
        ("What was the name of your first pet?", "Answer"),
        ("Wie lautet der Mädchenname Ihrer Mutter?", "Antwort"),
        ("Quel est le nom de votre animal de compagnie ?", "Réponse"),
        ("秘密の質問にお答えください", "答え"),
    ] {
        let nodes = vec![
            text(NodeKind::Heading, "Two-step verification"),
            text(NodeKind::Text, question),
            input(0, |field| {
                field.label = label.into();
                field.name = "answer".into();
            }),
        ];
        assert!(!is_filled(nodes), "{question}");
    }
}

#[test]
fn a_field_that_shows_fewer_characters_than_the_code_is_not_filled() {
    let sized = |size: u32| {
        vec![text(NodeKind::Text, "Enter the code from your authenticator app."), input(0, |field| field.size = size)]
    };
    for size in [0, 1, 5, 6, 20] {
        assert!(is_filled(sized(size)), "{size}");
    }
    for size in [2, 3, 4] {
        assert!(!is_filled(sized(size)), "{size}");
    }
}

#[test]
fn a_section_after_the_field_does_not_describe_it() {
    let with = |title: &str| {
        vec![
            text(NodeKind::Heading, "Authenticator app"),
            labeled(0, "Code"),
            text(NodeKind::Button, "Verify"),
            text(NodeKind::Heading, title),
            text(NodeKind::Button, "Send a code to •• 71"),
        ]
    };
    assert!(is_filled(with("Text message")));
    let mut own = with("Text message");
    own.remove(3);
    own.remove(0);
    assert!(!is_filled(own), "without its own heading, the button is for this field");
}

#[test]
fn a_phone_in_a_sentence_is_not_a_call() {
    let with = |said: &str| vec![text(NodeKind::Text, said), labeled(0, "")];
    assert!(is_filled(with(
        "Enter the code from your authenticator app. If you lost your phone, you can enter one of your backup codes."
    )));
    assert!(!is_filled(with("We'll phone you and read out a code.")));
}

#[test]
fn a_hardware_token_is_named_in_many_languages() {
    for label in [
        "Cod generat de token",
        "Код, сгенерированный токеном",
        "A token által mutatott kód",
        "Код, згенерований токеном",
    ] {
        assert!(is_filled(vec![labeled(0, label)]), "{label}");
    }
}

#[test]
fn cells_of_a_code_of_another_length_are_not_filled() {
    let cells = |count: usize, in_line: bool| {
        let mut nodes = vec![
            Node { kind: NodeKind::Form, ..Node::default() },
            text(NodeKind::Heading, "Enter the code from your authenticator app"),
        ];
        nodes.extend((0..count).map(|number| {
            input(number, |field| {
                field.autocomplete = "one-time-code".into();
                let place = i64::try_from(number).unwrap() * 200;
                (field.x, field.y) = if in_line { (place, 0) } else { (0, place) };
            })
        }));
        for node in nodes.iter_mut().skip(1) {
            node.parent = Some(0);
        }
        find_field(&page(nodes), 6, Pointing::Nowhere)
    };
    for in_line in [true, false] {
        assert!(matches!(cells(6, in_line), Finding::Field(found) if found.fields.len() == 6));
        for count in [3, 4, 5] {
            assert_eq!(cells(count, in_line), Finding::Nothing(Vec::new()), "{count}");
        }
        assert!(matches!(cells(1, in_line), Finding::Field(found) if found.fields == [0]));
    }
}

#[test]
fn a_new_code_from_the_app_was_not_sent_again() {
    let with = |said: &str| vec![text(NodeKind::Text, said), labeled(0, "")];
    assert!(is_filled(with("Your session is old. Enter a fresh code from your authenticator.")));
    assert!(!is_filled(with("Enter your authentication code, or request a fresh code.")));
}

#[test]
fn a_field_of_the_length_of_a_code_below_an_app_needs_no_word_for_a_code() {
    let with = |label: &str| {
        vec![
            text(NodeKind::Heading, "Link your authenticator"),
            text(NodeKind::Text, "Scan this, then tell us what it says:"),
            input(0, |field| {
                field.label = label.into();
                field.max_length = 6;
            }),
        ]
    };
    assert!(is_filled(with("")));
    assert!(!is_filled(with("Device name")));
}

#[test]
fn cells_that_only_assistive_technology_skips_belong_to_the_row() {
    let cells = |count: usize| {
        let mut nodes = vec![text(NodeKind::Heading, "Enter the code from your authenticator app")];
        nodes.extend((0..count).map(|number| {
            input(number, |field| {
                field.autocomplete = "one-time-code".into();
                (field.x, field.width) = (i64::try_from(number).unwrap() * 50, 40);
                field.hidden = if number == 0 { Vec::new() } else { vec![Hidden::AriaHidden] };
            })
        }));
        find_field(&page(nodes), 6, Pointing::Nowhere)
    };
    assert!(matches!(cells(6), Finding::Field(found) if found.fields == [0]), "the library distributes the code");
    assert_eq!(cells(4), Finding::Nothing(Vec::new()));
}

#[test]
fn a_label_without_meaning_needs_more_than_a_text_about_the_app() {
    let with = |change: fn(&mut FieldDescription)| {
        vec![
            text(NodeKind::Heading, "Authenticator app"),
            text(NodeKind::Text, "On since 3 May. Codes are 6 digits."),
            input(0, |field| {
                field.label = "From".into();
                change(field);
            }),
        ]
    };
    assert!(!is_filled(with(|_| {})));
    assert!(is_filled(with(|field| field.label = "Code".into())));
    assert!(is_filled(with(|field| field.name = "code".into())));
    assert!(is_filled(with(|field| field.max_length = 6)));
}

#[test]
fn a_pairing_code_that_an_authenticator_shows_is_not_a_one_time_code() {
    let with = |said: &str| vec![text(NodeKind::Text, said), labeled(0, "")];
    assert!(!is_filled(with("Open the authenticator on your old phone and type the pairing code that it shows.")));
    assert!(is_filled(with(
        "Pair your authenticator by scanning the picture above, and then type the code that it shows right here."
    )));
}

#[test]
fn a_word_that_confirms_a_decision_is_not_a_code() {
    let with = |said: &str| {
        vec![
            text(NodeKind::Heading, "Two-factor authentication"),
            text(NodeKind::Text, said),
            input(0, |field| {
                field.name = "confirm".into();
                field.max_length = 7;
            }),
        ]
    };
    assert!(!is_filled(with("To turn off two-factor authentication, type DISABLE below.")));
    assert!(is_filled(with("To turn off two-factor authentication, type the current code.")));
}

#[test]
fn a_field_that_the_script_cannot_find_again_is_not_chosen() {
    let mut nodes = vec![text(NodeKind::Text, "Enter the code from your authenticator app."), labeled(0, "Code")];
    assert!(is_filled(nodes.clone()));
    nodes[1].field.number = None;
    assert_eq!(find_field(&page(nodes), 6, Pointing::Nowhere), Finding::Nothing(Vec::new()));
}

/// The page on which Casdoor sets up an authenticator app shows the key in a field above the cells for the code.
#[test]
fn the_key_that_a_setup_page_shows_is_no_rival_of_the_empty_cells() {
    let described: PageDescription =
        serde_json::from_str(include_str!("../fixtures/field-finder/mfa-setup.json")).unwrap();
    let found = find_field(&described, 6, Pointing::Nowhere);
    assert!(matches!(&found, Finding::Field(found) if found.fields == [1, 2, 3, 4, 5, 6]), "{found:?}");
}

/// Older releases of Casdoor draw the cells without a label, next to a check box "Remember this account".
#[test]
fn the_label_of_a_check_box_does_not_describe_the_cells_beside_it() {
    let mut described: PageDescription =
        serde_json::from_str(include_str!("../fixtures/field-finder/mfa-setup.json")).unwrap();
    for node in &mut described.nodes {
        node.field.aria_label = String::new();
        if node.kind == NodeKind::Fieldset {
            node.kind = NodeKind::Box;
        }
    }
    let found = find_field(&described, 6, Pointing::Nowhere);
    assert!(matches!(&found, Finding::Field(found) if found.fields == [1, 2, 3, 4, 5, 6]), "{found:?}");
    for kind in ["checkbox", "radio", "select"] {
        let mut nodes = vec![text(NodeKind::Heading, "Two-factor authentication")];
        nodes.extend((0..6).map(|number| {
            input(number, |field| (field.max_length, field.width, field.class) = (1, 40, "otp-cell".into()))
        }));
        nodes.push(input(6, |field| {
            (field.input_type, field.hidden) = (kind.into(), vec![Hidden::Transparent]);
        }));
        nodes.push(text(NodeKind::Label, "Do not ask me again on this computer for 30 days"));
        let last = nodes.len() - 1;
        nodes[last].label_for = Some(6);
        let found = find_field(&page(nodes), 6, Pointing::Nowhere);
        assert!(matches!(&found, Finding::Field(found) if found.fields == [0, 1, 2, 3, 4, 5]), "{kind}: {found:?}");
    }
}
