//! The reqwest sender: the one door to reqwest.
//!
//! It sends well-formed requests over reused connections, follows nothing, decodes nothing, and judges nothing. What reqwest
//! would repair or refuse it does not send: [`Client::faithful`] says so before anything leaves.

use std::error::Error;
use std::time::Duration;

use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Method, Url};
use tokio::time::timeout_at;

use super::settings::Settings;
use crate::model::exchange::{BODY_LIMIT, Ending, Outcome, Reply, Request, Silence};
use crate::model::target::{Target, without_credentials};

/// Sends requests and hands back what came.
#[derive(Clone, Debug)]
pub struct Client {
    inner: reqwest::Client,
    target: Target,
    timeout: Duration,
}

impl Client {
    /// A client for a target.
    ///
    /// # Errors
    /// A file of certificates that cannot be read, or a proxy that is none.
    pub fn new(settings: &Settings) -> Result<Self, String> {
        // An `Err` says that a provider is installed already, which is what is wanted.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            // Before the deadline of the exchange, so that a host that swallows packets is unreachable, not silent.
            .connect_timeout(settings.timeout.mul_f64(0.8))
            .tls_danger_accept_invalid_certs(settings.insecure);
        if let Some(path) = &settings.ca {
            let wrong =
                |error: &dyn std::fmt::Display| format!("cannot use the certificates of {}: {error}", path.display());
            let pem = crate::model::file::read(path).map_err(|error| wrong(&error))?;
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
        let client = builder.build().map_err(|error| match &settings.ca {
            Some(path) => format!("cannot use the certificates of {}: {}", path.display(), chain(&error)),
            None => format!("cannot make an HTTP client: {}", chain(&error)),
        })?;
        Ok(Self { inner: client, target: settings.target.clone(), timeout: settings.timeout })
    }

    /// Whether reqwest puts this request on the wire as it is.
    ///
    /// # Errors
    /// What it would change or refuse.
    pub fn faithful(target: &Target, request: &Request) -> Result<(), String> {
        Self::faithful_target(target, &request.target)?;
        Self::faithful_head(request)
    }

    /// Whether reqwest puts this request target on the wire as it is.
    pub(crate) fn faithful_target(target: &Target, path: &str) -> Result<(), String> {
        let text = format!("{}{path}", target.as_str());
        let url = Url::parse(&text).map_err(|error| format!("no URL: {error}"))?;
        let written = text.splitn(4, '/').nth(3).map_or_else(String::new, |rest| format!("/{rest}"));
        let sent = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        if sent != written {
            return Err(format!("reqwest would send the target {sent} in place of {written}"));
        }
        Ok(())
    }

    /// Whether reqwest puts the request's method and header fields on the wire as they are.
    pub(crate) fn faithful_head(request: &Request) -> Result<(), String> {
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

    /// Sends a request with its header fields resolved.
    pub async fn send(
        &self,
        request: &Request,
        headers: &[(String, Vec<u8>)],
        deadline: tokio::time::Instant,
    ) -> Outcome {
        let built = match self.build(request, headers) {
            Ok(built) => built,
            Err(why) => return Outcome::Silence(Silence::Unreachable(why)),
        };
        let mut response = match timeout_at(deadline, self.inner.execute(built)).await {
            Err(_) => return Outcome::Silence(Silence::TimedOut(self.timeout)),
            Ok(Err(error)) => return Outcome::Silence(self.silence(&error)),
            Ok(Ok(response)) => response,
        };
        let fields = response
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()))
            .collect();
        let mut reply = Reply { status: response.status().as_u16(), headers: fields, ..Reply::default() };
        loop {
            match timeout_at(deadline, response.chunk()).await {
                Err(_) => reply.ending = Ending::TimedOut,
                Ok(Err(error)) => reply.ending = Ending::Truncated(chain(&error).into()),
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

    fn build(&self, request: &Request, headers: &[(String, Vec<u8>)]) -> Result<reqwest::Request, String> {
        let method = Method::from_bytes(request.method.as_bytes()).map_err(|error| error.to_string())?;
        let mut builder = self.inner.request(method, format!("{}{}", self.target.as_str(), request.target));
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
                    return Silence::NotHttp(hyper.to_string().into());
                }
                if hyper.is_incomplete_message() {
                    return Silence::Closed(hyper.to_string().into());
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
            Silence::Closed(chain(error).into())
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
