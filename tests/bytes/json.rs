//! Faults of JSON text.

use super::written::{Written, written};

/// A row a fault.
#[expect(clippy::too_many_lines, reason = "a table of whole requests")]
pub(crate) fn rows() -> Vec<Written> {
    vec![
        written(
            "escrow-box/ads.update/body-empty",
            "PATCH /api/ads/0 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 0\r\n\r\n",
            b"",
        ),
        written(
            "escrow-box/ads.update/body-whitespace",
            "PATCH /api/ads/0 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 4\r\n\r\n",
            b" \n\t ",
        ),
        written(
            "escrow-box/ads.create/body-truncated/first-byte",
            "POST /api/ads HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 1\r\n\r\n",
            b"{",
        ),
        written(
            "escrow-box/deals.create/body-bytes-after-value/brace",
            "POST /api/deals HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 13\r\n\r\n",
            b"{\"cartId\":0}}",
        ),
        written(
            "escrow-box/deals.create/body-second-value",
            "POST /api/deals HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 25\r\n\r\n",
            b"{\"cartId\":0}\n{\"cartId\":0}",
        ),
        written(
            "escrow-box/deals.create/body-single-quotes",
            "POST /api/deals HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 12\r\n\r\n",
            b"{'cartId':0}",
        ),
        written(
            "escrow-box/deals.create/body-unquoted-name",
            "POST /api/deals HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 23\r\n\r\n",
            b"{errdrift:1,\"cartId\":0}",
        ),
        written(
            "escrow-box/deals.create/body-trailing-comma",
            "POST /api/deals HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 13\r\n\r\n",
            b"{\"cartId\":0,}",
        ),
        written(
            "escrow-box/deals.create/body-missing-comma",
            "POST /api/deals HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 25\r\n\r\n",
            b"{\"cartId\":0 \"errdrift\":1}",
        ),
        written(
            "escrow-box/deals.create/body-missing-colon",
            "POST /api/deals HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 25\r\n\r\n",
            b"{\"errdrift\" 1,\"cartId\":0}",
        ),
        written(
            "escrow-box/deals.create/body-comment/line",
            "POST /api/deals HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 37\r\n\r\n",
            b"{// errdrift\n\"errdrift\":1,\"cartId\":0}",
        ),
        written(
            "escrow-box/deals.create/body-not-a-number/nan",
            "POST /api/deals HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 27\r\n\r\n",
            b"{\"errdrift\":NaN,\"cartId\":0}",
        ),
        written(
            "escrow-box/deals.create/body-malformed-number/dot-before",
            "POST /api/deals HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 26\r\n\r\n",
            b"{\"errdrift\":.5,\"cartId\":0}",
        ),
        written(
            "escrow-box/deals.create/body-foreign-literal/none",
            "POST /api/deals HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 28\r\n\r\n",
            b"{\"errdrift\":None,\"cartId\":0}",
        ),
        written(
            "escrow-box/deals.create/body-bad-escape/cut",
            "POST /api/deals HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 30\r\n\r\n",
            b"{\"errdrift\":\"\\u12\",\"cartId\":0}",
        ),
        written(
            "escrow-box/deals.create/body-raw-control/control",
            "POST /api/deals HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 27\r\n\r\n",
            b"{\"errdrift\":\"\x01\",\"cartId\":0}",
        ),
        written(
            "escrow-box/deals.create/body-unclosed/array",
            "POST /api/deals HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 26\r\n\r\n",
            b"{\"cartId\":0,\"errdrift\":[1}",
        ),
        written(
            "escrow-box/deals.create/body-mismatched-bracket",
            "POST /api/deals HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 12\r\n\r\n",
            b"{\"cartId\":0]",
        ),
        written(
            "escrow-box/ads.create/body-foreign-syntax/form",
            "POST /api/ads HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 14\r\n\r\n",
            b"errdrift=1&b=2",
        ),
        written(
            "escrow-box/deals.create/body-byte-order-mark",
            "POST /api/deals HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 15\r\n\r\n",
            b"\xef\xbb\xbf{\"cartId\":0}",
        ),
        written(
            "escrow-box/deals.create/body-utf-16/little-endian",
            "POST /api/deals HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 24\r\n\r\n",
            b"{\0\"\0c\0a\0r\0t\0I\0d\0\"\0:\x000\0}\0",
        ),
        written(
            "escrow-box/deals.create/body-invalid-utf-8",
            "POST /api/deals HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 27\r\n\r\n",
            b"{\"cartId\":0,\"errdrift\":\"\xff\"}",
        ),
        written(
            "escrow-box/deals.create/body-lone-surrogate",
            "POST /api/deals HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 32\r\n\r\n",
            b"{\"cartId\":0,\"errdrift\":\"\\ud800\"}",
        ),
        written(
            "escrow-box/deals.create/body-huge-number/exponent",
            "POST /api/deals HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 29\r\n\r\n",
            b"{\"cartId\":0,\"errdrift\":1e400}",
        ),
        written(
            "escrow-box/deals.create/body-deep-nesting",
            "POST /api/deals HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 424\r\n\r\n",
            format!("{{\"cartId\":0,\"errdrift\":{}{}}}", "[".repeat(200), "]".repeat(200)),
        ),
        written(
            "escrow-box/deals.create/body-deeper-nesting",
            "POST /api/deals HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 40024\r\n\r\n",
            format!("{{\"cartId\":0,\"errdrift\":{}{}}}", "[".repeat(20_000), "]".repeat(20_000)),
        ),
    ]
}
