//! Replies that stand one after the other.

use super::Reader;
use crate::model::exchange::{Outcome, Reply};
use crate::wire::head::stray;

/// The whole replies of some bytes, and what is left.
pub(in crate::wire) fn replies(method: &str, bytes: &[u8]) -> (Vec<Reply>, Vec<u8>) {
    let (mut rest, mut replies) = (bytes.to_vec(), Vec::new());
    loop {
        rest.drain(..stray(&rest));
        let mut reader = Reader::new(method, rest.clone());
        if !reader.advance() {
            return (replies, rest);
        }
        let (outcome, behind, _) = reader.finish();
        let Outcome::Reply(reply) = outcome else { return (replies, rest) };
        replies.push(reply);
        rest = behind;
    }
}

#[cfg(test)]
mod tests {
    use super::replies;

    #[test]
    fn replies_among_other_bytes_are_counted() {
        let statuses = |bytes: &[u8]| replies("GET", bytes).0.iter().map(|reply| reply.status).collect::<Vec<_>>();
        let one = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\n{}".as_slice();
        let two = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n".as_slice();
        assert_eq!(statuses(&[one, b"garbage", two, b"}"].concat()), [400, 201]);
        assert_eq!(statuses(&one[..one.len() - 1]), [0; 0]);
        assert_eq!(statuses(b"garbage"), [0; 0]);
    }
}
