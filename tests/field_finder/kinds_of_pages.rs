//! One test for each kind of page that was misread on first contact with `unseen-eleventh.jsonl` to
//! `unseen-fourteenth.jsonl`.

use super::*;

fn is_filled(lang: &str, nodes: Vec<Node>) -> bool {
    let described = PageDescription { lang: lang.into(), ..page(nodes) };
    matches!(find_field(&described, 6, Pointing::Nowhere), Finding::Field(found) if found.fields == [0])
}

fn named(name: &str) -> Node {
    input(0, |field| field.name = name.into())
}

#[test]
fn a_sentence_about_the_app_outweighs_the_name_of_the_field() {
    for name in ["q", "cc", "tan", "vcode", "ref"] {
        let with = |said: &str| vec![text(NodeKind::Text, said), named(name)];
        assert!(is_filled("en", with("Open your authenticator and enter the six digits.")), "{name}");
        assert!(!is_filled("en", with("Enter the six digits.")), "{name}");
    }
}

#[test]
fn an_account_in_a_sentence_about_the_app_is_not_where_a_code_was_sent() {
    let with = |said: &str| vec![text(NodeKind::Text, said), named("code")];
    assert!(is_filled("en", with("Enter the code that your authenticator shows for a***@example.com.")));
    assert!(!is_filled("en", with("Enter the code for a***@example.com.")));
}

#[test]
fn a_choice_between_the_app_and_a_sent_code_is_filled() {
    for (lang, said) in [
        ("en", "Enter the code from your authenticator app or the text message that we sent."),
        ("de", "Geben Sie den Code aus der SMS oder aus Ihrer Authenticator-App ein."),
        ("fr", "Saisissez le code de votre application d’authentification ou du SMS."),
        ("ru", "Введите код из приложения-аутентификатора или из СМС."),
    ] {
        assert!(is_filled(lang, vec![text(NodeKind::Text, said), named("code")]), "{said}");
    }
    for (lang, said) in [
        ("en", "Enter the code that we sent by e-mail or text message."),
        ("de", "Der Code wurde per E-Mail oder SMS verschickt."),
    ] {
        assert!(!is_filled(lang, vec![text(NodeKind::Text, said), named("code")]), "{said}");
    }
}

#[test]
fn a_remark_in_parentheses_does_not_negate_the_label() {
    for (lang, label) in [
        ("zh", "动态口令（未开启可留空）"),
        ("de", "2FA-Code (leer lassen, wenn nicht aktiviert)"),
        ("ja", "ワンタイムパスワード（設定していない場合は不要）"),
    ] {
        let password = input(1, |field| field.input_type = "password".into());
        assert!(is_filled(lang, vec![password, labeled(0, label)]), "{label}");
    }
    assert!(!is_filled("en", vec![labeled(0, "Code from the text message (not from the authenticator app)")]));
}

#[test]
fn a_negation_after_its_word_counts() {
    assert!(is_filled("tr", vec![labeled(0, "Doğrulayıcı uygulama kodu")]));
    assert!(!is_filled("tr", vec![labeled(0, "Yedek kod (doğrulayıcı uygulama kodu değil)")]));
}

#[test]
fn fields_that_differ_only_in_a_number_are_cells() {
    let cells = |count: usize, label: &str| {
        let mut nodes = vec![text(NodeKind::Text, label)];
        nodes.extend((0..count).map(|number| input(number, |field| field.name = format!("d{number}"))));
        match find_field(&page(nodes), 6, Pointing::Nowhere) {
            Finding::Field(found) => found.fields.len(),
            _ => 0,
        }
    };
    assert_eq!(cells(6, "Enter the code from your authenticator app"), 6);
    assert_eq!(cells(6, "Pick your lottery numbers"), 0);
}

#[test]
fn words_with_spaces_in_them_are_read() {
    let with = |said: &str| vec![text(NodeKind::Text, said), named("tfa_token")];
    assert!(is_filled("ja", with("アカウントの セキュリティ コード を入力してください。")));
    assert!(!is_filled("ja", with("SMS で セキュリティ コード をお送りしました。")));
}

#[test]
fn a_console_that_asks_only_for_a_verification_code_is_filled() {
    let console = |label: &str, input_type: &str| {
        vec![input(0, |field| {
            field.label = label.into();
            field.input_type = input_type.into();
        })]
    };
    assert!(is_filled("en", console("Verification code:", "password")));
    assert!(!is_filled("en", console("Verification code:", "text")));
    assert!(!is_filled("en", console("PIN:", "password")));
}

#[test]
fn the_app_on_a_phone_is_not_a_code_by_phone() {
    let with =
        |legend: &str| vec![text(NodeKind::Heading, "Two-factor login"), text(NodeKind::Legend, legend), named("code")];
    assert!(is_filled("en", with("App on your phone")));
    assert!(!is_filled("en", with("Phone number")));
}

#[test]
fn the_key_of_an_authenticator_is_not_its_code() {
    for (lang, label) in [
        ("en", "Authenticator key (TOTP)"),
        ("de", "Authentifizierungsschlüssel (TOTP)"),
        ("fr", "Clé Authenticator (TOTP)"),
        ("ru", "Ключ аутентификатора (TOTP)"),
        ("ja", "認証キー (TOTP)"),
    ] {
        assert!(!is_filled(lang, vec![labeled(0, label)]), "{label}");
    }
    assert!(is_filled("en", vec![labeled(0, "Authenticator code (TOTP)")]));
}

#[test]
fn a_field_for_another_user_is_not_filled_on_a_page_about_an_authenticator() {
    let with = |said: &str| vec![text(NodeKind::Text, said), named("code")];
    assert!(!is_filled("en", with("Type the employee's user ID to remove their authenticator app.")));
    let labeled = input(0, |field| {
        field.name = "code".into();
        field.label = "Matricule de l’agent".into();
    });
    assert!(!is_filled("fr", vec![text(NodeKind::Heading, "Réinitialiser l’authentificateur"), labeled]));
}

#[test]
fn a_link_for_a_missing_code_does_not_outweigh_the_app() {
    let with = |said: &str| {
        vec![text(NodeKind::Text, said), labeled(0, "Enter OTP"), text(NodeKind::Link, "Didn't receive the OTP?")]
    };
    assert!(is_filled("en", with("Enter the one-time password generated by your authenticator app.")));
    assert!(!is_filled("en", with("Enter your one-time password.")));
}

#[test]
fn other_ways_to_sign_in_are_offers_and_not_channels() {
    let with = |said: &str| {
        vec![
            text(NodeKind::Heading, "Zwei-Faktor-Authentifizierung"),
            labeled(0, "Bestätigungscode"),
            text(NodeKind::Text, said),
        ]
    };
    assert!(is_filled("de", with("Andere Methode wählen: Backup-Codes, Bestätigung per E-Mail")));
    assert!(!is_filled("de", with("Bestätigung per E-Mail")));
}

#[test]
fn a_code_that_belongs_to_a_user_is_not_the_user_code_of_a_device() {
    let named = |name: &str| {
        vec![
            text(NodeKind::Heading, "Two-factor authentication"),
            input(0, |field| {
                field.label = "Code".into();
                field.name = name.into();
                field.id = "user_code".into();
            }),
        ]
    };
    assert!(is_filled("en", named("user[code]")));
    assert!(!is_filled("en", named("user_code")));
}

#[test]
fn a_recovery_code_may_be_one_of_two_codes() {
    for (lang, said, is_either) in [
        ("en", "Enter the code from your device or one of your backup codes.", true),
        ("en", "Enter one of your backup codes.", false),
        ("fr", "Entrez le code de votre appareil ou l’un de vos codes de récupération.", true),
        ("ja", "デバイスのコード、またはバックアップコードを入力してください。", true),
        ("ja", "バックアップコードを入力してください。", false),
    ] {
        let nodes = vec![
            text(NodeKind::Heading, "2FA"),
            text(NodeKind::Text, said),
            input(0, |field| {
                field.label = "Code".into();
                field.name = "code".into();
            }),
        ];
        assert_eq!(is_filled(lang, nodes), is_either, "{said}");
    }
}

#[test]
fn a_warning_about_messages_does_not_say_that_a_code_was_sent() {
    let with = |said: &str| {
        vec![
            text(NodeKind::Text, said),
            input(0, |field| {
                field.label = "Authenticator code".into();
                field.max_length = 6;
            }),
        ]
    };
    assert!(is_filled("en", with("We will never ask for this code on the phone, by email or in a text message.")));
    assert!(!is_filled(
        "en",
        vec![
            text(NodeKind::Heading, "Two-factor authentication"),
            text(NodeKind::Text, "Never share the code that we texted you."),
            labeled(0, "Code"),
        ]
    ));
}

#[test]
fn a_button_that_pairs_an_authenticator_is_for_its_code() {
    let with = |said: &str, button: &str| {
        vec![
            text(NodeKind::Text, said),
            input(0, |field| field.name = "token".into()),
            Node { submits: true, ..text(NodeKind::Button, button) },
        ]
    };
    assert!(is_filled("en", with("Enter the code that your authenticator app shows.", "Pair a device")));
    assert!(!is_filled("en", with("Enter the pairing code for two-factor authentication.", "Pair a device")));
}

#[test]
fn a_phone_number_and_a_filter_are_not_codes() {
    let number = vec![
        text(NodeKind::Heading, "Add a phone number"),
        text(NodeKind::Text, "It is a backup for the codes of your authenticator app."),
        input(0, |field| {
            field.input_type = "tel".into();
            field.name = "number".into();
        }),
    ];
    assert!(!is_filled("en", number));
    let filter = vec![
        text(NodeKind::Text, "Filter by factor: authenticator app, security key, text message."),
        input(0, |field| {
            field.name = "filter".into();
            field.placeholder = "Code, user or address".into();
        }),
    ];
    assert!(!is_filled("en", filter));
}

#[test]
fn names_of_products_and_standards_name_an_authenticator() {
    for label in ["Second factor (RFC 6238)", "Symantec VIP security code", "Token code", "FortiToken Code"] {
        assert!(
            is_filled(
                "en",
                vec![input(0, |field| {
                    field.label = label.into();
                    field.max_length = 6;
                })]
            ),
            "{label}"
        );
    }
    let forum = |heading: &str| {
        vec![
            text(NodeKind::Heading, heading),
            input(0, |field| {
                field.label = "Authentication key:".into();
                field.name = "authenticate".into();
                field.size = 6;
            }),
        ]
    };
    assert!(is_filled("en", forum("Two factor authentication has been enabled on this account.")));
    assert!(!is_filled("en", forum("SSH access")));
}

#[test]
fn equal_parts_of_a_code_are_found_together() {
    let with = |placeholders: &[&str], size: u32| {
        let mut nodes = vec![text(NodeKind::Text, "Enter the code from your authenticator app")];
        nodes.extend(placeholders.iter().enumerate().map(|(number, placeholder)| {
            input(number, |field| {
                field.name = format!("part{number}");
                field.placeholder = (*placeholder).to_owned();
                (field.max_length, field.width) = (size, 50);
            })
        }));
        page(nodes)
    };
    let found = |described: PageDescription, length| match find_field(&described, length, Pointing::Nowhere) {
        Finding::Field(found) => found.fields,
        _ => Vec::new(),
    };
    assert_eq!(found(with(&["", ""], 3), 6), [0, 1]);
    assert_eq!(found(with(&["000", "000"], 3), 6), [0, 1]);
    assert_eq!(found(with(&["", "", ""], 2), 6), [0, 1, 2]);
    assert_eq!(found(with(&["", ""], 4), 8), [0, 1]);
    assert_eq!(found(with(&["DD", "MM", "YY"], 2), 6), [0; 0], "a date");
    assert_eq!(found(with(&["", "", ""], 3), 6), [0; 0], "more parts than the code has");
    assert_eq!(found(with(&["", ""], 3), 8), [0; 0], "a longer code");
    let mut phone = with(&["", ""], 3);
    phone.nodes.push(input(2, |field| (field.max_length, field.width) = (4, 60)));
    assert_eq!(found(phone, 6), [0; 0], "a phone number");
}

#[test]
fn a_label_that_names_the_app_and_a_recovery_code_asks_for_either() {
    let with = |said: &str| {
        let nodes = vec![labeled(0, said), text(NodeKind::Button, "OK")];
        find_field(&page(nodes), 6, Pointing::Nowhere)
    };
    for said in ["TOTP or recovery code", "Authenticator or scratch code", "Authenticator code or a spare code"] {
        assert!(matches!(with(said), Finding::Field(_)), "{said}");
    }
    for said in ["Recovery code, to remove your authenticator", "Backup code instead of your authenticator"] {
        assert!(!matches!(with(said), Finding::Field(_)), "{said}");
    }
}
