//! Faults of the method, the path, the query, and of what the request says of its content.

use super::written::{Written, written};

/// A row a fault.
#[expect(clippy::too_many_lines, reason = "a table of whole requests")]
pub(crate) fn rows() -> Vec<Written> {
    vec![
        written(
            "escrow-box/ads.create/method-unsupported/DELETE",
            "DELETE /api/ads HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "escrow-box/ads.create/method-unsupported/PUT",
            "PUT /api/ads HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 12\r\n\r\n",
            b"{\"errdrift\":",
        ),
        written(
            "escrow-box/ads.get/method-invented",
            "ERRDRIFT /api/ads/0 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        // A POST of this path needs no content: it carries the anchor.
        written(
            "oz-api/users.list/method-invented",
            "ERRDRIFT /api/users/ HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             x-forensic-access-token: 0123456789abcdef\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 162\r\n\r\n",
            b"{\"company_id\":\"not-a-uuid\",\"email\":\"errdrift@example.invalid\",\"first_name\":\"Errdrift\",\
              \"last_name\":\"Test\",\"password\":\"no password of anybody\",\"user_type\":\"CLIENT\"}",
        ),
        written(
            "escrow-box/ads.get/method-registered/PROPFIND",
            "PROPFIND /api/ads/0 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        // Nor does one of this path, and it is a form: no credential.
        written(
            "oz-api/folders.list/method-registered/QUERY",
            "QUERY /api/folders/ HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "escrow-box/ads.get/method-lower-case",
            "get /api/ads/0 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "escrow-box/no-operation/path-unknown/outside",
            "GET /errdrift-unknown/escrow-box HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "escrow-box/ads.get/path-unknown-id",
            "GET /api/ads/0 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "escrow-box/carts.get/path-ill-typed-id/id",
            "GET /api/carts/abc HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "escrow-box/ads.get/path-empty-segment/id",
            "GET /api/ads/ HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "escrow-box/carts.get/path-number-extreme/id.exponent",
            "GET /api/carts/1e400 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "escrow-box/no-operation/path-bad-encoding",
            "GET /api/%zz HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "escrow-box/no-operation/path-invalid-utf-8",
            "GET /api/%ff HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "escrow-box/no-operation/path-nul",
            "GET /api/%00 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "escrow-box/no-operation/path-long-segment",
            &format!(
                "GET /api/{} HTTP/1.1\r\n\
                 accept: application/json\r\n\
                 accept-encoding: identity\r\n\
                 authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
                 host: HOST\r\n\r\n",
                "x".repeat(8_000)
            ),
            b"",
        ),
        written(
            "escrow-box/handlers.costs/query-absent",
            "GET /api/handlers/NovaPoshta/costs HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "escrow-box/payers.commission/query-missing/amount",
            "GET /api/payers/nosuch/commissionAmount HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "oz-api/folders.list/query-ill-typed/limit",
            "GET /api/folders/?limit=abc HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             x-forensic-access-token: 0123456789abcdef\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "constraints/things.list/query-invalid-uuid/owner",
            "GET /api/things/?owner=not-a-uuid HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Bearer bearer-token\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "oz-api/folders.list/query-negative/limit",
            "GET /api/folders/?limit=-2 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             x-forensic-access-token: 0123456789abcdef\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "constraints/things.list/query-below-minimum/page",
            "GET /api/things/?page=0 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Bearer bearer-token\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "constraints/things.list/query-above-maximum/page",
            "GET /api/things/?page=101 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Bearer bearer-token\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "oz-api/folders.list/query-unknown-enum/resolution_status",
            "GET /api/folders/?resolution_status=errdrift HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             x-forensic-access-token: 0123456789abcdef\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "oz-api/folders.list/query-malformed/sorting",
            "GET /api/folders/?sorting=%7Dno%7Bsorting HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             x-forensic-access-token: 0123456789abcdef\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "oz-api/folders.list/query-fractional/limit",
            "GET /api/folders/?limit=1.5 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             x-forensic-access-token: 0123456789abcdef\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "oz-api/folders.list/query-overflow/limit",
            "GET /api/folders/?limit=999999999999999999999999999999 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             x-forensic-access-token: 0123456789abcdef\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "oz-api/folders.list/query-bad-encoding/percent",
            "GET /api/folders/?limit=%zz HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             x-forensic-access-token: 0123456789abcdef\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "escrow-box/ads.update/content-type-absent",
            "PATCH /api/ads/0 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             host: HOST\r\n\
             content-length: 2\r\n\r\n",
            b"{}",
        ),
        written(
            "escrow-box/ads.update/content-type-text",
            "PATCH /api/ads/0 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: text/plain\r\n\
             host: HOST\r\n\
             content-length: 2\r\n\r\n",
            b"{}",
        ),
        written(
            "escrow-box/ads.update/content-type-xml",
            "PATCH /api/ads/0 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/xml\r\n\
             host: HOST\r\n\
             content-length: 2\r\n\r\n",
            b"{}",
        ),
        written(
            "escrow-box/ads.update/content-type-form",
            "PATCH /api/ads/0 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/x-www-form-urlencoded\r\n\
             host: HOST\r\n\
             content-length: 2\r\n\r\n",
            b"{}",
        ),
        written(
            "escrow-box/ads.update/content-type-multipart",
            "PATCH /api/ads/0 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: multipart/form-data\r\n\
             host: HOST\r\n\
             content-length: 2\r\n\r\n",
            b"{}",
        ),
        written(
            "escrow-box/ads.update/content-type-malformed",
            "PATCH /api/ads/0 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: json\r\n\
             host: HOST\r\n\
             content-length: 2\r\n\r\n",
            b"{}",
        ),
        written(
            "escrow-box/ads.update/content-type-charset",
            "PATCH /api/ads/0 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json; charset=utf-16\r\n\
             host: HOST\r\n\
             content-length: 2\r\n\r\n",
            b"{}",
        ),
        written(
            "escrow-box/ads.update/content-encoding-unknown",
            "PATCH /api/ads/0 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             content-encoding: errdrift\r\n\
             host: HOST\r\n\
             content-length: 2\r\n\r\n",
            b"{}",
        ),
        written(
            "escrow-box/ads.update/content-encoding-false",
            "PATCH /api/ads/0 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             content-encoding: gzip\r\n\
             host: HOST\r\n\
             content-length: 2\r\n\r\n",
            b"{}",
        ),
        written(
            "escrow-box/ads.get/accept-impossible",
            "GET /api/ads/0 HTTP/1.1\r\n\
             accept: image/png\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "escrow-box/ads.get/accept-html",
            "GET /api/ads/0 HTTP/1.1\r\n\
             accept: text/html\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
    ]
}
