//! Faults of the body's structure, of its values, and of form data.

use super::written::{Written, written};

/// A row a fault.
#[expect(clippy::too_many_lines, reason = "a table of whole requests")]
pub(crate) fn rows() -> Vec<Written> {
    vec![
        written(
            "escrow-box/ads.create/body-root-type/number",
            "POST /api/ads HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 1\r\n\r\n",
            b"1",
        ),
        written(
            "escrow-box/deals.create/body-empty-object",
            "POST /api/deals HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 2\r\n\r\n",
            b"{}",
        ),
        written(
            "escrow-box/deals.create/body-unknown-reference",
            "POST /api/deals HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 12\r\n\r\n",
            b"{\"cartId\":0}",
        ),
        written(
            "oz-api/collections.create/member-missing/company_id",
            "POST /api/collections/ HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             x-forensic-access-token: 0123456789abcdef\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 25\r\n\r\n",
            b"{\"alias\":\"errdrift-test\"}",
        ),
        written(
            "oz-api/collections.create/member-renamed/alias",
            "POST /api/collections/ HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             x-forensic-access-token: 0123456789abcdef\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 51\r\n\r\n",
            b"{\"company_id\":\"not-a-uuid\",\"ALIAS\":\"errdrift-test\"}",
        ),
        written(
            "escrow-box/ads.update/member-null/data",
            "PATCH /api/ads/0 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 13\r\n\r\n",
            b"{\"data\":null}",
        ),
        written(
            "escrow-box/ads.update/member-type/data.number",
            "PATCH /api/ads/0 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 10\r\n\r\n",
            b"{\"data\":7}",
        ),
        written(
            "oz-api/collections.create/member-invalid-uuid/company_id",
            "POST /api/collections/ HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             x-forensic-access-token: 0123456789abcdef\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 51\r\n\r\n",
            b"{\"alias\":\"errdrift-test\",\"company_id\":\"not-a-uuid\"}",
        ),
        written(
            "escrow-box/deals.create/member-unknown-enum/lg",
            "POST /api/deals HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Basic NDI6b3BlbiBzZXNhbWU=\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 28\r\n\r\n",
            b"{\"cartId\":0,\"lg\":\"errdrift\"}",
        ),
        written(
            "constraints/things.create/member-malformed/email",
            "POST /api/things/ HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Bearer bearer-token\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 91\r\n\r\n",
            b"{\"alias\":\"abc\",\"count\":3,\"email\":\"errdrift\",\"owner\":\"7c1f6a2e-52b0-4c35-8d1b-0a4be3f4a9d1\"}",
        ),
        written(
            "constraints/things.create/member-below-minimum/weight",
            "POST /api/things/ HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Bearer bearer-token\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 93\r\n\r\n",
            b"{\"alias\":\"abc\",\"count\":3,\"email\":\"errdrift@example.invalid\",\"owner\":\"not-a-uuid\",\"weight\":-1}",
        ),
        written(
            "constraints/things.create/member-above-maximum/weight",
            "POST /api/things/ HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Bearer bearer-token\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 92\r\n\r\n",
            b"{\"alias\":\"abc\",\"count\":3,\"email\":\"errdrift@example.invalid\",\"owner\":\"not-a-uuid\",\"weight\":6}",
        ),
        written(
            "constraints/things.create/member-too-short/alias",
            "POST /api/things/ HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Bearer bearer-token\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 105\r\n\r\n",
            b"{\"alias\":\"x\",\"count\":3,\"email\":\"errdrift@example.invalid\",\"owner\":\"7c1f6a2e-52b0-4c35-8d1b-0a4be3f4a9d1\"}",
        ),
        written(
            "constraints/things.create/member-too-long/alias",
            "POST /api/things/ HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Bearer bearer-token\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 109\r\n\r\n",
            b"{\"alias\":\"xxxxx\",\"count\":3,\"email\":\"errdrift@example.invalid\",\"owner\":\"7c1f6a2e-52b0-4c35-8d1b-0a4be3f4a9d1\"}",
        ),
        written(
            "constraints/things.create/member-fractional/count",
            "POST /api/things/ HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Bearer bearer-token\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 83\r\n\r\n",
            b"{\"alias\":\"abc\",\"count\":1.5,\"email\":\"errdrift@example.invalid\",\"owner\":\"not-a-uuid\"}",
        ),
        written(
            "constraints/things.create/member-overflow/count",
            "POST /api/things/ HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Bearer bearer-token\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 100\r\n\r\n",
            b"{\"alias\":\"abc\",\"count\":18446744073709551615,\"email\":\"errdrift@example.invalid\",\"owner\":\"not-a-uuid\"}",
        ),
        written(
            "oz-api/media.create/multipart-no-boundary",
            "POST /api/folders/9dfb369b-ab13-4fae-a276-55daa05f1119/media/ HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             x-forensic-access-token: 0123456789abcdef\r\n\
             content-type: multipart/form-data\r\n\
             host: HOST\r\n\
             content-length: 253\r\n\r\n",
            b"--errdrift-6f1d2c\r\n\
              Content-Disposition: form-data; name=\"photo1\"; filename=\"errdrift.gif\"\r\n\
              Content-Type: image/gif\r\n\
              \r\n\
              GIF89a\x01\x00\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;\r\n\
              --errdrift-6f1d2c\r\n\
              Content-Disposition: form-data; name=\"payload\"\r\n\
              \r\n\
              {\"errdrift\":\r\n\
              --errdrift-6f1d2c--\r\n",
        ),
        written(
            "oz-api/media.create/multipart-wrong-boundary",
            "POST /api/folders/9dfb369b-ab13-4fae-a276-55daa05f1119/media/ HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             x-forensic-access-token: 0123456789abcdef\r\n\
             content-type: multipart/form-data; boundary=errdrift-other\r\n\
             host: HOST\r\n\
             content-length: 253\r\n\r\n",
            b"--errdrift-6f1d2c\r\n\
              Content-Disposition: form-data; name=\"photo1\"; filename=\"errdrift.gif\"\r\n\
              Content-Type: image/gif\r\n\
              \r\n\
              GIF89a\x01\x00\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;\r\n\
              --errdrift-6f1d2c\r\n\
              Content-Disposition: form-data; name=\"payload\"\r\n\
              \r\n\
              {\"errdrift\":\r\n\
              --errdrift-6f1d2c--\r\n",
        ),
        written(
            "oz-api/folders.create/multipart-unterminated",
            "POST /api/folders/ HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             x-forensic-access-token: 0123456789abcdef\r\n\
             content-type: multipart/form-data; boundary=errdrift-6f1d2c\r\n\
             host: HOST\r\n\
             content-length: 72\r\n\r\n",
            b"--errdrift-6f1d2c\r\n\
              Content-Disposition: form-data; name=\"payload\"\r\n\
              \r\n\
              {\r\n",
        ),
        written(
            "oz-api/media.create/multipart-part-missing/payload",
            "POST /api/folders/9dfb369b-ab13-4fae-a276-55daa05f1119/media/ HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             x-forensic-access-token: 0123456789abcdef\r\n\
             content-type: multipart/form-data; boundary=errdrift-6f1d2c\r\n\
             host: HOST\r\n\
             content-length: 247\r\n\r\n",
            b"--errdrift-6f1d2c\r\n\
              Content-Disposition: form-data; name=\"photo1\"; filename=\"errdrift.gif\"\r\n\
              Content-Type: image/gif\r\n\
              \r\n\
              GIF89a\x01\x00\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;\r\n\
              --errdrift-6f1d2c\r\n\
              Content-Disposition: form-data; name=\"errdrift\"\r\n\
              \r\n\
              probe\r\n\
              --errdrift-6f1d2c--\r\n",
        ),
        written(
            "oz-api/folders.create/multipart-part-not-json/payload.cut",
            "POST /api/folders/ HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             x-forensic-access-token: 0123456789abcdef\r\n\
             content-type: multipart/form-data; boundary=errdrift-6f1d2c\r\n\
             host: HOST\r\n\
             content-length: 93\r\n\r\n",
            b"--errdrift-6f1d2c\r\n\
              Content-Disposition: form-data; name=\"payload\"\r\n\
              \r\n\
              {\r\n\
              --errdrift-6f1d2c--\r\n",
        ),
        written(
            "oz-api/media.create/multipart-part-root-type/payload.number",
            "POST /api/folders/9dfb369b-ab13-4fae-a276-55daa05f1119/media/ HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             x-forensic-access-token: 0123456789abcdef\r\n\
             content-type: multipart/form-data; boundary=errdrift-6f1d2c\r\n\
             host: HOST\r\n\
             content-length: 242\r\n\r\n",
            b"--errdrift-6f1d2c\r\n\
              Content-Disposition: form-data; name=\"photo1\"; filename=\"errdrift.gif\"\r\n\
              Content-Type: image/gif\r\n\
              \r\n\
              GIF89a\x01\x00\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;\r\n\
              --errdrift-6f1d2c\r\n\
              Content-Disposition: form-data; name=\"payload\"\r\n\
              \r\n\
              1\r\n\
              --errdrift-6f1d2c--\r\n",
        ),
        written(
            "constraints/things.upload/multipart-member-type/payload.tags",
            "POST /api/things/0f3a9d52-6f0e-4d55-9a3c-2f1f0f6f8f10/files HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Bearer bearer-token\r\n\
             content-type: multipart/form-data; boundary=errdrift-6f1d2c\r\n\
             host: HOST\r\n\
             content-length: 273\r\n\r\n",
            b"--errdrift-6f1d2c\r\n\
              Content-Disposition: form-data; name=\"title\"\r\n\
              \r\n\
              errdrift\r\n\
              --errdrift-6f1d2c\r\n\
              Content-Disposition: form-data; name=\"count\"\r\n\
              \r\n\
              no number\r\n\
              --errdrift-6f1d2c\r\n\
              Content-Disposition: form-data; name=\"payload\"\r\n\
              \r\n\
              {\"tags\":{\"errdrift\":true}}\r\n\
              --errdrift-6f1d2c--\r\n",
        ),
    ]
}
