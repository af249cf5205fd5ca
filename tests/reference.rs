//! The embedded deployment, spoken to in raw bytes: what it promises when it conforms, and that every drift shows.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::time::Duration;

use errdrift::reference::{Api, Deployment, Drift, drift, drifts, environment, existing};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

const NOBODY: &str = "/api/folders/5f0c1d2e-3b4a-4c5d-8e6f-7a8b9c0d1e2f";

/// A deployment on a port of its own.
struct Running {
    port: u16,
    deployment: Deployment,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Running {
    async fn start(api: Api, drift: Option<&'static Drift>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let deployment = Deployment::new(api, drift);
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = deployment.clone();
        let task = tokio::spawn(async move {
            serving
                .serve(listener, async {
                    let _ = stopped.await;
                })
                .await;
        });
        Self { port, deployment, stop, task }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(("127.0.0.1", self.port)).await.unwrap()
    }

    /// What comes back for these bytes, until the end of the connection.
    async fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        let mut reply = Vec::new();
        // A deployment that refuses early, or resets, is what some of the tests are about.
        let _ = stream.write_all(bytes).await;
        let _ = stream.read_to_end(&mut reply).await;
        String::from_utf8_lossy(&reply).into_owned()
    }

    async fn send(&self, line: &str, headers: &str, body: &str) -> String {
        self.raw(request(line, headers, body).as_bytes()).await
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        self.task.await.unwrap();
    }
}

fn request(line: &str, headers: &str, body: &str) -> String {
    let mut request = format!("{line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}");
    if !body.is_empty() {
        write!(request, "Content-Length: {}\r\n", body.len()).unwrap();
    }
    request + "\r\n" + body
}

fn secret(api: Api, name: &str) -> &'static str {
    environment(api).iter().find(|(key, _)| *key == name).unwrap().1
}

fn token(name: &str) -> String {
    format!("X-Forensic-Access-Token: {}\r\n", secret(Api::OzApi, name))
}

fn basic(login: &str, password: &str) -> String {
    use base64::Engine;
    let pair = format!("{}:{}", secret(Api::EscrowBox, login), secret(Api::EscrowBox, password));
    format!("Authorization: Basic {}\r\n", base64::engine::general_purpose::STANDARD.encode(pair))
}

fn status(reply: &str) -> u16 {
    reply.strip_prefix("HTTP/1.1 ").unwrap()[..3].parse().unwrap()
}

fn json_of(reply: &str) -> Value {
    serde_json::from_str(reply.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[tokio::test]
async fn a_wrong_method_is_answered_by_code_one_with_allow() {
    let running = Running::start(Api::OzApi, None).await;
    for method in ["PUT", "get", "FOO", "TRACE"] {
        let reply = running.send(&format!("{method} /api/folders/"), &token("OZ_TOKEN"), "").await;
        assert_eq!(status(&reply), 405);
        assert_eq!(json_of(&reply)["error_code"], 1);
        assert!(reply.contains("\r\nAllow: GET, HEAD, POST, OPTIONS\r\n"), "{reply}");
    }
    running.stop().await;
}

#[tokio::test]
async fn every_token_of_the_environment_does_what_its_name_says() {
    let running = Running::start(Api::OzApi, None).await;
    let cases = [
        (token("OZ_TOKEN"), 200, Value::Null),
        (token("OZ_WEAK_TOKEN"), 403, json!(9)),
        (token("OZ_EXPIRED_TOKEN"), 401, json!(8)),
        (format!("X-Forensic-Access-Token: {}\r\n", "0".repeat(128)), 401, json!(7)),
        ("X-Forensic-Access-Token:\r\n".to_owned(), 401, json!(6)),
        (String::new(), 401, json!(6)),
    ];
    for (header, expected, code) in cases {
        let reply = running.send("GET /api/companies/", &header, "").await;
        assert_eq!((status(&reply), json_of(&reply)["error_code"].clone()), (expected, code));
    }
    running.stop().await;
}

#[tokio::test]
async fn each_thing_that_can_be_wrong_with_a_value_has_its_own_code() {
    let running = Running::start(Api::OzApi, None).await;
    let head = token("OZ_TOKEN") + "Content-Type: application/json\r\n";
    let cases = [
        ("POST /api/collections/", "{", 400, 3),
        ("POST /api/collections/", "[]", 400, 3),
        ("POST /api/collections/", "\u{feff}{}", 400, 3),
        ("POST /api/collections/", r#"{"alias": "a"}"#, 400, 3),
        ("POST /api/collections/", r#"{"alias": {}, "company_id": "a"}"#, 400, 5),
        ("POST /api/collections/", r#"{"alias": "a", "company_id": "a"}"#, 400, 4),
        ("GET /api/folders/?offset=-1", "", 400, 4),
        ("GET /api/folders/?time_created.min=abc", "", 400, 5),
        ("GET /api/folders/abc", "", 400, 4),
        ("GET /api/folders/%zz", "", 400, 4),
        (&format!("GET {NOBODY}/"), "", 404, 10),
        ("GET /api//folders/", "", 404, 10),
    ];
    for (line, body, expected, code) in cases {
        let reply = running.send(line, &head, body).await;
        assert_eq!((status(&reply), &json_of(&reply)["error_code"]), (expected, &json!(code)), "{line} {body}");
    }
    assert_eq!(running.deployment.witness().state_changes(), 0);
    running.stop().await;
}

#[tokio::test]
async fn a_right_form_is_accepted_and_seen_as_a_change_of_state() {
    let running = Running::start(Api::OzApi, None).await;
    let head = token("OZ_TOKEN") + "Content-Type: multipart/form-data; boundary=b\r\n";
    let part = "--b\r\nContent-Disposition: form-data; name=\"payload\"\r\n\r\n{}\r\n";
    let unfinished = running.send("POST /api/folders/", &head, part).await;
    assert_eq!(status(&unfinished), 400);
    assert_eq!(running.deployment.witness().state_changes(), 0);
    let whole = running.send("POST /api/folders/", &head, &format!("{part}--b--\r\n")).await;
    assert_eq!(status(&whole), 201);
    assert_eq!(running.deployment.witness().state_changes(), 1);
    assert_eq!(running.deployment.witness().requests(), 2);
    running.stop().await;
}

#[tokio::test]
async fn what_is_no_http_is_answered_by_the_api_itself_and_the_connection_ends() {
    for (api, member) in [(Api::OzApi, "error_code"), (Api::EscrowBox, "error")] {
        let running = Running::start(api, None).await;
        let cases: [&[u8]; 9] = [
            b"\x16\x03\x01\x02\x00",
            b"GET /api\r\n",
            b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
            b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
            b"GET / HTTP/1.1\r\n\r\n",
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: cats\r\n\r\n",
            b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: cats\r\n\r\n",
            b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            b"GET / HTTP/1.1\r\nHost: x\r\nA : b\r\n\r\n",
        ];
        for case in cases {
            let reply = running.raw(case).await;
            assert_eq!(status(&reply), 400);
            assert!(json_of(&reply).get(member).is_some());
            assert!(reply.contains("\r\nConnection: close\r\n"));
        }
        running.stop().await;
    }
}

#[tokio::test]
async fn two_requests_at_once_are_answered_in_order_on_one_connection() {
    let running = Running::start(Api::OzApi, None).await;
    let first = format!("GET /api/version HTTP/1.1\r\nHost: x\r\n{}\r\n", token("OZ_TOKEN"));
    let reply = running.raw((first + &request("GET /nowhere", "", "")).as_bytes()).await;
    let second = reply.find("HTTP/1.1 404").unwrap();
    assert!(reply.find("HTTP/1.1 200").unwrap() < second, "{reply}");
    running.stop().await;
}

#[tokio::test]
async fn escrow_refuses_credentials_with_the_three_documented_messages() {
    let running = Running::start(Api::EscrowBox, None).await;
    let required = "Authorization credentials are required";
    let wrong = "Wrong authorization credentials have been passed to headers";
    let cases = [
        (String::new(), required),
        ("Authorization: Bearer x\r\n".to_owned(), required),
        ("Authorization: Basic\r\n".to_owned(), required),
        ("Authorization: Basic !!!\r\n".to_owned(), required),
        ("Authorization: Basic bm9jb2xvbg==\r\n".to_owned(), required),
        (basic("ESCROW_LOGIN", "ESCROW_INACTIVE_PASSWORD"), wrong),
        (basic("ESCROW_INACTIVE_LOGIN", "ESCROW_INACTIVE_PASSWORD"), "Client is not ACTIVE"),
    ];
    for (header, message) in cases {
        let reply = running.send("GET /api/carts/1", &header, "").await;
        assert_eq!(status(&reply), 400);
        assert_eq!(json_of(&reply), json!({"error": {"code": "NOT_ALLOWED", "message": message}}));
    }
    running.stop().await;
}

#[tokio::test]
async fn escrow_mirrors_exactly_the_wrong_fields_as_they_are_nested() {
    let running = Running::start(Api::EscrowBox, None).await;
    let head = basic("ESCROW_LOGIN", "ESCROW_PASSWORD") + "Content-Type: application/json\r\n";
    let body = r#"{"cartId": "abc", "handler": "x", "payment": {"type": {}}, "productPrice": "5", "adId": null}"#;
    let reply = json_of(&running.send("POST /api/deals", &head, body).await);
    let fields = json!({"cartId": "NOT_INTEGER", "payment": {"type": "FORMAT_ERROR"}, "handler": "FORMAT_ERROR"});
    assert_eq!(reply["error"]["fields"], fields);
    let reply =
        json_of(&running.send("POST /api/deals/ZZZZZZZ/payments", &head, r#"{"remoteIP": "x", "card": {}}"#).await);
    assert_eq!(reply["error"]["fields"], json!({"card": {"id": "REQUIRED", "securityCode": "REQUIRED"}}));
    let reply = running.send("POST /api/carts", &basic("ESCROW_LOGIN", "ESCROW_PASSWORD"), "").await;
    assert_eq!(status(&reply), 200);
    running.stop().await;
}

#[tokio::test]
async fn a_hang_lasts_until_the_deployment_stops() {
    let running = Running::start(Api::OzApi, drift(Api::OzApi, "hangs-on-malformed-body")).await;
    let mut stream = running.connect().await;
    let head = token("OZ_TOKEN") + "Content-Type: application/json\r\n";
    stream.write_all(request("POST /api/collections/", &head, "{").as_bytes()).await.unwrap();
    // Another connection is served meanwhile: only the hanging one waits.
    assert_eq!(status(&running.send("GET /api/version", &token("OZ_TOKEN"), "").await), 200);
    running.stop().await;
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    assert!(rest.is_empty());
}

#[tokio::test]
async fn a_drift_that_ignores_credentials_really_carries_requests_out() {
    let running = Running::start(Api::OzApi, drift(Api::OzApi, "ignores-credentials")).await;
    let reply = running.send("POST /api/users/", "Content-Type: application/json\r\n", "{}").await;
    assert_eq!(status(&reply), 201);
    assert_eq!(running.deployment.witness().state_changes(), 1);
    running.stop().await;
}

#[test]
fn every_drift_has_a_name_of_its_own_and_says_what_is_wrong() {
    let mut names = HashSet::new();
    for drift in drifts() {
        assert!(names.insert((drift.api, drift.name)), "{} twice", drift.name);
        let kebab =
            |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        assert!(kebab(drift.name) && kebab(drift.rule), "{}", drift.name);
        assert!(drift.about.ends_with('.') && !drift.about.contains('\n'), "{}", drift.name);
        assert!(["error", "warning", "note"].contains(&drift.severity), "{}", drift.name);
    }
    assert!(names.len() >= 70);
    assert!(drift(Api::EscrowBox, "renames-details").is_none());
}

/// Requests that are wrong in each way, and what they are answered; replies are compared without their date.
async fn replies(api: Api, drift: Option<&'static Drift>) -> Vec<String> {
    let running = Running::start(api, drift).await;
    let mut replies = Vec::new();
    for request in wrong_requests(api) {
        let answer = running.raw(request.as_bytes());
        let reply = match drift {
            None => answer.await,
            // A drift may hang; that the conforming deployment never does is seen above.
            Some(_) => timeout(Duration::from_millis(200), answer).await.unwrap_or_default(),
        };
        replies.push(reply.split("\r\n").filter(|line| !line.starts_with("Date:")).collect());
    }
    running.stop().await;
    replies
}

fn wrong_requests(api: Api) -> Vec<String> {
    let json = "Content-Type: application/json\r\n";
    match api {
        Api::OzApi => {
            let known = token("OZ_TOKEN");
            let unknown = "X-Forensic-Access-Token: 0\r\n";
            vec![
                request("GET /nowhere", &known, ""),
                request("PUT /api/folders", &known, ""),
                request("GET /api/companies", "", ""),
                request("GET /api/version", "", ""),
                request("GET /api/users", "Origin: https://shop.example\r\n", ""),
                request("OPTIONS /api/users", "Origin: x\r\nAccess-Control-Request-Method: GET\r\n", ""),
                request("GET /api/folders", "Accept: text/html\r\n", ""),
                request("HEAD /api/folders", "", ""),
                request("GET /api/folders?offset=-1", "", ""),
                request(&format!("GET /api/folders/{}", existing(Api::OzApi)[0].1), "", ""),
                request("GET /api/users", unknown, ""),
                request(&format!("GET {NOBODY}"), unknown, ""),
                request("GET /api/companies", &token("OZ_WEAK_TOKEN"), ""),
                request("GET /api/companies", &token("OZ_EXPIRED_TOKEN"), ""),
                request("POST /api/collections", &(known.clone() + "Content-Type: text/plain\r\n"), "{}"),
                request("POST /api/collections", &(known.clone() + json), "{"),
                request("POST /api/authorize/auth", json, "{}"),
                request("POST /api/collections", &(known.clone() + json), r#"{"alias": {}, "company_id": ""}"#),
                request("GET /api/folders?total_omit=x", &known, ""),
                request("GET /api/folders?offset=-1", &known, ""),
                request(&format!("GET {NOBODY}"), &(known.clone() + "Accept: text/html\r\n"), ""),
                request(&format!("GET {NOBODY}"), &known, ""),
                request(&format!("PATCH {}", NOBODY.replace("folders", "media")), &(known.clone() + json), "{}"),
                request(&format!("GET {}/persons/x/images", NOBODY.replace("folders", "collections")), &known, ""),
                "GET /\r\n".to_owned(),
                "GET /api/users/ HTTP/1.1\r\nHost: x\r\n\r\nGET /api/users/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".to_owned(),
                "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n".to_owned(),
            ]
        }
        Api::EscrowBox => {
            let known = basic("ESCROW_LOGIN", "ESCROW_PASSWORD");
            let wrong = basic("ESCROW_LOGIN", "ESCROW_INACTIVE_PASSWORD");
            vec![
                request("GET /nowhere", &known, ""),
                request("PUT /api/handlers/NovaPoshta/cities", &known, ""),
                request("GET /api/handlers/NovaPoshta/cities", "", ""),
                request("GET /api/handlers/NovaPoshta/cities", &wrong, ""),
                request(
                    "GET /api/handlers/NovaPoshta/cities",
                    &basic("ESCROW_INACTIVE_LOGIN", "ESCROW_INACTIVE_PASSWORD"),
                    "",
                ),
                request("GET /api/carts/1", "", ""),
                request("POST /api/deals", &(known.clone() + "Content-Type: text/plain\r\n"), "{}"),
                request("POST /api/ads", &(known.clone() + json), "{"),
                request("GET /api/handlers/NovaPoshta/costs", &known, ""),
                request("POST /api/ads", &(known.clone() + json), r#"{"productPrice": "x"}"#),
                request(
                    "POST /api/deals/ZZZZZZZ/payments",
                    &(known.clone() + json),
                    r#"{"remoteIP": "x", "card": {}}"#,
                ),
                request("GET /api/carts/1", &(known.clone() + "Accept: text/html\r\n"), ""),
                request("GET /api/deals/ZZZZZZZ", &known, ""),
                request("GET /api/carts/1", &known, ""),
                "GET /\r\n".to_owned(),
            ]
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_drift_shows_in_some_reply_and_nothing_shows_without_one() {
    for api in Api::ALL {
        let conforming = replies(api, None).await;
        assert_eq!(conforming, replies(api, None).await);
        let all: Vec<_> = drifts().filter(|drift| drift.api == api).collect();
        for some in all.chunks(16) {
            let tasks =
                some.iter().map(|drift| (drift.name, tokio::spawn(replies(api, Some(drift))))).collect::<Vec<_>>();
            for (name, task) in tasks {
                assert_ne!(task.await.unwrap(), conforming, "{name} changes nothing");
            }
        }
    }
}
