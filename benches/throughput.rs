//! How long it takes to judge one reply and to build a plan, and how many judged probes a second a run makes beside a
//! public load generator on the same target, in the same call, as a ratio.
//!
//! `cargo bench` prints medians. The load generator is oha or wrk, whichever is on the path; without one the ratio is not
//! measured, and that is said.
#![expect(clippy::print_stdout, reason = "a bench prints")]
#![expect(clippy::unwrap_used, reason = "a bench may fail loudly")]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use errdrift::model::exchange::{Exchange, Outcome, Reply};
use errdrift::model::secret::Environment;
use errdrift::model::target::Target;
use errdrift::plan::{Plan, Selection};
use errdrift::reference::Api;
use errdrift::run::session;
use errdrift::{catalog, judge, reference};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// As many times the suite is run at once, so that a run takes long enough to be measured.
const SUITES: usize = 20;
/// Connections at once, for both.
const CONNECTIONS: usize = 64;
/// Runs of which the median counts.
const RUNS: usize = 9;

fn main() {
    // `cargo test --benches` and `cargo clippy --all-targets` build it; only `cargo bench` measures.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    println!("judge one reply            {:>9.2} µs", judging());
    println!("build the plan of oz-api   {:>9.2} ms", planning());
    let deployment = Served::start();
    // In turns, so that what else the machine does falls on both.
    let apis = suites();
    let rounds: Vec<_> =
        (0..RUNS).map(|_| (end_to_end(&apis, &deployment.url), load_generator(&deployment.url))).collect();
    let ours = median(rounds.iter().map(|(ours, _)| *ours).collect());
    println!("judged probes a second     {ours:>9.0}   ({CONNECTIONS} at once, reports off)");
    let theirs: Vec<_> = rounds.iter().filter_map(|(ours, theirs)| Some((*ours, (*theirs)?))).collect();
    let Some((_, (name, _))) = theirs.first() else {
        println!("ratio                      not measured: neither oha nor wrk is on the path");
        return;
    };
    let rate = median(theirs.iter().map(|(_, (_, rate))| *rate).collect());
    let ratio = median(theirs.iter().map(|(ours, (_, rate))| ours / rate).collect());
    println!("{name} requests a second    {rate:>9.0}   ({CONNECTIONS} connections, same target)");
    println!("ratio                      {ratio:>9.2}   (the median of {RUNS} rounds)");
}

/// The same suite many times, under a name each.
fn suites() -> Vec<Arc<catalog::Api>> {
    let suite = |index| {
        let mut api = catalog::load("oz-api").unwrap();
        api.suite.id = format!("oz-api-{index}");
        Arc::new(api)
    };
    (0..SUITES).map(suite).collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Microseconds to judge one conforming reply.
fn judging() -> f64 {
    let api = Arc::new(catalog::load("oz-api").unwrap());
    let plan = Plan::new(&[api], &Selection::default());
    let probe = plan.probes.iter().find(|probe| probe.id.ends_with("folders.list/credentials-absent")).unwrap();
    let reply = Reply {
        status: 401,
        headers: vec![("content-type".into(), b"application/json".to_vec()), ("content-length".into(), b"80".to_vec())],
        body: br#"{"error_code": 6, "error_message": "No access token was given", "details": null}"#.to_vec(),
        ..Reply::default()
    };
    let exchange = Exchange { outcome: Outcome::Reply(reply), duration: Duration::ZERO };
    let rounds = 10_000;
    let once = || {
        let start = Instant::now();
        for _ in 0..rounds {
            assert!(judge::judge(probe, &exchange, &[], &judge::Settings::default()).findings.is_empty());
        }
        start.elapsed().as_secs_f64() * 1e6 / f64::from(rounds)
    };
    median((0..RUNS).map(|_| once()).collect())
}

/// Milliseconds to build a plan.
fn planning() -> f64 {
    let apis = [Arc::new(catalog::load("oz-api").unwrap())];
    let once = || {
        let start = Instant::now();
        assert!(Plan::new(&apis, &Selection::default()).probes.len() >= 500);
        start.elapsed().as_secs_f64() * 1e3
    };
    median((0..RUNS).map(|_| once()).collect())
}

/// The embedded deployment in a process of its own, as a load generator's target would be.
struct Served {
    process: Child,
    url: String,
}

impl Served {
    fn start() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_errdrift"))
            .args(["serve", "oz-api"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.split_whitespace().find(|word| word.starts_with("http://")).unwrap().to_owned();
        Self { process, url }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Judged probes a second from the first control to the summary; the plan has its own figure.
fn end_to_end(apis: &[Arc<catalog::Api>], url: &str) -> f64 {
    let pairs = reference::environment(Api::OzApi).iter();
    let environment = Environment::new(pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let mut session = session::quick(apis.to_vec(), Target::parse(url).unwrap(), environment);
    session.engine.jobs = CONNECTIONS;
    let (_, closing) = session.run().unwrap();
    assert_eq!(closing.exit_code, 0, "the target conforms");
    let number = |count: u64| f64::from(u32::try_from(count).unwrap());
    number(closing.summary.probes as u64) * 1e3 / number(closing.duration_ms)
}

/// Requests a second of the load generator that is there.
fn load_generator(url: &str) -> Option<(&'static str, f64)> {
    let url = format!("{url}/api/folders/");
    let connections = CONNECTIONS.to_string();
    let run = |program: &str, arguments: &[&str]| -> Option<String> {
        let output = Command::new(program).args(arguments).arg(&url).output().ok()?;
        Some(String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let number = |text: &str, label: &str| -> Option<f64> {
        let line = text.lines().find(|line| line.trim_start().starts_with(label))?;
        line.split_whitespace().last()?.parse().ok()
    };
    let oha = run("oha", &["--no-tui", "-z", "1s", "-c", &connections]).and_then(|text| number(&text, "Requests/sec:"));
    let wrk =
        || run("wrk", &["-t", "2", "-d", "1", "-c", &connections]).and_then(|text| number(&text, "Requests/sec:"));
    oha.map(|rate| ("oha", rate)).or_else(|| wrk().map(|rate| ("wrk", rate)))
}
