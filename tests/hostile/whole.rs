//! Targets that are hostile to their controls, too, or that cannot be spoken to: nothing is judged, and the reason is harmless.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::hostile::reports;
use crate::hostile::running::run;
use crate::hostile::target::{BODY, Hostile, is_control, json, reply, row};
use crate::received::request;

const FEW: &[&str] = &["--operation", "folders.list", "--fault", "credentials-absent", "--fault", "query-negative"];

/// Asserts that a run against the target has that exit code and says that, and does no harm.
#[track_caller]
fn comes_to(target: &str, arguments: &[&str], exit: i32, tells: &str) {
    // Each control is sent twice, one after the other.
    let problems = reports::problems(&run(target, &[FEW, arguments].concat(), 4), exit, tells);
    assert!(problems.is_empty(), "{problems:#?}");
}

/// A target that says this to everybody, once a connection.
fn saying(bytes: impl Into<Vec<u8>>) -> Hostile {
    let bytes = bytes.into();
    Hostile::serving(move |mut stream, _| {
        if request(&mut stream).is_some() {
            let _ = stream.write_all(&bytes);
        }
    })
}

#[test]
fn targets_to_which_no_connection_can_be_made() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    comes_to(&format!("http://{free}"), &[], 3, "unreachable");
    comes_to("http://nowhere.invalid", &[], 3, "unreachable");
    comes_to(&Hostile::serving(|stream, _| drop(stream)).target, &[], 3, "closed without a reply");
}

#[test]
fn a_target_that_accepts_no_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    // Its queue is full when another connection hangs.
    let connect = || TcpStream::connect_timeout(&address, Duration::from_millis(300)).ok();
    let held: Vec<_> = std::iter::from_fn(connect).collect();
    comes_to(&format!("http://{address}"), &[], 3, "no connection in time");
    drop((held, listener));
}

#[test]
fn a_name_whose_first_address_is_dead() {
    let row = Arc::new(row("", 1, "", json(BODY)));
    let port = Hostile::start(&row).target.rsplit(':').next().unwrap().to_owned();
    comes_to(&format!("http://localhost:{port}"), &[], 1, "code-unexpected");
}

#[test]
fn controls_that_are_answered_by_text_that_a_sink_takes_for_its_own() {
    let text =
        "\u{1b}[2J\u{9b}x\u{202e}]]>\u{0}\u{fffe}<script>\n::error::pwned\n##vso[task.complete]\nok 99\nBail out!\n";
    comes_to(&saying(reply("401 Unauthorized", "", text)).target, &[], 3, "was answered 401");
    comes_to(&saying(text).target, &[], 3, "not HTTP");
    comes_to(&saying(reply(&format!("400 {text}"), "", text)).target, &[], 3, "check --target");
    comes_to(&saying(format!("HTTP/1.1 200 OK\r\nX-A: {text}")).target, &[], 3, "closed without a reply");
}

#[test]
fn controls_that_are_answered_by_what_they_carried() {
    let as_page = Hostile::serving(|mut stream, _| {
        if let Some(head) = request(&mut stream) {
            let _ = stream.write_all(&reply("403 Forbidden", "", head));
        }
    });
    comes_to(&as_page.target, &[], 3, "was answered 403");
    let bare = Hostile::serving(|mut stream, _| {
        if let Some(head) = request(&mut stream) {
            let _ = stream.write_all(head.as_bytes());
        }
    });
    comes_to(&bare.target, &[], 3, "not HTTP");
}

#[test]
fn controls_that_have_no_end() {
    let endless = |first: &'static str, again: &'static str| {
        Hostile::serving(move |mut stream, _| {
            let again = again.repeat(10_000);
            let _ = stream.write_all(first.as_bytes());
            while stream.write_all(again.as_bytes()).is_ok() {}
        })
    };
    comes_to(&endless("HTTP/1.1 200 OK\r\n", "X-More: and more\r\n").target, &[], 3, "did not come whole");
    comes_to(&endless("", "HTTP/1.1 103 Early Hints\r\n\r\n").target, &[], 3, "interim");
    comes_to(&endless("HTTP/1.1 500 x\r\n\r\n", "more and more").target, &[], 3, "was answered 500");
}

#[test]
fn an_https_target_that_does_not_speak_tls() {
    let https = |hostile: &Hostile| hostile.target.replace("http:", "https:");
    let plain = Hostile::serving(|mut stream, _| {
        let _ = stream.read(&mut [0; 1024]);
        let _ = stream.write_all(&json(BODY));
    });
    comes_to(&https(&plain), &["--insecure"], 3, "no TLS connection");
    let stalls = Hostile::serving(|mut stream, _| while stream.read(&mut [0; 1024]).is_ok_and(|read| read > 0) {});
    comes_to(&https(&stalls), &["--insecure"], 3, "no connection in time");
}

#[test]
fn a_tls_connection_that_is_cut_without_a_word() {
    let certified = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certified.cert.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let hostile = Hostile::serving(move |stream, _| {
        let mut tls = StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), stream);
        let (mut head, mut byte) = (Vec::new(), [0]);
        while !head.ends_with(b"\r\n\r\n") && tls.read(&mut byte).is_ok_and(|read| read > 0) {
            head.push(byte[0]);
        }
        let text = String::from_utf8_lossy(&head);
        let is_good = is_control(&text);
        let closing = format!("HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n\r\n{BODY}");
        let _ = tls.write_all(&if is_good { reply("200 OK", "", "[]") } else { closing.into_bytes() });
        // Dropped without a close_notify.
    });
    comes_to(&hostile.target.replace("http:", "https:"), &["--insecure"], 1, "reply-truncated");
}
