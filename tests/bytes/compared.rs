//! Faults whose answers are compared with others: the same mistake in other circumstances, at what exists, and two at once.

use super::written::{Written, written};

/// A row a fault, and one with content for the other client. What goes over HTTP/2 has no bytes of HTTP/1.1.
#[expect(clippy::too_many_lines, reason = "a table of whole requests")]
pub(crate) fn rows() -> Vec<Written> {
    vec![
        written(
            "oz-api/users.list/alike-accept-browser/no-credentials",
            "GET /api/users/ HTTP/1.1\r\n\
             accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n\
             accept-encoding: identity\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "oz-api/users.list/alike-accept-any/no-credentials",
            "GET /api/users/ HTTP/1.1\r\n\
             accept: */*\r\n\
             accept-encoding: identity\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "oz-api/users.list/alike-accept-problem/no-credentials",
            "GET /api/users/ HTTP/1.1\r\n\
             accept: application/problem+json, application/json;q=0.9\r\n\
             accept-encoding: identity\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "oz-api/users.list/alike-accept-none/no-credentials",
            "GET /api/users/ HTTP/1.1\r\n\
             accept-encoding: identity\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "oz-api/users.list/alike-accept-versioned/no-credentials",
            "GET /api/users/ HTTP/1.1\r\n\
             accept: application/json; version=1\r\n\
             accept-encoding: identity\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "oz-api/users.list/alike-accept-vendor/no-credentials",
            "GET /api/users/ HTTP/1.1\r\n\
             accept: application/vnd.errdrift.v1+json, application/json;q=0.9\r\n\
             accept-encoding: identity\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "oz-api/users.list/alike-languages-far/no-credentials",
            "GET /api/users/ HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             accept-language: zh, fr;q=0.9, de;q=0.8\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "escrow-box/handlers.cities/path-other-slash",
            "GET /api/handlers/NovaPoshta/cities/ HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "oz-api/companies.list/query-nul/search_text",
            "GET /api/companies/?search_text=errdrift%00 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             x-forensic-access-token: 0123456789abcdef\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "oz-api/folders.get/path-encoded-slash/folder_id.slash",
            "GET /api/folders/errdrift%2Fx HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             x-forensic-access-token: 0123456789abcdef\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "oz-api/folders.get/path-encoded-slash/folder_id.dots",
            "GET /api/folders/..%2Ferrdrift HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             x-forensic-access-token: 0123456789abcdef\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "oz-api/collections.create/member-nul/alias",
            "POST /api/collections/ HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             x-forensic-access-token: 0123456789abcdef\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 52\r\n\r\n",
            b"{\"alias\":\"errdrift\\u0000\",\"company_id\":\"not-a-uuid\"}",
        ),
        written(
            "oz-api/users.list/alike-language/no-credentials",
            "GET /api/users/ HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             accept-language: uk, ru;q=0.8\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "oz-api/users.list/alike-encoding/no-credentials",
            "GET /api/users/ HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: gzip\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "oz-api/users.list/alike-user-agent/no-credentials",
            "GET /api/users/ HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             user-agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "oz-api/users.list/alike-trailing-slash/no-credentials",
            "GET /api/users HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "oz-api/users.list/alike-fresh-connection/no-credentials",
            "GET /api/users/ HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "oz-api/users.list/alike-ordinary-client/no-credentials",
            concat!(
                "GET /api/users/ HTTP/1.1\r\n\
                 accept: application/json\r\n\
                 user-agent: errdrift/",
                env!("CARGO_PKG_VERSION"),
                "\r\n\
                 host: HOST\r\n\r\n"
            ),
            b"",
        ),
        written(
            "oz-api/media.update/alike-ordinary-client/malformed-body",
            concat!(
                "PATCH /api/media/6301bbfc-a0c5-454e-8ff9-bb510944fe0c HTTP/1.1\r\n\
                 accept: application/json\r\n\
                 x-forensic-access-token: 0123456789abcdef\r\n\
                 content-type: application/json\r\n\
                 user-agent: errdrift/",
                env!("CARGO_PKG_VERSION"),
                "\r\n\
                 host: HOST\r\n\
                 content-length: 1\r\n\r\n"
            ),
            b"{",
        ),
        written(
            "oz-api/users.list/alike-head/no-credentials",
            "HEAD /api/users/ HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "constraints/things.get/known-without-credentials",
            "GET /api/things/2d1b7c0e-5a4f-4f0e-8f7a-6c1d9b3e2a10 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "constraints/versions.get/preflight",
            "OPTIONS /api/versions HTTP/1.1\r\n\
             accept: */*\r\n\
             accept-encoding: identity\r\n\
             origin: https://shop.example\r\n\
             access-control-request-method: GET\r\n\
             access-control-request-headers: authorization,x-version\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "constraints/things.get/preflight",
            "OPTIONS /api/things/0f3a9d52-6f0e-4d55-9a3c-2f1f0f6f8f10 HTTP/1.1\r\n\
             accept: */*\r\n\
             accept-encoding: identity\r\n\
             origin: https://shop.example\r\n\
             access-control-request-method: GET\r\n\
             access-control-request-headers: authorization\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "constraints/things.get/alike-origin/no-credentials",
            "GET /api/things/0f3a9d52-6f0e-4d55-9a3c-2f1f0f6f8f10 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             origin: https://shop.example\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "constraints/things.get/known-with-unknown-credentials",
            "GET /api/things/2d1b7c0e-5a4f-4f0e-8f7a-6c1d9b3e2a10 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Bearer errdrift-unknown-token\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "constraints/things.get/known-forbidden",
            "GET /api/things/2d1b7c0e-5a4f-4f0e-8f7a-6c1d9b3e2a10 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Bearer errdrift-weak-token\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "escrow-box/ads.create/pair-credentials-absent-body-malformed",
            "POST /api/ads HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 1\r\n\r\n",
            b"{",
        ),
        written(
            "escrow-box/carts.get/pair-credentials-absent-id-ill-typed",
            "GET /api/carts/abc HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "escrow-box/deals.create/pair-credentials-absent-member-missing",
            "POST /api/deals HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 2\r\n\r\n",
            b"{}",
        ),
        written(
            "escrow-box/ads.create/pair-credentials-absent-method-unsupported",
            "PUT /api/ads HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "escrow-box/no-operation/pair-credentials-absent-path-unknown",
            "GET /api/errdrift-unknown HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "oz-api/companies.list/pair-credentials-absent-query-negative",
            "GET /api/companies/?limit=-2 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "escrow-box/ads.get/pair-credentials-absent-resource-unknown",
            "GET /api/ads/0 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "escrow-box/ads.create/pair-credentials-unknown-body-malformed",
            "POST /api/ads HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic OTk5OTk5OTk5Ondyb25nLXBhc3N3b3Jk\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 1\r\n\r\n",
            b"{",
        ),
        written(
            "escrow-box/ads.create/pair-credentials-unknown-method-unsupported",
            "PUT /api/ads HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic OTk5OTk5OTk5Ondyb25nLXBhc3N3b3Jk\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "escrow-box/ads.get/pair-credentials-unknown-resource-unknown",
            "GET /api/ads/0 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic OTk5OTk5OTk5Ondyb25nLXBhc3N3b3Jk\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "oz-api/users.update/pair-id-ill-typed-body-malformed",
            "PATCH /api/users/not-a-uuid HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             x-forensic-access-token: 0123456789abcdef\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 1\r\n\r\n",
            b"{",
        ),
        written(
            "escrow-box/ads.create/pair-method-unsupported-body-malformed",
            "PUT /api/ads HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 1\r\n\r\n",
            b"{",
        ),
        written(
            "escrow-box/ads.get/pair-method-unsupported-resource-unknown",
            "POST /api/ads/0 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 12\r\n\r\n",
            b"{\"errdrift\":",
        ),
        written(
            "escrow-box/ads.update/pair-resource-unknown-body-malformed",
            "PATCH /api/ads/0 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 1\r\n\r\n",
            b"{",
        ),
        written(
            "escrow-box/deals.pay/pair-resource-unknown-member-missing",
            "POST /api/deals/ZZZZZZZ/payments HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 24\r\n\r\n",
            b"{\"remoteIP\":\"192.0.2.1\"}",
        ),
    ]
}
