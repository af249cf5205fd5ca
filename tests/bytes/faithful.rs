//! What reqwest would repair or refuse is not sent with it: each row of what it is known to do to a request.

use super::capture::Capture;
use errdrift::model::exchange::Request;
use errdrift::model::secret::Template;
use errdrift::model::target::Target;
use errdrift::wire::client::Client;

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
fn what_reqwest_repairs_or_refuses_is_not_faithful() {
    let target = Target::parse("http://127.0.0.1:1").unwrap();
    let mut requests = vec![
        method(""),
        method("G@T"),
        method("G T"),
        method("CONNECT"),
        Request { headers: Vec::new(), ..get("/x") },
        with("content-length", b"cats"),
        with("content-length", b"-1"),
        with("content-length", b"1"),
        with("transfer-encoding", b"cats"),
        with("transfer-encoding", b"chunked"),
        with("host", b""),
        with("connection", b"close"),
        with("x-a", b"a\r\nb: c"),
        with("x-a", b"a\nb"),
        with("x-a", b"\x01"),
        with("x-a", b"\0"),
        with("x a", b"b"),
        with("", b"b"),
        with("x-\u{fc}", b"b"),
        with("X-UPPER", b"b"),
    ];
    for path in [
        "/a/../b",
        "/a/./b",
        "/%2e%2e/b",
        "/%2E/b",
        "/a/..",
        "/a\\b",
        "/a b",
        "/\u{fc}",
        "/<",
        "/>",
        "/\"",
        "/{",
        "/}",
        "/`",
        "/a\tb",
        "/a\rb",
        "/a\nb",
        "/a?b\0",
        "/a?b=c d",
        "/a?b=\"",
        "/a?b='",
        "/a?b=<>",
        "/a?\u{fc}",
        "/a#b",
        "/a?b#c",
        "",
        "?a",
    ] {
        requests.push(get(path));
    }
    for request in requests {
        assert!(Client::faithful(&target, &request).is_err(), "{request:?}");
    }
}

#[tokio::test]
async fn what_is_faithful_arrives_as_it_is() {
    let mut capture = Capture::start().await;
    let target = super::capture::target(capture.address);
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
        assert_eq!(Client::faithful(&target, &request), Ok(()), "{request:?}");
        let sent = capture.bytes(&request).await;
        let mut head = format!("{} {} HTTP/1.1\r\n", request.method, request.target).into_bytes();
        for (name, value) in &request.headers {
            head.extend([name.as_bytes(), b": ", &value.masked(), b"\r\n"].concat());
        }
        assert!(sent.starts_with(&head), "{request:?}: {}", String::from_utf8_lossy(&sent));
    }
}

/// A prefix of the target stands before the probe's path.
#[tokio::test]
async fn the_targets_own_prefix_comes_first() {
    let capture = Capture::start().await;
    let target = Target::parse(&format!("http://{}/v1/", capture.address)).unwrap();
    assert_eq!(Client::faithful(&target, &get("/api/x?y=z")), Ok(()));
    assert!(Client::faithful(&target, &get("/../x")).is_err());
}
