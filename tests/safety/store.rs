//! A small store: GET, PUT (creates or replaces), PATCH, DELETE of `/api/things/{id}`, POST where it is told to. It writes down
//! whatever changed it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::Value;

pub(crate) const TOKEN: &str = "right-token-of-the-store";

/// What the store forgives. It minds no media type and no content coding.
#[derive(Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a way to forgive of its own")]
pub(crate) struct Leniency {
    pub(crate) requires_token: bool,
    /// Members stand in an object `thing`.
    pub(crate) nested: bool,
    /// POST creates, and with it whatever its path names.
    pub(crate) posts_create: bool,
    /// A method that it does not know is POST.
    pub(crate) any_method_posts: bool,
    /// 405 and OPTIONS list the methods.
    pub(crate) says_allow: bool,
    /// It has GET alone.
    pub(crate) reads_only: bool,
}

pub(crate) struct Store {
    port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    leniency: Leniency,
    requests: AtomicUsize,
    /// Methods, and whether the right token came with them.
    seen: Mutex<Vec<(String, bool)>>,
    changes: Mutex<Vec<String>>,
}

impl Store {
    pub(crate) fn start(leniency: Leniency) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            leniency,
            requests: AtomicUsize::new(0),
            seen: Mutex::default(),
            changes: Mutex::default(),
        });
        let serving = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let serving = Arc::clone(&serving);
                std::thread::spawn(move || while serving.one(&stream).is_some() {});
            }
        });
        Self { port, shared }
    }

    pub(crate) fn target(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn requests(&self) -> usize {
        self.shared.requests.load(Ordering::Relaxed)
    }

    pub(crate) fn changes(&self) -> Vec<String> {
        self.shared.changes.lock().unwrap().clone()
    }

    pub(crate) fn saw(&self, method: &str, with_token: bool) -> bool {
        self.shared.seen.lock().unwrap().contains(&(method.to_owned(), with_token))
    }
}

impl Shared {
    /// Serves one request; `None` where the connection is over.
    fn one(&self, mut stream: &TcpStream) -> Option<()> {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let mut words = line.split_whitespace();
        let (method, target) = (words.next()?.to_owned(), words.next().unwrap_or_default().to_owned());
        let (mut length, mut token, mut chunked) = (Some(0), String::new(), false);
        loop {
            let mut field = Vec::new();
            reader.read_until(b'\n', &mut field).ok().filter(|read| *read > 0)?;
            let field = String::from_utf8_lossy(&field).into_owned();
            let Some((name, value)) = field.split_once(':') else {
                if field.trim().is_empty() {
                    break;
                }
                continue;
            };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse::<usize>().ok().filter(|length| *length < 10_000_000),
                "transfer-encoding" => chunked = true,
                "authorization" => value.trim().clone_into(&mut token),
                _ => {}
            }
        }
        self.requests.fetch_add(1, Ordering::Relaxed);
        let has_token = token == format!("Bearer {TOKEN}");
        self.seen.lock().unwrap().push((method.clone(), has_token));
        let Some(length) = length.filter(|_| !chunked) else {
            let _ = stream.write_all(&reply(400, 3, "", &method));
            return None;
        };
        let mut content = vec![0; length];
        reader.read_exact(&mut content).ok()?;
        let (status, code, allow) = self.answer(&method, &target, has_token, &content);
        stream.write_all(&reply(status, code, allow, &method)).ok()
    }

    fn answer(&self, method: &str, target: &str, has_token: bool, content: &[u8]) -> (u16, u16, &'static str) {
        let Leniency { requires_token, posts_create, any_method_posts, reads_only, .. } = self.leniency;
        let path = target.split('?').next().unwrap_or_default();
        let known = ["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "PATCH", "DELETE"].contains(&method) && !reads_only;
        let method = if any_method_posts && !known { "POST" } else { method };
        if !path.starts_with("/api/things") {
            return (404, 10, "");
        }
        if method == "OPTIONS" && self.leniency.says_allow {
            return (204, 0, self.allow());
        }
        if requires_token && !has_token {
            return (401, 6, "");
        }
        match method {
            "GET" | "HEAD" if path.ends_with("/real") || path == "/api/things" => (200, 0, ""),
            "GET" | "HEAD" => (404, 10, ""),
            "PUT" | "PATCH" if !reads_only => self.store(method, path, content),
            "POST" if posts_create => self.store(method, path, content),
            "DELETE" if !reads_only && (path.ends_with("/real") || path == "/api/things") => self.changed(method, path),
            "DELETE" if !reads_only => (404, 10, ""),
            _ => (405, 1, self.allow()),
        }
    }

    fn allow(&self) -> &'static str {
        match (self.leniency.says_allow, self.leniency.reads_only) {
            (false, _) => "",
            (true, false) => "GET, HEAD, OPTIONS, PUT, PATCH, DELETE",
            (true, true) => "GET, HEAD, OPTIONS",
        }
    }

    /// Takes whatever is an object and has no wrong name; nothing is an object, too.
    fn store(&self, method: &str, path: &str, content: &[u8]) -> (u16, u16, &'static str) {
        let value =
            if content.is_empty() { Ok(serde_json::json!({})) } else { serde_json::from_slice::<Value>(content) };
        let Ok(Value::Object(members)) = value else { return (400, 3, "") };
        let inner = if self.leniency.nested { members.get("thing").and_then(Value::as_object) } else { Some(&members) };
        if inner.and_then(|members| members.get("name")).is_some_and(|name| !name.is_string()) {
            return (400, 5, "");
        }
        // To change what does not exist, PATCH is not enough.
        if method == "PATCH" && !path.ends_with("/real") {
            return (404, 10, "");
        }
        self.changed(method, path)
    }

    fn changed(&self, method: &str, path: &str) -> (u16, u16, &'static str) {
        self.changes.lock().unwrap().push(format!("{method} {path}"));
        (201, 0, "")
    }
}

fn reply(status: u16, code: u16, allow: &str, method: &str) -> Vec<u8> {
    let body = if status < 300 {
        "{\"name\": \"precious\"}".to_owned()
    } else {
        format!("{{\"error_code\": {code}, \"error_message\": \"no\", \"details\": null}}")
    };
    let allow = if allow.is_empty() { String::new() } else { format!("allow: {allow}\r\n") };
    let shown = if method == "HEAD" || status == 204 { "" } else { body.as_str() };
    let length = if status == 204 { String::new() } else { format!("content-length: {}\r\n", body.len()) };
    format!("HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n{allow}{length}\r\n{shown}").into_bytes()
}
