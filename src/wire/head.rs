//! The head of a reply: its status line, its fields, and how they frame the body. Reads leniently and tells every departure
//! from RFC 9112; knows no socket.

use crate::model::exchange::{Defect, Flaw, Reply};
use crate::model::quote::Quote;
use crate::model::token;

/// How a body's length is said.
pub(super) enum Length {
    Fixed(u64),
    Chunked,
    UntilClose,
    /// In a way that cannot be relied on.
    Unknown,
}

pub(super) struct Framing {
    pub(super) length: Length,
    pub(super) flaws: Vec<Quote>,
}

impl Framing {
    pub(super) fn of(reply: &Reply, old: bool) -> Self {
        let mut flaws = Vec::new();
        let codings = tokens(reply, "transfer-encoding");
        let lengths = tokens(reply, "content-length");
        let fixed = match lengths.as_slice() {
            [] => None,
            [first, others @ ..] => {
                if others.iter().any(|other| other != first) {
                    flaws.push(Quote::of("different Content-Lengths: ", lengths.join(", ").as_bytes()));
                } else if !others.is_empty() {
                    flaws.push(format!("Content-Length {} times", lengths.len()).into());
                }
                let length = first.bytes().all(|byte| byte.is_ascii_digit()).then(|| first.parse().ok()).flatten();
                if length.is_none() {
                    flaws.push(Quote::of("Content-Length: ", first.as_bytes()));
                }
                length.filter(|_| others.iter().all(|other| other == first))
            }
        };
        if codings.is_empty() {
            let unknown = if lengths.is_empty() { Length::UntilClose } else { Length::Unknown };
            return Self { length: fixed.map_or(unknown, Length::Fixed), flaws };
        }
        if old {
            flaws.push("Transfer-Encoding in a reply of HTTP/1.0".into());
        }
        if !lengths.is_empty() {
            flaws.push("Transfer-Encoding and Content-Length".into());
        }
        if codings.len() == 1 && codings[0].eq_ignore_ascii_case("chunked") {
            return Self { length: Length::Chunked, flaws };
        }
        flaws.push(Quote::of("Transfer-Encoding: ", codings.join(", ").as_bytes()));
        Self { length: fixed.map_or(Length::Unknown, Length::Fixed), flaws }
    }
}

/// The elements of a list-valued field, all fields of the name together (RFC 9110, section 5.6.1).
pub(super) fn tokens(reply: &Reply, name: &str) -> Vec<String> {
    let values = reply.all(name).map(|value| String::from_utf8_lossy(value).into_owned());
    values.flat_map(|value| value.split(',').map(|token| token.trim().to_owned()).collect::<Vec<_>>()).collect()
}

/// So many bytes tell a status line from anything else.
const BEGINNING: usize = b"HTTP/1.".len();

/// Whether a status line may begin like this.
pub(super) fn is_beginning(bytes: &[u8]) -> bool {
    bytes.iter().zip(b"HTTP/").all(|(came, wanted)| came == wanted)
}

/// How many bytes stand before the first status line, or before what may become one.
pub(super) fn stray(bytes: &[u8]) -> usize {
    let begins = |window: &[u8]| is_beginning(window) && window[5].is_ascii_digit() && window[6] == b'.';
    let begun = |at: &usize| is_beginning(&bytes[*at..]);
    let found = bytes.windows(BEGINNING).position(begins);
    let found = found.or_else(|| (bytes.len().saturating_sub(BEGINNING - 1)..bytes.len()).find(begun));
    found.unwrap_or(bytes.len())
}

/// Reads a status line (RFC 9112, section 4).
pub(super) fn status_line(line: &[u8]) -> Result<Reply, Quote> {
    let wrong = || Quote::of("the status line ", line);
    let mut parts = line.splitn(3, |byte| *byte == b' ');
    let (version, status, reason) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    let status =
        status.filter(|status| status.len() == 3 && status.iter().all(u8::is_ascii_digit)).ok_or_else(wrong)?;
    let status: u16 = std::str::from_utf8(status).ok().and_then(|digits| digits.parse().ok()).ok_or_else(wrong)?;
    let is_version =
        matches!(version, [b'H', b'T', b'T', b'P', b'/', a, b'.', b] if a.is_ascii_digit() && b.is_ascii_digit());
    if !is_version {
        return Err(wrong());
    }
    let mut defects = Vec::new();
    let mut flaw = |kind, what: Quote| defects.push(Defect { kind, what });
    match version {
        b"HTTP/1.1" | b"HTTP/1.0" => {}
        other => flaw(Flaw::StatusLine, format!("the version {}", String::from_utf8_lossy(other)).into()),
    }
    if !(100..600).contains(&status) {
        flaw(Flaw::StatusLine, format!("the status code {status:03}").into());
    }
    match reason {
        None => flaw(Flaw::ReasonPhrase, "no space after the status code".into()),
        Some(reason) if reason.iter().any(|byte| is_control(*byte)) => {
            flaw(Flaw::StatusLine, Quote::of("a control byte in the reason phrase: ", reason));
        }
        Some(_) => {}
    }
    Ok(Reply { status, defects, ..Reply::default() })
}

/// Whether a status says that the request was accepted, and may have changed something (RFC 9110, sections 15.3 and 15.4.4).
pub(crate) fn accepts(status: u16) -> bool {
    status < 300 || status == 303
}

/// Reads a field line (RFC 9112, section 5).
pub(super) fn field(line: &[u8], reply: &mut Reply) {
    let mut flaw = |what: Quote| reply.defects.push(Defect { kind: Flaw::Field, what });
    if line.first().is_some_and(|first| matches!(first, b' ' | b'\t')) {
        flaw(Quote::of("a folded line (obs-fold): ", line));
        if let Some((_, value)) = reply.headers.last_mut() {
            value.push(b' ');
            value.extend_from_slice(line.trim_ascii());
        }
        return;
    }
    let Some(colon) = line.iter().position(|byte| *byte == b':') else {
        return flaw(Quote::of("a line without a colon: ", line));
    };
    let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
    let trimmed = name.trim_ascii_end();
    if trimmed.len() < name.len() {
        flaw(Quote::of("white space before the colon: ", line));
    }
    if !token::is(trimmed) {
        flaw(Quote::of("no field name: ", line));
    }
    if value.iter().any(|byte| is_control(*byte)) {
        flaw(Quote::of("a control byte in a value: ", line));
    }
    reply.headers.push((String::from_utf8_lossy(trimmed).into_owned(), value.to_vec()));
}

fn is_control(byte: u8) -> bool {
    byte.is_ascii_control() && byte != b'\t'
}

#[cfg(test)]
mod tests {
    use super::stray;

    #[test]
    fn what_stands_before_a_status_line_is_told_from_the_line_however_it_is_cut() {
        let reply = b"HTTP/1.1 400 Bad Request\r\n";
        for before in [b"".as_slice(), b"\r\n", b"HTTP", b"HTTP/HTTP/1", b"{\"HTTP/\": 1}", &[b'x'; 9_000]] {
            let whole = [before, reply].concat();
            assert_eq!(stray(&whole), before.len(), "{}", before.escape_ascii());
            for end in before.len()..whole.len() {
                assert!(stray(&whole[..end]) <= before.len(), "{}", whole[..end].escape_ascii());
            }
        }
        assert_eq!(stray(b"garbage"), 7);
        assert_eq!(stray(b"garbage HT"), 8);
    }
}
