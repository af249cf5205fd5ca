//! How a request says whom it is for: as the target reads it, or as a proxy does that passes it on (RFC 9112, sections 3.2.1
//! and 3.2.2). Bytes, and no socket.

use std::time::Duration;

use super::proxy::Proxy;
use super::settings::Settings;
use crate::model::exchange::{Part, Request, Script};
use crate::model::secret::Template;

/// What is written, with the pauses before it.
pub(crate) type Writes = Vec<(Duration, Vec<u8>)>;

/// A target as requests name it.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    authority: String,
    prefix: String,
    /// What a proxy is told beside the request: the beginning of the absolute form, and the value of Proxy-Authorization.
    /// `None` where the target reads the request itself.
    forwarded: Option<(String, Option<String>)>,
}

impl Address {
    /// How requests name this target.
    ///
    /// # Errors
    /// The proxy's URL is invalid.
    pub(crate) fn of(settings: &Settings) -> Result<Self, String> {
        let target = &settings.target;
        let (authority, prefix) = (target.authority(), target.prefix().to_owned());
        let proxy = settings.proxy.as_deref().filter(|_| !target.is_tls()).map(Proxy::parse).transpose()?;
        let forwarded = proxy.map(|proxy| (format!("http://{authority}{prefix}"), proxy.authorization));
        Ok(Self { authority, prefix, forwarded })
    }

    /// The same for a reader: without the credentials that a proxy wants.
    pub(crate) fn masked(mut self) -> Self {
        let secret = self.forwarded.as_mut().and_then(|(_, authorization)| authorization.as_mut());
        if let Some(secret) = secret {
            "Basic …".clone_into(secret);
        }
        self
    }

    /// Whether a proxy reads the request: a script must name its target for that, and have room for what the proxy wants.
    /// What does not goes through a tunnel, byte for byte.
    pub(super) fn is_forwarded(&self, script: Option<&Script>) -> bool {
        let Some((_, authorization)) = &self.forwarded else { return false };
        let names = |script: &Script| script.parts.contains(&Part::Prefix);
        script.is_none_or(|script| names(script) && (authorization.is_none() || !script.is_simple()))
    }

    /// The request as RFC 9112 writes it: the probe's fields, then Host, then Content-Length where there is content.
    pub(crate) fn request(&self, request: &Request, headers: &[(String, Vec<u8>)]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(512 + request.body.as_ref().map_or(0, Vec::len));
        let prefix = self.forwarded.as_ref().map_or(&self.prefix, |(absolute, _)| absolute);
        for piece in [request.method.as_str(), " ", prefix, request.target.as_str(), " HTTP/1.1\r\n"] {
            bytes.extend_from_slice(piece.as_bytes());
        }
        bytes.extend(self.authorization("\r\n").into_bytes());
        for (name, value) in headers {
            for piece in [name.as_bytes(), b": ", value, b"\r\n"] {
                bytes.extend_from_slice(piece);
            }
        }
        bytes.extend_from_slice(b"host: ");
        bytes.extend_from_slice(self.authority.as_bytes());
        if let Some(body) = &request.body {
            bytes.extend_from_slice(format!("\r\ncontent-length: {}", body.len()).as_bytes());
        }
        bytes.extend_from_slice(b"\r\n\r\n");
        bytes.extend_from_slice(request.body.as_deref().unwrap_or_default());
        bytes
    }

    /// The field line by which a proxy knows us, with that end; nothing where it need not.
    fn authorization(&self, end: &str) -> String {
        let value = self.forwarded.as_ref().and_then(|(_, authorization)| authorization.as_ref());
        value.map_or_else(String::new, |value| format!("proxy-authorization: {value}{end}"))
    }

    /// A script's bytes, its secrets as `resolve` has them.
    ///
    /// # Errors
    /// That of `resolve`.
    pub(crate) fn script<E>(
        &self,
        script: &Script,
        resolve: impl Fn(&Template) -> Result<Vec<u8>, E>,
    ) -> Result<Writes, E> {
        let mut writes: Writes = vec![(Duration::ZERO, Vec::new())];
        let forwarded = self.forwarded.as_ref().filter(|_| self.is_forwarded(Some(script)));
        // In a request line whose end did not come yet.
        let mut is_begun = false;
        for (index, part) in script.parts.iter().enumerate() {
            let bytes = match part {
                Part::Pause(pause) => {
                    writes.push((*pause, Vec::new()));
                    continue;
                }
                Part::Authority => self.authority.clone().into_bytes(),
                Part::Prefix => {
                    is_begun = true;
                    // It may be a script in absolute form.
                    let is_absolute = index > 0 && script.parts[index - 1] == Part::Authority;
                    let absolute = forwarded.filter(|_| !is_absolute).map(|(absolute, _)| absolute);
                    absolute.unwrap_or(&self.prefix).clone().into_bytes()
                }
                Part::Bytes(template) => resolve(template)?,
            };
            let Some((_, last)) = writes.last_mut() else { continue };
            match bytes.iter().position(|byte| *byte == b'\n').filter(|_| is_begun && forwarded.is_some()) {
                Some(end) => {
                    let (line, rest) = bytes.split_at(end + 1);
                    last.extend_from_slice(line);
                    last.extend(self.authorization(if line.ends_with(b"\r\n") { "\r\n" } else { "\n" }).into_bytes());
                    last.extend_from_slice(rest);
                    is_begun = false;
                }
                None => last.extend_from_slice(&bytes),
            }
        }
        Ok(writes)
    }
}
