//! A proxy in front of the mock server that answers some requests itself. Tests use it to imitate a hostile server.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Maximum size of a request, in bytes.
const MAX_REQUEST_BYTES: usize = 1 << 20;

/// A request that reached the proxy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProxiedRequest {
    /// In upper case.
    pub method: String,
    /// The path and query string as sent.
    pub target: String,
    /// The header lines.
    pub head: String,
    /// The body as text.
    pub body: String,
}

impl ProxiedRequest {
    /// Returns the path without the query string.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// Returns a parameter of the query string, or of a form in the body, without decoding it.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        let mut pairs = query.split('&').chain(self.body.split('&'));
        pairs.find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    }
}

/// The proxy's own response, sent instead of the server's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyResponse {
    status: u16,
    location: String,
    body: String,
}

impl ProxyResponse {
    /// Creates a redirect with this status.
    pub fn redirect(status: u16, location: String) -> Self {
        Self { status, location, body: String::new() }
    }

    /// Creates a JSON response with status 200.
    pub fn json(body: String) -> Self {
        Self { status: 200, location: String::new(), body }
    }

    /// Creates an empty response with status 503.
    pub fn unavailable() -> Self {
        Self { status: 503, location: String::new(), body: String::new() }
    }
}

type Rule = Box<dyn Fn(&ProxiedRequest) -> Option<ProxyResponse> + Send>;

#[derive(Default)]
struct State {
    rule: Option<Rule>,
    requests: Vec<ProxiedRequest>,
}

/// A running proxy, which serves until the process ends.
pub struct Proxy {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl Proxy {
    /// Starts a proxy on a free port that forwards every request to `server`.
    ///
    /// # Errors
    /// An I/O error if there is no free port.
    pub fn start(server: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let (address, state) = (listener.local_addr()?, Arc::new(Mutex::new(State::default())));
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                // An error only means that the client has disconnected.
                std::thread::spawn(move || drop(serve(stream, server, &shared)));
            }
        });
        Ok(Self { address, state })
    }

    /// Returns the proxy's URL with this host name.
    pub fn url(&self, host: &str) -> String {
        format!("http://{host}:{}", self.address.port())
    }

    /// Sets the function that answers requests. Requests for which it returns `None` are forwarded.
    pub fn answer(&self, rule: impl Fn(&ProxiedRequest) -> Option<ProxyResponse> + Send + 'static) {
        lock(&self.state).rule = Some(Box::new(rule));
    }

    /// Returns the requests received so far.
    pub fn requests(&self) -> Vec<ProxiedRequest> {
        lock(&self.state).requests.clone()
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(mut client: TcpStream, server: SocketAddr, state: &Mutex<State>) -> io::Result<()> {
    let request = read(&mut client)?;
    let answer = {
        let mut state = lock(state);
        state.requests.push(request.clone());
        state.rule.as_ref().and_then(|rule| rule(&request))
    };
    match answer {
        Some(answer) => reply(&mut client, &answer)?,
        None => forward(&mut client, server, &request)?,
    }
    client.shutdown(Shutdown::Both)
}

/// Reads a complete request.
fn read(client: &mut TcpStream) -> io::Result<ProxiedRequest> {
    let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let head_end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
        if let Some(end) = head_end {
            let head = String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned();
            let body = bytes.get(end.saturating_add(4)..).unwrap_or_default();
            if body.len() >= content_length(&head) {
                return Ok(parse(head, String::from_utf8_lossy(body).into_owned()));
            }
        }
        let length = client.read(&mut piece)?;
        if length == 0 || bytes.len() > MAX_REQUEST_BYTES {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes.extend_from_slice(piece.get(..length).unwrap_or_default());
    }
}

fn content_length(head: &str) -> usize {
    let mut lines = head.lines().filter_map(|line| line.split_once(':'));
    let found = lines.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    found.and_then(|(_, value)| value.trim().parse().ok()).unwrap_or_default()
}

fn parse(head: String, body: String) -> ProxiedRequest {
    let (first, rest) = head.split_once("\r\n").unwrap_or((&head, ""));
    let mut parts = first.split(' ');
    let mut part = || parts.next().unwrap_or_default().to_owned();
    ProxiedRequest { method: part(), target: part(), head: rest.to_owned(), body }
}

fn reply(client: &mut TcpStream, answer: &ProxyResponse) -> io::Result<()> {
    let (status, length) = (answer.status, answer.body.len());
    let location =
        if answer.location.is_empty() { String::new() } else { format!("Location: {}\r\n", answer.location) };
    write!(
        client,
        "HTTP/1.1 {status} Answer\r\n{location}Content-Type: application/json\r\nContent-Length: {length}\r\n\
         Access-Control-Allow-Origin: *\r\nConnection: close\r\n\r\n{}",
        answer.body
    )
}

fn forward(client: &mut TcpStream, server: SocketAddr, request: &ProxiedRequest) -> io::Result<()> {
    let mut upstream = TcpStream::connect(server)?;
    let is_kept = |line: &&str| !line.to_ascii_lowercase().starts_with("connection:");
    let headers: Vec<&str> = request.head.lines().filter(is_kept).collect();
    write!(
        upstream,
        "{} {} HTTP/1.1\r\n{}\r\nConnection: close\r\n\r\n{}",
        request.method,
        request.target,
        headers.join("\r\n"),
        request.body
    )?;
    io::copy(&mut upstream, client).map(drop)
}
