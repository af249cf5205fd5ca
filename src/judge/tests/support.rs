//! Probes of the built-in suites, replies made by hand, and what the judge says of them.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use crate::catalog::Api;
use crate::fault::Tier;
use crate::judge::{Judgement, Settings, judge};
use crate::model::exchange::{Exchange, Outcome, Reply};
use crate::model::secret::Environment;
use crate::model::verdict::Severity;
use crate::plan::{Plan, Probe, Selection};
use crate::{catalog, reference};
use serde_json::{Value, json};

/// Every probe of both suites, of every tier.
pub(crate) static PROBES: LazyLock<Vec<Probe>> = LazyLock::new(|| {
    let known = |id| {
        let mut api = catalog::load(id).unwrap();
        api.suite.pretend();
        Arc::new(api)
    };
    let apis: Vec<Arc<Api>> = catalog::built_in_suites().map(known).collect();
    let tiers = Tier::ALL.iter().map(|(tier, _)| *tier).collect();
    Plan::new(&apis, &Selection { tiers, ..Selection::default() }).probes
});

/// The probes of suites of other contracts: problem details (RFC 9457), and lists of errors that are traced.
static OTHERS: LazyLock<Vec<Probe>> = LazyLock::new(|| {
    let file = |name: &str| format!("{}/tests/standards/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    let load = |name| catalog::load(&file(name)).unwrap_or_else(|problems| panic!("{problems}"));
    let apis = ["things", "traced"].map(|name| Arc::new(load(name)));
    Plan::new(&apis, &Selection::default()).probes
});

static ENVIRONMENT: LazyLock<Environment> = LazyLock::new(|| {
    let pairs = reference::Api::ALL.into_iter().flat_map(reference::environment);
    Environment::new(pairs.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
});

pub(crate) fn probe(id: &str) -> &'static Probe {
    PROBES.iter().chain(OTHERS.iter()).find(|probe| probe.id == id).unwrap_or_else(|| panic!("no probe {id}"))
}

/// The header fields as they would leave.
pub(crate) fn sent(probe: &Probe) -> Vec<(String, Vec<u8>)> {
    let resolve = |(name, value): &(String, crate::model::secret::Template)| {
        (name.clone(), value.resolve(&ENVIRONMENT).unwrap_or_default())
    };
    probe.request.headers.iter().map(resolve).collect()
}

pub(crate) fn judged(probe: &Probe, outcome: Outcome, strict: bool) -> Judgement {
    let exchange = Exchange { outcome, duration: Duration::ZERO };
    judge(probe, &exchange, &sent(probe), &Settings { strict, ..Settings::default() })
}

/// Each finding as `severity rule at`, sorted.
pub(crate) fn lines(judgement: &Judgement) -> Vec<String> {
    let line = |finding: &crate::judge::finding::Finding| {
        format!("{} {} {}", finding.severity.word(), finding.rule, finding.at).trim_end().to_owned()
    };
    let mut lines: Vec<_> = judgement.findings.iter().map(line).collect();
    lines.sort();
    lines
}

pub(crate) fn worst(judgement: &Judgement) -> Option<Severity> {
    judgement.findings.iter().map(|finding| finding.severity).max()
}

/// A reply under that media type.
pub(crate) fn typed(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Reply {
    let headers = vec![("content-type".to_owned(), media_type.as_bytes().to_vec())];
    Reply { status, headers, body: body.into(), ..Reply::default() }
}

pub(crate) fn text(status: u16, body: impl Into<Vec<u8>>) -> Reply {
    typed(status, "application/json", body)
}

pub(crate) fn reply(status: u16, body: &Value) -> Reply {
    text(status, body.to_string())
}

/// The same with one field more.
pub(crate) fn with(mut reply: Reply, name: &str, value: &str) -> Reply {
    reply.headers.push((name.to_owned(), value.as_bytes().to_vec()));
    reply
}

/// An error of Oz API.
pub(crate) fn oz(status: u16, code: i64) -> Reply {
    reply(status, &json!({"error_code": code, "error_message": "an error"}))
}

/// The same with what its status owes.
pub(crate) fn owing(probe: &Probe, reply: Reply) -> Reply {
    let asked = |name| probe.request.header(name).map(|value| String::from_utf8(value.masked()).unwrap());
    if let Some(method) = asked("access-control-request-method") {
        let fields = asked("access-control-request-headers").unwrap_or_default();
        let allowing = Reply { status: 204, headers: Vec::new(), body: Vec::new(), ..reply };
        let allowing =
            with(with(allowing, "access-control-allow-methods", &method), "access-control-allow-headers", &fields);
        return with(allowing, "access-control-allow-origin", "*");
    }
    let of_problems = probe.api.contract.file.id == "problem-details";
    let reply = if of_problems { typed(reply.status, "application/problem+json", reply.body) } else { reply };
    let reply = if probe.api.suite.id == "traced" { with(reply, "x-request-id", "0123abcd") } else { reply };
    let reply = match asked("origin") {
        Some(origin) => with(reply, "access-control-allow-origin", &origin),
        None => reply,
    };
    let field = match reply.status {
        401 => "www-authenticate",
        405 => "allow",
        _ => return reply,
    };
    if reply.header(field).is_some() {
        return reply;
    }
    let path = probe.declared().map_or("", |operation| operation.path.as_str());
    let known = probe.api.suite.on_path(path);
    let methods: Vec<_> =
        known.flat_map(|known| known.methods.iter().flatten().chain([&known.method]).map(String::as_str)).collect();
    let methods = if methods.is_empty() { "OPTIONS".to_owned() } else { methods.join(", ") };
    with(reply, field, if field == "allow" { &methods } else { "Basic realm=\"api\"" })
}

/// An error of Escrow Box, always under 400.
pub(crate) fn escrow(error: &Value) -> Reply {
    reply(400, &json!({ "error": error }))
}

pub(crate) const NGINX: &str = "<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n<center><h1>404 Not Found</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";

/// Holds each reply for one probe against exactly these findings.
pub(crate) fn check(rows: &[(&str, Reply, &[&str])]) {
    check_with(false, rows);
}

/// The same, strict or not.
pub(crate) fn check_with(strict: bool, rows: &[(&str, Reply, &[&str])]) {
    let mut wrong = Vec::new();
    for (id, reply, expected) in rows {
        let found = lines(&judged(probe(id), Outcome::Reply(owing(probe(id), reply.clone())), strict));
        let mut expected: Vec<_> = expected.iter().map(|line| (*line).to_owned()).collect();
        expected.sort();
        if found != expected {
            let body = String::from_utf8_lossy(&reply.body);
            wrong.push(format!("{id}\n  {} {body}\n  expected {expected:?}\n  found    {found:?}", reply.status));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
