//! One test for each kind of mistake on pages that have the structure and wording of published sign-in pages.

use super::*;

/// Returns true if a page in this language with these nodes is filled in field 0.
fn is_filled_in(lang: &str, nodes: Vec<Node>) -> bool {
    let described = PageDescription { lang: lang.into(), ..page(nodes) };
    matches!(find_field(&described, 6, Pointing::Nowhere), Finding::Field(found) if found.fields == [0])
}

fn is_filled(nodes: Vec<Node>) -> bool {
    is_filled_in("en", nodes)
}

fn after(lang: &str, said: &str) -> bool {
    is_filled_in(lang, vec![text(NodeKind::Text, said), input(0, |field| field.max_length = 6)])
}

#[test]
fn the_code_that_an_app_gives_was_not_sent() {
    for (lang, said) in [
        ("en", "Type the code that you receive from your authenticator app."),
        ("de", "Erhalten Sie den Code von der Zwei-Faktor-Authentifizierungs-App auf Ihrem Gerät."),
        ("fr", "Récupérez un code à partir de l’application d’authentification de votre appareil."),
        ("ko", "인증 앱으로부터 받은 6자리 코드를 입력하세요."),
        ("el", "Παραλάβετε τον κωδικό από την εφαρμογή δύο παραγόντων."),
    ] {
        assert!(after(lang, said), "{said}");
    }
    for (lang, said) in [
        ("en", "Two-factor authentication: type the code that you received."),
        ("de", "Zwei-Faktor-Anmeldung: Geben Sie den Code ein, den Sie erhalten haben."),
        ("fr", "Double authentification : saisissez le code reçu."),
    ] {
        assert!(!after(lang, said), "{said}");
    }
}

#[test]
fn an_authentication_device_makes_codes() {
    for (lang, said) in [
        ("en", "Enter a code from your authentication device."),
        ("de", "Gib einen Code von deinem Authentifizierungsgerät ein."),
        ("fr", "Entrez un code à partir de votre appareil d’identification."),
        ("es", "Escribe el código de tu dispositivo de autenticación."),
        ("ja", "あなたの認証デバイスに表示されたコードを入力してください。"),
        ("zh-CN", "输入由您的身份验证设备提供的代码。"),
        ("ru", "Введите код с вашего устройства аутентификации."),
        ("pl", "Wpisz kod z urządzenia uwierzytelniającego."),
        ("tr", "Kimlik doğrulama cihazınızdan bir kod girin."),
    ] {
        assert!(after(lang, said), "{said}");
    }
}

#[test]
fn a_two_factor_recovery_code_is_a_recovery_code() {
    let labeled_beside =
        |label: &str| is_filled(vec![text(NodeKind::Heading, "Two-factor authentication"), labeled(0, label)]);
    for label in ["Two-factor recovery code", "2FA reset code", "Backup token"] {
        assert!(!labeled_beside(label), "{label}");
    }
    assert!(labeled_beside("Two-factor code or recovery code"));
    for (lang, said) in [
        ("de", "Als letztes Mittel kann ein Ersatz-Code verwendet werden."),
        ("it", "Utilizza uno dei tuoi token di backup."),
        ("ru", "Используйте резервный токен."),
        ("ja", "バックアップトークンを使用できます。"),
        ("zh-CN", "您可以使用一个备用验证码。"),
        ("hu", "Adjon meg egy még fel nem használt visszaállítási kódot."),
    ] {
        let nodes = vec![
            text(NodeKind::Heading, "2FA"),
            text(NodeKind::Text, said),
            input(0, |field| field.name = "otp".into()),
        ];
        assert!(!is_filled_in(lang, nodes), "{said}");
    }
}

#[test]
fn a_label_that_is_an_identifier_is_not_read() {
    let nodes = |aria_label: &str| {
        vec![
            text(NodeKind::Heading, "Two-factor authentication"),
            input(0, |field| {
                field.name = "two_factor_secret".into();
                field.aria_label = aria_label.into();
                field.placeholder = "Two-factor code".into();
            }),
        ]
    };
    assert!(is_filled(nodes("two_factor_secret")));
    assert!(!is_filled(nodes("Secret key")));
}

#[test]
fn a_second_password_in_a_sign_in_form_is_a_code() {
    let form = |change: fn(&mut FieldDescription)| {
        vec![
            labeled(1, "User name"),
            input(2, |field| {
                field.label = "Password".into();
                field.input_type = "password".into();
            }),
            input(0, change),
        ]
    };
    assert!(is_filled(form(|field| {
        field.label = "Passcode".into();
        field.name = "passwd1".into();
        field.input_type = "password".into();
    })));
    assert!(is_filled(form(|field| {
        field.label = "Token".into();
        field.autocomplete = "one-time-code".into();
    })));
    assert!(is_filled(form(|field| {
        field.label = "Two-factor authentication code".into();
        field.placeholder = "Secret key".into();
        field.name = "secretkey".into();
        field.autocomplete = "one-time-code".into();
    })));
    assert!(!is_filled(form(|field| field.label = "Security code".into())), "it may be a captcha");
    assert!(!is_filled(form(|field| {
        field.label = "Company code".into();
        field.input_type = "password".into();
    })));
    let mut reset = form(|field| {
        field.label = "Code".into();
        field.autocomplete = "one-time-code".into();
    });
    assert!(is_filled(reset.clone()));
    reset.swap(1, 2);
    assert!(!is_filled(reset), "a mailed code and a new password");
    assert!(!is_filled(form(|field| {
        field.label = "PIN".into();
        field.input_type = "password".into();
    })));
}

#[test]
fn a_text_about_the_app_does_not_outweigh_the_name_of_another_field() {
    let with = |name: &str| {
        vec![
            text(NodeKind::Heading, "Rename"),
            text(NodeKind::Text, "Authenticator app, added on 3 May"),
            input(0, |field| field.name = name.into()),
        ]
    };
    assert!(!is_filled(with("nickname")));
}

#[test]
fn a_one_time_code_of_a_device_is_not_for_the_authenticator() {
    let with = |said: &str| vec![text(NodeKind::Text, said), labeled(0, "One-time code")];
    assert!(!is_filled(with("Enter the code displayed on your device")));
    assert!(is_filled(with("Enter the code displayed in your authenticator")));
    let among =
        |label: &str| vec![text(NodeKind::Heading, "One-time passwords"), labeled(0, "Digits"), labeled(1, label)];
    assert!(!is_filled(among("Maximum attempts")));
}

#[test]
fn a_pin_that_the_user_knows_is_not_a_code() {
    let with = |name: &str, input_type: &str| {
        vec![
            text(NodeKind::Heading, "Two-factor authentication"),
            Node { label_for: Some(0), ..text(NodeKind::Label, "PIN") },
            input(0, |field| {
                field.label = "PIN".into();
                field.name = name.into();
                field.input_type = input_type.into();
            }),
        ]
    };
    assert!(is_filled(with("passcode", "number")));
    assert!(!is_filled(with("passcode", "password")));
    assert!(!is_filled(with("pin", "number")));
}

#[test]
fn a_label_for_another_field_needs_a_word_for_a_code() {
    let with = |label: &str| {
        vec![
            text(NodeKind::Heading, "Two-step verification"),
            input(0, |field| {
                field.label = label.into();
                field.name = "tfa_confirm".into();
            }),
        ]
    };
    assert!(!is_filled(with("Password")));
    assert!(!is_filled(with("User name")));
    assert!(is_filled(with("Code")));
}

#[test]
fn a_sent_code_beside_the_authenticators_does_not_matter() {
    let nodes = vec![
        labeled(1, "E-mail code"),
        text(NodeKind::Button, "Send code"),
        labeled(0, "Authenticator code"),
        text(NodeKind::Button, "Resend code"),
    ];
    assert!(is_filled(nodes));
}

#[test]
fn a_word_inside_another_word_means_nothing() {
    // "Step" in Persian contains "trip" in Arabic, and "get" in French begins like "received".
    assert!(after("fa", "کد ورود دو مرحله‌ای را از برنامه احراز هویت وارد کنید"));
    assert!(after("fr", "Récupérez le code dans votre application d’authentification."));
}

#[test]
fn the_longest_word_of_a_name_counts() {
    let named = |name: &str| {
        let code = input(0, |field| {
            field.name = name.into();
            field.placeholder = "Enter it here".into();
        });
        vec![
            text(
                NodeKind::Text,
                "Two-factor authentication is on for this account, so please type the verification code that is valid at this moment.",
            ),
            code,
        ]
    };
    for name in ["one_time_password", "login_token", "passwd1"] {
        assert!(is_filled(named(name)), "{name}");
    }
    for name in ["password", "login"] {
        assert!(!is_filled(named(name)), "{name}");
    }
}

#[test]
fn keys_tokens_and_names_are_not_codes() {
    for (heading, label) in [
        ("Two-factor authentication", "Touch YubiKey"),
        ("Two-factor authentication with PGP", "Decrypted code"),
        ("Transfer a domain", "EPP code / auth code"),
        ("Two-factor authentication is on", "Personal access token"),
        ("Google Authenticator", "Allowed TOTP drift"),
        ("Authenticator app", "A name for your TOTP device"),
    ] {
        let nodes = vec![
            text(NodeKind::Heading, heading),
            input(0, |field| {
                field.label = label.into();
                field.name = "otp".into();
            }),
        ];
        assert!(!is_filled(nodes), "{label}");
    }
}
