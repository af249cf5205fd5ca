//! Requests that HTTP/1.1 has leave as they are, whichever client sends them; what it has not, no suite can plan.

use super::capture::{Capture, environment, resolved};
use errdrift::model::exchange::{Outcome, Request, Silence};
use errdrift::model::secret::Template;
use errdrift::model::target::Target;

fn get(target: &str) -> Request {
    let accept = ("accept".to_owned(), Template::literal("*/*"));
    Request { method: "GET".into(), target: target.into(), headers: vec![accept], ..Request::default() }
}

fn with(name: &str, value: &[u8]) -> Request {
    let mut request = get("/x");
    request.headers.push((name.to_owned(), Template::literal(value)));
    request
}

fn method(method: &str) -> Request {
    Request { method: method.into(), ..get("/x") }
}

#[test]
fn what_http_has_not_is_no_request_that_a_suite_can_plan() {
    let mut requests = vec![
        method(""),
        method("G@T"),
        method("G T"),
        with("content-length", b"cats"),
        with("content-length", b"1"),
        with("transfer-encoding", b"chunked"),
        with("Host", b""),
        with("connection", b"close"),
        with("x-a", b"a\r\nb: c"),
        with("x-a", b"a\nb"),
        with("x-a", b"\x01"),
        with("x-a", b"\0"),
        with("x a", b"b"),
        with("", b"b"),
        with("x-\u{fc}", b"b"),
    ];
    for path in ["/a b", "/\u{fc}", "/a\tb", "/a\rb", "/a\nb", "/a?b\0", "/a?b=c d", "/a?\u{fc}", "/a#b", "", "?a"] {
        requests.push(get(path));
    }
    for request in requests {
        assert!(request.breach().is_some(), "{request:?}");
    }
    assert!(Target::parse("http://127.0.0.1:1/a\u{fc}").is_err());
}

#[tokio::test]
async fn what_a_library_would_send_elsewhere_is_not_sent_by_it() {
    let mut capture = Capture::start().await;
    let mut requests = vec![method("CONNECT")];
    for path in ["/a/../b", "/a/./b", "/%2e%2e/b", "/%2E/b", "/a/..", "/a\\b", "/<", "/>", "/\"", "/{", "/`", "/a?b='"]
    {
        requests.push(get(path));
    }
    for request in requests {
        assert_eq!(request.breach(), None, "{request:?}");
        assert!(capture.sender.unfit(&request.clone().ordinary()).await.is_some(), "{request:?}");
        // Where it must not leave, it does not, whoever asks for it all the same.
        let ordinary = request.clone().ordinary();
        let exchange = capture.sender.send(&ordinary, &resolved(&ordinary), &environment()).await;
        assert!(matches!(exchange.outcome, Outcome::Silence(Silence::Unreachable(_))), "{request:?}");
        let line = format!("{} {} HTTP/1.1\r\n", request.method, request.target);
        let sent = capture.bytes(&request).await;
        assert!(sent.starts_with(line.as_bytes()), "{request:?}: {}", sent.escape_ascii());
    }
}

#[tokio::test]
async fn what_is_well_formed_arrives_as_it_is_from_either_client() {
    let mut capture = Capture::start().await;
    let mut requests = vec![
        method("FOO"),
        method("get"),
        method("TRACE"),
        method(&"M".repeat(300)),
        with("accept-language", b""),
        with("x-a", b"a\tb"),
        with("x-a", b"\xff"),
        with("x-a", &[b'a'; 100_000]),
        with("authorization", b"Basic !!!"),
        with("content-type", b"text/plain"),
        with("content-encoding", b"gzip"),
        Request { body: Some(b"body".to_vec()), ..get("/x") },
    ];
    for path in [
        "/a//b",
        "//b",
        "/%2F",
        "/%zz",
        "/%00",
        "/%",
        "/;b=c",
        "/a/",
        "/a|b",
        "/a^b",
        "/a?",
        "/a?b=%zz",
        "/a?b=%ff",
        "/a?b[]={}",
        "/a?b=c&b=d&",
        "/a?/../",
        "/~a!$&'()*+,;=:@",
    ] {
        requests.push(get(path));
    }
    let mut twice = with("authorization", b"a");
    twice.headers.push(("authorization".into(), Template::literal("b")));
    requests.push(twice);
    for request in requests {
        assert_eq!(request.breach(), None, "{request:?}");
        for request in [request.clone(), request.ordinary()] {
            assert_eq!(capture.sender.unfit(&request).await, None, "{request:?}");
            let sent = capture.bytes(&request).await;
            let mut head = format!("{} {} HTTP/1.1\r\n", request.method, request.target).into_bytes();
            for (name, value) in &request.headers {
                head.extend([name.as_bytes(), b": ", &value.masked(), b"\r\n"].concat());
            }
            assert!(sent.starts_with(&head), "{request:?}: {}", String::from_utf8_lossy(&sent));
        }
    }
}

#[tokio::test]
async fn the_targets_own_prefix_comes_first() {
    let mut capture = Capture::below("/v1/").await;
    for request in [get("/api/x?y=z"), get("/api/x?y=z").ordinary()] {
        let sent = capture.bytes(&request).await;
        assert!(sent.starts_with(b"GET /v1/api/x?y=z HTTP/1.1\r\n"), "{}", sent.escape_ascii());
    }
}
