//! Faults of the request's framing that no HTTP library sends (RFC 9112, sections 6 and 7).

use std::time::Duration;

use super::acceptance::Acceptance::{Lenient, Never, Unread};
use super::draft::{Subject, Variant};
use super::http_message::{
    Message, good, half_closed, is_first, is_read, is_write, pause, scripted, uncredentialed, unfinished,
};
use super::row::{Fault, fault};
use crate::model::cause::Cause;
use crate::model::exchange::Part;

/// The table of this family.
pub static FAULTS: &[Fault] = &[
    fault!(
        "content-length-malformed",
        MalformedHttp,
        Wire,
        "A Content-Length that is no number, negative, signed, hexadecimal, too large for any number, or said twice.",
        "Content-Length: cats",
        "RFC 9112, section 6.3: a server MUST answer 400",
        length_malformed
    ),
    fault!(
        "content-length-wrong",
        MalformedHttp,
        Wire,
        "A Content-Length longer than the content, after which the connection is half closed, and one that is shorter.",
        "Content-Length: 99 before 20 bytes",
        "RFC 9112, sections 6.3 and 8",
        length_wrong
    ),
    fault!(
        "transfer-encoding-unknown",
        MalformedHttp,
        Wire,
        "A transfer coding that nobody knows.",
        "Transfer-Encoding: cats",
        "RFC 9112, section 6.1: a server SHOULD answer 501",
        coding_unknown
    ),
    fault!(
        "chunk-malformed",
        MalformedHttp,
        Wire,
        "A chunk whose size is no number or overflows, one without its end, and no last chunk.",
        "zz\\r\\n{…}",
        "RFC 9112, section 7.1",
        chunk
    ),
    fault!(
        "request-after-refusal",
        NoCredentials,
        Wire,
        "A request that is refused before its content is read, and the read's good request after it on the same connection.",
        "POST /api/companies/ without a token, then GET /api/folders/",
        "RFC 9112, sections 9.3 and 9.6",
        after_refusal
    ),
    fault!(
        "expectation",
        NoCredentials,
        Wire,
        "An expectation without credentials: 100-continue, with the content a moment later, as clients that wait send it, and one \
         that nobody has.",
        "Expect: 100-continue",
        "RFC 9110, section 10.1.1: 100 or a final status; an expectation that is not met may be answered by 417",
        expectation
    ),
    fault!(
        "length-and-coding",
        MalformedHttp,
        Intrusive,
        "Content-Length and Transfer-Encoding in one request: where two servers disagree, one request hides in another.",
        "Content-Length: 20 and Transfer-Encoding: chunked",
        "RFC 9112, section 6.1",
        length_and_coding
    ),
    fault!(
        "head-slow",
        MalformedHttp,
        Intrusive,
        "A head that takes three seconds: a server that is patient answers as if nothing was.",
        "a second between field lines",
        "RFC 9110, section 15.5.9",
        slow_head
    ),
    fault!(
        "body-slow",
        MalformedHttp,
        Intrusive,
        "Content that takes three seconds: a server that is patient answers as if nothing was.",
        "a second between pieces of content",
        "RFC 9110, section 15.5.9",
        slow_body
    ),
];

/// What else a server may take such a request for, once it has read what it could of the content.
const READINGS: &[Cause] =
    &[Cause::MalformedBody, Cause::MissingField, Cause::WrongType, Cause::InvalidValue, Cause::UnknownResource];

/// A variant on the suite's write, which is refused whatever a server makes of its framing.
fn broken(subject: &Subject<'_>, name: &str, change: impl FnOnce(&mut Message)) -> Vec<Variant> {
    if !is_write(subject) {
        return Vec::new();
    }
    vec![scripted(subject, name, Unread, change).also(READINGS).form_only()]
}

/// The content as one chunk of that size, and what stands after it.
fn chunked(message: &mut Message, size: Option<&str>, behind: &str) {
    message.replace("content-length: ", "transfer-encoding: chunked\r\n");
    let size = size.map_or_else(|| format!("{:x}", message.body.len()), str::to_owned);
    message.body = [size.as_bytes(), b"\r\n", &message.body, behind.as_bytes()].concat();
}

fn length_malformed(subject: &Subject<'_>) -> Vec<Variant> {
    let rows = [
        ("word", "cats"),
        ("negative", "-1"),
        ("signed", "+2"),
        ("hexadecimal", "0x10"),
        ("overflow", "99999999999999999999"),
        ("empty", ""),
        ("list", "2, 3"),
    ];
    let said = |(name, value): (&str, &str)| {
        broken(subject, name, |m| m.replace("content-length: ", format!("content-length: {value}\r\n")))
    };
    let mut variants: Vec<_> = rows.into_iter().flat_map(said).map(half_closed).collect();
    variants.extend(broken(subject, "twice", |m| m.add("content-length: 1\r\n")).into_iter().map(half_closed));
    variants
}

fn length_wrong(subject: &Subject<'_>) -> Vec<Variant> {
    let longer = broken(subject, "longer", |m| {
        let length = format!("content-length: {}\r\n", m.body.len() + 40);
        m.replace("content-length: ", length);
    });
    // What is cut off begins no request that could be carried out.
    let shorter = broken(subject, "shorter", |m| m.replace("content-length: ", "content-length: 1\r\n"));
    longer.into_iter().map(unfinished).chain(shorter.into_iter().map(half_closed)).collect()
}

fn coding_unknown(subject: &Subject<'_>) -> Vec<Variant> {
    let alone = broken(subject, "", |m| m.replace("content-length: ", "transfer-encoding: cats\r\n"));
    alone.into_iter().map(half_closed).collect()
}

fn chunk(subject: &Subject<'_>) -> Vec<Variant> {
    let rows = [
        ("size-no-number", Some("zz"), "\r\n0\r\n\r\n"),
        ("size-negative", Some("-1"), "\r\n0\r\n\r\n"),
        ("size-overflow", Some("fffffffffffffffff"), "\r\n0\r\n\r\n"),
        ("no-end", None, "errdrift\r\n0\r\n\r\n"),
    ];
    let row = |(name, size, behind)| broken(subject, name, |m| chunked(m, size, behind));
    let last = broken(subject, "no-last-chunk", |m| chunked(m, None, "\r\n"));
    rows.into_iter().flat_map(row).map(half_closed).chain(last.into_iter().map(unfinished)).collect()
}

fn after_refusal(subject: &Subject<'_>) -> Vec<Variant> {
    if subject.credential().is_none() || !is_first(subject, |operation, _| operation.credential.is_some()) {
        return Vec::new();
    }
    let Some(good) = good(subject) else { return Vec::new() };
    let mut variant = uncredentialed(subject, Never, |_| {});
    if let Some(script) = &mut variant.draft.script {
        script.parts.extend(good);
        script.good_follows = true;
    }
    vec![variant]
}

/// How long a client waits for the 100 before it sends its content all the same (RFC 9110, section 10.1.1).
const CONTINUE_TIMEOUT: Duration = Duration::from_millis(200);

fn expectation(subject: &Subject<'_>) -> Vec<Variant> {
    if subject.credential().is_none() || !is_first(subject, |operation, _| operation.credential.is_some()) {
        return Vec::new();
    }
    let expects = |name: &str, value: &str| Variant {
        name: name.to_owned(),
        ..uncredentialed(subject, Never, |m| m.add(format!("expect: {value}\r\n")))
    };
    let mut waits = expects("continue", "100-continue");
    if let Some(script) = &mut waits.draft.script {
        let content = script.parts.pop();
        script.parts.push(Part::Pause(CONTINUE_TIMEOUT));
        script.parts.extend(content);
    }
    // Who takes it for malformed answers as for what is no HTTP.
    let unknown = expects("unknown", "errdrift").instead(Cause::MalformedHttp).also(&[Cause::NoCredentials]);
    vec![waits, unknown.form_only()]
}

fn length_and_coding(subject: &Subject<'_>) -> Vec<Variant> {
    broken(subject, "", |m| {
        let length = format!("content-length: {}\r\n", m.body.len());
        chunked(m, None, "\r\n0\r\n\r\n");
        m.add(length);
    })
}

/// How long a slow request is silent between its pieces.
const WRITE_INTERVAL: Duration = Duration::from_secs(1);

fn slow_head(subject: &Subject<'_>) -> Vec<Variant> {
    if !is_read(subject) {
        return Vec::new();
    }
    let slow = |m: &mut Message| {
        for name in ["a", "b", "c"] {
            m.fields.push(pause(WRITE_INTERVAL));
            m.add(format!("x-errdrift-{name}: 1\r\n"));
        }
    };
    vec![scripted(subject, "", Lenient, slow).also(&[Cause::NoCredentials]).form_only()]
}

fn slow_body(subject: &Subject<'_>) -> Vec<Variant> {
    let mut variants = broken(subject, "", |_| {});
    for script in variants.iter_mut().filter_map(|variant| variant.draft.script.as_mut()) {
        let Some(Part::Bytes(body)) = script.parts.pop() else { continue };
        let body = body.masked();
        for piece in body.chunks(body.len().div_ceil(4).max(1)) {
            script.parts.extend([Part::Pause(WRITE_INTERVAL), super::http_message::bytes(piece)]);
        }
    }
    variants
}
