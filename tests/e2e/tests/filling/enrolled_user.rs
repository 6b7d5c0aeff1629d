//! Alice with her second factor, on the mock server or, with `./build.sh live`, on a real one.

use super::*;
use e2e::package::{Installed, ask};
use e2e::server::Server;
use e2e::user;
use serde_json::Value;
use std::cell::Cell;

/// Alice, connected and enrolled with the chip, with her recovery code in the vault.
pub(super) struct Enrolled {
    pub(super) server: Server,
    pub(super) installed: Installed,
    pub(super) page: Page,
    /// Her recovery code.
    pub(super) code: String,
    /// Her account's id.
    pub(super) id: String,
    /// True if the chip was already used in the current form.
    pub(super) used_chip: Cell<bool>,
}

impl Enrolled {
    pub(super) fn new() -> Self {
        let server = Server::from_environment().unwrap();
        let installed = Installed::headless().unwrap();
        let address = server.url();
        // The fragment distinguishes this tab from the sign-in window.
        let page = installed.browser.open(&format!("{address}/login/acme#tab")).unwrap();
        let popup = installed.popup(&page).unwrap();
        user::create_vault(&popup).unwrap();
        popup.close().unwrap();
        let tab = user::connect(&installed, &address, "alice", PASSWORD).unwrap();
        user::join_nothing(&tab).unwrap();
        tab.close().unwrap();
        page.activate().unwrap();
        page.navigate(&format!("{address}/login/acme")).unwrap();
        submit_password(&page, "alice");
        wait_until_signed_in(&page);
        page.navigate(&format!("{address}/mfa/setup?mfaType=app")).unwrap();
        page.fill("#password", PASSWORD).unwrap();
        page.click("form button[type=submit]").unwrap();
        page.wait_for("document.querySelector('.ant-qrcode canvas')").unwrap();
        click_chip(&page);
        let code = page.text("code").unwrap();
        click_button(&page, 0, 4);
        let mut enrolled = Self { server, installed, page, code, id: String::new(), used_chip: Cell::new(false) };
        enrolled.id = until("the recovery code is saved", || {
            let rows = enrolled.ask(&json!({ "do": "ReadScreen" }))["Ok"]["account_list"]["rows"].clone();
            let own = rows.as_array().and_then(|rows| rows.iter().find(|row| row["name"] == "acme/alice").cloned());
            let Some(id) = own.and_then(|row| row["id"].as_str().map(str::to_owned)) else { return Ok(None) };
            let form = enrolled.ask(&json!({ "do": "ReadAccountForm", "id": id }));
            Ok((form["Ok"]["recovery_left"] == 1).then_some(id))
        })
        .unwrap();
        enrolled.page.activate().unwrap();
        enrolled.page.click(".content-warp-card .ant-btn-primary").unwrap();
        enrolled.page.wait_for("location.pathname === '/account'").unwrap();
        until("the account is confirmed", || {
            let rows = enrolled.ask(&json!({ "do": "ReadScreen" }))["Ok"]["account_list"]["rows"].clone();
            Ok(rows.as_array().unwrap().iter().all(|row| row["marks"] == json!([])).then_some(()))
        })
        .unwrap();
        enrolled
    }

    pub(super) fn ask(&self, request: &Value) -> Value {
        let tab = self.installed.open("manifest.json").unwrap();
        tab.wait_for("document.readyState === 'complete'").unwrap();
        let reply = ask(&tab, request).unwrap();
        tab.close().unwrap();
        reply
    }
}
