//! A web site on loopback that has nothing to do with Casdoor: a few fixed pages under a public-looking name.

use anyhow::Result;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// One answer of the site.
pub struct Answer {
    /// Its path, such as `/`.
    pub path: &'static str,
    /// Its media type.
    pub kind: &'static str,
    /// What is sent.
    pub body: Vec<u8>,
}

/// Serves the answers at `http://shop.acme.test:PORT` for as long as the process lives, and returns that address.
pub fn serve(answers: Vec<Answer>) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A browser that goes away in between is no concern of the site.
            let _ = answer(stream, &answers);
        }
    });
    Ok(format!("http://shop.acme.test:{port}"))
}

fn answer(mut stream: TcpStream, answers: &[Answer]) -> std::io::Result<()> {
    let mut head = [0; 4096];
    let length = stream.read(&mut head)?;
    let head = String::from_utf8_lossy(head.get(..length).unwrap_or_default()).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default();
    let (status, kind, body) = match answers.iter().find(|answer| answer.path == path) {
        Some(answer) => ("200 OK", answer.kind, answer.body.as_slice()),
        None => ("404 Not Found", "text/plain", b"not here".as_slice()),
    };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )?;
    stream.write_all(body)
}

/// A site whose only page shows a picture, at its own size on white.
pub fn with_picture(png: Vec<u8>) -> Result<String> {
    let page = "<!doctype html><title>A shop</title><body style='margin:0;background:#fff'><img src=picture.png>";
    serve(vec![
        Answer { path: "/", kind: "text/html", body: page.into() },
        Answer { path: "/picture.png", kind: "image/png", body: png },
    ])
}
