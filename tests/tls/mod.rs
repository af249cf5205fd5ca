//! A deployment behind TLS: a certificate that is trusted, one that is not, and one that nobody looks at.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use errdrift::reference;
use errdrift::reference::Api;
use errdrift::run::embedded::Running;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub(crate) mod authority;

use authority::acceptor;

/// A TLS front before the embedded deployment, with the authority that signed its certificate.
struct Front {
    url: String,
    authority: tempfile::NamedTempFile,
    _deployment: Running,
    runtime: tokio::runtime::Runtime,
}

fn front() -> Front {
    let (acceptor, authority) = acceptor(&[]);

    let deployment = Running::start(Api::EscrowBox, None).unwrap();
    let behind: SocketAddr = deployment.target.as_str().trim_start_matches("http://").parse().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    runtime.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut front) = acceptor.accept(stream).await else { return };
                let Ok(mut back) = TcpStream::connect(behind).await else { return };
                let _ = tokio::io::copy_bidirectional(&mut front, &mut back).await;
            });
        }
    });
    Front { url, authority, _deployment: deployment, runtime }
}

/// An HTTP proxy that gives tunnels (RFC 9110, section 9.3.6), and how many it gave.
fn proxy(front: &Front) -> (String, Arc<AtomicUsize>) {
    let listener = front.runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).unwrap();
    let url = format!("http://user:open%20sesame@{}", listener.local_addr().unwrap());
    let tunnels = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&tunnels);
    front.runtime.spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let count = Arc::clone(&count);
            tokio::spawn(async move {
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    let Ok(byte) = stream.read_u8().await else { return };
                    head.push(byte);
                }
                let head = String::from_utf8(head).unwrap();
                let authority = head.strip_prefix("CONNECT ").unwrap().split(' ').next().unwrap();
                assert!(head.contains("Proxy-Authorization: Basic dXNlcjpvcGVuIHNlc2FtZQ==\r\n"), "{head}");
                let Ok(mut target) = TcpStream::connect(authority).await else { return };
                count.fetch_add(1, Ordering::Relaxed);
                if stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.is_ok() {
                    let _ = tokio::io::copy_bidirectional(&mut stream, &mut target).await;
                }
            });
        }
    });
    (url, tunnels)
}

/// The exit code and everything that was printed.
fn run(front: &Front, options: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_errdrift"));
    command
        .args(["run", "escrow-box", "--target", &front.url, "--quiet", "--operation", "handlers.cities"])
        .args(options);
    let output = command.envs(reference::environment(Api::EscrowBox).iter().copied()).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn a_certificate_of_the_given_authority_is_trusted() {
    let front = front();
    let (code, text) = run(&front, &["--ca", front.authority.path().to_str().unwrap()]);
    assert_eq!(code, Some(0), "{text}");
}

#[test]
fn a_certificate_of_an_unknown_authority_is_never_green() {
    let front = front();
    let (code, text) = run(&front, &[]);
    assert_eq!(code, Some(3), "{text}");
    assert!(text.contains("no TLS connection: the certificate is self-signed, or of an authority"), "{text}");
    assert!(text.contains("--ca FILE"), "{text}");
}

#[test]
fn what_no_library_sends_goes_over_tls_too_and_in_clear_where_that_is_the_fault() {
    let front = front();
    let authority = front.authority.path().to_str().unwrap();
    let (code, text) = run(&front, &["--ca", authority, "--tier", "wire", "--timeout", "20s"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("escrow-box/handlers.cities/tls-hello-on-plain-port"), "it is for http targets: {text}");
    let (code, text) = run(&front, &["--ca", authority, "--fault", "plain-http-on-tls-port"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("1 warning"), "a TLS server closes or sends an alert: {text}");
}

#[test]
fn a_proxy_tunnels_to_a_target_with_tls() {
    let front = front();
    let (url, tunnels) = proxy(&front);
    let authority = front.authority.path().to_str().unwrap();
    let (code, text) =
        run(&front, &["--ca", authority, "--proxy", &url, "--tier", "core", "--tier", "wire", "--timeout", "20s"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(tunnels.load(Ordering::Relaxed) > 0);
}

#[test]
fn an_insecure_run_says_so() {
    let front = front();
    let (code, text) = run(&front, &["--insecure"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("insecure"), "{text}");
}
