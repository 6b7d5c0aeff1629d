//! The mock server as a program: `mock-casdoor [--port N] [--release NAME] [--web DIR] [--skew SECONDS] [--sample]
//! [--control]`.
//!
//! Started in the repository, it builds its pages first. `--web` uses pages that were built elsewhere.

use std::path::Path;
use std::process::ExitCode;

use mock_casdoor::{MockServer, Options, web};

const USAGE: &str =
    "usage: mock-casdoor [--port N] [--release NAME] [--web DIR] [--skew SECONDS] [--sample] [--control]";

fn main() -> ExitCode {
    let options = match options(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(why) => {
            eprintln!("{why}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let release = options.release;
    if options.web == Options::default().web
        && let Err(error) = web::build(Path::new("."))
    {
        eprintln!("{error}\nthe API works without them");
    }
    match MockServer::start(options) {
        Ok(server) => {
            println!("{} mock server on {}", release.name(), server.url("id.acme.test"));
            println!(
                "start a browser with --host-resolver-rules=\"MAP id.acme.test 127.0.0.1\"; users: acme/alice, acme/bob; password {}",
                mock_casdoor::PASSWORD
            );
            server.wait();
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn options(mut arguments: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options { port: 8008, ..Options::default() };
    while let Some(name) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{name} needs a value"));
        match name.as_str() {
            "--port" => options.port = value()?.parse().map_err(|_| "--port needs a number".to_owned())?,
            "--release" => {
                options.release = value()?.parse().map_err(|error: mock_casdoor::ReleaseError| error.to_string())?
            }
            "--web" => options.web = value()?.into(),
            "--skew" => options.skew_seconds = value()?.parse().map_err(|_| "--skew needs seconds".to_owned())?,
            "--sample" => options.sample = true,
            "--control" => options.control = true,
            _ => return Err(format!("{name} is not an option")),
        }
    }
    Ok(options)
}
