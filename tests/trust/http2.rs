//! A front that speaks HTTP/2 and HTTP/1.1 over TLS before the embedded deployment, and answers alike, or not.

use std::net::{Ipv4Addr, SocketAddr};

use crate::support::deployment;
use crate::tls::authority::acceptor;
use crate::trust::front::{drifts, report};
use errdrift::reference::Api;
use errdrift::run::embedded::Running;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

struct Secure {
    url: String,
    authority: tempfile::NamedTempFile,
    _runtime: tokio::runtime::Runtime,
}

/// `protocols` are what the front offers; `page` what its HTTP/2 side makes of errors.
fn front(behind: &Running, protocols: &[&str], page: Option<&'static str>) -> Secure {
    let (acceptor, authority) = acceptor(protocols);
    let behind: SocketAddr = behind.target.as_str().trim_start_matches("http://").parse().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    runtime.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut front) = acceptor.accept(stream).await else { return };
                if front.get_ref().1.alpn_protocol() != Some(b"h2") {
                    let Ok(mut back) = TcpStream::connect(behind).await else { return };
                    let _ = tokio::io::copy_bidirectional(&mut front, &mut back).await;
                    return;
                }
                let Ok(mut connection) = h2::server::handshake(front).await else { return };
                while let Some(Ok((request, respond))) = connection.accept().await {
                    tokio::spawn(pass_on(request, respond, behind, page));
                }
            });
        }
    });
    Secure { url, authority, _runtime: runtime }
}

async fn pass_on(
    request: http::Request<h2::RecvStream>,
    mut respond: h2::server::SendResponse<bytes::Bytes>,
    behind: SocketAddr,
    page: Option<&'static str>,
) {
    let (head, mut content) = request.into_parts();
    let mut body = Vec::new();
    while let Some(Ok(data)) = content.data().await {
        body.extend_from_slice(&data);
    }
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
    let mut bytes =
        format!("{} {target} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n", head.method).into_bytes();
    for (name, value) in &head.headers {
        bytes.extend_from_slice(name.as_str().as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(&body);
    let mut server = TcpStream::connect(behind).await.unwrap();
    server.write_all(&bytes).await.unwrap();
    let mut reply = Vec::new();
    let _ = server.read_to_end(&mut reply).await;
    let end = reply.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let text = String::from_utf8_lossy(&reply[..end]).into_owned();
    let status: u16 = text.split(' ').nth(1).unwrap().parse().unwrap();
    let replaced = page.filter(|_| status >= 400);
    let mut response = http::Response::builder().status(if replaced.is_some() { 404 } else { status });
    for (name, value) in text.lines().skip(1).filter_map(|line| line.split_once(": ")) {
        // These are of one connection of HTTP/1.1 (RFC 9113, section 8.2.2).
        if !["connection", "content-length"].contains(&name.to_ascii_lowercase().as_str()) {
            let value = if replaced.is_some() && name == "Content-Type" { "text/html" } else { value };
            response = response.header(name, value);
        }
    }
    let body = replaced.map_or_else(|| reply[end + 4..].to_vec(), |page| page.as_bytes().to_vec());
    let mut stream = respond.send_response(response.body(()).unwrap(), body.is_empty()).unwrap();
    if !body.is_empty() {
        let _ = stream.send_data(body.into(), true);
    }
}

fn run(front: &Secure, arguments: &[&str]) -> (crate::support::Ran, serde_json::Value) {
    let authority = front.authority.path().to_str().unwrap();
    report("oz-api", &front.url, &[&["--ca", authority], arguments].concat())
}

#[test]
fn a_front_that_answers_alike_over_both_versions_is_silent() {
    let behind = deployment(Api::OzApi, None);
    let front = front(&behind, &["h2", "http/1.1"], None);
    let (ran, report) = run(&front, &["--fault", "alike-http-2", "--fault", "credentials-absent"]);
    assert_eq!(report["drifts"], serde_json::json!([]), "{}", ran.stdout);
    ran.exits(0);
    assert_eq!(report["summary"]["not_exercised"], 0);
    assert!(report["results"].as_array().unwrap().len() > 40);
}

#[test]
fn an_http_2_front_that_answers_differently_is_found() {
    let behind = deployment(Api::OzApi, None);
    let front = front(&behind, &["h2", "http/1.1"], Some("<html><h1>Bad gateway</h1></html>"));
    let (ran, report) = run(&front, &[]);
    ran.exits(1);
    let varies = drifts(&report, "answer-varies");
    assert!(!varies.is_empty(), "{report:#}");
    for drift in varies {
        assert!(drift["signature"].as_str().unwrap().contains("alike-http-2"), "{drift}");
    }
}

#[test]
fn a_front_without_http_2_is_not_asked_and_that_is_said() {
    let behind = deployment(Api::OzApi, None);
    let front = front(&behind, &["http/1.1"], None);
    let (ran, report) = run(&front, &["--fault", "alike-http-2", "--fault", "credentials-absent"]);
    ran.exits(0);
    let left = report["not_exercised"].as_array().unwrap();
    assert!(!left.is_empty() && left.iter().all(|entry| entry["reason"] == "the target offers no HTTP/2 over TLS"));
}
