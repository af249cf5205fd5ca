//! The proxy before a target: what it is called, how it knows us, and the tunnel that it gives.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use percent_encoding::percent_decode_str;
use reqwest::Url;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::model::exchange::Silence;
use crate::model::target::without_credentials;

/// An HTTP proxy (RFC 9110, section 9.3.6; RFC 9112, section 3.2.2).
#[derive(Clone)]
pub(super) struct Proxy {
    pub(super) host: String,
    pub(super) port: u16,
    /// The value of Proxy-Authorization, if the URL has credentials.
    pub(super) authorization: Option<String>,
}

/// The most of a proxy's reply that is read, in bytes.
const MAX_HEAD: usize = 16 * 1024;

impl Proxy {
    /// Reads a proxy's URL.
    ///
    /// # Errors
    /// What is wrong with it, and what to write instead.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
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
    ///
    /// # Errors
    /// Why there is none.
    pub(super) async fn tunnel(&self, stream: &mut TcpStream, host: &str, port: u16) -> Result<(), Silence> {
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
        // A byte at a time: what comes after the head is the target's.
        while !head.ends_with(b"\r\n\r\n") {
            let Ok(byte) = stream.read_u8().await else { return Err(failed("it closed the connection")) };
            head.push(byte);
            if head.len() > MAX_HEAD {
                return Err(failed("its reply has no end"));
            }
        }
        let line = String::from_utf8_lossy(&head).lines().next().unwrap_or_default().to_owned();
        let status = line.split(' ').nth(1).unwrap_or_default();
        if status.starts_with('2') { Ok(()) } else { Err(failed(&line)) }
    }
}
