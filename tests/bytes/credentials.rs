//! Faults of the credentials.

use super::written::{Written, written};

/// A row a fault, and one for each other scheme where it differs.
#[expect(clippy::too_many_lines, reason = "a table of whole requests")]
pub(crate) fn rows() -> Vec<Written> {
    vec![
        written(
            "escrow-box/ads.get/credentials-absent",
            "GET /api/ads/0 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "escrow-box/ads.get/credentials-empty",
            "GET /api/ads/0 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: \r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "escrow-box/ads.get/credentials-unknown",
            "GET /api/ads/0 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic OTk5OTk5OTk5Ondyb25nLXBhc3N3b3Jk\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "oz-api/users.list/credentials-garbage",
            "GET /api/users/ HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             x-forensic-access-token: errdrift\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "escrow-box/ads.get/credentials-truncated",
            "GET /api/ads/0 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic OTk5OTk5OTk5Ondyb25nLXBhc3N3b\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "escrow-box/ads.get/credentials-wrong-scheme",
            "GET /api/ads/0 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Bearer OTk5OTk5OTk5Ondyb25nLXBhc3N3b3Jk\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "escrow-box/ads.get/credentials-bare-scheme",
            "GET /api/ads/0 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "escrow-box/ads.get/credentials-not-base64",
            "GET /api/ads/0 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic !!!\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "escrow-box/ads.get/credentials-no-colon",
            "GET /api/ads/0 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic ZXJyZHJpZnQ=\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "escrow-box/ads.get/credentials-unencoded",
            "GET /api/ads/0 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic 999999999:wrong-password\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "escrow-box/ads.get/credentials-in-query",
            "GET /api/ads/0?authorization=Basic%20OTk5OTk5OTk5Ondyb25nLXBhc3N3b3Jk HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "escrow-box/ads.get/credentials-twice",
            "GET /api/ads/0 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic OTk5OTk5OTk5Ondyb25nLXBhc3N3b3JkMQ==\r\n\
             authorization: Basic OTk5OTk5OTk5Ondyb25nLXBhc3N3b3JkMg==\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "escrow-box/ads.get/credentials-long",
            &format!(
                "GET /api/ads/0 HTTP/1.1\r\n\
                 accept: application/json\r\n\
                 accept-encoding: identity\r\n\
                 authorization: Basic OTk5OTk5OTk5OjAw{}\r\n\
                 host: HOST\r\n\r\n",
                "MDAw".repeat(1_994)
            ),
            b"",
        ),
        written(
            "oz-api/users.list/credentials-expired",
            "GET /api/users/ HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             x-forensic-access-token: expired-token\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "escrow-box/ads.get/credentials-forbidden",
            "GET /api/ads/0 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDM6Y2xvc2VkIHNlc2FtZQ==\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "oz-api/users.list/credentials-truncated",
            "GET /api/users/ HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             x-forensic-access-token: 0123456789abcde\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "constraints/things.list/credentials-bare-scheme",
            "GET /api/things/ HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Bearer\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "constraints/things.list/credentials-truncated",
            "GET /api/things/ HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Bearer bearer-toke\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
    ]
}
