//! The error replies of recorded traffic (an HTTP archive, HAR 1.2), judged by the contract: by schema, catalogue and status. Pure:
//! nothing is sent, nothing is read.
//!
//! Nobody says what was wrong with a request that a customer sent, so an answer is right where it is right for any cause that
//! the contract knows. Credentials of the archive are masked like those of a run, and no request is written out.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use percent_encoding::percent_decode_str;
use reqwest::Url;
use serde::Deserialize;

use super::opening::opening;
use super::rejudge::Rejudged;
use crate::catalog::{Api, vocabulary};
use crate::fault::{Fault, Tier};
use crate::judge;
use crate::model::cause::{CAUSES, Cause};
use crate::model::exchange::{Exchange, Outcome, Reply, Request};
use crate::model::secret::{Environment, Mask, Template};
use crate::plan::{Expectation, Guard, NO_OPERATION, Plan, Probe, ProbeId, Success};
use crate::report::consistency::Consistency;
use crate::report::record::Recorder;
use crate::report::tally::Tally;
use crate::report::{Inactive, RecordedRequest};

/// What stands for the mistake of a request that nobody made on purpose. It is in no list: nothing is sent for it.
pub static RECORDED: Fault = Fault {
    id: "recorded",
    cause: Cause::InvalidValue,
    tier: Tier::Core,
    what: "A request of recorded traffic; what was wrong with it is not known.",
    example: "an entry of an HTTP archive",
    source: "the archive",
    apply: |_| Vec::new(),
};

/// Secrets of an archive that are told apart; a shorter one stands in any text.
const MIN_SECRET: usize = 6;

#[derive(Deserialize)]
struct Archive {
    log: Log,
}

#[derive(Deserialize)]
struct Log {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(default)]
    started_date_time: String,
    #[serde(default)]
    time: f64,
    request: Asked,
    response: Came,
}

#[derive(Deserialize)]
struct Asked {
    method: String,
    url: String,
    #[serde(default)]
    headers: Vec<Pair>,
    #[serde(default)]
    cookies: Vec<Pair>,
}

#[derive(Deserialize)]
struct Came {
    status: i64,
    #[serde(default)]
    headers: Vec<Pair>,
    #[serde(default)]
    content: Content,
}

#[derive(Default, Deserialize)]
struct Content {
    #[serde(default)]
    size: i64,
    #[serde(default)]
    text: Option<String>,
    #[serde(default)]
    encoding: Option<String>,
}

#[derive(Deserialize)]
struct Pair {
    name: String,
    value: String,
}

/// Whether a file is recorded traffic, by its name, rather than a report.
#[must_use]
pub fn is_archive(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("har"))
}

/// Judges the error replies of an archive by the suites and their contracts.
///
/// # Errors
/// The text is no HTTP archive.
pub fn judged(archive: &mut dyn Read, apis: &[Arc<Api>], strict: bool) -> Result<Rejudged, String> {
    let archive: Archive = serde_json::from_reader(BufReader::new(archive)).map_err(|error| {
        format!("is no HTTP archive (HAR 1.2: `log.entries` with `request` and `response`): {error}")
    })?;
    let entries = archive.log.entries;
    let mask = mask(&entries, apis);
    let settings = judge::Settings { strict, outside: None, mask: mask.clone() };
    let origins: BTreeSet<_> = entries.iter().filter_map(|entry| origin(&entry.request.url)).collect();
    let target = if let [origin] = origins.iter().collect::<Vec<_>>()[..] {
        origin.clone()
    } else {
        "recorded traffic".to_owned()
    };
    let recorder = Recorder { target: target.clone(), insecure: false, mask: mask.clone(), records_all: true };
    let started = entries.first().map_or_else(String::new, |entry| mask.text(&entry.started_date_time));
    let opening = opening(apis, &mask.text(&target), started, false, strict);
    let (mut probes, mut left) = (Vec::new(), BTreeMap::<&str, usize>::new());
    for (index, entry) in entries.iter().enumerate() {
        match probe(apis, entry, index + 1).and_then(|probe| Ok((probe, exchange(entry, apis)?))) {
            Ok((probe, exchange)) => probes.push((entry, index + 1, probe, exchange)),
            Err(why) => *left.entry(why).or_default() += 1,
        }
    }
    let plan = Plan { probes: probes.iter().map(|(_, _, probe, _)| probe.clone()).collect(), ..Plan::default() };
    let mut tally = Tally::default();
    for api in apis {
        tally.open(&api.contract);
    }
    tally.plan(&plan);
    let (mut consistency, mut results) = (Consistency::of(&plan.probes), Vec::new());
    for (entry, number, probe, exchange) in &probes {
        let carried = entry.request.headers.iter().filter(|pair| is_secret(&pair.name, apis));
        let carried: Vec<_> =
            carried.map(|pair| (pair.name.to_ascii_lowercase(), pair.value.clone().into_bytes())).collect();
        let mut result = recorder.result(probe, exchange, judge::judge(probe, exchange, &carried, &settings));
        result.request = Some(request(entry, *number, apis, &mask));
        consistency.examine(probe, &mut result);
        tally.result(&result);
        results.push(result);
    }
    tally.compared(consistency.close());
    for (why, count) in left {
        tally.inactive(Inactive { what: "entries that are not judged".to_owned(), why: format!("{count}: {why}") });
    }
    let lasting: f64 = entries.iter().map(|entry| entry.time.max(0.0)).sum();
    tally.covers(apis, false);
    let lasting = Duration::try_from_secs_f64(lasting / 1e3).unwrap_or_default();
    let closing = tally.close(u64::try_from(lasting.as_millis()).unwrap_or_default(), strict);
    Ok(Rejudged { opening, results, closing })
}

fn origin(url: &str) -> Option<String> {
    Some(Url::parse(url).ok()?.origin().ascii_serialization())
}

/// The probe that a recorded request stands for: it may have any cause that is possible at its operation.
fn probe(apis: &[Arc<Api>], entry: &Entry, number: usize) -> Result<Probe, &'static str> {
    let url = Url::parse(&entry.request.url).map_err(|_| "its URL is none")?;
    let (api, path) = apis
        .iter()
        .find_map(|api| Some((api, below(url.path(), api.suite.prefix.trim_end_matches('/'))?)))
        .ok_or(OTHER)?;
    let mut there = api.suite.at(path).peekable();
    let is_known = there.peek().is_some();
    let operation = there.find(|operation| operation.method.eq_ignore_ascii_case(&entry.request.method));
    let cause = match operation {
        Some(_) => Cause::InvalidValue,
        None if is_known => Cause::WrongMethod,
        None => Cause::UnknownPath,
    };
    let others = CAUSES.iter().map(|(other, ..)| *other).filter(|other| {
        // An operation that was found is on a known path, and has the method.
        *other != cause && (operation.is_none() || !matches!(other, Cause::WrongMethod | Cause::UnknownPath))
    });
    let operation = operation.map_or(NO_OPERATION, |operation| operation.id.as_str());
    let id = ProbeId { suite: &api.suite.id, operation, fault: RECORDED.id, variant: &number.to_string() }.to_string();
    Ok(Probe {
        id,
        api: Arc::clone(api),
        operation: operation.to_owned(),
        fault: &RECORDED,
        cause,
        request: Request { method: entry.request.method.clone(), target: path.to_owned(), ..Request::default() },
        expectation: Expectation { also: others.collect(), success: Success::Right, form_only: false, governed: true },
        like: None,
        guard: Guard::Reads,
        ruled_out: None,
    })
}

/// Why an entry is of no suite.
const OTHER: &str = "no suite has its path";

/// The path from the suite's prefix on, whatever stands before it.
fn below<'p>(path: &'p str, prefix: &str) -> Option<&'p str> {
    let mut starts = path.match_indices(prefix).map(|(at, _)| &path[at..]);
    starts.find(|rest| rest[prefix.len()..].is_empty() || rest[prefix.len()..].starts_with('/'))
}

/// Fields of a message that an archive has out of its codings.
const OF_THE_MESSAGE: [&str; 3] = ["content-encoding", "transfer-encoding", "content-length"];

/// The error reply of an entry.
///
/// # Errors
/// Why there is none to be judged.
fn exchange(entry: &Entry, apis: &[Arc<Api>]) -> Result<Exchange, &'static str> {
    let Came { status, headers, content } = &entry.response;
    let Ok(status) = u16::try_from(*status) else { return Err("it has no reply") };
    if !(100..=999).contains(&status) {
        return Err("it has no reply");
    }
    let body = match (&content.text, content.encoding.as_deref()) {
        (Some(text), Some("base64")) => BASE64.decode(text).map_err(|_| "its body in Base64 cannot be read")?,
        (Some(text), _) => text.clone().into_bytes(),
        (None, _) if content.size > 0 => return Err("its body was not recorded"),
        (None, _) => Vec::new(),
    };
    if status < 400 {
        let json = serde_json::from_slice(&body).ok();
        let is_error = json.is_some_and(|json| apis.iter().any(|api| judge::is_envelope(&api.contract, &json)));
        if !is_error {
            return Err("it is no error");
        }
    }
    let headers = headers.iter().map(|pair| (pair.name.to_ascii_lowercase(), pair.value.clone().into_bytes()));
    let headers = headers.filter(|(name, _)| !name.starts_with(':') && !OF_THE_MESSAGE.contains(&name.as_str()));
    let reply = Reply { status, headers: headers.collect(), body, ..Reply::default() };
    let duration = Duration::try_from_secs_f64(entry.time.max(0.0) / 1e3).unwrap_or_default();
    Ok(Exchange { outcome: Outcome::Reply(reply), duration })
}

/// What is told of a request: neither its header fields nor its content.
fn request(entry: &Entry, number: usize, apis: &[Arc<Api>], mask: &Mask) -> RecordedRequest {
    let url = mask.text(&plain(&entry.request.url, apis));
    let command = format!("entry {number} of the archive: {} {url}", entry.request.method);
    RecordedRequest { method: entry.request.method.clone(), url, command, ..RecordedRequest::default() }
}

/// The URL without its user, its password, and what its query carries as a credential, however short that is.
fn plain(url: &str, apis: &[Arc<Api>]) -> String {
    let Ok(mut url) = Url::parse(url) else { return "a URL that is none".to_owned() };
    // Refused for a URL that has no place for them.
    let _ = (url.set_username(""), url.set_password(None));
    let pair = |pair: &str| {
        let name = pair.split_once('=').map_or("", |(name, _)| name);
        let decoded = percent_decode_str(name).decode_utf8_lossy();
        if is_secret(&decoded, apis) { format!("{name}=…") } else { pair.to_owned() }
    };
    let query = url.query().map(|query| query.split('&').map(pair).collect::<Vec<_>>().join("&"));
    url.set_query(None);
    url.set_fragment(None);
    query.map_or_else(|| url.to_string(), |query| format!("{url}?{query}"))
}

/// Whether a header field or a parameter of that name carries a credential.
fn is_secret(name: &str, apis: &[Arc<Api>]) -> bool {
    const PARTS: [&str; 9] = ["auth", "cookie", "token", "key", "secret", "password", "passwd", "session", "signature"];
    let name = name.to_ascii_lowercase();
    let mut credentials = apis.iter().flat_map(|api| api.suite.credentials.values());
    PARTS.iter().any(|part| name.contains(part)) || credentials.any(|credential| credential.field() == name)
}

/// What hides the credentials of the archive in all that is told of it.
fn mask(entries: &[Entry], apis: &[Arc<Api>]) -> Mask {
    let mut secrets = BTreeSet::new();
    let mut add = |value: &str| {
        if value.len() >= MIN_SECRET {
            secrets.insert(value.to_owned());
        }
    };
    for entry in entries {
        let fields = entry.request.headers.iter().chain(&entry.response.headers);
        for pair in fields.filter(|pair| is_secret(&pair.name, apis)) {
            add(&pair.value);
            // A scheme is none; a cookie is a list of pairs.
            let parts =
                pair.value.split([' ', ';', ',']).flat_map(|part| [Some(part), part.split_once('=').map(|it| it.1)]);
            parts.flatten().for_each(|part| add(part.trim().trim_matches('"')));
            if let Some(decoded) = pair.value.strip_prefix("Basic ").and_then(|it| BASE64.decode(it.trim()).ok()) {
                let decoded = String::from_utf8_lossy(&decoded).into_owned();
                add(&decoded);
                add(decoded.split_once(':').map_or("", |(_, password)| password));
            }
        }
        entry.request.cookies.iter().for_each(|pair| add(&pair.value));
        if let Ok(url) = Url::parse(&entry.request.url) {
            url.query_pairs().filter(|(name, _)| is_secret(name, apis)).for_each(|(_, value)| add(&value));
            add(url.password().unwrap_or_default());
        }
    }
    let names = secrets.into_iter().enumerate().map(|(index, secret)| (format!("RECORDED_{}", index + 1), secret));
    let pairs: Vec<_> = names.collect();
    let templates: Vec<_> = pairs.iter().map(|(name, _)| Template::written(&format!("${{{name}}}"))).collect();
    let words = vocabulary::of(apis.iter().map(AsRef::as_ref));
    Mask::new(&templates, &Environment::new(pairs)).knowing(words)
}
