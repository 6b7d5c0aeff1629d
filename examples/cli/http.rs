//! The network interface, implemented with ureq.

use casdoor_authenticator::casdoor::{
    Http, HttpError, HttpMethod, HttpRequest, HttpResponse, MAX_RESPONSE_BYTES, date_from_header,
};
use casdoor_authenticator::secret::Secret;

/// Blocking requests, because a terminal program has nothing else to do while it waits.
#[derive(Clone, Debug)]
pub struct Network {
    agent: ureq::Agent,
}

impl Network {
    /// Creates a client without cookies or redirects that returns every status as a reply.
    pub fn new() -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build();
        Self { agent: config.into() }
    }

    fn run(&self, request: &HttpRequest) -> Result<HttpResponse, ureq::Error> {
        let timeout = Some(request.timeout);
        let mut builder = ureq::http::Request::builder()
            .method(request.method.as_str())
            .uri(&request.url)
            .header("Accept-Language", "en");
        if let Some(token) = &request.bearer {
            builder = builder.header("Authorization", format!("Bearer {}", token.expose()));
        }
        let mut response = match (&request.body, request.method) {
            (Some(body), _) => {
                let sent = builder.header("Content-Type", body.content_type()).body(body.text())?;
                self.agent.run(self.agent.configure_request(sent).timeout_global(timeout).build())?
            }
            (None, HttpMethod::Get | HttpMethod::Post) => {
                let sent = builder.body(())?;
                self.agent.run(self.agent.configure_request(sent).timeout_global(timeout).build())?
            }
        };
        let header =
            |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (content_type, date) = (header("Content-Type").to_owned(), date_from_header(header("Date")));
        let limit = u64::try_from(MAX_RESPONSE_BYTES).unwrap_or(u64::MAX);
        let body = response.body_mut().with_config().limit(limit).read_to_vec()?;
        Ok(HttpResponse { status: response.status().as_u16(), content_type, date, body: Secret::new(body) })
    }
}

impl Http for Network {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        self.run(&request).map_err(|error| match error {
            ureq::Error::Timeout(_) => HttpError::TimedOut,
            ureq::Error::BodyExceedsLimit(_) => HttpError::TooLarge,
            _ => HttpError::Unreachable,
        })
    }
}
