//! `./build.sh live`: runs the main user journey with the real Casdoor server at `$CASDOOR_URL` and saves screenshots
//! in `dist/live/`.
//!
//! The server must have the organizations and users of the recordings. Alice is reset first.

use anyhow::Result;
use e2e::package::{Installed, root};
use e2e::server::Server;
use e2e::user_journey;

fn main() -> Result<()> {
    let url = std::env::var("CASDOOR_URL").unwrap_or_else(|_| "http://127.0.0.1:8000".to_owned());
    user_journey::run_with_screenshots(&Installed::headless()?, &Server::real(&url)?, &root().join("dist/live"))
}
