//! A loopback web site unrelated to Casdoor, with a few fixed pages and a public-looking name.

use anyhow::Result;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

/// One response of the site.
pub struct Answer {
    /// The path that it answers, such as `/`.
    pub path: &'static str,
    /// The media type of the body.
    pub kind: &'static str,
    /// The body.
    pub body: Vec<u8>,
}

/// Serves the responses at `http://shop.acme.test:PORT` until the process ends, and returns that URL.
pub fn serve(answers: Vec<Answer>) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A browser that disconnects early is not an error.
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

/// Serves a page that shows an image in its natural size on white.
pub fn with_picture(png: Vec<u8>) -> Result<String> {
    let page = "<!doctype html><title>A shop</title><body style='margin:0;background:#fff'><img src=picture.png>";
    serve(vec![
        Answer { path: "/", kind: "text/html", body: page.into() },
        Answer { path: "/picture.png", kind: "image/png", body: png },
    ])
}
