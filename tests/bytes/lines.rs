//! Faults of the wire: what no HTTP library sends.

use super::written::{Written, raw};

/// A row a fault.
#[expect(clippy::too_many_lines, reason = "a table of whole requests")]
pub(crate) fn rows() -> Vec<Written> {
    vec![
        raw(
            "oz-api/authorize.refresh/accept-absent",
            b"POST /staging/api/authorize/refresh HTTP/1.1\r\n\
              host: HOST\r\n\
              accept-encoding: identity\r\n\
              content-type: application/json\r\n\
              content-length: 49\r\n\
              \r\n\
              {\"expire_token\":\"errdrift-invented-expire-token\"}",
        ),
        raw(
            "oz-api/users.list/method-illegal/character",
            b"G@T /staging/api/users/ HTTP/1.1\r\n\
              host: HOST\r\n\
              accept: application/json\r\n\
              accept-encoding: identity\r\n\
              x-forensic-access-token: 0123456789abcdef\r\n\
              \r\n",
        ),
        raw(
            "oz-api/users.list/request-line-malformed/tab",
            b"GET\t/staging/api/users/ HTTP/1.1\r\n\
              host: HOST\r\n\
              accept: application/json\r\n\
              accept-encoding: identity\r\n\
              x-forensic-access-token: 0123456789abcdef\r\n\
              \r\n",
        ),
        raw(
            "oz-api/users.list/line-ends-bare/line-feed",
            b"GET /staging/api/users/ HTTP/1.1\n\
              host: HOST\n\
              accept: application/json\n\
              accept-encoding: identity\n\
              x-forensic-access-token: 0123456789abcdef\n\
              \n",
        ),
        raw(
            "oz-api/users.list/version-unexpected/9.9",
            b"GET /staging/api/users/ HTTP/9.9\r\n\
              host: HOST\r\n\
              accept: application/json\r\n\
              accept-encoding: identity\r\n\
              x-forensic-access-token: 0123456789abcdef\r\n\
              \r\n",
        ),
        raw("oz-api/users.list/version-unexpected/0.9", b"GET /staging/api/users/\r\n"),
        raw(
            "oz-api/users.list/host-malformed/two",
            b"GET /staging/api/users/ HTTP/1.1\r\n\
              host: HOST\r\n\
              accept: application/json\r\n\
              accept-encoding: identity\r\n\
              x-forensic-access-token: 0123456789abcdef\r\n\
              host: errdrift.invalid\r\n\
              \r\n",
        ),
        raw(
            "oz-api/users.list/field-malformed/folded",
            b"GET /staging/api/users/ HTTP/1.1\r\n\
              host: HOST\r\n\
              accept: application/json\r\n\
              accept-encoding: identity\r\n\
              x-forensic-access-token: 0123456789abcdef\r\n\
              x-errdrift: a\r\n\x20b\r\n\
              \r\n",
        ),
        raw(
            "oz-api/users.list/field-malformed/value-nul",
            b"GET /staging/api/users/ HTTP/1.1\r\n\
              host: HOST\r\n\
              accept: application/json\r\n\
              accept-encoding: identity\r\n\
              x-forensic-access-token: 0123456789abcdef\r\n\
              x-errdrift: a\x00b\r\n\
              \r\n",
        ),
        raw(
            "oz-api/users.list/target-malformed/backslash",
            b"GET /staging/api/users/\\errdrift HTTP/1.1\r\n\
              host: HOST\r\n\
              accept: application/json\r\n\
              accept-encoding: identity\r\n\
              x-forensic-access-token: 0123456789abcdef\r\n\
              \r\n",
        ),
        raw(
            "oz-api/users.list/target-form/absolute",
            b"GET http://HOST/staging/api/users/ HTTP/1.1\r\n\
              host: HOST\r\n\
              accept: application/json\r\n\
              accept-encoding: identity\r\n\
              x-forensic-access-token: 0123456789abcdef\r\n\
              \r\n",
        ),
        raw(
            "oz-api/users.list/tls-hello-on-plain-port",
            b"\x16\x03\x01\x00/\x01\x00\x00+\x03\x03errdrift-errdrift-errdrift-error\x00\x00\x04\xc0/\xc00\x01\x00",
        ),
        raw(
            "oz-api/authorize.auth/content-length-malformed/word",
            b"POST /staging/api/authorize/auth HTTP/1.1\r\n\
              host: HOST\r\n\
              accept: application/json\r\n\
              accept-encoding: identity\r\n\
              content-type: application/json\r\n\
              content-length: cats\r\n\
              \r\n\
              {\"credentials\":{\"email\":\"errdrift@example.invalid\",\"password\":\"no password of anybody\"}}",
        ),
        raw(
            "oz-api/authorize.auth/content-length-wrong/longer",
            b"POST /staging/api/authorize/auth HTTP/1.1\r\n\
              host: HOST\r\n\
              accept: application/json\r\n\
              accept-encoding: identity\r\n\
              content-type: application/json\r\n\
              content-length: 128\r\n\
              \r\n\
              {\"credentials\":{\"email\":\"errdrift@example.invalid\",\"password\":\"no password of anybody\"}}",
        ),
        raw(
            "oz-api/authorize.auth/transfer-encoding-unknown",
            b"POST /staging/api/authorize/auth HTTP/1.1\r\n\
              host: HOST\r\n\
              accept: application/json\r\n\
              accept-encoding: identity\r\n\
              content-type: application/json\r\n\
              transfer-encoding: cats\r\n\
              \r\n\
              {\"credentials\":{\"email\":\"errdrift@example.invalid\",\"password\":\"no password of anybody\"}}",
        ),
        raw(
            "oz-api/authorize.auth/chunk-malformed/size-no-number",
            b"POST /staging/api/authorize/auth HTTP/1.1\r\n\
              host: HOST\r\n\
              accept: application/json\r\n\
              accept-encoding: identity\r\n\
              content-type: application/json\r\n\
              transfer-encoding: chunked\r\n\
              \r\n\
              zz\r\n\
              {\"credentials\":{\"email\":\"errdrift@example.invalid\",\"password\":\"no password of anybody\"}}\r\n\
              0\r\n\
              \r\n",
        ),
        raw(
            "oz-api/authorize.refresh/request-after-refusal",
            b"POST /staging/api/authorize/refresh HTTP/1.1\r\n\
              host: HOST\r\n\
              accept: application/json\r\n\
              accept-encoding: identity\r\n\
              content-type: application/json\r\n\
              content-length: 49\r\n\
              \r\n\
              {\"expire_token\":\"errdrift-invented-expire-token\"}GET /staging/api/users/ HTTP/1.1\r\n\
              host: HOST\r\n\
              accept: application/json\r\n\
              accept-encoding: identity\r\n\
              x-forensic-access-token: 0123456789abcdef\r\n\
              \r\n",
        ),
        raw(
            "oz-api/authorize.refresh/expectation/continue",
            b"POST /staging/api/authorize/refresh HTTP/1.1\r\n\
              host: HOST\r\n\
              accept: application/json\r\n\
              accept-encoding: identity\r\n\
              content-type: application/json\r\n\
              content-length: 49\r\n\
              expect: 100-continue\r\n\
              \r\n\
              {\"expire_token\":\"errdrift-invented-expire-token\"}",
        ),
        raw(
            "oz-api/authorize.refresh/expectation/unknown",
            b"POST /staging/api/authorize/refresh HTTP/1.1\r\n\
              host: HOST\r\n\
              accept: application/json\r\n\
              accept-encoding: identity\r\n\
              content-type: application/json\r\n\
              content-length: 49\r\n\
              expect: errdrift\r\n\
              \r\n\
              {\"expire_token\":\"errdrift-invented-expire-token\"}",
        ),
        raw(
            "oz-api/authorize.auth/length-and-coding",
            b"POST /staging/api/authorize/auth HTTP/1.1\r\n\
              host: HOST\r\n\
              accept: application/json\r\n\
              accept-encoding: identity\r\n\
              content-type: application/json\r\n\
              transfer-encoding: chunked\r\n\
              content-length: 88\r\n\
              \r\n\
              58\r\n\
              {\"credentials\":{\"email\":\"errdrift@example.invalid\",\"password\":\"no password of anybody\"}}\r\n\
              0\r\n\
              \r\n",
        ),
        raw(
            "oz-api/users.list/head-slow",
            b"GET /staging/api/users/ HTTP/1.1\r\n\
              host: HOST\r\n\
              accept: application/json\r\n\
              accept-encoding: identity\r\n\
              x-forensic-access-token: 0123456789abcdef\r\n\
              x-errdrift-a: 1\r\n\
              x-errdrift-b: 1\r\n\
              x-errdrift-c: 1\r\n\
              \r\n",
        ),
        raw(
            "oz-api/authorize.auth/body-slow",
            b"POST /staging/api/authorize/auth HTTP/1.1\r\n\
              host: HOST\r\n\
              accept: application/json\r\n\
              accept-encoding: identity\r\n\
              content-type: application/json\r\n\
              content-length: 88\r\n\
              \r\n\
              {\"credentials\":{\"email\":\"errdrift@example.invalid\",\"password\":\"no password of anybody\"}}",
        ),
        raw(
            "oz-api/users.list/plain-http-on-tls-port",
            b"GET /staging/api/users/ HTTP/1.1\r\n\
              host: HOST\r\n\
              accept: application/json\r\n\
              accept-encoding: identity\r\n\
              \r\n",
        ),
        raw(
            "oz-api/users.list/target-long/8-kb",
            around("GET /staging/api/users/?errdrift=", 8192, b" HTTP/1.1\r\n", READ),
        ),
        raw(
            "oz-api/users.list/field-long/16-kb",
            [
                around("GET /staging/api/users/ HTTP/1.1\r\n", 0, READ, b"").as_slice(),
                &around("x-errdrift: ", 16384, b"\r\n\r\n", b""),
            ]
            .concat(),
        ),
        raw("oz-api/users.list/fields-many/100", {
            let mut bytes = around("GET /staging/api/users/ HTTP/1.1\r\n", 0, READ, b"");
            bytes.extend((0..100).flat_map(|index| format!("x-errdrift-{index}: 1\r\n").into_bytes()));
            bytes.extend(b"\r\n");
            bytes
        }),
        raw("escrow-box/ads.update/body-large/honest", {
            let mut bytes = b"PATCH /staging/api/ads/0 HTTP/1.1\r\n\
                host: HOST\r\n\
                accept: application/json\r\n\
                accept-encoding: identity\r\n\
                authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
                content-type: application/json\r\n\
                content-length: 2097152\r\n\
                \r\n"
                .to_vec();
            let head = bytes.len();
            bytes.extend(b"{}");
            bytes.resize(head + 2_097_152, b' ');
            bytes
        }),
    ]
}

/// The fields of the read.
const READ: &[u8] = b"host: HOST\r\n\
    accept: application/json\r\n\
    accept-encoding: identity\r\n\
    x-forensic-access-token: 0123456789abcdef\r\n";

/// Two texts with so many letters between them, and what follows.
fn around(before: &str, count: usize, behind: &[u8], rest: &[u8]) -> Vec<u8> {
    let end: &[u8] = if rest.is_empty() { b"" } else { b"\r\n" };
    [before.as_bytes(), &b"x".repeat(count), behind, rest, end].concat()
}
