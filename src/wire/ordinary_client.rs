//! The ordinary client: how an HTTP library sends the same request. The one door to reqwest.
//!
//! Its answers are held against those of the raw sender, by two stacks that share no code: they must not be wrong together.
//! Each request has a connection of its own. Nothing is followed, sent again, decoded, kept or judged.

use std::error::Error;
use std::io;
use std::iter::successors;
use std::time::Duration;

use reqwest::header::{CONTENT_LENGTH, HeaderValue};
use reqwest::{Method, Proxy, Url};
use rustls::ClientConfig;
use tokio::sync::OnceCell;
use tokio::time::{Instant, timeout_at};

use super::connection::{Connector, HTTP_1, HTTP_2, patience};
use super::local::limit_of_resolver;
use super::proxy;
use super::settings::Settings;
use super::tls_error;
use crate::model::exchange::{BODY_LIMIT, ConnectionUse, Ending, Outcome, Reply, Request, Silence};
use crate::model::target::Target;

/// What hyper and h2 say of a connection that ended, or a stream; reqwest does not tell their kinds of errors apart.
const CLOSED: [&str; 2] = ["connection closed", "error received"];

/// Sends requests as a library does, and hands back what came.
pub(crate) struct OrdinaryClient {
    http1: reqwest::Client,
    http2: reqwest::Client,
    connector: Connector,
    target: Target,
    timeout: Duration,
    /// The most of a body that is kept, in bytes.
    most: usize,
    offers_http2: OnceCell<bool>,
}

impl OrdinaryClient {
    /// A client of a target.
    ///
    /// # Errors
    /// The proxy's URL is invalid.
    pub(crate) fn new(connector: Connector, settings: &Settings, trusted: &ClientConfig) -> Result<Self, String> {
        let client = |protocol: &[u8]| {
            let mut trusted = trusted.clone();
            trusted.alpn_protocols = vec![protocol.to_vec()];
            let builder = reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
                .referer(false)
                .no_proxy()
                .pool_max_idle_per_host(0)
                // Before the deadline of the exchange, so that a host that swallows packets is unreachable, not silent.
                .connect_timeout(patience(settings.timeout))
                .tls_backend_preconfigured(trusted);
            let builder = if protocol == HTTP_2 { builder.http2_prior_knowledge() } else { builder.http1_only() };
            let failed = |error: &dyn Error| format!("cannot make an HTTP client: {}", chain(error));
            let Some(url) = &settings.proxy else { return builder.build().map_err(|error| failed(&error)) };
            let mut proxy = Proxy::all(url).map_err(|error| failed(&error))?;
            if let Some(authorization) = proxy::Proxy::parse(url)?.authorization {
                let value = HeaderValue::try_from(authorization).map_err(|error| failed(&error))?;
                proxy = proxy.custom_http_auth(value);
            }
            builder.proxy(proxy).build().map_err(|error| failed(&error))
        };
        Ok(Self {
            http1: client(HTTP_1)?,
            http2: client(HTTP_2)?,
            connector,
            target: settings.target.clone(),
            timeout: settings.timeout,
            most: BODY_LIMIT,
            offers_http2: OnceCell::new(),
        })
    }

    /// The same, of whose bodies so much is kept.
    pub(super) fn keeping(self, most: usize) -> Self {
        Self { most, ..self }
    }

    /// Why the request cannot be sent by a library, or not to this target.
    pub(crate) async fn unfit(&self, request: &Request) -> Option<&'static str> {
        if self.url(request).is_none() {
            return Some("an HTTP library sends such a request to another place");
        }
        let offers = || async {
            let by = Instant::now() + patience(self.timeout);
            timeout_at(by, self.connector.offers_http2()).await.unwrap_or(false)
        };
        // It is asked once.
        let lacks = request.connection == ConnectionUse::Http2 && !*self.offers_http2.get_or_init(offers).await;
        lacks.then_some("the target offers no HTTP/2 over TLS")
    }

    /// Where the request goes; `None` where a library would send it elsewhere: without its dot segments, or to the authority
    /// of a CONNECT.
    fn url(&self, request: &Request) -> Option<Url> {
        let url = Url::parse(&format!("{}{}", self.target.as_str(), request.target)).ok()?;
        let query = url.query().map_or_else(String::new, |query| format!("?{query}"));
        let is_kept = format!("{}{query}", url.path()) == format!("{}{}", self.target.prefix(), request.target);
        (is_kept && request.method != "CONNECT").then_some(url)
    }

    /// Sends a request with its header fields resolved.
    pub(crate) async fn send(&self, request: &Request, headers: &[(String, Vec<u8>)], deadline: Instant) -> Outcome {
        let built = match self.build(request, headers) {
            Ok(built) => built,
            Err(why) => return Outcome::Silence(Silence::Unreachable(format!("no library has such a request: {why}"))),
        };
        let client = if request.connection == ConnectionUse::Http2 { &self.http2 } else { &self.http1 };
        let mut response = match timeout_at(deadline, client.execute(built)).await {
            Err(_) => return Outcome::Silence(Silence::TimedOut(self.timeout)),
            Ok(Err(error)) => return Outcome::Silence(self.silence(&error)),
            Ok(Ok(response)) => response,
        };
        let fields = response.headers().iter();
        let fields = fields.map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec())).collect();
        let mut reply = Reply { status: response.status().as_u16(), headers: fields, ..Reply::default() };
        loop {
            match timeout_at(deadline, response.chunk()).await {
                Err(_) => reply.ending = Ending::TimedOut,
                Ok(Err(error)) => reply.ending = Ending::Truncated(chain(&error).into()),
                Ok(Ok(None)) => {}
                Ok(Ok(Some(chunk))) => {
                    let room = self.most - reply.body.len();
                    reply.body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                    if chunk.len() <= room {
                        continue;
                    }
                    reply.ending = Ending::Oversized(self.most);
                }
            }
            return Outcome::Reply(reply);
        }
    }

    fn build(&self, request: &Request, headers: &[(String, Vec<u8>)]) -> Result<reqwest::Request, String> {
        let method = Method::from_bytes(request.method.as_bytes()).map_err(|error| error.to_string())?;
        let url = self.url(request).ok_or("it would go to another place")?;
        let client = if request.connection == ConnectionUse::Http2 { &self.http2 } else { &self.http1 };
        let mut builder = client.request(method, url);
        for (name, value) in headers {
            builder = builder.header(name, value.as_slice());
        }
        if let Some(body) = &request.body {
            // An empty content is content: hyper would leave its length unsaid.
            if body.is_empty() {
                builder = builder.header(CONTENT_LENGTH, "0");
            }
            builder = builder.body(body.clone());
        }
        builder.build().map_err(|error| chain(&error))
    }

    fn silence(&self, error: &reqwest::Error) -> Silence {
        if let Some(tls) = causes(error).find_map(tls_error::why) {
            return Silence::Tls(tls);
        }
        if error.is_connect() {
            let limit = causes(error).find_map(|cause| cause.downcast_ref::<io::Error>()).and_then(limit_of_resolver);
            return limit.map_or_else(|| Silence::Unreachable(chain(error)), Silence::Local);
        }
        if error.is_timeout() {
            return Silence::TimedOut(self.timeout);
        }
        let (why, is_io) = (chain(error), causes(error).any(<dyn Error>::is::<io::Error>));
        if is_io || CLOSED.iter().any(|word| why.contains(word)) {
            return Silence::Closed(why.into());
        }
        // What came is not sent for again.
        Silence::NotHttp(format!("an HTTP library cannot read it ({why})").into())
    }
}

/// What caused an error, the nearest cause first.
fn causes<'e>(error: &'e dyn Error) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    successors(error.source(), |cause| (**cause).source())
}

/// The error with its causes, without the URL, which stands in the report already.
fn chain(error: &dyn Error) -> String {
    let causes: Vec<_> = causes(error).map(ToString::to_string).collect();
    if causes.is_empty() { error.to_string() } else { causes.join(": ") }
}
