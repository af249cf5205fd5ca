//! Requests larger than most servers take (RFC 9110, sections 15.5.14 and 15.5.15; RFC 6585, section 5).

use super::acceptance::Acceptance::{Lenient, Unread};
use super::draft::{Subject, Variant};
use super::http_message::{Message, is_read, is_write, scripted};
use super::row::{Fault, fault};
use crate::model::cause::Cause;

/// The table of this family.
pub static FAULTS: &[Fault] = &[
    fault!(
        "target-long",
        TooLarge,
        Heavy,
        "A query of 8, 16 and 64 kB that no operation knows.",
        "GET /api/folders/?errdrift=xxxx…x",
        "RFC 9110, section 15.5.15",
        target
    ),
    fault!(
        "field-long",
        TooLarge,
        Heavy,
        "A header field of 8, 16 and 64 kB, and of 1.1 MB.",
        "X-Errdrift: xxxx…x",
        "RFC 6585, section 5",
        field
    ),
    fault!(
        "fields-many",
        TooLarge,
        Heavy,
        "A hundred header fields, and a thousand.",
        "X-Errdrift-0: 1, …, X-Errdrift-999: 1",
        "RFC 6585, section 5",
        fields
    ),
    fault!(
        "body-large",
        TooLarge,
        Heavy,
        "Content over the operation's declared limit, 2 MiB where none is declared, with its honest length and in chunks.",
        "{…} and 2 MiB of white space",
        "RFC 9110, section 15.5.14",
        body
    ),
];

/// The lengths, in kB as curl and gateways count them, with their names.
const LENGTHS: &[(&str, usize)] = &[("8-kb", 8 * 1024), ("16-kb", 16 * 1024), ("64-kb", 64 * 1024)];
/// Content that is large for a request that names nothing, in bytes.
const LARGE: u64 = 2 << 20;

/// A variant on the suite's read, which no server needs to mind.
fn read(subject: &Subject<'_>, name: &str, change: impl FnOnce(&mut Message)) -> Option<Variant> {
    let also = &[Cause::MalformedHttp, Cause::UnknownPath, Cause::InvalidValue, Cause::NoCredentials];
    is_read(subject).then(|| scripted(subject, name, Lenient, change).also(also).form_only())
}

fn target(subject: &Subject<'_>) -> Vec<Variant> {
    let long = |(name, length): &(&str, usize)| {
        read(subject, name, |m| {
            let glue = if subject.base.query.is_some() { '&' } else { '?' };
            m.target.push(super::http_message::bytes(format!("{glue}errdrift={}", "x".repeat(*length))));
        })
    };
    LENGTHS.iter().filter_map(long).collect()
}

fn field(subject: &Subject<'_>) -> Vec<Variant> {
    let long = |(name, length): &(&str, usize)| {
        read(subject, name, |m| m.add(format!("x-errdrift: {}\r\n", "x".repeat(*length))))
    };
    LENGTHS.iter().chain(&[("1100-kb", 1_100_000)]).filter_map(long).collect()
}

fn fields(subject: &Subject<'_>) -> Vec<Variant> {
    let many = |count: usize| {
        let add = |m: &mut Message| (0..count).for_each(|index| m.add(format!("x-errdrift-{index}: 1\r\n")));
        read(subject, &count.to_string(), add)
    };
    [100, 1_000].into_iter().filter_map(many).collect()
}

fn body(subject: &Subject<'_>) -> Vec<Variant> {
    let Some(body) = subject.json_body().filter(|body| body.limit.is_some() || is_write(subject)) else {
        return Vec::new();
    };
    let length = usize::try_from(body.limit.map_or(LARGE, |limit| limit + 1)).unwrap_or(usize::MAX);
    let also = &[
        Cause::MalformedBody,
        Cause::MissingField,
        Cause::WrongType,
        Cause::InvalidValue,
        Cause::UnknownResource,
        Cause::MalformedHttp,
    ];
    let large = |name: &str, change: fn(&mut Message)| {
        let padded = |m: &mut Message| {
            m.body.resize(length.max(m.body.len()), b' ');
            change(m);
        };
        scripted(subject, name, Unread, padded).also(also).form_only()
    };
    vec![
        large("honest", |m| {
            let length = format!("content-length: {}\r\n", m.body.len());
            m.replace("content-length: ", length);
        }),
        large("chunked", |m| {
            m.replace("content-length: ", "transfer-encoding: chunked\r\n");
            let chunk = |part: &[u8]| [format!("{:x}\r\n", part.len()).as_bytes(), part, b"\r\n"].concat();
            m.body = m.body.chunks(64 * 1024).flat_map(chunk).chain(*b"0\r\n\r\n").collect();
        }),
    ]
}
