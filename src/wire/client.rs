//! The reqwest sender: the one door to reqwest.
//!
//! It sends well-formed requests over reused connections, follows nothing, decodes nothing, and judges nothing. What reqwest
//! would repair or refuse it does not send: [`Client::faithful`] says so before anything leaves.

use std::error::Error;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Method, Url};
use tokio::time::timeout_at;

use super::target::{Target, without_credentials};
use crate::exchange::{Ending, Exchange, Outcome, Reply, Request, Silence};

/// The most of a body that is read, in bytes.
pub const BODY_LIMIT: usize = 1 << 20;

/// How often a connection that cannot be made is tried again, and after which pauses.
const RECONNECT: &[Duration] = &[Duration::from_millis(100), Duration::from_millis(400)];

/// The longest that a look takes whether the target is still there.
const LOOK: Duration = Duration::from_secs(2);

/// How the target is reached.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The origin, with its prefix if it has one.
    pub target: Target,
    /// The deadline of one exchange, retries of its connection included.
    pub timeout: Duration,
    /// Whether certificates are not verified.
    pub insecure: bool,
    /// A file of certificates in PEM that are trusted instead of the system's.
    pub ca: Option<PathBuf>,
    /// A proxy, as a URL.
    pub proxy: Option<String>,
}

/// The host and port to which connections are made.
fn door(settings: &Settings) -> Result<(String, u16), String> {
    let Some(proxy) = &settings.proxy else { return Ok((settings.target.host().to_owned(), settings.target.port())) };
    let wrong = |why: &dyn std::fmt::Display| {
        format!("`{}` is no proxy: {why}; write it as http://proxy.example.com:3128", without_credentials(proxy))
    };
    let url = Url::parse(proxy).map_err(|error| wrong(&error))?;
    let host = url.host_str().ok_or_else(|| wrong(&"it has no host"))?;
    let port = url.port_or_known_default().ok_or_else(|| wrong(&"it has no port"))?;
    Ok((host.trim_matches(['[', ']']).to_owned(), port))
}

/// Sends requests and hands back what came.
#[derive(Clone, Debug)]
pub struct Client {
    pooled: reqwest::Client,
    fresh: reqwest::Client,
    target: Target,
    timeout: Duration,
    /// The host and port to which connections are made.
    door: (String, u16),
}

impl Client {
    /// A client for a target.
    ///
    /// # Errors
    /// A file of certificates that cannot be read, or a proxy that is none.
    pub fn new(settings: &Settings) -> Result<Self, String> {
        // An `Err` says that a provider is installed already, which is what is wanted.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let build = |idle: usize| -> Result<reqwest::Client, String> {
            let mut builder = reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
                .referer(false)
                .no_proxy()
                .pool_max_idle_per_host(idle)
                // Before the deadline of the exchange, so that a host that swallows packets is unreachable, not silent.
                .connect_timeout(settings.timeout.mul_f64(0.8))
                .tls_danger_accept_invalid_certs(settings.insecure);
            if let Some(path) = &settings.ca {
                let wrong = |error: &dyn std::fmt::Display| {
                    format!("cannot use the certificates of {}: {error}", path.display())
                };
                let pem = std::fs::read(path).map_err(|error| wrong(&error))?;
                let certificates = reqwest::Certificate::from_pem_bundle(&pem).map_err(|error| wrong(&error))?;
                if certificates.is_empty() {
                    return Err(wrong(&"it holds no certificate in PEM"));
                }
                builder = builder.tls_certs_only(certificates);
            } else if settings.target.as_str().starts_with("http:") && settings.proxy.is_none() {
                // Nothing is followed, so TLS never comes into it: reading the system's certificates costs more than a probe.
                builder = builder.tls_certs_only([]);
            }
            if let Some(proxy) = &settings.proxy {
                let proxy = reqwest::Proxy::all(proxy)
                    .map_err(|error| format!("`{}` is no proxy: {error}", without_credentials(proxy)))?;
                builder = builder.proxy(proxy);
            }
            // A certificate that is PEM and no certificate is only found out here.
            builder.build().map_err(|error| match &settings.ca {
                Some(path) => format!("cannot use the certificates of {}: {}", path.display(), chain(&error)),
                None => format!("cannot make an HTTP client: {}", chain(&error)),
            })
        };
        Ok(Self {
            pooled: build(usize::MAX)?,
            fresh: build(0)?,
            target: settings.target.clone(),
            timeout: settings.timeout,
            door: door(settings)?,
        })
    }

    /// Whether reqwest puts this request on the wire as it is.
    ///
    /// # Errors
    /// What it would change or refuse.
    pub fn faithful(target: &Target, request: &Request) -> Result<(), String> {
        let text = format!("{}{}", target.as_str(), request.target);
        let url = Url::parse(&text).map_err(|error| format!("no URL: {error}"))?;
        let written = text.splitn(4, '/').nth(3).map_or_else(String::new, |rest| format!("/{rest}"));
        let sent = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        if sent != written {
            return Err(format!("reqwest would send the target {sent} in place of {written}"));
        }
        let method = Method::from_bytes(request.method.as_bytes())
            .map_err(|error| format!("reqwest refuses the method: {error}"))?;
        if method == Method::CONNECT {
            return Err("reqwest would send CONNECT with another target".to_owned());
        }
        if request.header("accept").is_none() {
            return Err("reqwest would add an Accept".to_owned());
        }
        for (name, value) in &request.headers {
            let known = HeaderName::from_bytes(name.as_bytes())
                .map_err(|error| format!("reqwest refuses the field name {name}: {error}"))?;
            if known.as_str() != name {
                return Err(format!("reqwest would send the field name {name} in lower case"));
            }
            if ["content-length", "transfer-encoding", "host", "connection"].contains(&name.as_str()) {
                return Err(format!("reqwest frames messages itself: {name} is for a raw sender"));
            }
            HeaderValue::from_bytes(&value.masked())
                .map_err(|error| format!("reqwest refuses the value of {name}: {error}"))?;
        }
        Ok(())
    }

    /// Whether a connection to the target, or to the proxy before it, can be made.
    pub async fn connects(&self) -> bool {
        let (host, port) = &self.door;
        let deadline = tokio::time::Instant::now() + self.timeout.min(LOOK);
        matches!(timeout_at(deadline, tokio::net::TcpStream::connect((host.as_str(), *port))).await, Ok(Ok(_)))
    }

    /// Sends a request with its header fields resolved. A connection that fails is tried again; what it answers never is.
    pub async fn send(&self, request: &Request, headers: &[(String, Vec<u8>)]) -> Exchange {
        let start = Instant::now();
        let deadline = tokio::time::Instant::now() + self.timeout;
        let mut outcome = self.attempt(&self.pooled, request, headers, deadline).await;
        let mut pauses = RECONNECT.iter();
        let mut closed = 0;
        while let Outcome::Silence(silence) = &outcome {
            match silence {
                Silence::Unreachable(_) => match pauses.next() {
                    Some(pause) if tokio::time::Instant::now() + *pause < deadline => tokio::time::sleep(*pause).await,
                    _ => break,
                },
                // A reused connection may have been closed under us: one more, on a fresh connection, tells.
                Silence::Closed(_) if closed == 0 => closed += 1,
                _ => break,
            }
            outcome = self.attempt(&self.fresh, request, headers, deadline).await;
        }
        Exchange { outcome, duration: start.elapsed() }
    }

    async fn attempt(
        &self,
        client: &reqwest::Client,
        request: &Request,
        headers: &[(String, Vec<u8>)],
        deadline: tokio::time::Instant,
    ) -> Outcome {
        let built = match self.build(client, request, headers) {
            Ok(built) => built,
            Err(why) => return Outcome::Silence(Silence::Unreachable(why)),
        };
        let mut response = match timeout_at(deadline, client.execute(built)).await {
            Err(_) => return Outcome::Silence(Silence::TimedOut(self.timeout)),
            Ok(Err(error)) => return Outcome::Silence(self.silence(&error)),
            Ok(Ok(response)) => response,
        };
        let fields = response
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()))
            .collect();
        let mut reply =
            Reply { status: response.status().as_u16(), headers: fields, body: Vec::new(), ending: Ending::Complete };
        loop {
            match timeout_at(deadline, response.chunk()).await {
                Err(_) => reply.ending = Ending::TimedOut,
                Ok(Err(error)) => reply.ending = Ending::Truncated(chain(&error)),
                Ok(Ok(None)) => {}
                Ok(Ok(Some(chunk))) => {
                    let room = BODY_LIMIT - reply.body.len();
                    reply.body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                    if chunk.len() <= room {
                        continue;
                    }
                    reply.ending = Ending::Oversized(BODY_LIMIT);
                }
            }
            return Outcome::Reply(reply);
        }
    }

    fn build(
        &self,
        client: &reqwest::Client,
        request: &Request,
        headers: &[(String, Vec<u8>)],
    ) -> Result<reqwest::Request, String> {
        let method = Method::from_bytes(request.method.as_bytes()).map_err(|error| error.to_string())?;
        let mut builder = client.request(method, format!("{}{}", self.target.as_str(), request.target));
        for (name, value) in headers {
            let value = HeaderValue::from_bytes(value)
                .map_err(|error| format!("the value of {name} is no header value: {error}"))?;
            builder = builder.header(name, value);
        }
        if let Some(body) = &request.body {
            // An empty content is content: hyper would leave its length unsaid.
            if body.is_empty() {
                builder = builder.header(reqwest::header::CONTENT_LENGTH, "0");
            }
            builder = builder.body(body.clone());
        }
        builder.build().map_err(|error| chain(&error))
    }

    fn silence(&self, error: &reqwest::Error) -> Silence {
        let mut source = error.source();
        while let Some(cause) = source {
            if let Some(hyper) = cause.downcast_ref::<hyper::Error>() {
                if hyper.is_parse() {
                    return Silence::NotHttp(hyper.to_string());
                }
                if hyper.is_incomplete_message() {
                    return Silence::Closed(hyper.to_string());
                }
            }
            if let Some(tls) = tls(cause) {
                return Silence::Tls(tls);
            }
            source = cause.source();
        }
        if error.is_timeout() {
            Silence::TimedOut(self.timeout)
        } else if error.is_connect() {
            Silence::Unreachable(chain(error))
        } else {
            Silence::Closed(chain(error))
        }
    }
}

/// The TLS library's own word, which I/O errors carry inside, and their sources pass over.
fn tls(error: &(dyn Error + 'static)) -> Option<String> {
    if let Some(rustls) = error.downcast_ref::<rustls::Error>() {
        return Some(rustls.to_string());
    }
    tls(error.downcast_ref::<std::io::Error>()?.get_ref()?)
}

/// The error with its causes, without the URL, which stands in the report already.
fn chain(error: &dyn Error) -> String {
    let mut texts = Vec::new();
    let mut source = error.source();
    while let Some(cause) = source {
        texts.push(cause.to_string());
        source = cause.source();
    }
    if texts.is_empty() { error.to_string() } else { texts.join(": ") }
}
