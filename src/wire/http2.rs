//! The HTTP/2 sender, for the one question whether another front answers as the HTTP/1.1 one does (RFC 9113). The one door
//! to h2.
//!
//! Each request has a connection of its own. Nothing is followed, decoded or judged.

use std::io;

use h2::client;
use http::{Request as Head, Version};
use tokio::sync::OnceCell;
use tokio::time::{Instant, timeout_at};

use super::connection::{Connector, patience};
use super::settings::Settings;
use crate::model::exchange::{BODY_LIMIT, Ending, Outcome, Reply, Request, Silence};
use crate::model::target::Target;

/// Sends requests over HTTP/2.
pub(crate) struct Http2 {
    connector: Connector,
    target: Target,
    timeout: std::time::Duration,
    offered: OnceCell<bool>,
}

impl Http2 {
    /// A sender to a target.
    pub(crate) fn new(connector: Connector, settings: &Settings) -> Self {
        Self { connector, target: settings.target.clone(), timeout: settings.timeout, offered: OnceCell::new() }
    }

    /// Whether the target chooses HTTP/2 where it may. It is asked once.
    pub(crate) async fn is_offered(&self) -> bool {
        let ask = || async {
            let by = Instant::now() + patience(self.timeout);
            matches!(timeout_at(by, self.connector.connect_http2()).await, Ok(Ok(Some(_))))
        };
        self.target.is_tls() && *self.offered.get_or_init(ask).await
    }

    /// Sends a request with its header fields resolved.
    pub(crate) async fn send(&self, request: &Request, headers: &[(String, Vec<u8>)], deadline: Instant) -> Outcome {
        let by = deadline.min(Instant::now() + patience(self.timeout));
        let stream = match timeout_at(by, self.connector.connect_http2()).await {
            Ok(Ok(Some(stream))) => stream,
            Ok(Ok(None)) => return Outcome::Silence(Silence::Unreachable("HTTP/2 is not offered".to_owned())),
            Ok(Err(silence)) => return Outcome::Silence(silence),
            Err(_) => return Outcome::Silence(Silence::Unreachable("no connection in time".to_owned())),
        };
        let head = match self.head(request, headers) {
            Ok(head) => head,
            Err(error) => {
                return Outcome::Silence(Silence::Unreachable(format!("HTTP/2 has no such request: {error}")));
            }
        };
        let mut reply = None;
        let exchange = async {
            let (mut sender, connection) = client::handshake(stream).await?;
            let driver = tokio::spawn(connection);
            let body = request.body.as_deref().filter(|body| !body.is_empty());
            let (response, mut content) = sender.send_request(head, body.is_none())?;
            if let Some(body) = body {
                content.send_data(body.to_vec().into(), true)?;
            }
            let (parts, mut body) = response.await?.into_parts();
            let field = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
                (name.as_str().to_owned(), value.as_bytes().to_vec())
            };
            let came = reply.insert(Reply {
                status: parts.status.as_u16(),
                headers: parts.headers.iter().map(field).collect(),
                ending: Ending::TimedOut,
                ..Reply::default()
            });
            while let Some(data) = body.data().await {
                let data = data?;
                body.flow_control().release_capacity(data.len())?;
                came.body.extend_from_slice(&data);
                if came.body.len() > BODY_LIMIT {
                    came.body.truncate(BODY_LIMIT);
                    came.ending = Ending::Oversized(BODY_LIMIT);
                    break;
                }
            }
            if came.ending == Ending::TimedOut {
                came.ending = Ending::Complete;
            }
            driver.abort();
            Ok::<(), h2::Error>(())
        };
        let end = timeout_at(deadline, exchange).await;
        match (reply, end) {
            (Some(mut reply), Ok(Err(error))) => {
                reply.ending = Ending::Truncated(error.to_string().into());
                Outcome::Reply(reply)
            }
            (Some(reply), _) => Outcome::Reply(reply),
            (None, Ok(Err(error))) if error.is_io() || error.is_reset() || error.is_go_away() => {
                Outcome::Silence(Silence::Closed(error.to_string().into()))
            }
            (None, Ok(Err(error))) => Outcome::Silence(Silence::NotHttp(error.to_string().into())),
            (None, _) => Outcome::Silence(Silence::TimedOut(self.timeout)),
        }
    }

    fn head(&self, request: &Request, headers: &[(String, Vec<u8>)]) -> Result<Head<()>, io::Error> {
        let uri = format!("https://{}{}{}", self.target.authority(), self.target.prefix(), request.target);
        let mut builder = Head::builder().method(request.method.as_str()).uri(uri).version(Version::HTTP_2);
        for (name, value) in headers {
            builder = builder.header(name.as_str(), value.as_slice());
        }
        if let Some(body) = &request.body {
            builder = builder.header("content-length", body.len());
        }
        builder.body(()).map_err(io::Error::other)
    }
}
