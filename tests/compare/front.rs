//! A front before the embedded deployment that rewrites replies as a test says, and remembers what it was asked.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::received::message;
use errdrift::run::embedded::Running;
use serde_json::Value;

/// A reply that can be changed: its status line's status, its media type, and its body.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) media_type: String,
    pub(crate) body: Value,
}

/// What a front does to the error replies, by the request line.
type Rewrite = dyn Fn(&str, &mut Reply) + Send + Sync;

pub(crate) struct Front {
    pub(crate) target: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Front {
    /// Starts it; it lives as long as the test's process.
    pub(crate) fn start(behind: &Running, rewrite: impl Fn(&str, &mut Reply) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let target = format!("http://{}", listener.local_addr().unwrap());
        let behind = behind.target.as_str().trim_start_matches("http://").to_owned();
        let (rewrite, asked): (Arc<Rewrite>, _) = (Arc::new(rewrite), Arc::new(Mutex::new(Vec::new())));
        let heard = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (rewrite, heard, behind) = (Arc::clone(&rewrite), Arc::clone(&heard), behind.clone());
                thread::spawn(move || serve(stream.unwrap(), &behind, &*rewrite, &heard));
            }
        });
        Self { target, asked }
    }

    /// The heads of the requests that came.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(mut client: TcpStream, behind: &str, rewrite: &Rewrite, heard: &Mutex<Vec<String>>) {
    while let Some((head, request)) = message(&mut client, false) {
        heard.lock().unwrap().push(head.clone());
        let line = head.lines().next().unwrap_or_default();
        let Ok(mut server) = TcpStream::connect(behind) else { return };
        if server.write_all(&request).is_err() {
            return;
        }
        let Some((answer, bytes)) = message(&mut server, line.starts_with("HEAD ")) else { return };
        let bytes = rewritten(line, &answer, &bytes, rewrite).unwrap_or(bytes);
        let closes = answer.to_ascii_lowercase().contains("\r\nconnection: close");
        if client.write_all(&bytes).is_err() || closes {
            return;
        }
    }
}

/// The reply as the test wants it; `None` where it is no error in JSON, or the test leaves it as it is.
fn rewritten(line: &str, head: &str, bytes: &[u8], rewrite: &Rewrite) -> Option<Vec<u8>> {
    let status: u16 = head.split(' ').nth(1)?.parse().ok()?;
    let body = serde_json::from_slice(&bytes[head.len()..]).ok().filter(|_| status >= 400)?;
    let mut reply = Reply { status, media_type: "application/json".to_owned(), body };
    rewrite(line, &mut reply);
    let body = reply.body.to_string();
    let mut text = format!("HTTP/1.1 {} Rewritten\r\n", reply.status);
    for field in head.lines().skip(1).filter(|field| !field.is_empty()) {
        let name = field.split(':').next().unwrap_or_default().to_ascii_lowercase();
        if !["content-type", "content-length"].contains(&name.as_str()) {
            text.extend([field, "\r\n"]);
        }
    }
    let length = body.len().to_string();
    text.extend(["content-type: ", &reply.media_type, "\r\ncontent-length: ", &length, "\r\n\r\n", &body]);
    Some(text.into_bytes())
}
