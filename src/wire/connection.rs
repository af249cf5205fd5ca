//! Connections for the raw sender: TCP, through a proxy or past it, with TLS where the target wants it.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::local;
use super::proxy::Proxy;
use super::settings::Settings;
use super::stream::Stream;
use super::tls_error;
use crate::model::exchange::{LocalLimit, Silence};

/// What the versions of HTTP are called in TLS (RFC 9113, section 3.1).
pub(super) const HTTP_2: &[u8] = b"h2";
pub(super) const HTTP_1: &[u8] = b"http/1.1";

/// How a connection reaches the target.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Way {
    /// As the target's scheme has it.
    Own,
    /// In clear, whatever the target is.
    Clear,
    /// No further than to the proxy, which passes on what it is asked for.
    Forwarded,
}

/// Makes connections to one target.
#[derive(Clone)]
pub(super) struct Connector {
    host: String,
    port: u16,
    proxy: Option<Proxy>,
    /// How an https target is spoken to.
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

impl Connector {
    /// A connector to a target.
    ///
    /// # Errors
    /// The proxy's URL is invalid, or the target has no name for TLS.
    pub(super) fn new(settings: &Settings, trusted: &ClientConfig) -> Result<Self, String> {
        let target = &settings.target;
        let tls = target.is_tls().then(|| {
            let name = ServerName::try_from(target.host().to_owned())
                .map_err(|error| format!("`{}` is no name for TLS: {error}", target.host()))?;
            Ok::<_, String>((TlsConnector::from(Arc::new(trusted.clone())), name))
        });
        let proxy = settings.proxy.as_deref().map(Proxy::parse).transpose()?;
        local::prepare();
        Ok(Self { host: target.host().to_owned(), port: target.port(), proxy, tls: tls.transpose()? })
    }

    /// Whether a connection to the target, or to the proxy before it, can be made as far as the target goes.
    pub(super) async fn connects(&self) -> bool {
        // What this machine cannot do says nothing of the target.
        matches!(self.tcp().await, Ok(_) | Err(Silence::Local(_)))
    }

    /// A connection.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) async fn connect(&self, way: Way) -> Result<Box<dyn Stream>, Silence> {
        let mut stream = self.tcp().await?;
        if let Some(proxy) = self.proxy.as_ref().filter(|_| way != Way::Forwarded) {
            proxy.tunnel(&mut stream, &self.host, self.port).await?;
        }
        match &self.tls {
            Some((connector, name)) if way == Way::Own => Ok(Box::new(secured(connector, name, stream).await?)),
            _ => Ok(Box::new(stream)),
        }
    }

    /// Whether an https target chooses HTTP/2 where it may (RFC 9113, section 3.2; RFC 7301). It is asked for nothing else.
    pub(super) async fn offers_http2(&self) -> bool {
        let Some((connector, name)) = &self.tls else { return false };
        let mut config = ClientConfig::clone(connector.config());
        config.alpn_protocols = vec![HTTP_2.to_vec(), HTTP_1.to_vec()];
        let Ok(mut stream) = self.tcp().await else { return false };
        if let Some(proxy) = &self.proxy
            && proxy.tunnel(&mut stream, &self.host, self.port).await.is_err()
        {
            return false;
        }
        let stream = secured(&TlsConnector::from(Arc::new(config)), name, stream).await;
        stream.is_ok_and(|stream| stream.get_ref().1.alpn_protocol() == Some(HTTP_2))
    }

    /// A connection to the first address that takes one. Where several are refused, what the target does tells more than what
    /// this machine cannot do.
    async fn tcp(&self) -> Result<TcpStream, Silence> {
        let (host, port) = self.proxy.as_ref().map_or((&self.host, self.port), |proxy| (&proxy.host, proxy.port));
        let addresses = match lookup_host((host.as_str(), port)).await {
            Ok(addresses) => addresses,
            Err(error) => return Err(silence(&error, local::limit_of_resolver(&error))),
        };
        let mut refused = None;
        for address in addresses {
            let stream = match TcpStream::connect(address).await {
                Ok(stream) => stream,
                Err(error) => {
                    let limit = local::limit(&error);
                    if limit.is_none() || refused.is_none() {
                        refused = Some(silence(&error, limit));
                    }
                    continue;
                }
            };
            // Pieces must leave as they are written.
            return match stream.set_nodelay(true) {
                Ok(()) => Ok(stream),
                Err(error) => Err(silence(&error, None)),
            };
        }
        Err(refused.unwrap_or_else(|| Silence::Unreachable(format!("{host} has no address"))))
    }
}

/// Why there is no connection.
fn silence(error: &io::Error, limit: Option<LocalLimit>) -> Silence {
    limit.map_or_else(|| Silence::Unreachable(error.to_string()), Silence::Local)
}

async fn secured(
    connector: &TlsConnector,
    name: &ServerName<'static>,
    stream: TcpStream,
) -> Result<TlsStream<TcpStream>, Silence> {
    connector
        .connect(name.clone(), stream)
        .await
        .map_err(|error| Silence::Tls(tls_error::why(&error).unwrap_or_else(|| error.to_string())))
}

/// The longest that making a connection may take, as a share of the probe's deadline: a host that swallows packets is
/// unreachable, not silent.
pub(super) fn patience(timeout: Duration) -> Duration {
    timeout.mul_f64(0.8)
}
