//! Connections for the raw sender: TCP, through a proxy's CONNECT, with TLS where the target wants it.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use percent_encoding::percent_decode_str;
use reqwest::Url;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::local;
use super::settings::Settings;
use super::stream::Stream;
use crate::model::exchange::{LocalLimit, Silence};
use crate::model::target::without_credentials;

/// Makes connections to one target.
#[derive(Clone)]
pub(crate) struct Connector {
    host: String,
    port: u16,
    proxy: Option<Proxy>,
    /// How an https target is spoken to.
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

/// An HTTP proxy (RFC 9110, section 9.3.6).
#[derive(Clone)]
struct Proxy {
    host: String,
    port: u16,
    /// The value of Proxy-Authorization, if the URL has credentials.
    authorization: Option<String>,
}

/// The most of a proxy's reply that is read, in bytes.
const PROXY_HEAD: usize = 16 * 1024;

impl Connector {
    /// A connector to a target.
    ///
    /// # Errors
    /// A file of certificates that cannot be read, or a proxy that is none.
    pub(crate) fn new(settings: &Settings) -> Result<Self, String> {
        let target = &settings.target;
        // Certificates that cannot be used are a mistake, whatever the target.
        let trusted = (target.is_tls() || settings.ca.is_some()).then(|| trust(settings)).transpose()?;
        let tls = trusted.filter(|_| target.is_tls()).map(|config| -> Result<_, String> {
            let name = ServerName::try_from(target.host().to_owned())
                .map_err(|error| format!("`{}` is no name for TLS: {error}", target.host()))?;
            Ok((TlsConnector::from(Arc::new(config)), name))
        });
        let proxy = settings.proxy.as_deref().map(Proxy::parse).transpose()?;
        local::prepare();
        Ok(Self { host: target.host().to_owned(), port: target.port(), proxy, tls: tls.transpose()? })
    }

    /// Whether a connection to the target, or to the proxy before it, can be made as far as the target goes.
    pub(crate) async fn connects(&self) -> bool {
        // What this machine cannot do says nothing of the target.
        matches!(self.tcp().await, Ok(_) | Err(Silence::Local(_)))
    }

    /// A connection, in clear whatever the target is where `clear` says so.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) async fn connect(&self, clear: bool) -> Result<Box<dyn Stream>, Silence> {
        let stream = self.tunnelled().await?;
        match &self.tls {
            Some((connector, name)) if !clear => Ok(Box::new(secured(connector, name, stream).await?)),
            _ => Ok(Box::new(stream)),
        }
    }

    /// The same for HTTP/2; `None` where the target is not https or does not choose it (RFC 9113, section 3.3).
    ///
    /// # Errors
    /// Why there is no connection.
    pub(crate) async fn connect_http2(&self) -> Result<Option<Box<dyn Stream>>, Silence> {
        let Some((connector, name)) = &self.tls else { return Ok(None) };
        let mut config = ClientConfig::clone(connector.config());
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let connector = TlsConnector::from(Arc::new(config));
        let stream = secured(&connector, name, self.tunnelled().await?).await?;
        let chosen = stream.get_ref().1.alpn_protocol() == Some(b"h2".as_slice());
        Ok(chosen.then(|| Box::new(stream) as Box<dyn Stream>))
    }

    /// A connection to the target, through the proxy where there is one.
    async fn tunnelled(&self) -> Result<TcpStream, Silence> {
        let mut stream = self.tcp().await?;
        if let Some(proxy) = &self.proxy {
            proxy.tunnel(&mut stream, &self.host, self.port).await?;
        }
        Ok(stream)
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
    connector.connect(name.clone(), stream).await.map_err(|error| Silence::Tls(error.to_string()))
}

impl Proxy {
    fn parse(text: &str) -> Result<Self, String> {
        let wrong = |why: &dyn std::fmt::Display| {
            format!("`{}` is no proxy: {why}; write it as http://proxy.example.com:3128", without_credentials(text))
        };
        let url = Url::parse(text).map_err(|error| wrong(&error))?;
        if url.scheme() != "http" {
            return Err(wrong(&"only http proxies are known"));
        }
        let host = url.host_str().ok_or_else(|| wrong(&"it has no host"))?.trim_matches(['[', ']']).to_owned();
        let authorization = (!url.username().is_empty()).then(|| {
            let plain = |text: &str| percent_decode_str(text).collect::<Vec<u8>>();
            let pair = [plain(url.username()), plain(url.password().unwrap_or_default())].join(&b':');
            format!("Basic {}", BASE64.encode(pair))
        });
        Ok(Self { host, port: url.port_or_known_default().unwrap_or(80), authorization })
    }

    /// Asks for a tunnel.
    async fn tunnel(&self, stream: &mut TcpStream, host: &str, port: u16) -> Result<(), Silence> {
        let authority = if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
        let mut request = format!("CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n");
        if let Some(authorization) = &self.authorization {
            request.extend(["Proxy-Authorization: ", authorization, "\r\n"]);
        }
        request.push_str("\r\n");
        let failed = |why: &str| Silence::Unreachable(format!("the proxy gives no tunnel: {why}"));
        let broken = |error: io::Error| failed(&error.to_string());
        stream.write_all(request.as_bytes()).await.map_err(broken)?;
        let mut head = Vec::new();
        // A byte at a time: what comes behind the head is the target's.
        while !head.ends_with(b"\r\n\r\n") {
            let Ok(byte) = stream.read_u8().await else { return Err(failed("it closed the connection")) };
            head.push(byte);
            if head.len() > PROXY_HEAD {
                return Err(failed("its reply has no end"));
            }
        }
        let line = String::from_utf8_lossy(&head).lines().next().unwrap_or_default().to_owned();
        let status = line.split(' ').nth(1).unwrap_or_default();
        if status.starts_with('2') { Ok(()) } else { Err(failed(&line)) }
    }
}

/// What is trusted of an https target.
fn trust(settings: &Settings) -> Result<ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let algorithms = provider.signature_verification_algorithms;
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| format!("cannot set TLS up: {error}"))?;
    let config = if settings.insecure {
        builder.dangerous().with_custom_certificate_verifier(Arc::new(Anyone(algorithms))).with_no_client_auth()
    } else if let Some(path) = &settings.ca {
        let wrong =
            |error: &dyn std::fmt::Display| format!("cannot use the certificates of {}: {error}", path.display());
        let mut roots = RootCertStore::empty();
        let pem = crate::model::file::read(path).map_err(|error| wrong(&error))?;
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            roots.add(certificate.map_err(|error| wrong(&error))?).map_err(|error| wrong(&error))?;
        }
        if roots.is_empty() {
            return Err(wrong(&"it holds no certificate in PEM"));
        }
        builder.with_root_certificates(roots).with_no_client_auth()
    } else {
        let verifier = rustls_platform_verifier::Verifier::new(provider)
            .map_err(|error| format!("cannot read the system's certificates: {error}"))?;
        builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth()
    };
    Ok(config)
}

/// Takes any certificate, and still checks that the target has its key.
#[derive(Debug)]
struct Anyone(WebPkiSupportedAlgorithms);

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_schemes()
    }
}

/// The longest that making a connection may take, as a share of the probe's deadline: a host that swallows packets is
/// unreachable, not silent.
pub(crate) fn patience(timeout: Duration) -> Duration {
    timeout.mul_f64(0.8)
}
