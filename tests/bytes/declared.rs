//! Faults of what a suite declares beyond paths, queries and bodies: header parameters, and its own wrong requests.

use super::written::{Written, written};

pub(crate) fn rows() -> Vec<Written> {
    vec![
        written(
            "constraints/versions.get/header-missing/x-version",
            "GET /api/versions HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Bearer bearer-token\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "constraints/versions.get/header-ill-typed/x-version",
            "GET /api/versions HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             x-version: abc\r\n\
             authorization: Bearer bearer-token\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "constraints/versions.get/header-invalid/x-version.below",
            "GET /api/versions HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             x-version: 0\r\n\
             authorization: Bearer bearer-token\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "constraints/versions.get/own/of-tomorrow",
            "GET /api/versions?with%20space=1%262 HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             x-version: 99\r\n\
             authorization: Bearer bearer-token\r\n\
             host: HOST\r\n\r\n",
            b"",
        ),
        written(
            "constraints/versions.set/own-changing/twice",
            "POST /api/versions HTTP/1.1\r\n\
             accept: application/json\r\n\
             accept-encoding: identity\r\n\
             authorization: Bearer bearer-token\r\n\
             content-type: application/json\r\n\
             host: HOST\r\n\
             content-length: 49\r\n\r\n",
            br#"{"label":"taken","tags":[7],"owner":{"name":"x"}}"#,
        ),
    ]
}
