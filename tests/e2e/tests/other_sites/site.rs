//! Serves the test pages under a public-looking name, and bundles the component libraries.

use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::thread;

/// A running site.
pub struct Site {
    port: u16,
}

impl Site {
    /// Serves the plain pages by number, and each bundle by name.
    pub fn open(bundles: BTreeMap<String, Vec<u8>>, plain: &[Value]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let script = fs::read_to_string(pages().join("plain.js")).unwrap();
        let html = |case: &Value| case["html"].as_str().unwrap().replace("PORT", &port.to_string());
        let plain: Vec<String> =
            plain.iter().map(|case| document(&html(case), &format!("<script>{script}</script>"))).collect();
        let shared = Arc::new((bundles, plain));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                // Browsers open connections in advance, so each connection has its own thread.
                thread::spawn(move || serve(stream, &shared.0, &shared.1));
            }
        });
        Self { port }
    }

    /// Returns the URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://www.acme.test:{}{path}", self.port)
    }
}

fn document(body: &str, scripts: &str) -> String {
    format!("<!doctype html><meta charset=utf-8><title>Test page</title><body>{body}{scripts}")
}

fn serve(stream: TcpStream, bundles: &BTreeMap<String, Vec<u8>>, plain: &[String]) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(());
    }
    let path = line.split(' ').nth(1).unwrap_or("/").split('?').next().unwrap_or("/").to_owned();
    while reader.read_line(&mut line)? > 2 {}
    let (kind, body) = match path.trim_start_matches('/').split_once('/') {
        Some(("plain", number)) => ("text/html", plain[number.parse::<usize>().unwrap()].clone().into_bytes()),
        Some(("bundle", name)) => ("text/javascript", bundles[name].clone()),
        _ if path == "/otp" => ("text/html", document("<input name=otp>", "").into_bytes()),
        _ => {
            ("text/html", document("<div id=root></div>", &format!("<script src=/bundle{path}></script>")).into_bytes())
        }
    };
    let stream = reader.get_mut();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-type: {kind}; charset=utf-8\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(&body)
}

/// Returns the repository's root folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// Returns the folder of the test pages.
pub fn pages() -> PathBuf {
    root().join("tests/pages")
}

/// Bundles the pages of one folder, after installing its packages if necessary.
pub fn bundle(name: &str) -> Vec<u8> {
    let folder = pages().join(name);
    if !folder.join("node_modules/.package-lock.json").exists() {
        let quietly = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
        assert!(Command::new("npm").args(quietly).current_dir(&folder).status().unwrap().success(), "npm ci in {name}");
    }
    let out = root().join("dist/test-pages").join(format!("{name}.js"));
    let built = Command::new("node").args(["build.mjs", name]).arg(&out).current_dir(pages()).status().unwrap();
    assert!(built.success(), "esbuild of {name}");
    fs::read(out).unwrap()
}
