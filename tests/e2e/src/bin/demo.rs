//! `./build.sh demo`: shows the main user journey in a browser with the mock server; without a display, runs it
//! headless and saves screenshots.

use anyhow::Result;
use e2e::browser::Options;
use e2e::package::{Installed, granted, root, shipped, with_demo_server};
use e2e::server::Server;
use e2e::user_journey;
use mock_casdoor::PASSWORD;

const PORT: u16 = 8008;

fn main() -> Result<()> {
    // Uses a fixed port if it is free, so that the address is the same each time.
    let server = Server::start_mock(PORT).or_else(|_| Server::start_mock(0))?;
    let has_display = std::env::var_os("DISPLAY").is_some() || std::env::var_os("WAYLAND_DISPLAY").is_some();
    if has_display {
        return show(&server);
    }
    println!("There is no display, so the main user journey runs headless, with screenshots in dist/demo/.");
    let package = with_demo_server(&granted(), &server.url())?;
    let installed = Installed::start(package.path(), &Options::default())?;
    user_journey::run_with_screenshots(&installed, &server, &root().join("dist/demo"))
}

/// Opens a browser for the user and waits until it is closed.
fn show(server: &Server) -> Result<()> {
    let address = server.url();
    // The extension's *Try demo server* button connects to the mock server.
    let package = with_demo_server(&shipped(), &address)?;
    let installed = Installed::start(package.path(), &Options { visible: true, ..Options::default() })?;
    let _page = installed.browser.open(&format!("{address}/login/acme"))?;
    println!(
        "A mock Casdoor server runs at {address}; user alice, password {PASSWORD}.

In the browser that just opened:
1. Open the extension: click the puzzle piece, then Casdoor Authenticator (or press Ctrl+Shift+Y). Choose a password.
2. Connect to Casdoor: enter {address}, accept http, select Allow in the browser's prompt, choose acme, and sign in as
   alice. Two accounts are added. (\"Try the demo server\" connects to the same mock server as if it were public.)
3. Open {address}/mfa/setup?mfaType=app, enter alice's password, and click \"Scan QR code on this page\" in the extension.
4. Open the extension again and click Fill. The passcode is typed and accepted. Click Enable.
5. Sign out, sign in at {address}/login/acme, and fill the passcode the same way.

Close the browser to stop the demo."
    );
    installed.browser.wait()
}
