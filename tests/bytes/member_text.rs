//! Faults of a member's text, and of a parameter's.

use super::written::{Written, written};

/// A request that creates a collection, with that body.
fn collection(probe: &'static str, body: impl AsRef<[u8]>) -> Written {
    let length = body.as_ref().len();
    let head = format!(
        "POST /api/collections/ HTTP/1.1\r\n\
         accept: application/json\r\n\
         accept-encoding: identity\r\n\
         x-forensic-access-token: 0123456789abcdef\r\n\
         content-type: application/json\r\n\
         host: HOST\r\n\
         content-length: {length}\r\n\r\n"
    );
    written(probe, &head, body)
}

/// A request for folders, with that query.
fn folders(probe: &'static str, query: &str) -> Written {
    let head = format!(
        "GET /api/folders/?{query} HTTP/1.1\r\n\
         accept: application/json\r\n\
         accept-encoding: identity\r\n\
         x-forensic-access-token: 0123456789abcdef\r\n\
         host: HOST\r\n\r\n"
    );
    written(probe, &head, b"")
}

/// A row a variant: each of them is another value that bytes alone can say.
pub(crate) fn rows() -> Vec<Written> {
    let nested = format!("{{\"alias\":{}{},\"company_id\":\"not-a-uuid\"}}", "[".repeat(200), "]".repeat(200));
    let digits = format!("{{\"alias\":{},\"company_id\":\"not-a-uuid\"}}", "1".repeat(400));
    let name = format!("{{\"alias\":\"errdrift-test\",\"company_id\":\"not-a-uuid\",\"{}\":1}}", "x".repeat(10_000));
    vec![
        collection(
            "oz-api/collections.create/member-lone-surrogate/alias",
            b"{\"alias\":\"errdrift\\ud800\",\"company_id\":\"not-a-uuid\"}",
        ),
        collection(
            "oz-api/collections.create/member-invalid-utf-8/alias",
            b"{\"alias\":\"errdrift\xff\",\"company_id\":\"not-a-uuid\"}",
        ),
        collection(
            "oz-api/collections.create/member-not-finite/alias.nan",
            b"{\"alias\":NaN,\"company_id\":\"not-a-uuid\"}",
        ),
        collection(
            "oz-api/collections.create/member-not-finite/alias.infinity",
            b"{\"alias\":Infinity,\"company_id\":\"not-a-uuid\"}",
        ),
        collection(
            "oz-api/collections.create/member-not-finite/alias.minus-infinity",
            b"{\"alias\":-Infinity,\"company_id\":\"not-a-uuid\"}",
        ),
        collection(
            "oz-api/collections.create/member-huge-number/alias.exponent",
            b"{\"alias\":1e400,\"company_id\":\"not-a-uuid\"}",
        ),
        collection("oz-api/collections.create/member-huge-number/alias.digits", digits),
        collection("oz-api/collections.create/member-deep-nesting/alias", nested),
        collection(
            "oz-api/collections.create/member-strange-name/empty",
            b"{\"alias\":\"errdrift-test\",\"company_id\":\"not-a-uuid\",\"\":1}",
        ),
        collection("oz-api/collections.create/member-strange-name/long", name),
        collection(
            "oz-api/collections.create/member-duplicate/alias",
            b"{\"alias\":\"errdrift-test\",\"company_id\":\"not-a-uuid\",\"alias\":\"errdrift-test\"}",
        ),
        folders("oz-api/folders.list/query-not-finite/limit.nan", "limit=NaN"),
        folders("oz-api/folders.list/query-not-finite/limit.infinity", "limit=Infinity"),
        folders("oz-api/folders.list/query-not-finite/limit.exponent", "limit=1e400"),
        folders("oz-api/folders.list/query-duplicate/limit", "limit=1&limit=1"),
        folders("oz-api/folders.list/query-bad-encoding/surrogate", "limit=%ed%a0%80"),
    ]
}
