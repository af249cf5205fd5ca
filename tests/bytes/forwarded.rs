//! A plain target behind a proxy: what the proxy is to pass on names its target in absolute form and carries the proxy's
//! credentials (RFC 9112, section 3.2.2), and is as it is meant in all else.

use std::net::Ipv4Addr;
use std::time::Duration;

use super::capture::{Capture, environment, resolved};
use super::scripts::{PREFIX, planned, scripted};
use errdrift::model::exchange::{Outcome, Request, Transport};
use errdrift::model::secret::Template;
use errdrift::model::target::Target;
use errdrift::wire::sender::Sender;
use errdrift::wire::settings::Settings;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// A target that nobody reaches but through the proxy.
const TARGET: &str = "http://api.example:8080/staging";
/// `user:open sesame`, as a URL and as a field have it.
const CREDENTIALS: &str = "user:open%20sesame@";
const FIELD: &str = "proxy-authorization: Basic dXNlcjpvcGVuIHNlc2FtZQ==";

fn request() -> Request {
    Request {
        method: "POST".into(),
        target: "/api/x?y=z".into(),
        headers: vec![("accept".to_owned(), Template::literal("application/json"))],
        body: Some(b"{".to_vec()),
        ..Request::default()
    }
}

#[tokio::test]
async fn a_request_that_is_passed_on_names_its_target_and_carries_the_proxys_credentials() {
    for (credentials, field) in [("", String::new()), (CREDENTIALS, format!("{FIELD}\r\n"))] {
        let mut proxy = Capture::before(TARGET, credentials).await;
        let sent = proxy.bytes(&request()).await;
        let expected = format!(
            "POST http://api.example:8080/staging/api/x?y=z HTTP/1.1\r\n\
             {field}\
             accept: application/json\r\n\
             host: api.example:8080\r\n\
             content-length: 1\r\n\r\n{{"
        );
        assert_eq!(String::from_utf8(sent).unwrap(), expected);
        let by_library = String::from_utf8(proxy.bytes(&request().ordinary()).await).unwrap();
        assert!(by_library.starts_with("POST http://api.example:8080/staging/api/x?y=z HTTP/1.1\r\n"), "{by_library}");
        assert_eq!(by_library.contains(FIELD), !field.is_empty(), "{by_library}");
    }
}

/// The bytes without what a proxy is told.
fn untold(bytes: &[u8]) -> String {
    let text = bytes.escape_ascii().to_string();
    let text = text.replace(&format!("{FIELD}\\r\\n"), "").replace(&format!("{FIELD}\\n"), "");
    text.replace(TARGET, PREFIX)
}

/// Sends the request through a proxy of its own that reads until all of it came, then answers for the target and closes.
/// Gives what came, and whether it was asked for a tunnel first.
async fn passed(request: &Request, expected: &str) -> (Vec<u8>, bool) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let proxy = Some(format!("http://{CREDENTIALS}{}", listener.local_addr().unwrap()));
    let settings = Settings {
        target: Target::parse(TARGET).unwrap(),
        timeout: Duration::from_secs(60),
        insecure: false,
        ca: None,
        proxy,
    };
    let wanted = expected.len();
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let (mut bytes, mut tunnelled) = (Vec::new(), false);
        while bytes.starts_with(b"CONNECT ") || untold(&bytes).len() < wanted {
            assert!(stream.read_buf(&mut bytes).await.unwrap() > 0, "{}", bytes.escape_ascii());
            if bytes.starts_with(b"CONNECT api.example:8080 ") && bytes.ends_with(b"\r\n\r\n") {
                tunnelled = true;
                bytes.clear();
                stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
            }
        }
        let answer = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        let _ = stream.write_all(answer).await;
        let _ = stream.shutdown().await;
        stream.read_to_end(&mut bytes).await.unwrap();
        (bytes, tunnelled)
    });
    let sender = Sender::new(&settings).unwrap();
    assert_eq!(sender.unfit(request).await, None);
    let exchange = sender.send(request, &resolved(request), &environment()).await;
    assert!(
        matches!(&exchange.outcome, Outcome::Reply(reply) if reply.status == 400),
        "{expected}: {:?}",
        exchange.outcome
    );
    drop(sender);
    server.await.unwrap()
}

#[tokio::test]
async fn what_no_library_sends_is_passed_on_too_or_goes_through_a_tunnel() {
    let mut exchanges = JoinSet::new();
    let probes = scripted().into_iter();
    for probe in probes.filter(|probe| probe.request.script.as_ref().unwrap().transport != Transport::ClearToTls) {
        exchanges.spawn(async move {
            let script = probe.request.script.as_ref().unwrap();
            let expected = untold(&planned(script, "api.example:8080"));
            let (sent, tunnelled) = passed(&probe.request, &expected).await;
            assert_eq!(untold(&sent), expected, "{}", probe.id);
            let text = sent.escape_ascii().to_string();
            let (named, known) = (text.matches(TARGET).count(), text.matches(FIELD).count());
            if tunnelled {
                assert_eq!((sent, known), (planned(script, "api.example:8080"), 0), "{}", probe.id);
            } else {
                assert!(named > 0 && named == known, "{}: {text}", probe.id);
            }
            (probe.id, (tunnelled, text))
        });
    }
    let rows = exchanges.join_all().await;
    let is = |id: &str, name: &str| id.starts_with("oz-api/") && id.ends_with(name);
    let of = |name: &str| rows.iter().find(|(id, _)| is(id, name)).map(|(_, row)| row).unwrap();
    // Who names no target, or has no room for a field, can be read by nobody but the target.
    for name in
        ["request-line-malformed/garbage", "target-form/asterisk", "version-unexpected/0.9", "tls-hello-on-plain-port"]
    {
        assert!(of(name).0, "{name}");
    }
    let begins = |name: &str, beginning: &str| assert!(of(name).1.starts_with(beginning), "{name}: {}", of(name).1);
    begins("host-malformed/empty", &format!("GET {TARGET}/api/users/ HTTP/1.1\\r\\n{FIELD}\\r\\naccept: "));
    begins("line-ends-bare/line-feed", &format!("GET {TARGET}/api/users/ HTTP/1.1\\n{FIELD}\\nhost: "));
    begins("target-form/absolute", &format!("GET {TARGET}/api/users/ HTTP/1.1\\r\\n{FIELD}\\r\\nhost: "));
    assert_eq!(of("request-after-refusal").1.matches(FIELD).count(), 2, "both requests name their target");
}
