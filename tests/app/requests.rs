//! How a page's request is written and parsed.

use casdoor_authenticator::app::protocol::{
    AnyRequest, BrowserRequest, CountUse, FillCode, LockVault, MoveAccount, Reply, Request, ScanTab, Screen,
    TypedRequest,
};
use casdoor_authenticator::message;
use casdoor_authenticator::vault::AccountId;

use super::with_vault;
use super::worker::{add, form};

fn json(request: &impl TypedRequest) -> String {
    serde_json::to_string(request).unwrap()
}

fn parsed(request: &impl TypedRequest) -> AnyRequest {
    AnyRequest::parse(&json(request)).expect("a request")
}

#[test]
fn a_request_is_named_in_its_json_and_parsed_into_its_room() {
    let id: AccountId = add(&with_vault(), form("alice"));
    assert_eq!(json(&LockVault), r#"{"do":"LockVault"}"#);
    assert_eq!(json(&CountUse { id }), format!(r#"{{"do":"CountUse","id":"{id}"}}"#));
    assert_eq!(parsed(&LockVault), AnyRequest::Core(Request::from(LockVault)));
    let moved = MoveAccount { id, before: None };
    assert_eq!(parsed(&moved), AnyRequest::Core(moved.clone().into()));
    assert_eq!(parsed(&ScanTab), AnyRequest::Browser(BrowserRequest::ScanTab(ScanTab)));
    assert_eq!(parsed(&FillCode { id }), FillCode { id }.into());
    // Fields that may be left out, and fields of another version.
    let text = format!(r#"{{"do":"MoveAccount","id":"{id}","of_another_version":[1]}}"#);
    assert_eq!(AnyRequest::parse(&text), Some(AnyRequest::Core(moved.into())));
}

#[test]
fn what_is_not_a_request_is_rejected() {
    for text in ["", "null", "7", "[]", "{}", r#"{"do":7}"#, r#"{"do":"LockVaults"}"#, r#"{"do":"CountUse"}"#] {
        assert_eq!(AnyRequest::parse(text), None, "{text}");
    }
}

#[test]
fn a_reply_is_the_json_of_a_result() {
    let locked = Reply::to::<LockVault>(Ok(Screen::Locked));
    assert_eq!(locked.to_json().as_deref(), Some(r#"{"Ok":"locked"}"#));
    let failed = Reply::failed(message!("error_locked")).to_json().unwrap();
    assert!(failed.starts_with(r#"{"Err":{"key":"error_locked""#), "{failed}");
}
