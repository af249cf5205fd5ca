//! Replies: what is going to be said, open to every change, and its bytes. Decides nothing.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt::Write as _;
use std::time::SystemTime;

use super::body;
use super::decision::Success;
use super::draft::{Delivery, Draft};
use super::request::Request;

/// A finished reply.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, Cow<'static, str>)>,
    pub(super) body: Vec<u8>,
    pub(super) delivery: Delivery,
    /// The request was accepted.
    pub(super) accepted: bool,
}

impl Reply {
    /// The reply to a request that was carried out.
    pub(super) fn success(success: Success) -> Self {
        let mut headers = Vec::with_capacity(2);
        if !success.body.is_empty() {
            headers.push(("Content-Type", Cow::Borrowed("application/json")));
        }
        if let Some(allow) = success.allow {
            headers.push(("Allow", Cow::Owned(allow)));
        }
        let body = success.body.as_bytes().to_vec();
        Self { status: success.status, headers, body, delivery: Delivery::Whole, accepted: true }
    }

    /// Appends the bytes to `out`; none for a delivery that has none.
    pub(super) fn write(&self, head_only: bool, close: bool, out: &mut Vec<u8>) {
        match self.delivery {
            Delivery::Close | Delivery::Reset | Delivery::Hang => return,
            Delivery::Garbage(bytes) => return out.extend_from_slice(bytes),
            Delivery::Headless => return out.extend_from_slice(&self.body),
            _ => {}
        }
        let mut head = String::with_capacity(256);
        // Writing to a String cannot fail.
        let _ = write!(head, "HTTP/1.1 {} {}\r\nDate: ", self.status, reason(self.status));
        push_date(&mut head);
        for (name, value) in &self.headers {
            head.extend(["\r\n", *name, ": ", value.as_ref()]);
        }
        let chunked = matches!(self.delivery, Delivery::Unfinished | Delivery::LooseChunks);
        if chunked {
            head.push_str("\r\nTransfer-Encoding: chunked");
        } else if self.status != 204 {
            let _ = write!(head, "\r\nContent-Length: {}", self.body.len());
        }
        match self.delivery {
            Delivery::TwoLengths => {
                let _ = write!(head, "\r\nContent-Length: {}", self.body.len() + 17);
            }
            Delivery::Folded => head.push_str("\r\nX-Trace: 4bf92f35\r\n 77b34da6"),
            _ => {}
        }
        if close {
            head.push_str("\r\nConnection: close");
        }
        head.push_str("\r\n\r\n");
        out.extend_from_slice(head.as_bytes());
        if head_only {
            return;
        }
        match self.delivery {
            Delivery::Cut => out.extend_from_slice(&self.body[..self.body.len() / 2]),
            _ if chunked => {
                let (space, last) = if self.delivery == Delivery::LooseChunks { (" ", "0\r\n\r\n") } else { ("", "") };
                out.extend_from_slice(format!("{:x}{space}\r\n", self.body.len()).as_bytes());
                out.extend_from_slice(&self.body);
                out.extend_from_slice(format!("\r\n{last}").as_bytes());
            }
            Delivery::Surplus => {
                out.extend_from_slice(&self.body);
                out.extend_from_slice(b"</html>");
            }
            _ => out.extend_from_slice(&self.body),
        }
    }
}

impl Draft {
    /// The reply, with its body passed through `encode`.
    pub(super) fn finish(self, request: Option<&Request<'_>>, encode: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Reply {
        let body = encode(body::fill(self.template, &self, request));
        let mut headers = Vec::with_capacity(3 + self.headers.len());
        if let Some(media_type) = self.media_type {
            headers.push(("Content-Type", Cow::Borrowed(media_type)));
        }
        if let Some(allow) = self.allow {
            headers.push(("Allow", allow));
        }
        headers.extend(self.headers.into_iter().map(|(name, value)| (name, Cow::Borrowed(value))));
        Reply { status: self.status, headers, body, delivery: self.delivery, accepted: false }
    }
}

const fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        302 => "Found",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        413 => "Content Too Large",
        414 => "URI Too Long",
        415 => "Unsupported Media Type",
        417 => "Expectation Failed",
        422 => "Unprocessable Content",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        501 => "Not Implemented",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "",
    }
}

fn push_date(out: &mut String) {
    thread_local! {
        // Formatting a date costs more than the rest of a head, and it changes once a second.
        static LAST: RefCell<(u64, String)> = const { RefCell::new((0, String::new())) };
    }
    let now = SystemTime::now();
    let seconds = now.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    LAST.with_borrow_mut(|(second, text)| {
        if *second != seconds {
            (*second, *text) = (seconds, httpdate::fmt_http_date(now));
        }
        out.push_str(text);
    });
}
