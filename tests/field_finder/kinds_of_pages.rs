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
