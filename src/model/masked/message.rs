//! The bytes of a connection as they may be shown: line by line what came, without secrets.

use crate::model::content::{Unpacked, text};
use crate::model::exchange::Reply;
use crate::model::secret::Mask;

/// Why bytes are shown that are not those that came.
pub const PUT_TOGETHER: &str = "a credential was in its body, which stands here without chunks and codings";

/// What was received, without secrets, and whether its body is another than the bytes that came.
#[must_use]
pub fn received(mask: &Mask, bytes: &[u8], reply: Option<&Reply>) -> (Vec<u8>, Option<&'static str>) {
    let Some(reply) = reply.filter(|_| !mask.is_empty()) else {
        return (mask.masked(bytes, true).unwrap_or_else(|| bytes.to_vec()), None);
    };
    let (head, body) = bytes.split_at(head(bytes));
    let mut shown = fields(mask, head);
    let masked = super::reply::reply(mask, reply).filter(|masked| masked.body != reply.body);
    let unpacked = Unpacked::of(reply);
    let coded = unpacked.bytes.is_some() || unpacked.opaque.is_some() || text(reply, &reply.body).is_some();
    let coded = coded || reply.header("transfer-encoding").is_some();
    match masked {
        Some(masked) if coded => {
            shown.extend(masked.body);
            (shown, Some(PUT_TOGETHER))
        }
        _ => {
            shown.extend(mask.masked(body, true).unwrap_or_else(|| body.to_vec()));
            (shown, None)
        }
    }
}

/// The length of the head, with those of interim replies before it.
fn head(bytes: &[u8]) -> usize {
    let mut end = 0;
    loop {
        let rest = &bytes[end..];
        let length = rest
            .split_inclusive(|byte| *byte == b'\n')
            .scan(0, |length, line| {
                *length += line.len();
                Some((*length, line.trim_ascii().is_empty()))
            })
            .find_map(|(length, is_end)| is_end.then_some(length))
            .unwrap_or(rest.len());
        end += length;
        let is_interim = rest.starts_with(b"HTTP/1.1 1") && !rest.starts_with(b"HTTP/1.1 101");
        if !is_interim || length == 0 || end >= bytes.len() {
            return end;
        }
    }
}

/// The lines of a head: the version, the status and the names that HTTP knows are no secrets.
fn fields(mask: &Mask, head: &[u8]) -> Vec<u8> {
    // A line may be folded within a secret.
    let head = mask.own_bytes(head);
    let mut shown = Vec::with_capacity(head.len());
    for line in head.split_inclusive(|byte| *byte == b'\n') {
        let name = line.iter().position(|byte| *byte == b':').map(|colon| line.split_at(colon));
        if line.starts_with(b"HTTP/") {
            // "HTTP/1.1 404"
            let (status, reason) = line.split_at(line.len().min(12));
            shown.extend_from_slice(status);
            shown.extend(mask.bytes(reason));
        } else if let Some((name, value)) = name {
            let name = String::from_utf8_lossy(name);
            shown.extend_from_slice(mask.name(&name).as_bytes());
            shown.extend(mask.field(name.trim(), value).unwrap_or_else(|| value.to_vec()));
        } else {
            shown.extend(mask.bytes(line));
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::secret::{Environment, Template};

    fn mask() -> Mask {
        let [token, login] = ["${TOKEN}", "${LOGIN}"].map(|text| Template::parse(text).unwrap());
        let values = [("TOKEN", "Zq7Xw2Kp9LmN4vRt8YbC"), ("LOGIN", "404")];
        Mask::new([&token, &login], &Environment::new(values.map(|(name, value)| (name.into(), value.into()))))
    }

    fn shown(text: &str, reply: &Reply) -> (String, bool) {
        let (bytes, why) = received(&mask(), text.as_bytes(), Some(reply));
        (String::from_utf8(bytes).unwrap(), why.is_some())
    }

    #[test]
    fn a_head_keeps_what_http_says_and_loses_what_a_credential_says() {
        let reply = Reply { status: 404, body: b"404".into(), ..Reply::default() };
        let (text, _) = shown(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 404\r\nContent-Length: 404\r\nX-User: 404\r\nX-A: Zq7Xw2Kp9L\r\n mN4vRt8YbC\r\n\r\n404",
            &reply,
        );
        assert_eq!(
            text,
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 ${LOGIN}\r\nContent-Length: 404\r\nX-User: ${LOGIN}\r\nX-A: ${TOKEN}\r\n\r\n${LOGIN}"
        );
    }

    #[test]
    fn a_credential_across_chunks_is_shown_without_them() {
        let headers = vec![("Transfer-Encoding".to_owned(), b"chunked".to_vec())];
        let reply = Reply { status: 400, headers, body: b"a Zq7Xw2Kp9LmN4vRt8YbC".into(), ..Reply::default() };
        let head = "HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n";
        let (text, put_together) = shown(&format!("{head}8\r\na Zq7Xw2\r\ne\r\nKp9LmN4vRt8YbC\r\n0\r\n\r\n"), &reply);
        assert_eq!((text, put_together), (format!("{head}a ${{TOKEN}}"), true));
        let other = Reply { body: b"nothing".into(), ..reply };
        let raw = format!("{head}7\r\nnothing\r\n0\r\n\r\n");
        assert_eq!(shown(&raw, &other), (raw, false));
    }
}
