//! Every kind of printed command is run by a real shell with a real curl, and what it puts on the wire is compared with
//! what was asked for.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::Command;
use std::time::Duration;

use errdrift::model::exchange::Request;
use errdrift::model::secret::{Environment, Template};
use errdrift::report::curl::command;

const VARIABLES: [(&str, &str); 3] =
    [("OZ_TOKEN", "to'k\"e n$x`!\\"), ("LOGIN", "4217"), ("PASSWORD", "open $(id) 'sesame' \"!\" пароль")];

/// What arrived.
#[derive(Debug)]
struct Arrived {
    method: String,
    target: Vec<u8>,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl Arrived {
    fn values(&self, name: &str) -> Vec<&[u8]> {
        self.headers.iter().filter(|(n, _)| n == name).map(|(_, value)| value.as_slice()).collect()
    }
}

/// The next request. Whoever connects and says nothing meant a port that was free a moment ago.
fn receive(listener: &TcpListener) -> Arrived {
    let (mut bytes, mut chunk) = (Vec::new(), vec![0; 65536]);
    let accept = || {
        let (stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    };
    let mut stream = accept();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        let read = stream.read(&mut chunk).unwrap();
        if read == 0 {
            assert!(bytes.is_empty(), "the head ends early: {}", String::from_utf8_lossy(&bytes));
            stream = accept();
        }
        bytes.extend_from_slice(&chunk[..read]);
    };
    let mut lines = bytes[..end].split(|b| *b == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let line = lines.next().unwrap();
    let first = line.iter().position(|b| *b == b' ').unwrap();
    let last = line.iter().rposition(|b| *b == b' ').unwrap();
    assert_eq!(&line[last..], b" HTTP/1.1");
    let headers: Vec<_> = lines
        .map(|line| {
            let colon = line.iter().position(|b| *b == b':').unwrap();
            (String::from_utf8_lossy(&line[..colon]).to_lowercase(), line[colon + 1..].trim_ascii().to_vec())
        })
        .collect();
    let mut arrived = Arrived {
        method: String::from_utf8_lossy(&line[..first]).into(),
        target: line[first + 1..last].to_vec(),
        headers,
        body: bytes[end + 4..].to_vec(),
    };
    let length = arrived.values("content-length").first().map_or(0, |v| String::from_utf8_lossy(v).parse().unwrap());
    while arrived.body.len() < length {
        let read = stream.read(&mut chunk).unwrap();
        assert!(read > 0, "the body ends early");
        arrived.body.extend_from_slice(&chunk[..read]);
    }
    stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\nconnection: close\r\n\r\n").unwrap();
    if arrived.method != "HEAD" {
        stream.write_all(b"{}").unwrap();
    }
    arrived
}

fn shells() -> Vec<&'static str> {
    assert!(Command::new("curl").arg("--version").output().is_ok(), "these tests need curl, and it is not installed");
    ["sh", "bash"].into_iter().filter(|shell| Command::new(shell).args(["-c", ":"]).status().is_ok()).collect()
}

/// Runs the command of a request and compares what arrives; `prefix` is the path of the target.
fn replayed_below(request: &Request, prefix: &str) {
    let environment = Environment::new(VARIABLES.map(|(name, value)| (name.into(), value.into())));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}{prefix}{}", listener.local_addr().unwrap(), request.target);
    let line = command(request, &url, false);
    let short: String = line.chars().take(2000).collect();
    assert!(!line.contains(['\n', '\r', '\t', '\0']), "not one line to paste: {short}");
    assert!(VARIABLES.iter().all(|(name, secret)| *name == "LOGIN" || !line.contains(secret)), "{short}");
    for shell in shells() {
        let mut run = Command::new(shell);
        run.args(["-c", &line]).envs(VARIABLES).env("NO_PROXY", "*").env("CURL_HOME", "/nonexistent");
        let arrived = std::thread::scope(|scope| {
            let arriving = scope.spawn(|| receive(&listener));
            let output = run.output().unwrap();
            if !output.status.success() && !arriving.is_finished() {
                // Nobody else will: lets the thread end.
                let mut nobody = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
                nobody.write_all(b"NOBODY / HTTP/1.1\r\n\r\n").unwrap();
            }
            let arrived = arriving.join();
            // curl takes no `-I` with a body, and misses the body of the reply.
            let is_complete = output.status.success() || (request.method == "HEAD" && request.body.is_some());
            assert!(is_complete, "{shell}: {short}\n{}", String::from_utf8_lossy(&output.stderr));
            assert!(output.stdout.starts_with(b"HTTP/1.1 400"), "{short}");
            arrived.unwrap()
        });
        assert_eq!(arrived.method, request.method, "{shell}: {short}");
        assert_eq!(arrived.target, format!("{prefix}{}", request.target).into_bytes(), "{shell}: {short}");
        let mut expected: Vec<(String, Vec<u8>)> =
            vec![("host".into(), listener.local_addr().unwrap().to_string().into())];
        for (name, value) in &request.headers {
            expected.push((name.to_lowercase(), value.resolve(&environment).unwrap().trim_ascii().to_vec()));
        }
        if let Some(body) = &request.body {
            expected.push(("content-length".into(), body.len().to_string().into()));
        }
        let order = |headers: &[(String, Vec<u8>)]| -> Vec<_> {
            headers.iter().filter(|(name, _)| name != "content-length").cloned().collect()
        };
        assert_eq!(order(&arrived.headers), order(&expected), "{shell}: {short}");
        let length = |headers: &[(String, Vec<u8>)]| headers.iter().find(|(name, _)| name == "content-length").cloned();
        assert_eq!(length(&arrived.headers), length(&expected), "{shell}: {short}");
        assert!(arrived.body == request.body.clone().unwrap_or_default(), "{shell}: the body differs: {short}");
    }
}

fn replayed(request: &Request) {
    replayed_below(request, "");
}

fn request(method: &str, target: &str) -> Request {
    let headers = vec![("accept".to_owned(), Template::literal("application/json"))];
    Request { method: method.into(), target: target.into(), headers, ..Request::default() }
}

fn with(name: &str, value: Template) -> Request {
    let mut request = request("GET", "/api/folders/");
    request.headers.push((name.into(), value));
    request
}

fn carrying(body: impl Into<Vec<u8>>) -> Request {
    let mut request = request("POST", "/api/folders/");
    request.headers.push(("content-type".into(), Template::literal("application/json")));
    request.body = Some(body.into());
    request
}

fn parsed(text: &str) -> Template {
    Template::parse(text).unwrap()
}

#[test]
fn methods_leave_as_they_are() {
    for method in ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get", "BREW", "X-A!'$(id)"] {
        replayed(&request(method, "/api/folders/"));
    }
    let mut head = carrying("{}");
    for method in ["GET", "HEAD", "DELETE", "PUT"] {
        head.method = method.into();
        replayed(&head);
    }
}

#[test]
fn targets_leave_as_they_are() {
    for target in [
        "/",
        "/api/folders/?offset=-1&limit=2",
        "/api/../secret/./x//y",
        "/api/%zz/%00/%2e%2e/%D0%B9",
        "/api/{id}[1-3]{a,b}",
        "/api/it's/$(id)/`id`/;id/\"x\"/\\",
        "/api/a b",
        "/api/a#b?c",
        "/api/й/\u{1f642}",
        "/api/<script>|^",
    ] {
        replayed(&request("GET", target));
        replayed_below(&request("GET", target), "/prefix/v1");
    }
    replayed(&request("OPTIONS", "*"));
    replayed(&request("GET", &format!("/api/{}?{}", "a".repeat(60_000), "0".repeat(5000))));
}

#[test]
fn header_fields_leave_as_they_are_and_in_order() {
    for value in ["text", "", "it's", "\"$(id)\" `id` \\ ; ${OZ_TOKEN", "a!b", "two  spaces", "%s%d\\n", "a\tb"] {
        replayed(&with("x-a", Template::literal(value)));
    }
    for value in [&b"\xff"[..], b"caf\xc3\xa9 \x01'!%\\", b"-\xff", "й".as_bytes()] {
        replayed(&with("x-a", Template::literal(value)));
    }
    for byte in *b"a0 -\\'%\xff" {
        let value = [b"x".to_vec(), vec![byte; 300], b"y".to_vec()].concat();
        replayed(&with("x-a", Template::literal(value)));
    }
    replayed(&with("x-long", Template::literal("k".repeat(70_000))));
    replayed(&with("X-Odd'$`!|~", Template::literal("1")));
    let mut twice = with("x-a", Template::literal("1"));
    twice.headers.push(("x-b".into(), Template::literal("2")));
    twice.headers.push(("x-a".into(), Template::literal("3")));
    twice.headers.push(("accept".into(), Template::literal("text/html")));
    replayed(&twice);
}

#[test]
fn what_curl_adds_is_taken_away_and_what_is_asked_for_stays() {
    let bare = Request { headers: Vec::new(), ..request("GET", "/") };
    replayed(&bare);
    replayed(&Request { body: Some(b"{}".into()), ..bare.clone() });
    for name in ["User-Agent", "Accept", "Accept-Encoding", "Content-Type", "Connection", "Authorization", "Cookie"] {
        for value in ["", "x"] {
            let headers = vec![(name.to_owned(), Template::literal(value))];
            replayed(&Request { headers: headers.clone(), ..bare.clone() });
            replayed(&Request { headers, body: Some(b"{}".into()), ..bare.clone() });
        }
    }
}

#[test]
fn secrets_are_expanded_by_the_shell() {
    let pair = || Template::basic(parsed("${LOGIN}"), parsed("${PASSWORD}"));
    for value in [
        parsed("${OZ_TOKEN}"),
        parsed("Token \"${OZ_TOKEN}\" $x `id` \\ ! é"),
        parsed("${OZ_TOKEN}").shortened(),
        parsed(&format!("${{OZ_TOKEN}}{}", "a".repeat(300))),
        parsed(&format!("${{OZ_TOKEN}}{}", "\\".repeat(300))),
        pair(),
        Template::basic(parsed("${LOGIN}"), Template::literal("wrong ! \"$(id)\" é")),
        Template::basic(Template::literal("nobody"), Template::literal("x")),
    ] {
        replayed(&with("x-access-token", value.clone()));
        replayed(&with("X'$!", value));
    }
}

#[test]
fn bodies_leave_byte_for_byte() {
    for body in [
        "",
        "{\"a\": \"it's ${OZ_TOKEN} $(id) `id` \\\\ ! %s\"}",
        "@/etc/passwd",
        "@",
        "-d",
        "{\n\t\"a\": 1\n}\n",
        "Ошибка «ы» 🙂",
        "a\u{202e}b\u{200b}",
        "\r\n--x\r\nContent-Disposition: form-data\r\n\r\n'%d'!\\\r\n--x--\r\n\n\n",
        "-\n",
    ] {
        replayed(&carrying(body));
    }
    for body in
        [&b"\x00"[..], b"{\"a\x001\x0007\": 1}\x00", b"\xff\xfe{\x00", b"\xef\xbb\xbf{}", b"a\xc3", b"\x1f\x8b\x08\n"]
    {
        replayed(&carrying(body));
    }
    replayed(&carrying((0..=255).collect::<Vec<u8>>()));
}

#[test]
fn a_long_run_is_written_as_a_count() {
    for byte in *b"0 a-@[\\'\"%!\n\x00\xff\xd0" {
        for count in [255, 256, 70_000] {
            let body = vec![byte; count];
            replayed(&carrying(body.clone()));
            replayed(&carrying([b"{".to_vec(), body, b"}".to_vec()].concat()));
        }
    }
    let deep = ["[".repeat(50_000), "]".repeat(50_001)].concat();
    let line = command(&carrying(deep.clone()), "http://127.0.0.1/", false);
    assert!(line.len() < 300, "{line}");
    replayed(&carrying(deep));
}

#[test]
fn a_large_body_goes_through_a_pipe_and_waits_for_no_leave() {
    replayed(&carrying("é".repeat(60_000)));
    replayed(&carrying("x".repeat(3_000_000)));
}

#[test]
fn a_target_with_tls_is_asked_in_http_1_1_and_unverified_only_if_told_so() {
    let line = command(&request("GET", "/a"), "https://example.org/a", true);
    assert_eq!(
        line,
        "curl -sS -i -g --path-as-is -k --http1.1 -H 'User-Agent:' -H 'accept: application/json' 'https://example.org/a'"
    );
    assert!(!command(&request("GET", "/a"), "http://example.org/a", false).contains("-k"));
}
