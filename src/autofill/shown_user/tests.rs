use proptest::prelude::*;

use super::*;

fn in_text(text: &str) -> ShownUser {
    ShownUser { text: text.into(), ..ShownUser::default() }
}

fn in_field(value: &str) -> ShownUser {
    ShownUser { fields: vec![value.into()], ..ShownUser::default() }
}

fn first<'a>(shown: &ShownUser, accounts: &[&'a str]) -> &'a str {
    let mut accounts = accounts.to_vec();
    shown.order(&mut accounts, |account| account);
    accounts[0]
}

const ACCOUNTS: [&str; 4] = ["alice@example.com", "bob@example.com", "acme/carol", "Dana Scully"];

#[test]
fn the_account_that_the_page_shows_comes_first() {
    for (text, account) in [
        ("Signed in as bob@example.com. Not you?", "bob@example.com"),
        ("Welcome back,\u{a0}BOB@Example.com!", "bob@example.com"),
        ("(bob@example.com)", "bob@example.com"),
        ("Hello bob, enter your code", "bob@example.com"),
        ("We wrote to b•••@example.com", "bob@example.com"),
        ("b**@e******.com", "bob@example.com"),
        ("ログイン中：carol 認証コード", "acme/carol"),
        ("ようこそ、carolさん", "acme/carol"),
        ("b***@example.com으로 보냈습니다", "bob@example.com"),
        ("已向b***@example.com发送", "bob@example.com"),
        ("acme/carol", "acme/carol"),
        ("carol@acme.test", "acme/carol"),
        ("Dana\n  Scully", "Dana Scully"),
        ("bo\u{200b}b@example.com", "bob@example.com"),
    ] {
        assert_eq!(first(&in_text(text), &ACCOUNTS), account, "{text}");
    }
    for (value, account) in
        [(" Bob@example.com ", "bob@example.com"), ("bob", "bob@example.com"), ("carol", "acme/carol")]
    {
        assert_eq!(first(&in_field(value), &ACCOUNTS), account, "{value}");
    }
}

#[test]
fn a_name_that_only_contains_an_accounts_name_shows_nothing() {
    for text in [
        "",
        "bob@example.com.evil.example",
        "x-bob@example.com",
        "not.bob@example.com",
        "bobby",
        "other/carol",
        "bob@example.org",
        "b***@example.org",
        "*****",
        "***@***.com",
        "a b c",
        "Loading…",
    ] {
        assert_eq!(first(&in_text(text), &["alice@example.com", "bob@example.com", "acme/carol"]), "alice@example.com");
    }
    assert_eq!(first(&in_text("sign in to me now"), &["alice", "me"]), "alice", "a short name is an ordinary word");
    assert_eq!(first(&in_text("anything"), &["", "bob"]), "", "an account without a name");
}

#[test]
fn a_field_counts_more_than_the_text_and_the_whole_name_more_than_a_part() {
    let both = ShownUser { fields: vec!["bob".into()], text: "Support: alice@example.com".into() };
    assert_eq!(first(&both, &ACCOUNTS), "bob@example.com");
    let chooser = in_text("alice@example.com bob@example.com");
    assert_eq!(first(&chooser, &["carol", "bob@example.com", "alice@example.com"]), "bob@example.com");
    assert_eq!(first(&in_field("bob@b.example"), &["bob@a.example", "bob", "bob@b.example"]), "bob@b.example");
}

proptest! {
    #[test]
    fn any_page_only_changes_the_order(
        fields in prop::collection::vec("[a-c@*•./ ]{0,8}", 0..4),
        text in "[a-c@*•…./ \u{200b}]{0,60}",
        names in prop::collection::vec("[a-c@*/. ]{0,8}", 0..6),
    ) {
        let mut ordered = names.clone();
        ShownUser { fields, text }.order(&mut ordered, |name| name);
        let (mut before, mut after) = (names, ordered);
        before.sort();
        after.sort();
        prop_assert_eq!(before, after);
    }

    #[test]
    fn any_text_can_be_read(text in any::<String>(), name in any::<String>()) {
        ShownUser { fields: vec![text.clone()], text }.order(&mut [name], |name| name);
    }
}
