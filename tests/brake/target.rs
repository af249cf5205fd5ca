//! A target that a test leads astray: it may stand before the embedded deployment, and counts what it was let to change.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crate::received::message;
use crate::support::{Ran, errdrift};
use errdrift::catalog::schema::Schema;
use errdrift::fault::{Tier, faults};
use errdrift::reference::{Api, environment, existing};
use errdrift::run::embedded::Running;
use serde_json::Value;

/// What the target does to a request.
pub(crate) enum Act {
    /// The embedded deployment answers.
    Pass,
    /// This is the answer.
    Answer(String),
    /// This is the answer, after a while.
    Late(Duration, String),
    /// The connection ends without an answer.
    Close,
}

/// A request, as far as it matters here.
pub(crate) struct Asked<'h> {
    pub(crate) method: &'h str,
    pub(crate) path: &'h str,
    /// Whether it carries the right credential of Oz API.
    pub(crate) credential: bool,
    /// How many came before it that may change something.
    pub(crate) before: usize,
}

impl Asked<'_> {
    /// Whether its method may change something.
    pub(crate) fn changes(&self) -> bool {
        !matches!(self.method, "GET" | "HEAD" | "OPTIONS")
    }
}

/// What a target was let to do.
#[derive(Default)]
pub(crate) struct Witness {
    /// Requests that may change something.
    changing: AtomicUsize,
    /// Those of them that had a success or no answer: the target may have done them.
    done: AtomicUsize,
    under_way: AtomicUsize,
    /// The most that were under way or done at once.
    most: AtomicUsize,
}

pub(crate) struct Target {
    pub(crate) url: String,
    witness: Arc<Witness>,
}

impl Target {
    /// Starts it; it lives as long as the test's process.
    pub(crate) fn start(behind: Option<&Running>, act: impl Fn(&Asked<'_>) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let behind = behind.map(|running| running.target.as_str().trim_start_matches("http://").to_owned());
        let witness = Arc::new(Witness::default());
        let (act, seen) = (Arc::new(act), Arc::clone(&witness));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (act, seen, behind) = (Arc::clone(&act), Arc::clone(&seen), behind.clone());
                thread::spawn(move || serve(stream.unwrap(), behind.as_deref(), &*act, &seen));
            }
        });
        Self { url, witness }
    }

    pub(crate) fn changing(&self) -> usize {
        self.witness.changing.load(Ordering::SeqCst)
    }

    pub(crate) fn done(&self) -> usize {
        self.witness.done.load(Ordering::SeqCst)
    }

    pub(crate) fn most(&self) -> usize {
        self.witness.most.load(Ordering::SeqCst)
    }
}

fn serve(mut client: TcpStream, behind: Option<&str>, act: &dyn Fn(&Asked<'_>) -> Act, witness: &Witness) {
    while let Some((head, request)) = message(&mut client, false) {
        let mut words = head.split_ascii_whitespace();
        let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let credential = head.contains(environment(Api::OzApi)[0].1);
        let mut asked = Asked { method, path, credential, before: 0 };
        let changes = asked.changes();
        if changes {
            asked.before = witness.changing.fetch_add(1, Ordering::SeqCst);
            let under_way = witness.under_way.fetch_add(1, Ordering::SeqCst) + 1;
            witness.most.fetch_max(under_way + witness.done.load(Ordering::SeqCst), Ordering::SeqCst);
        }
        let act = act(&asked);
        if let Act::Late(pause, _) = &act {
            thread::sleep(*pause);
        }
        let reply = match act {
            Act::Pass => passed(behind.unwrap(), &request, method),
            Act::Answer(reply) | Act::Late(_, reply) => Some(reply.into_bytes()),
            Act::Close => None,
        };
        if changes {
            let refused =
                reply.as_ref().is_some_and(|reply| reply.get(9).is_some_and(|digit| matches!(digit, b'4' | b'5')));
            witness.done.fetch_add(usize::from(!refused), Ordering::SeqCst);
            witness.under_way.fetch_sub(1, Ordering::SeqCst);
        }
        let Some(reply) = reply else { return };
        // What is framed in another way than this target reads it ends the connection.
        let odd = head.to_ascii_lowercase().matches("content-length:").count() > 1
            || head.to_ascii_lowercase().contains("transfer-encoding:");
        let closes = String::from_utf8_lossy(&reply).to_ascii_lowercase().contains("\r\nconnection: close");
        if client.write_all(&reply).is_err() || odd || closes {
            return;
        }
    }
}

fn passed(behind: &str, request: &[u8], method: &str) -> Option<Vec<u8>> {
    let mut server = TcpStream::connect(behind).ok()?;
    server.write_all(request).ok()?;
    message(&mut server, method == "HEAD").map(|(_, reply)| reply)
}

/// A reply with its length.
pub(crate) fn reply(status: &str, media_type: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {length}\r\n\r\n{body}")
}

/// A reply in JSON.
pub(crate) fn json(status: &str, body: &str) -> String {
    reply(status, "application/json", body)
}

/// The refusal that both contracts allow for anything, more or less.
pub(crate) fn refusal(api: Api) -> String {
    match api {
        Api::OzApi => json("400 Bad Request", r#"{"error_code": 3, "error_message": "no", "details": null}"#),
        Api::EscrowBox => json("400 Bad Request", r#"{"error": {"code": "WRONG", "message": "no"}}"#),
    }
}

/// Every tier.
pub(crate) const TIERS: [&str; 10] =
    ["--tier", "core", "--tier", "extended", "--tier", "wire", "--tier", "heavy", "--tier", "pairs"];

/// The faults that are sent by name alone, by name.
pub(crate) fn intrusive() -> Vec<&'static str> {
    let ids = faults().filter(|fault| fault.tier == Tier::Intrusive).map(|fault| fault.id);
    ids.flat_map(|id| ["--fault", id]).collect()
}

/// A run of a suite with the embedded deployment's credentials, and its report, which is of the schema.
pub(crate) fn run(suite: &str, target: &str, arguments: &[&str]) -> (Ran, Value) {
    let file = tempfile::NamedTempFile::new().unwrap();
    let json = format!("json={}", file.path().display());
    let mut command = errdrift(&["run", suite, "--target", target, "--quiet", "--report", &json]);
    for api in Api::ALL {
        command.envs(environment(api).iter().copied()).envs(existing(api).iter().copied());
    }
    let ran = Ran::of(&command.args(arguments).output().unwrap());
    let report: Value = serde_json::from_str(&std::fs::read_to_string(file.path()).unwrap()).unwrap();
    let schema: Value = serde_json::from_str(include_str!("../../schemas/report.schema.json")).unwrap();
    let violations = Schema::compile("report", &schema).unwrap().violations(&report);
    assert!(violations.is_empty(), "{violations:#?}");
    (ran, report)
}

/// What may have been changed, as the report says.
pub(crate) fn changed(report: &Value) -> &[Value] {
    report["may_have_changed"].as_array().unwrap()
}
