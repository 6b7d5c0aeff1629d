//! A made-up mail service that is not connected to Casdoor: its page with a QR code and its page that asks for a code.
//! The browser shows them at https addresses, without asking the network.

use super::SCALE;
use super::camera::{Camera, PAGE_SIZE, resize, wait_for_fresh_codes};
use crate::devtools::until;
use crate::package::Installed;
use crate::user;
use anyhow::{Context, Result};
use qrcode::QrCode;
use std::fmt::Write;

/// The page that shows a QR code.
const SETUP: &str = "https://mail.fjord.example/security/two-step";
/// The page that asks for a code.
const SIGN_IN: &str = "https://login.fjord.example/code";
const LINK: &str =
    "otpauth://totp/Fjord%20Mail:alice@fjord.example?secret=MZVG64TEFVSXQYLNOBWGKLLNMFUWY&issuer=Fjord%20Mail";

const STYLE: &str = "
    body { margin: 0; background: #eef4f3; color: #12302c; font: 15px/1.5 system-ui, sans-serif; }
    header { display: flex; gap: 10px; align-items: center; height: 60px; padding: 0 32px; background: #fff;
        border-bottom: 1px solid #d7e3e1; font-weight: 600; font-size: 17px; }
    header svg { color: #0e7a6d; }
    main { width: 560px; margin: 36px 0 0 96px; padding: 28px 36px 32px; border-radius: 14px; background: #fff;
        border: 1px solid #d7e3e1; }
    h1 { margin: 0 0 6px; font-size: 22px; line-height: 1.3; }
    p { margin: 0 0 18px; color: #4b6661; }
    .columns { display: flex; gap: 28px; align-items: center; }
    ol { margin: 0; padding-left: 20px; } li { margin-bottom: 10px; }
    .code { width: 208px; height: 208px; }
    label { display: block; margin-bottom: 6px; font-weight: 600; }
    input { box-sizing: border-box; width: 260px; height: 44px; padding: 0 12px; border: 1px solid #8aa39f; border-radius: 8px;
        font: 20px system-ui, sans-serif; letter-spacing: .12em; }
    button { height: 44px; margin-left: 8px; padding: 0 24px; border: 0; border-radius: 8px; background: #0e7a6d; color: #fff;
        font: 600 15px system-ui, sans-serif; }";

const LOGO: &str = "<svg width=26 height=26 viewBox='0 0 24 24' fill=none stroke=currentColor stroke-width=2
    stroke-linecap=round><path d='M2 17c3 0 3-3 5-3s2 3 5 3 3-3 5-3 2 3 5 3'/><path d='M4 11 9 4l4 5 3-3 4 5'/></svg>";

/// Scans the QR code on the page, and then fills the code for the first time and once more.
pub fn scan_and_fill(installed: &Installed, camera: &Camera) -> Result<()> {
    let page = installed.browser.open("about:blank#site")?;
    resize(&page, PAGE_SIZE, SCALE)?;
    page.navigate_to_answer(SETUP, &setup_page()?)?;
    camera.keep(&page, "site-setup")?;
    let popup = installed.popup(&page)?;
    user::scan(&popup)?;
    popup.wait_for("document.querySelector('[data-card]')")?;
    camera.keep_popup(&popup, "found")?;
    popup.click("[data-action=save-accounts]")?;
    user::wait_for_screen(&popup, &["list"])?;
    popup.close()?;

    page.navigate_to_answer(SIGN_IN, &sign_in_page())?;
    camera.keep(&page, "site-sign-in")?;
    let popup = installed.popup(&page)?;
    // The list draws only the rows in view.
    popup.fill("[data-field=search]", "fjord")?;
    popup.wait_for("document.querySelectorAll('[data-row]').length === 1")?;
    let id = user::rows(&popup)?.into_iter().next().context("the scanned account is not listed")?.id;
    user::choose_for(&popup, &id, "fill-here")?;
    user::wait_for_screen(&popup, &["confirm-site"])?;
    popup.wait_for("document.querySelector('[data-action=confirm-fill]')?.disabled === false")?;
    camera.keep_popup(&popup, "confirm-site")?;
    popup.click_and_close("[data-action=confirm-fill]")?;
    let is_filled = "document.querySelector('input').value.length === 6";
    until("the code is filled", || Ok((page.evaluate(is_filled)? == true).then_some(())))?;
    camera.keep(&page, "site-filled")?;

    page.navigate_to_answer(SIGN_IN, &sign_in_page())?;
    let popup = installed.popup(&page)?;
    popup.wait_for("document.querySelector('[data-row] [data-action=fill]')")?;
    wait_for_fresh_codes();
    camera.keep_popup(&popup, "fill")?;
    popup.close()?;
    page.close()
}

fn document(title: &str, main: &str) -> String {
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title><style>{STYLE}</style>\
         <header>{LOGO} Fjord Mail</header><main>{main}</main></html>"
    )
}

fn setup_page() -> Result<String> {
    let code = QrCode::new(LINK)?;
    let width = code.width();
    let mut path = String::new();
    for (index, color) in code.to_colors().into_iter().enumerate() {
        if color == qrcode::Color::Dark {
            let (row, column) = (index.checked_div(width).unwrap_or(0), index.checked_rem(width).unwrap_or(0));
            write!(path, "M{column} {row}h1v1h-1z")?;
        }
    }
    let picture =
        format!("<svg class=code viewBox='0 0 {width} {width}' shape-rendering=crispEdges><path d='{path}'/></svg>");
    let main = format!(
        "<h1>Turn on two-step verification</h1><p>You will need a code from an authenticator app each time you sign in.</p>\
         <div class=columns>{picture}<ol><li>Open your authenticator app.</li><li>Scan this QR code.</li>\
         <li>Enter the six digits that it shows.</li></ol></div>"
    );
    Ok(document("Two-step verification", &main))
}

fn sign_in_page() -> String {
    let main = "<h1>Enter your verification code</h1><p>Open your authenticator app to get the code for \
         <b>alice@fjord.example</b>.</p><form onsubmit='return false'><label for=code>Verification code</label>\
         <input id=code name=otp autocomplete=one-time-code inputmode=numeric maxlength=6><button>Sign in</button></form>";
    document("Sign in", main)
}
