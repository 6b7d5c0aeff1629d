//! `./build.sh live`: the user's day against the real Casdoor at `$CASDOOR_URL`, with pictures in `dist/live/`.
//!
//! The server has the organizations and users of the recordings; alice is put back to where the day begins.

use anyhow::Result;
use e2e::package::{Installed, root};
use e2e::server::Server;
use e2e::user_journey;

fn main() -> Result<()> {
    let url = std::env::var("CASDOOR_URL").unwrap_or_else(|_| "http://127.0.0.1:8000".to_owned());
    user_journey::run_with_screenshots(&Installed::headless()?, &Server::real(&url)?, &root().join("dist/live"))
}
