//! Every probe leaves as the plan has it: nothing repaired, nothing added but Host and Content-Length.

use std::net::SocketAddr;
use std::sync::Arc;

use super::capture::{Capture, resolved};
use errdrift::catalog;
use errdrift::fault::Tier;
use errdrift::model::exchange::{ConnectionUse, Request};
use errdrift::plan::{Plan, Selection};

/// The request as RFC 9112 writes it: the fields in the probe's order, then Host, then Content-Length where there is content.
fn rendered(request: &Request, address: SocketAddr) -> Vec<u8> {
    let mut bytes = format!("{} {} HTTP/1.1\r\n", request.method, request.target).into_bytes();
    for (name, value) in resolved(request) {
        bytes.extend([name.to_ascii_lowercase().as_bytes(), b": ", &value, b"\r\n"].concat());
    }
    let host = format!("host: {address}\r\n");
    let framing = match request.body.as_ref().map(Vec::len) {
        None => host,
        Some(length) => format!("{host}content-length: {length}\r\n"),
    };
    bytes.extend(framing.into_bytes());
    bytes.extend(b"\r\n");
    bytes.extend(request.body.iter().flatten());
    bytes
}

fn own((head, body): (&str, &str)) -> (String, String) {
    (head.to_owned(), body.to_owned())
}

#[tokio::test]
async fn every_core_and_extended_probe_leaves_as_it_is_planned() {
    let mut capture = Capture::start().await;
    let apis: Vec<_> = catalog::built_in_suites().map(|id| Arc::new(catalog::load(id).unwrap())).collect();
    let tiers = vec![Tier::Core, Tier::Extended];
    let plan = Plan::new(&apis, &Selection { tiers, ..Selection::default() });
    let mut wrong = Vec::new();
    for probe in plan.probes.iter().filter(|probe| probe.request.connection != ConnectionUse::Http2) {
        let expected = rendered(&probe.request, capture.address);
        let sent = capture.bytes(&probe.request).await;
        if sent != expected {
            let text = |bytes: &[u8]| String::from_utf8_lossy(&bytes[..bytes.len().min(600)]).into_owned();
            wrong.push(format!("{}\n--- expected\n{}\n--- sent\n{}", probe.id, text(&expected), text(&sent)));
        }
        assert_eq!(probe.request.breach(), None, "{}", probe.id);
        // The other stack writes the same, but for how it names itself and, of empty content, the order of two fields. It
        // writes an Accept of its own where there is none.
        if probe.request.header("accept").is_none() {
            continue;
        }
        let ordinary = probe.request.clone().ordinary();
        assert_eq!(capture.sender.unfit(&ordinary).await, None, "{}", probe.id);
        let expected = rendered(&ordinary, capture.address);
        let lines = |bytes: &[u8]| {
            let (head, body) = String::from_utf8_lossy(bytes).split_once("\r\n\r\n").map(own).unwrap();
            let mut lines: Vec<_> = head.split("\r\n").map(str::to_owned).collect();
            lines[1..].sort();
            (lines, body)
        };
        assert_eq!(lines(&capture.bytes(&ordinary).await), lines(&expected), "{}", probe.id);
    }
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), plan.probes.len(), wrong[..wrong.len().min(5)].join("\n"));
}

/// Content that is there and empty is announced, as the documentation of [`Request::body`] has it.
#[tokio::test]
async fn empty_content_is_announced_and_absent_content_is_not() {
    let mut capture = Capture::start().await;
    let accept = ("accept".to_owned(), errdrift::model::secret::Template::literal("*/*"));
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "ERRDRIFT"] {
        for body in [None, Some(Vec::new()), Some(b"x".to_vec())] {
            let request = Request {
                method: method.into(),
                target: "/x".into(),
                headers: vec![accept.clone()],
                body,
                ..Request::default()
            };
            let sent = capture.bytes(&request).await;
            let (sent, expected) = (String::from_utf8(sent).unwrap(), rendered(&request, capture.address));
            assert_eq!(sent, String::from_utf8(expected).unwrap(), "{method}");
        }
    }
}
