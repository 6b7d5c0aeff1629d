//! Implements [`Http`] with the worker's `fetch`: without cookies except for one kind of request, without a cache, in
//! English, with limits on time and size, and without redirects to another origin.

use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, ReadableStreamDefaultReader, RequestCache, RequestCredentials, RequestInit, RequestRedirect,
};

use super::{global, origin_rule};
use crate::casdoor::{Http, HttpError, HttpMethod, HttpRequest, HttpResponse, MAX_RESPONSE_BYTES, date_from_header};
use crate::secret::Secret;

/// Sends the service worker's HTTP requests with the browser's `fetch`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fetch;

impl Http for Fetch {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        // After a restart, the rule must be active before the first POST, because a server rejects our Origin with 403.
        if request.method == HttpMethod::Post {
            origin_rule::ensure(&request.url).await.map_err(|_| HttpError::Unreachable)?;
        }
        let response = global::fetch(&request.url, &init(&request)?).await.map_err(|error| failure(&error))?;
        // Redirects are followed only for requests without secrets. Still, a response from another origin does not come
        // from the server.
        if response.redirected() && !is_same_origin(&request.url, &response.url()) {
            return Err(HttpError::Redirected);
        }
        let header = |name: &str| response.headers().get(name).ok().flatten().unwrap_or_default();
        Ok(HttpResponse {
            status: response.status(),
            content_type: header("content-type"),
            date: date_from_header(&header("date")),
            body: read_body(&response).await?,
        })
    }
}

fn init(request: &HttpRequest) -> Result<RequestInit, HttpError> {
    let init = RequestInit::new();
    init.set_method(request.method.as_str());
    init.set_credentials(if request.with_session { RequestCredentials::Include } else { RequestCredentials::Omit });
    init.set_cache(RequestCache::NoStore);
    init.set_signal(Some(&AbortSignal::timeout_with_u32(request.timeout.as_millis().try_into().unwrap_or(u32::MAX))));
    // A redirect could send a token, a form or the user's session to another origin.
    let has_secret = request.bearer.is_some() || request.body.is_some() || request.with_session;
    let redirect = if has_secret { RequestRedirect::Error } else { RequestRedirect::Follow };
    init.set_redirect(redirect);
    let headers = web_sys::Headers::new().map_err(|_| HttpError::Unreachable)?;
    let set = |name: &str, value: &str| headers.set(name, value).map_err(|_| HttpError::Unreachable);
    set("Accept-Language", "en")?;
    if let Some(token) = &request.bearer {
        // The token is exposed only for the header of this request.
        set("Authorization", Secret::new(format!("Bearer {}", token.expose())).expose())?;
    }
    if let Some(body) = &request.body {
        set("Content-Type", body.content_type())?;
        init.set_body(&JsValue::from_str(body.text()));
    }
    init.set_headers(&headers);
    Ok(init)
}

/// Returns `true` if both addresses have the same scheme, host and port.
fn is_same_origin(one: &str, other: &str) -> bool {
    let origin = |text: &str| web_sys::Url::new(text).map(|url| url.origin()).ok();
    origin(one).is_some_and(|found| Some(found) == origin(other))
}

/// Reads in chunks, so that a server cannot exhaust the memory.
async fn read_body(response: &web_sys::Response) -> Result<Secret<Vec<u8>>, HttpError> {
    let mut bytes = Vec::new();
    let Some(stream) = response.body() else { return Ok(Secret::new(bytes)) };
    let reader: ReadableStreamDefaultReader = stream.get_reader().dyn_into().map_err(|_| HttpError::Unreachable)?;
    loop {
        let step = JsFuture::from(reader.read()).await.map_err(|error| failure(&error))?;
        let field = |name: &str| Reflect::get(&step, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED);
        if field("done").is_truthy() {
            return Ok(Secret::new(bytes));
        }
        let piece = Uint8Array::new(&field("value")).to_vec();
        if bytes.len().saturating_add(piece.len()) > MAX_RESPONSE_BYTES {
            let _ = reader.cancel();
            return Err(HttpError::TooLarge);
        }
        bytes.extend_from_slice(&piece);
    }
}

fn failure(error: &JsValue) -> HttpError {
    let name = Reflect::get(error, &"name".into()).ok().and_then(|name| name.as_string());
    if name.as_deref() == Some("TimeoutError") { HttpError::TimedOut } else { HttpError::Unreachable }
}
