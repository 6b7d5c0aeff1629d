//! The HTTP listener, which applies faults and passes requests to the handlers.

use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequest, Multipart, Path, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN};
use axum::response::Response;
use axum::routing::get;
use axum::{Router, http};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt as _;

use crate::fault::{self, Fault, Rule};
use crate::messages::{Fields, ServerRequest, ServerResponse};
use crate::request_log::RequestLine;
use crate::world::World;
use crate::{clock, control, pages, routes};

/// Maximum size of a request body: less than the real server's 64 MiB, more than any test sends.
const MAX_BODY_BYTES: usize = 8 << 20;

/// The mutable state.
#[derive(Debug)]
pub(crate) struct Parts {
    /// The server's data.
    pub world: World,
    /// Seconds by which the server's clock is ahead of the machine's.
    pub skew: i64,
    /// The injected faults.
    pub rules: Vec<Rule>,
    /// The received requests.
    pub request_log: Vec<RequestLine>,
}

/// The state that the listener and the handle share.
#[derive(Debug)]
pub(crate) struct Shared {
    parts: Mutex<Parts>,
    /// The folder of the built pages.
    pub web: PathBuf,
    /// True if `/control` is available.
    pub control: bool,
}

impl Shared {
    /// Creates a server that has not received any requests.
    pub fn new(parts: Parts, web: PathBuf, control: bool) -> Self {
        Self { parts: Mutex::new(parts), web, control }
    }

    /// Locks the state.
    pub fn lock(&self) -> MutexGuard<'_, Parts> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Parts {
    /// Returns the server's time in Unix seconds.
    pub fn now(&self) -> i64 {
        clock::machine_seconds().saturating_add(self.skew)
    }
}

/// Marks a response that must not be sent because the connection is closed instead.
#[derive(Clone, Copy)]
struct CloseConnection;

/// The error that closes a connection without a response.
#[derive(Debug, thiserror::Error)]
#[error("the connection is closed instead of sending a response")]
struct ConnectionClosed;

/// Accepts connections for as long as the runtime lives.
pub(crate) async fn run(listener: TcpListener, shared: Arc<Shared>) {
    let router = Router::new().route("/static/{*name}", get(asset)).fallback(handle_request).with_state(shared);
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve_connection(stream, router.clone()));
        }
    }
}

async fn serve_connection(stream: TcpStream, router: Router) {
    let service = tower::service_fn(move |request: http::Request<hyper::body::Incoming>| {
        let router = router.clone();
        async move {
            let answered: Result<Response, Infallible> = router.oneshot(request.map(Body::new)).await;
            let response = answered.map_err(|never| match never {})?;
            if response.extensions().get::<CloseConnection>().is_some() { Err(ConnectionClosed) } else { Ok(response) }
        }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .title_case_headers(true)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    // The connection also ends with an error if the client disconnects or a fault drops the response; both are
    // expected.
    let _ended = connection.await;
}

async fn asset(State(shared): State<Arc<Shared>>, Path(name): Path<String>) -> Response {
    let now = shared.lock().now();
    response(pages::file(&shared.web, &name), now)
}

async fn handle_request(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let has_cookie = request.headers().contains_key(COOKIE);
    let Some(mut request) = read(request).await else {
        return response(ServerResponse::empty(413), clock::machine_seconds());
    };
    if shared.control && request.path.starts_with("/control/") {
        let mut parts = shared.lock();
        let answer = control::over_http(&mut parts, &request);
        return response(answer, parts.now());
    }
    let fault = fault::take_fault(&mut shared.lock().rules, &request.path);
    if let Some(Fault::Slow(milliseconds)) = fault {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }
    let mut parts = shared.lock();
    request.now = parts.now();
    let mut line = RequestLine::new(&request, has_cookie);
    let answer = respond_with_fault(&mut parts.world, &request, fault);
    line.status = answer.as_ref().map(|answer| answer.status);
    line.answer_bytes = answer.as_ref().map_or(0, |answer| answer.body.len());
    parts.request_log.push(line);
    match answer {
        Some(answer) => response(answer, request.now),
        None => close_connection(),
    }
}

/// Returns the response, or `None` to close the connection.
fn respond_with_fault(world: &mut World, request: &ServerRequest, fault: Option<Fault>) -> Option<ServerResponse> {
    match fault {
        Some(Fault::Unreachable) => None,
        Some(Fault::LoseReply) => {
            let _lost = answer(world, request);
            None
        }
        Some(Fault::Html) => {
            let page = "<!DOCTYPE html><title>Welcome</title><p>Please accept the terms to go online.</p>";
            Some(ServerResponse::html(200, page.to_owned()))
        }
        Some(Fault::Status(status)) => Some(ServerResponse::empty(status)),
        Some(Fault::ClaimAffected) if request.path == "/api/update-user" => {
            Some(crate::messages::Reply::ok("Affected").answer(world.release))
        }
        Some(Fault::MaskSecrets) => Some(mask_secrets(answer(world, request))),
        Some(Fault::ClaimAffected | Fault::Slow(_)) | None => Some(answer(world, request)),
    }
}

/// Replaces every secret of the user's list with `***`.
fn mask_secrets(mut answer: ServerResponse) -> ServerResponse {
    if let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body)
        && let Some(rows) = body.pointer_mut("/data/mfaAccounts").and_then(Value::as_array_mut)
    {
        for row in rows.iter_mut().filter_map(Value::as_object_mut) {
            row.insert("secretKey".to_owned(), "***".into());
        }
        answer.body = body.to_string().into_bytes();
    }
    answer
}

fn answer(world: &mut World, request: &ServerRequest) -> ServerResponse {
    if let Some(answer) = routes::answer(world, request) {
        return answer;
    }
    if request.path == "/login/oauth/authorize"
        && let Some(location) = routes::signed_in_redirect(world, request)
    {
        return ServerResponse::redirect(location);
    }
    pages::document(world.release)
}

/// Receives a complete request; `None` if it is too large.
async fn read(request: Request) -> Option<ServerRequest> {
    let mut received = head(&request);
    let content_type = text(request.headers(), &CONTENT_TYPE).unwrap_or_default();
    if content_type.starts_with("multipart/form-data") {
        received.is_multipart = true;
        received.form = Fields::from_pairs(multipart(request).await);
        return Some(received);
    }
    let body = axum::body::to_bytes(request.into_body(), MAX_BODY_BYTES).await.ok()?;
    if content_type.starts_with("application/x-www-form-urlencoded") {
        received.form = Fields::parse(&body);
    }
    received.body = body.to_vec();
    Some(received)
}

fn head(request: &Request) -> ServerRequest {
    let headers = request.headers();
    let bearer = text(headers, &AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer ").map(str::to_owned));
    ServerRequest {
        method: request.method().as_str().to_owned(),
        path: request.uri().path().to_owned(),
        target: request.uri().path_and_query().map(|target| target.as_str().to_owned()).unwrap_or_default(),
        query: Fields::parse(request.uri().query().unwrap_or_default().as_bytes()),
        host: text(headers, &HOST).unwrap_or_default(),
        origin: text(headers, &ORIGIN),
        session: text(headers, &COOKIE).and_then(|cookies| routes::session_in(&cookies)),
        bearer,
        ..ServerRequest::default()
    }
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

async fn multipart(request: Request) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let Ok(mut form) = Multipart::from_request(request, &()).await else {
        return pairs;
    };
    while let Ok(Some(field)) = form.next_field().await {
        let name = field.name().unwrap_or_default().to_owned();
        pairs.push((name, field.text().await.unwrap_or_default()));
    }
    pairs
}

fn response(answer: ServerResponse, now: i64) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = http::StatusCode::from_u16(answer.status).unwrap_or_default();
    let date = ("date", clock::http_date(now));
    for (name, value) in answer.headers.into_iter().chain([date]) {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().append(HeaderName::from_static(name), value);
        }
    }
    response
}

fn close_connection() -> Response {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(CloseConnection);
    response
}
