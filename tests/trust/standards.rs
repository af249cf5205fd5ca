//! What the contracts of the standards promise: `http` (RFC 9110) of any error reply, `problem-details` (RFC 9457) beside it.

use std::fs;
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::thread;

use crate::received::message;
use crate::support::{Ran, errdrift};

const SUITE: &str = include_str!("../standards/things.toml");
const TOKEN: &str = "a-good-token-1f0c";

/// What an error of the target is like: its status, as the deserved one has it, and its body.
type Errors = fn(u16, &str) -> (u16, &'static str, String);

/// A target with one list of things, which answers as HTTP has it. It lives as long as the test's process.
fn target(errors: Errors) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            thread::spawn(move || serve(stream.unwrap(), errors));
        }
    });
    target
}

fn serve(mut stream: TcpStream, errors: Errors) {
    while let Some((head, _)) = message(&mut stream, false) {
        let (line, fields) = head.split_once("\r\n").unwrap();
        let mut words = line.split(' ');
        let (method, target) = (words.next().unwrap(), words.next().unwrap());
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let token = fields.lines().find_map(|line| line.strip_prefix("authorization: "));
        let (status, field) = match path {
            _ if !path.starts_with("/api/things") => (404, ""),
            _ if method != "GET" && method != "HEAD" => (405, "Allow: GET, HEAD\r\n"),
            _ if token != Some(&format!("Bearer {TOKEN}")) => (401, "WWW-Authenticate: Bearer\r\n"),
            _ if path != "/api/things" => (404, ""),
            _ if !matches!(query, "" | "limit=1") => (400, ""),
            _ => (200, ""),
        };
        let (status, media_type, body) =
            if status == 200 { (200, "application/json", "[]".to_owned()) } else { errors(status, "Wrong") };
        let shown = if method == "HEAD" { "" } else { &body };
        let length = body.len();
        let reply = format!(
            "HTTP/1.1 {status} X\r\nContent-Type: {media_type}\r\n{field}Content-Length: {length}\r\n\r\n{shown}"
        );
        if stream.write_all(reply.as_bytes()).is_err() {
            return;
        }
    }
}

fn run(contract: &str, errors: Errors) -> Ran {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("things.toml");
    fs::write(&file, SUITE.replace("\"problem-details\"", &format!("{contract:?}"))).unwrap();
    let mut command = errdrift(&["run", file.to_str().unwrap(), "--target", &target(errors)]);
    Ran::of(&command.env("THINGS_TOKEN", TOKEN).output().unwrap())
}

fn problem(status: u16, title: &str) -> (u16, &'static str, String) {
    (
        status,
        "application/problem+json",
        format!(r#"{{"type":"about:blank","title":"{title}","status":{status},"trace":1}}"#),
    )
}

#[test]
fn problems_with_their_own_status_and_members_of_their_own_have_no_drift() {
    let ran = run("problem-details", problem).exits(0);
    assert!(ran.stdout.contains("no drift"), "{}", ran.stdout);
}

#[test]
fn a_problem_that_says_another_status_is_of_another_media_type_or_ill_typed_is_found() {
    let other_status: Errors = |status, title| {
        let (_, media_type, body) = problem(500, title);
        (status, media_type, body)
    };
    let plain: Errors = |status, title| (status, "application/json", problem(status, title).2);
    let ill_typed: Errors = |status, _| (status, "application/problem+json", r#"{"title":["a"]}"#.to_owned());
    let page: Errors = |status, _| (status, "text/html", "<h1>no</h1>".to_owned());
    let failing: Errors = |status, title| problem(if status == 400 { 500 } else { status }, title);
    for (errors, told) in [
        (other_status, "error status-contradicted"),
        (plain, "error media-type-unexpected"),
        (ill_typed, "error schema-violation"),
        (page, "error body-not-json"),
        (failing, "error status-class-unexpected"),
    ] {
        let ran = run("problem-details", errors).exits(1);
        assert!(ran.stdout.contains(told), "{told}: {}", ran.stdout);
    }
}

#[test]
fn where_http_alone_is_promised_any_body_is_right_and_a_wrong_status_is_not() {
    let page: Errors = |status, _| (status, "text/html", "<h1>no</h1>".to_owned());
    let text: Errors = |status, _| (status, "text/plain", "no".to_owned());
    for errors in [page, text, problem] {
        let ran = run("http", errors).exits(0);
        assert!(ran.stdout.contains("no drift"), "{}", ran.stdout);
    }
    let failing: Errors = |status, _| (if status == 400 { 500 } else { status }, "text/plain", "no".to_owned());
    let ran = run("http", failing).exits(1);
    assert!(ran.stdout.contains("error status-class-unexpected"), "{}", ran.stdout);
    let accepting: Errors = |status, _| (if status == 401 { 200 } else { status }, "text/plain", "no".to_owned());
    let ran = run("http", accepting).exits(1);
    assert!(ran.stdout.contains("error request-accepted"), "{}", ran.stdout);
}
