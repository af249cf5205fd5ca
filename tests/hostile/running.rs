//! A run of the command under a watchdog, which ends what takes too long or too much.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::hostile::reports;
use crate::hostile::target::{ELSEWHERE, Hostile, Row};
use errdrift::reference;
use errdrift::reference::Api;
use errdrift::render::format::FORMATS;

/// The bound on a run's memory that the README states, in KiB.
pub(crate) const BOUND: u64 = 100 * 1024;
/// The deadline of a probe, in seconds.
const DEADLINE: u64 = 2;
/// What else a run takes on a busy machine.
const MARGIN: Duration = Duration::from_secs(60);
/// A few probes of one operation: one that carries no token, and two that carry it.
const FEW: &[&str] = &["--operation", "folders.list", "--fault", "credentials-absent", "--fault", "query-negative"];

/// What a run came to.
pub(crate) struct Ran {
    /// `None` where a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    /// The reports, by their formats.
    pub(crate) reports: BTreeMap<&'static str, String>,
    /// The most memory that it held, in KiB.
    pub(crate) peak: u64,
    /// Why the watchdog ended it.
    pub(crate) killed: Option<String>,
}

impl Ran {
    /// Everything that the run wrote, by name.
    pub(crate) fn outputs(&self) -> impl Iterator<Item = (&'static str, &String)> {
        let streams = [("stdout", &self.stdout), ("stderr", &self.stderr)];
        streams.into_iter().chain(self.reports.iter().map(|(format, text)| (*format, text)))
    }
}

/// Runs the suite of Oz API with all reports, in an environment that would lead other clients astray. `probes` of them
/// are under way one after the other at most.
pub(crate) fn run(target: &str, arguments: &[&str], probes: u64) -> Ran {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str| directory.path().join(name);
    std::fs::write(file(".netrc"), "default login somebody password their-password\n").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_errdrift"));
    command.args(["run", "oz-api", "--target", target, "--timeout", &format!("{DEADLINE}s"), "--max-wait", "3s"]);
    for format in FORMATS {
        command.arg("--report").arg(format!("{format:?}={}", file(format.word).display()));
    }
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.envs(reference::environment(Api::OzApi).iter().copied()).env("HOME", directory.path());
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        command.env(name, format!("http://{}", ELSEWHERE.authority));
    }
    // As many replies are judged at once as on a large machine.
    command.env("TOKIO_WORKER_THREADS", "16");
    command.env_remove("NO_PROXY").env_remove("no_proxy").env_remove("COLUMNS");
    let limit = Duration::from_secs(DEADLINE) * u32::try_from(probes + 1).unwrap() + MARGIN;
    let mut ran = watched(command, limit);
    let read = |path: &Path| std::fs::read_to_string(path).unwrap_or_default();
    ran.reports = FORMATS.iter().map(|format| (format.word, read(&file(format.word)))).collect();
    ran
}

/// Runs the command, and ends it where it takes longer than that or several times its memory.
fn watched(mut command: Command, limit: Duration) -> Ran {
    let start = Instant::now();
    let mut child = command.spawn().unwrap();
    let (ended, end) = mpsc::channel::<()>();
    let (out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let stdout = thread::spawn(move || {
        // Dropped at the end of the stream, which is the end of the run.
        let _ended = ended;
        text(out)
    });
    let stderr = thread::spawn(move || text(err));
    let status = format!("/proc/{}/status", child.id());
    let (mut peak, mut killed) = (0, None);
    while let Err(RecvTimeoutError::Timeout) = end.recv_timeout(Duration::from_millis(4)) {
        peak = peak.max(high_water(&status).unwrap_or(0));
        if peak > 3 * BOUND {
            killed = Some(format!("it takes {} MiB and more", peak / 1024));
        } else if start.elapsed() > limit {
            killed = Some(format!("it takes longer than {limit:?}"));
        }
        if killed.is_some() {
            let _ = child.kill();
            break;
        }
    }
    let code = child.wait().unwrap().code();
    let (stdout, stderr) = (stdout.join().unwrap(), stderr.join().unwrap());
    Ran { code, stdout, stderr, reports: BTreeMap::new(), peak, killed }
}

fn text(mut stream: impl Read) -> String {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The most memory that the process held so far, in KiB.
fn high_water(status: &str) -> Option<u64> {
    let status = std::fs::read_to_string(status).ok()?;
    if !status.starts_with("Name:\terrdrift\n") {
        // It is not the command yet, but what is left of the test that starts it.
        return None;
    }
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

/// Runs against the row's target; what is wrong with what came of it.
pub(crate) fn problems(row: Row, arguments: &[&str], probes: u64) -> Vec<String> {
    let row = Arc::new(row);
    let hostile = Hostile::start(&row);
    let selection = if row.selection.is_empty() { FEW } else { row.selection };
    let ran = run(&hostile.target, &[selection, arguments].concat(), probes);
    let mut problems = reports::problems(&ran, row.exit, row.tells);
    problems.extend(hostile.complaints());
    problems.into_iter().map(|problem| format!("{}: {problem}", row.name)).collect()
}

/// Runs against every row's target, a few at a time, with three probes.
#[track_caller]
pub(crate) fn each_does_no_harm(rows: Vec<Row>) {
    each(rows, |row| problems(row, &[], 1));
}

/// `work` on every row, a few at a time; none must have a problem.
#[track_caller]
pub(crate) fn each(rows: Vec<Row>, work: impl Fn(Row) -> Vec<String> + Sync) {
    let rows: Vec<_> = rows.into_iter().map(|row| Mutex::new(Some(row))).collect();
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(row) = rows.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let row = row.lock().unwrap().take().unwrap();
                    let problems = work(row);
                    found.lock().unwrap().extend(problems);
                }
            });
        }
    });
    let found = found.into_inner().unwrap();
    assert!(found.is_empty(), "{} problems:\n{}", found.len(), found.join("\n"));
}
