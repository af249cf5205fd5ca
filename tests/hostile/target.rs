//! The hostile target: it answers the suite's controls as it should, and does to every other request what a row says.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::thread;
use std::time::Duration;

use crate::received::request;
use errdrift::reference;
use errdrift::reference::Api;

/// One way to be hostile.
pub(crate) struct Row {
    /// Its name.
    pub(crate) name: String,
    /// The exit code that a run against it has.
    pub(crate) exit: i32,
    /// The rule that fires, or a text of the summary.
    pub(crate) tells: &'static str,
    /// What is sent first.
    pub(crate) sent: Vec<u8>,
    /// What comes then.
    pub(crate) then: Then,
    /// Further arguments of the run, in the place of the usual operation and faults.
    pub(crate) selection: &'static [&'static str],
}

/// What a hostile target does after its first bytes.
pub(crate) enum Then {
    /// Closes the connection.
    Close,
    /// Resets it.
    Reset,
    /// Holds it open until the tester closes it.
    Hold,
    /// Sends these bytes again and again.
    Repeat(Vec<u8>),
    /// Sends these bytes one at a time.
    Drip(Vec<u8>),
    /// Sends what it makes of the request's head.
    Answer(fn(&str) -> Vec<u8>),
}

/// A row whose target closes the connection after these bytes.
pub(crate) fn row(name: impl Into<String>, exit: i32, tells: &'static str, sent: impl Into<Vec<u8>>) -> Row {
    Row { name: name.into(), exit, tells, sent: sent.into(), then: Then::Close, selection: &[] }
}

impl Row {
    /// With something else after the bytes.
    pub(crate) fn then(self, then: Then) -> Self {
        Self { then, ..self }
    }

    /// With other probes.
    pub(crate) fn on(self, selection: &'static [&'static str]) -> Self {
        Self { selection, ..self }
    }
}

/// What a conforming body is, but for its code: none of the probes deserves that one.
pub(crate) const BODY: &str = r#"{"error_code": 3, "error_message": "INVALID STRUCTURE", "details": null}"#;

/// A reply with these lines in its head, and the length of its body.
pub(crate) fn reply(status: &str, lines: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let head = format!("HTTP/1.1 {status}\r\n{lines}Content-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// An error with this body, as JSON.
pub(crate) fn json(body: impl AsRef<[u8]>) -> Vec<u8> {
    reply("400 Bad Request", "Content-Type: application/json\r\n", body)
}

/// A row's target. It lives as long as the test's process.
pub(crate) struct Hostile {
    pub(crate) target: String,
    /// Requests that carried what they must not.
    complaints: Arc<Mutex<Vec<String>>>,
}

impl Hostile {
    /// Starts it.
    pub(crate) fn start(row: &Arc<Row>) -> Self {
        let row = Arc::clone(row);
        Self::serving(move |mut stream, complaints| while serve(&mut stream, &row, complaints) {})
    }

    /// Starts one whose every connection is this function's.
    pub(crate) fn serving(serve: impl Fn(TcpStream, &Mutex<Vec<String>>) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let target = format!("http://{}", listener.local_addr().unwrap());
        let complaints = Arc::new(Mutex::new(Vec::new()));
        let (serve, heard) = (Arc::new(serve), Arc::clone(&complaints));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (serve, heard) = (Arc::clone(&serve), Arc::clone(&heard));
                thread::spawn(move || serve(stream.unwrap(), &heard));
            }
        });
        Self { target, complaints }
    }

    /// What the requests carried and must not.
    pub(crate) fn complaints(&self) -> Vec<String> {
        self.complaints.lock().unwrap().clone()
    }
}

/// One exchange, and whether the connection serves another one.
fn serve(stream: &mut TcpStream, row: &Row, complaints: &Mutex<Vec<String>>) -> bool {
    if matches!(row.then, Then::Reset) {
        // What was not read makes a reset of a close. A small head comes whole.
        let mut begun = [0; 16 * 1024];
        let length = stream.peek(&mut begun).unwrap_or(0);
        if !is_control(&String::from_utf8_lossy(&begun[..length])) {
            let _ = stream.write_all(&row.sent);
            return false;
        }
    }
    let Some(head) = request(stream) else { return false };
    // What a .netrc, a challenge, a Set-Cookie, a redirect or a proxy would add.
    for field in ["authorization: basic", "authorization: n", "cookie:", "referer:", "proxy-"] {
        if head.lines().any(|line| line.to_ascii_lowercase().starts_with(field)) {
            complaints.lock().unwrap().push(format!("a request carries {field} {head}"));
        }
    }
    if is_control(&head) {
        return stream.write_all(&reply("200 OK", "Content-Type: application/json\r\n", "[]")).is_ok();
    }
    let _ = stream.write_all(&row.sent);
    match &row.then {
        Then::Close | Then::Reset => {}
        Then::Hold => while stream.read(&mut [0; 1024]).is_ok_and(|read| read > 0) {},
        Then::Repeat(bytes) => while stream.write_all(bytes).is_ok() {},
        Then::Drip(bytes) => drip(stream, bytes),
        Then::Answer(answer) => {
            let _ = stream.write_all(&answer(&head));
        }
    }
    let _ = stream.shutdown(Shutdown::Both);
    false
}

/// Sends a byte at a time, until the tester closes the connection.
fn drip(stream: &mut TcpStream, bytes: &[u8]) {
    let _ = stream.set_nodelay(true);
    stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    for byte in bytes {
        // The tester sends nothing more: this ends by its close or after the pause.
        if stream.write_all(&[*byte]).is_err() || stream.read(&mut [0; 16]).is_ok() {
            return;
        }
    }
}

/// The token of the embedded deployment.
pub(crate) fn token() -> &'static str {
    reference::environment(Api::OzApi)[0].1
}

/// Whether it is the correct request of an operation that has a control.
pub(crate) fn is_control(head: &str) -> bool {
    let paths = [
        "GET /api/companies/ ",
        "GET /api/users/ ",
        "GET /api/folders/ ",
        "GET /api/collections/ ",
        "GET /api/version ",
    ];
    let token = format!("x-forensic-access-token: {}\r\n", token());
    let is_open = head.starts_with("GET /api/version ");
    paths.iter().any(|path| head.starts_with(path)) && (is_open || head.contains(&token))
}

/// Somewhere else: redirects and proxies lead to it, and nobody must come.
pub(crate) struct Elsewhere {
    pub(crate) authority: String,
    came: Arc<AtomicUsize>,
}

/// The one for all tests.
pub(crate) static ELSEWHERE: LazyLock<Elsewhere> = LazyLock::new(|| {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let authority = listener.local_addr().unwrap().to_string();
    let came = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&came);
    thread::spawn(move || {
        for stream in listener.incoming() {
            count.fetch_add(1, Ordering::SeqCst);
            drop(stream);
        }
    });
    Elsewhere { authority, came }
});

impl Elsewhere {
    /// How many connections came.
    pub(crate) fn came(&self) -> usize {
        self.came.load(Ordering::SeqCst)
    }
}
