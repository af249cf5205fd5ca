//! The binary and the embedded deployment, as the tests of the command use them.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output, Stdio};
use std::thread;

use errdrift::reference;
use errdrift::reference::Api;
use errdrift::run::embedded::Running;

/// What a command came to.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let ran = Self {
            code: output.status.code().expect("ended by itself"),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        };
        assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
        ran
    }

    /// Asserts the exit code, and shows both streams where it is another.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Asserts that standard error has this text.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "no `{text}` in stderr:\n{}", self.stderr);
        self
    }
}

/// The command without any variable of the suites, nor what changes its looks.
pub(crate) fn errdrift(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_errdrift"));
    command.args(arguments).stdin(Stdio::null());
    for (name, _) in Api::ALL.into_iter().flat_map(reference::environment) {
        command.env_remove(name);
    }
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "OZ_TOKEN", "OZ_WEAK_TOKEN", "OZ_EXPIRED_TOKEN"] {
        command.env_remove(name);
    }
    command
}

/// Runs the command.
pub(crate) fn ran(arguments: &[&str]) -> Ran {
    Ran::of(&errdrift(arguments).output().unwrap())
}

/// The embedded deployment, conforming or with a drift.
pub(crate) fn deployment(api: Api, drift: Option<&str>) -> Running {
    let drift = drift.map(|name| reference::drift(api, name).expect("a drift of that name"));
    Running::start(api, drift).unwrap()
}

/// `errdrift run` of the API's suite against the deployment, with its credentials.
pub(crate) fn against(running: &Running, api: Api, arguments: &[&str]) -> Command {
    let mut command = errdrift(&["run", api.id(), "--target", running.target.as_str()]);
    command.args(arguments).envs(reference::environment(api).iter().copied());
    command
}

/// What such a run came to.
pub(crate) fn run(running: &Running, api: Api, arguments: &[&str]) -> Ran {
    Ran::of(&against(running, api, arguments).output().unwrap())
}

/// The lines of a list.
pub(crate) fn listed(arguments: &[&str]) -> Vec<String> {
    ran(arguments).exits(0).stdout.lines().map(str::to_owned).collect()
}

/// A target that answers a request without credentials by 200 and any other by an error with the head of the request in it.
pub(crate) struct Echo {
    pub(crate) target: String,
}

impl Echo {
    /// Starts it; it lives as long as the test's process.
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let target = format!("http://{}", listener.local_addr().unwrap());
        thread::spawn(move || {
            for stream in listener.incoming() {
                thread::spawn(move || answer(stream.unwrap()));
            }
        });
        Self { target }
    }
}

/// One exchange. Controls must pass, so a plain GET is answered by a success.
fn answer(mut stream: TcpStream) {
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        match stream.read(&mut buffer) {
            Ok(read @ 1..) => head.extend_from_slice(&buffer[..read]),
            _ => return,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let body = serde_json::json!({ "error_code": 3, "error_message": head, "details": [head] }).to_string();
    let plain = head.starts_with("GET ") && !head.contains('?') && !head.contains("errdrift");
    let status = if plain { "200 OK" } else { "400 Bad Request" };
    let reply = format!(
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let _ = stream.write_all(reply.as_bytes());
}
