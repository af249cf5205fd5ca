//! Every exchange as HAR 1.2, for what reads HTTP archives, in pieces, so that none need be kept until the end.
//!
//! There is one exchange a line. A silence has status 0 and says in `_error` what came instead of a reply. It knows no finding.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use super::renderer::Renderer;
use crate::model::printable::{json, printable};
use crate::model::verdict::Verdict;
use crate::report::{Closing, Opening, ProbeResult, RecordedReply, RecordedRequest};

/// The most of a scripted request that is shown.
const MAX_TEXT: usize = 4_000;
/// What HAR writes where a size is not known.
const UNKNOWN: i64 = -1;

#[derive(Serialize)]
struct Creator {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'r> {
    started_date_time: &'r str,
    time: f64,
    request: Request<'r>,
    response: Response<'r>,
    cache: Cache,
    timings: Timings,
    #[serde(rename = "_probe")]
    probe: &'r str,
    #[serde(rename = "_verdict")]
    verdict: Verdict,
}

#[derive(Serialize)]
struct Cache {}

/// The parts of an exchange are not told apart: all of it is waiting.
#[derive(Serialize)]
struct Timings {
    send: f64,
    wait: f64,
    receive: f64,
}

#[derive(Serialize)]
struct Pair<'r> {
    name: &'r str,
    value: &'r str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request<'r> {
    method: &'r str,
    url: String,
    http_version: &'static str,
    cookies: [Pair<'r>; 0],
    headers: Vec<Pair<'r>>,
    query_string: Vec<Pair<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    post_data: Option<PostData<'r>>,
    headers_size: i64,
    body_size: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PostData<'r> {
    mime_type: &'r str,
    text: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response<'r> {
    status: u16,
    status_text: &'static str,
    http_version: &'static str,
    cookies: [Pair<'r>; 0],
    headers: Vec<Pair<'r>>,
    content: Content<'r>,
    #[serde(rename = "redirectURL")]
    redirect_url: &'r str,
    headers_size: i64,
    body_size: i64,
    #[serde(rename = "_error", skip_serializing_if = "Option::is_none")]
    error: Option<&'r str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Content<'r> {
    size: usize,
    mime_type: &'r str,
    text: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
}

/// The document, of which nothing is kept but when the run began and whether there is an entry.
#[derive(Debug, Default)]
pub(super) struct Har {
    started_at: String,
    has_entries: bool,
}

impl Renderer for Har {
    fn begin(&mut self, opening: &Opening, to: &mut dyn Write) -> io::Result<()> {
        self.started_at.clone_from(&opening.started_at);
        to.write_all(head(opening).as_bytes())
    }

    /// Leaves out an exchange whose request was not recorded.
    fn result(&mut self, result: &ProbeResult, to: &mut dyn Write) -> io::Result<()> {
        let Some(request) = &result.request else { return Ok(()) };
        let comma = if std::mem::replace(&mut self.has_entries, true) { "," } else { "" };
        write!(to, "{comma}\n{}", json(&entry(&self.started_at, request, result)))
    }

    fn end(self: Box<Self>, _opening: &Opening, _closing: &Closing, to: &mut dyn Write) -> io::Result<()> {
        to.write_all(b"\n]}}\n")
    }
}

/// The document up to its first entry.
fn head(opening: &Opening) -> String {
    let creator = json(&Creator { name: "errdrift", version: env!("CARGO_PKG_VERSION") });
    let comment = format!(
        "errdrift against {}: every startedDateTime is that of the run, and credentials are masked",
        opening.target
    );
    format!(
        "{{\"log\": {{\"version\": \"1.2\", \"creator\": {creator}, \"comment\": {}, \"entries\": [",
        json(&comment)
    )
}

fn entry<'r>(started_at: &'r str, request: &'r RecordedRequest, result: &'r ProbeResult) -> Entry<'r> {
    Entry {
        started_date_time: started_at,
        time: result.duration_ms,
        request: sent(request),
        response: result.reply.as_ref().map_or_else(|| silence(result), came),
        cache: Cache {},
        timings: Timings { send: 0.0, wait: result.duration_ms, receive: 0.0 },
        probe: &result.probe,
        verdict: result.verdict,
    }
}

fn sent(request: &RecordedRequest) -> Request<'_> {
    let url = valid(&request.url);
    let mut notes = Vec::new();
    if url != request.url {
        notes.push(format!("the URL as it was written: {}", printable(&request.url, MAX_TEXT)));
    }
    if let Some(raw) = &request.raw {
        let length = request.raw_bytes.map_or_else(String::new, |bytes| format!(", the first of {bytes} bytes"));
        notes.push(format!("these bytes left in the place of this request{length}: {}", printable(raw, MAX_TEXT)));
    }
    Request {
        method: &request.method,
        url,
        http_version: "HTTP/1.1",
        cookies: [],
        headers: pairs(&request.headers),
        query_string: query(&request.url),
        post_data: request.body.as_deref().map(|body| PostData {
            mime_type: field(&request.headers, "content-type"),
            text: body,
            comment: request.body_base64.as_ref().map(|base64| format!("the content is no UTF-8; in Base64: {base64}")),
        }),
        headers_size: UNKNOWN,
        body_size: size(request),
        comment: (!notes.is_empty()).then(|| notes.join("; ")),
    }
}

/// The length of the content, where the text shows all of it or says how long it was.
fn size(request: &RecordedRequest) -> i64 {
    let whole = request.body_base64.is_none().then(|| request.body.as_ref().map_or(0, String::len));
    request.body_bytes.or(whole).and_then(|bytes| i64::try_from(bytes).ok()).unwrap_or(UNKNOWN)
}

fn came(reply: &RecordedReply) -> Response<'_> {
    let kept = reply.body_base64.as_deref().unwrap_or(&reply.body);
    let cut = reply.body_base64.is_none() && reply.body.len() < reply.body_bytes;
    Response {
        status: reply.status,
        status_text: "",
        http_version: "HTTP/1.1",
        cookies: [],
        headers: pairs(&reply.headers),
        content: Content {
            size: reply.body_bytes,
            mime_type: field(&reply.headers, "content-type"),
            text: kept,
            encoding: reply.body_base64.is_some().then_some("base64"),
            comment: cut.then(|| "the beginning of the body".to_owned()),
        },
        redirect_url: field(&reply.headers, "location"),
        headers_size: UNKNOWN,
        body_size: i64::try_from(reply.body_bytes).unwrap_or(UNKNOWN),
        error: None,
    }
}

fn silence(result: &ProbeResult) -> Response<'_> {
    Response {
        status: 0,
        status_text: "",
        http_version: "",
        cookies: [],
        headers: Vec::new(),
        content: Content { size: 0, mime_type: "", text: "", encoding: None, comment: None },
        redirect_url: "",
        headers_size: UNKNOWN,
        body_size: UNKNOWN,
        error: Some(result.silence.as_deref().unwrap_or("nothing came")),
    }
}

fn pairs(fields: &[(String, String)]) -> Vec<Pair<'_>> {
    fields.iter().map(|(name, value)| Pair { name, value }).collect()
}

/// The first value of that header field; empty where there is none.
fn field<'r>(fields: &'r [(String, String)], name: &str) -> &'r str {
    fields.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map_or("", |(_, value)| value)
}

/// The parameters as they are written.
fn query(url: &str) -> Vec<Pair<'_>> {
    let query = url.split('#').next().and_then(|url| url.split_once('?')).map_or("", |(_, query)| query);
    let pair = |part| {
        let (name, value) = str::split_once(part, '=').unwrap_or((part, ""));
        Pair { name, value }
    };
    query.split('&').filter(|part| !part.is_empty()).map(pair).collect()
}

/// The URL as RFC 3986 has it: HAR allows no other, and a fault may be in the URL.
fn valid(url: &str) -> String {
    let path = url.find("://").and_then(|at| Some(at + 3 + url[at + 3..].find(['/', '?', '#'])?)).unwrap_or(url.len());
    let mut valid = url[..path].to_owned();
    let mut fragment = false;
    for (index, byte) in url.bytes().enumerate().skip(path) {
        let escape = |at: usize| url.as_bytes().get(at).is_some_and(u8::is_ascii_hexdigit);
        let stays = match byte {
            b'%' => escape(index + 1) && escape(index + 2),
            b'#' => !std::mem::replace(&mut fragment, true),
            _ => byte.is_ascii_alphanumeric() || b"-._~:/?@!$&'()*+,;=".contains(&byte),
        };
        if stays {
            valid.push(char::from(byte));
        } else {
            let _ = write!(valid, "%{byte:02X}");
        }
    }
    valid
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_one_whatever_the_fault_made_of_it() {
        for (url, written) in [
            ("http://[::1]:8080/a?b=[1]", "http://[::1]:8080/a?b=%5B1%5D"),
            ("http://h/${TOKEN}/%zz/%41 ö", "http://h/$%7BTOKEN%7D/%25zz/%41%20%C3%B6"),
            ("http://h/a#b#c", "http://h/a#b%23c"),
            ("http://h", "http://h"),
        ] {
            assert_eq!(valid(url), written);
        }
    }

    #[test]
    fn parameters_are_read_as_they_are_written() {
        let pairs: Vec<_> = query("http://h/?a=1&b&&c=%20=#d=e").into_iter().map(|p| (p.name, p.value)).collect();
        assert_eq!(pairs, [("a", "1"), ("b", ""), ("c", "%20=")]);
    }
}
