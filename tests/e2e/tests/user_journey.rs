//! The main user journey, end to end: popup, worker, content script and server.

use e2e::package::Installed;
use e2e::server::Server;
use e2e::user_journey;

#[test]
fn the_main_journey_from_an_empty_vault_to_an_accepted_passcode() {
    let server = Server::start_mock(0).unwrap();
    let installed = Installed::headless().unwrap();
    let mut steps = Vec::new();
    let result = user_journey::run(&installed, &server, &mut |step, _| {
        steps.push(step.to_owned());
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("after {steps:#?}: {error:#}\n{:#?}", installed.browser.problems()));
}
