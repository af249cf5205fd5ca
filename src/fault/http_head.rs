//! Faults of the request's head that no HTTP library sends (RFC 9112, sections 2 to 5).

use super::acceptance::Acceptance;
use super::acceptance::Acceptance::{Guarded, Lenient};
use super::draft::{Subject, Variant};
use super::http_message::{Message, bytes, for_targets, half_closed, is_read, scripted, uncredentialed, unfinished};
use super::row::{Fault, fault};
use crate::model::cause::Cause;
use crate::model::exchange::{Part, Transport};

/// The table of this family.
pub static FAULTS: &[Fault] = &[
    fault!(
        "accept-absent",
        NoCredentials,
        Wire,
        "No credentials and no Accept: the error has its documented format all the same.",
        "GET /api/folders/ without Accept",
        "RFC 9110, section 12.5.1",
        accept_absent
    ),
    fault!(
        "method-illegal",
        MalformedHttp,
        Wire,
        "A method with a character that no method has, and none at all.",
        "G@T /api/folders/ HTTP/1.1",
        "RFC 9110, section 9.1",
        method
    ),
    fault!(
        "request-line-malformed",
        MalformedHttp,
        Wire,
        "A request line with a part too few or too many, with other white space than one space, with control bytes.",
        "GET  /api/folders/ HTTP/1.1",
        "RFC 9112, section 3",
        request_line
    ),
    fault!(
        "line-ends-bare",
        MalformedHttp,
        Wire,
        "Lines that end in a line feed alone, and a carriage return alone within a line.",
        "GET /api/folders/ HTTP/1.1\\nHost: …",
        "RFC 9112, section 2.2",
        line_ends
    ),
    fault!(
        "version-unexpected",
        MalformedHttp,
        Wire,
        "A version that HTTP/1 never had, one that is not written so, an old one, and the line of HTTP/0.9.",
        "GET /api/folders/ HTTP/9.9",
        "RFC 9110, section 15.6.6; RFC 9112, section 2.3",
        version
    ),
    fault!(
        "host-malformed",
        MalformedHttp,
        Wire,
        "No Host, an empty one, two of them, and one that is no host.",
        "GET /api/folders/ HTTP/1.1 without Host",
        "RFC 9112, section 3.2: a server MUST answer 400",
        host
    ),
    fault!(
        "field-malformed",
        MalformedHttp,
        Wire,
        "A header field without a colon, with white space before it, without a name, with bytes that no name or value has, and a folded one.",
        "X-Errdrift : 1",
        "RFC 9112, section 5",
        field
    ),
    fault!(
        "target-malformed",
        MalformedHttp,
        Wire,
        "A target with dot segments, a backslash, a space, bytes that are not ASCII, or a fragment.",
        "GET /api/errdrift/../folders/ HTTP/1.1",
        "RFC 9112, section 3.2; RFC 3986, section 3.3",
        target
    ),
    fault!(
        "target-form",
        MalformedHttp,
        Wire,
        "The absolute form, which a server must take, and the asterisk, which is for OPTIONS.",
        "GET http://host/api/folders/ HTTP/1.1",
        "RFC 9112, sections 3.2.2 and 3.2.4",
        target_form
    ),
    fault!(
        "tls-hello-on-plain-port",
        MalformedHttp,
        Wire,
        "The beginning of a TLS handshake where HTTP is spoken.",
        "16 03 01 …",
        "RFC 9112, section 2.2",
        tls_hello
    ),
    fault!(
        "plain-http-on-tls-port",
        MalformedHttp,
        Wire,
        "A request in clear where TLS is spoken.",
        "GET /api/folders/ HTTP/1.1 to port 443",
        "RFC 9110, section 4.2.2",
        plain_http
    ),
];

/// What else a server may take such a request for, once it has read what it could.
const READINGS: &[Cause] = &[Cause::UnknownPath, Cause::UnknownResource, Cause::InvalidValue, Cause::WrongMethod];

/// What breaks a message.
type Change = Box<dyn FnOnce(&mut Message)>;

/// Variants on the suite's read. A server that repairs or drops what is wrong answers it with a success.
fn rows(subject: &Subject<'_>, rows: Vec<(&str, Acceptance, Change)>) -> Vec<Variant> {
    if !is_read(subject) {
        return Vec::new();
    }
    rows.into_iter()
        .map(|(name, acceptance, change)| {
            scripted(subject, name, acceptance, change).also(READINGS).also(&[Cause::NoCredentials]).form_only()
        })
        .collect()
}

/// A row of one family's variants.
fn row(name: &str, acceptance: Acceptance, change: impl FnOnce(&mut Message) + 'static) -> (&str, Acceptance, Change) {
    (name, acceptance, Box::new(change))
}

fn accept_absent(subject: &Subject<'_>) -> Vec<Variant> {
    if subject.credential().is_none() {
        return Vec::new();
    }
    vec![uncredentialed(subject, Acceptance::Never, |message| message.remove("accept: "))]
}

fn method(subject: &Subject<'_>) -> Vec<Variant> {
    rows(
        subject,
        vec![
            row("character", Guarded, |m| m.before = b"G@T ".to_vec()),
            row("empty", Guarded, |m| m.before = b" ".to_vec()),
            row("control", Guarded, |m| m.before = b"GE\x01T ".to_vec()),
        ],
    )
}

fn request_line(subject: &Subject<'_>) -> Vec<Variant> {
    rows(
        subject,
        vec![
            row("no-version", Lenient, |m| m.behind = b"\r\n".to_vec()),
            row("no-target", Guarded, |m| (m.target, m.behind) = (Vec::new(), b"HTTP/1.1\r\n".to_vec())),
            row("two-spaces", Lenient, |m| m.before.push(b' ')),
            row("tab", Lenient, |m| m.before = b"GET\t".to_vec()),
            row("leading-space", Lenient, |m| m.before.insert(0, b' ')),
            row("fourth-part", Lenient, |m| m.behind = b" HTTP/1.1 errdrift\r\n".to_vec()),
            row("nul", Guarded, |m| m.before = b"GET\0 ".to_vec()),
            row("garbage", Guarded, |m| {
                (m.before, m.target, m.behind) = (b"\x7f\x01errdrift\x02".to_vec(), Vec::new(), b"\r\n".to_vec());
            }),
        ],
    )
}

fn line_ends(subject: &Subject<'_>) -> Vec<Variant> {
    rows(
        subject,
        vec![
            row("line-feed", Lenient, |m| {
                m.behind = b" HTTP/1.1\n".to_vec();
                m.end = b"\n".to_vec();
                // A field of the request ends in a part of its own.
                for line in &mut m.fields {
                    line.pop();
                    line.push(bytes("\n"));
                }
            }),
            row("carriage-return", Lenient, |m| m.add("x-errdrift: a\rb\r\n")),
        ],
    )
}

fn version(subject: &Subject<'_>) -> Vec<Variant> {
    rows(
        subject,
        vec![
            row("9.9", Lenient, |m| m.behind = b" HTTP/9.9\r\n".to_vec()),
            row("2.0", Lenient, |m| m.behind = b" HTTP/2.0\r\n".to_vec()),
            row("1.0", Lenient, |m| m.behind = b" HTTP/1.0\r\n".to_vec()),
            row("0.9-named", Lenient, |m| m.behind = b" HTTP/0.9\r\n".to_vec()),
            row("lower-case", Lenient, |m| m.behind = b" http/1.1\r\n".to_vec()),
            row("other-protocol", Lenient, |m| m.behind = b" ERRDRIFT/1.1\r\n".to_vec()),
        ],
    )
    .into_iter()
    .chain(simple(subject))
    .collect()
}

/// The whole request of HTTP/0.9: a line.
fn simple(subject: &Subject<'_>) -> Option<Variant> {
    let row = row("0.9", Lenient, |m| {
        (m.behind, m.fields, m.end) = (b"\r\n".to_vec(), Vec::new(), Vec::new());
    });
    rows(subject, vec![row]).pop().map(half_closed)
}

fn host(subject: &Subject<'_>) -> Vec<Variant> {
    rows(
        subject,
        vec![
            row("missing", Lenient, |m| m.remove("host: ")),
            row("empty", Lenient, |m| m.replace("host: ", "host: \r\n")),
            row("two", Lenient, |m| m.add("host: errdrift.invalid\r\n")),
            row("illegal", Lenient, |m| m.replace("host: ", "host: err drift/@?\r\n")),
        ],
    )
}

fn field(subject: &Subject<'_>) -> Vec<Variant> {
    rows(
        subject,
        vec![
            row("no-colon", Lenient, |m| m.add("x-errdrift 1\r\n")),
            row("space-before-colon", Lenient, |m| m.add("x-errdrift : 1\r\n")),
            row("no-name", Lenient, |m| m.add(": 1\r\n")),
            row("name-illegal", Lenient, |m| m.add("x(errdrift)[]: 1\r\n")),
            row("name-not-ascii", Lenient, |m| m.add("x-errdr\u{ed}ft: 1\r\n")),
            row("value-nul", Lenient, |m| m.add("x-errdrift: a\0b\r\n")),
            row("value-control", Lenient, |m| m.add("x-errdrift: a\x01b\r\n")),
            row("folded", Lenient, |m| m.add("x-errdrift: a\r\n b\r\n")),
            row("first-folded", Lenient, |m| m.fields.insert(0, vec![bytes(" x-errdrift: 1\r\n")])),
        ],
    )
}

fn target(subject: &Subject<'_>) -> Vec<Variant> {
    /// The target with this before the path of the request, and this after it.
    fn around(message: &mut Message, before: &str, behind: &str) {
        message.target.insert(1, bytes(before));
        message.target.push(bytes(behind));
    }
    rows(
        subject,
        vec![
            row("dot-segment", Lenient, |m| around(m, "/.", "")),
            row("double-dot-segment", Lenient, |m| around(m, "/errdrift/..", "")),
            row("above-root", Lenient, |m| around(m, "/../..", "")),
            row("backslash", Lenient, |m| around(m, "", "\\errdrift")),
            row("space", Lenient, |m| around(m, "", "err drift")),
            row("not-ascii", Lenient, |m| around(m, "", "\u{444}\u{443}")),
            row("control", Lenient, |m| around(m, "", "\x01")),
            row("fragment", Lenient, |m| around(m, "", "#errdrift")),
        ],
    )
}

fn target_form(subject: &Subject<'_>) -> Vec<Variant> {
    rows(
        subject,
        vec![
            row("absolute", Lenient, |m| {
                m.target.splice(0..0, [bytes("http://"), Part::Authority]);
            }),
            row("asterisk", Lenient, |m| m.target = vec![bytes("*")]),
            row("no-slash", Lenient, |m| m.target = vec![bytes("errdrift")]),
        ],
    )
}

/// The beginning of a TLS 1.2 `ClientHello` (RFC 5246, section 7.4.1.2), whose random is errdrift's own.
const CLIENT_HELLO: &[u8] = b"\x16\x03\x01\x00\x2f\x01\x00\x00\x2b\x03\x03errdrift-errdrift-errdrift-error\
    \x00\x00\x04\xc0\x2f\xc0\x30\x01\x00";

fn tls_hello(subject: &Subject<'_>) -> Vec<Variant> {
    let hello = row("", Guarded, |m| {
        (m.before, m.target, m.behind) = (CLIENT_HELLO.to_vec(), Vec::new(), Vec::new());
        (m.fields, m.end) = (Vec::new(), Vec::new());
    });
    let variants = rows(subject, vec![hello]).into_iter();
    variants.map(|variant| for_targets(unfinished(variant), Transport::HttpOnly)).collect()
}

fn plain_http(subject: &Subject<'_>) -> Vec<Variant> {
    if !is_read(subject) {
        return Vec::new();
    }
    // In clear no credential leaves.
    let variant = uncredentialed(subject, Guarded, |_| {}).also(READINGS).also(&[Cause::NoCredentials]).form_only();
    vec![for_targets(variant, Transport::ClearToTls)]
}
