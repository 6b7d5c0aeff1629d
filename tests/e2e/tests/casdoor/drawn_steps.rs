//! The steps of connecting and the card of a connection are accessible.

use e2e::drawn_state;
use e2e::user;
use mock_casdoor::PASSWORD;

use crate::fixture::Setup;

#[test]
fn every_step_of_connecting_is_accessible() {
    let setup = Setup::new();
    let check = |name: &str| drawn_state::check(&setup.tab, &format!("connect-{name}")).unwrap();
    user::ask_to_connect(&setup.tab, &setup.address()).unwrap();
    setup.tab.wait_for("document.querySelector('[data-step=offer]')").unwrap();
    check("offer");
    user::sign_in_window(&setup.installed, &setup.tab, "alice", PASSWORD).unwrap();
    check("connected");
    user::join_nothing(&setup.tab).unwrap();
    setup.go("connect");
    setup.tab.click("[data-details=factors] summary").unwrap();
    setup.tab.wait_for("document.querySelector('[data-factor=app]')").unwrap();
    check("card");

    setup.connect_another();
    user::open_other_ways(&setup.tab).unwrap();
    setup.tab.fill("[data-field=code]", &setup.code("acme-client", "acme/bob")).unwrap();
    // The consent to http is requested when the code turns out to need it.
    setup.tab.click("[data-action=check-code]").unwrap();
    setup.tab.click("[data-step=code] [data-field=allow-http]").unwrap();
    setup.tab.click("[data-action=check-code]").unwrap();
    setup.tab.wait_for("document.querySelector('[data-step=code-owner]')").unwrap();
    check("code-owner");
}
