//! One request of each fault, whole and written by hand, against what arrives.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::capture::Capture;
use super::scripts::arrived;
use super::{body, compared, credentials, declared, head, json, lines, member_text};
use errdrift::fault::{Fault, Tier};
use errdrift::plan::{Plan, Probe, ProbeId, Selection};
use errdrift::{catalog, fault};

/// A probe with every byte of its request; `HOST` stands for the address of the server.
pub(crate) struct Written {
    probe: &'static str,
    bytes: Vec<u8>,
}

pub(crate) fn written(probe: &'static str, head: &str, body: impl AsRef<[u8]>) -> Written {
    Written { probe, bytes: [head.as_bytes(), body.as_ref()].concat() }
}

/// What no library sends.
pub(crate) fn raw(probe: &'static str, bytes: impl Into<Vec<u8>>) -> Written {
    Written { probe, bytes: bytes.into() }
}

fn rows() -> Vec<Written> {
    [
        head::rows(),
        credentials::rows(),
        json::rows(),
        body::rows(),
        lines::rows(),
        compared::rows(),
        declared::rows(),
        member_text::rows(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn fault_of(row: &Written) -> &'static Fault {
    let id = ProbeId::parse(row.probe).unwrap().fault;
    fault::find(id).unwrap_or_else(|| panic!("no fault {id}"))
}

fn probes() -> Vec<Probe> {
    // The suite that declares what neither built-in one does.
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/plan/constraints.toml");
    let names = catalog::built_in_suites().chain([own]);
    let apis: Vec<_> = names.map(|name| Arc::new(catalog::load(name).unwrap())).collect();
    let tiers = Tier::ALL.iter().map(|(tier, _)| *tier).collect();
    Plan::new(&apis, &Selection { tiers, ..Selection::default() }).probes
}

/// The bytes with one text for another, wherever it stands.
fn replaced(bytes: &[u8], text: &[u8], with: &[u8]) -> Vec<u8> {
    let mut all = Vec::new();
    let mut rest = bytes;
    while let Some(at) = rest.windows(text.len()).position(|window| window == text) {
        all.extend_from_slice(&rest[..at]);
        all.extend_from_slice(with);
        rest = &rest[at + text.len()..];
    }
    all.extend_from_slice(rest);
    all
}

#[test]
fn every_fault_is_written_down() {
    // Over HTTP/2 there are frames: tests/trust/http2.rs looks at what arrives.
    let all: BTreeSet<_> = fault::faults().map(|fault| fault.id).filter(|id| *id != "alike-http-2").collect();
    let written: BTreeSet<_> = rows().iter().map(|row| fault_of(row).id).collect();
    assert_eq!(written, all);
}

#[tokio::test]
async fn each_fault_arrives_as_it_is_written_down() {
    let mut capture = Capture::start().await;
    let host = capture.address.to_string();
    let probes = probes();
    let mut wrong = Vec::new();
    for row in rows() {
        let Some(probe) = probes.iter().find(|probe| probe.id == row.probe) else {
            wrong.push(format!("no probe {}", row.probe));
            continue;
        };
        if probe.request.script.is_some() {
            let here = |authority: &str| replaced(&row.bytes, b"HOST", authority.as_bytes());
            let (expected, sent) = arrived(&probe.request, here).await;
            if sent != expected {
                let cut = |bytes: &[u8]| bytes[..bytes.len().min(600)].escape_ascii().to_string();
                wrong.push(format!("{}\n  expected {}\n  sent     {}", row.probe, cut(&expected), cut(&sent)));
            }
            continue;
        }
        let sent = capture.bytes(&probe.request).await;
        let text = |bytes: &[u8]| bytes.escape_ascii().to_string().replace(&host, "HOST");
        let (sent, expected) = (text(&sent), text(&row.bytes));
        if sent != expected {
            let cut = |text: &str| text.chars().take(600).collect::<String>();
            wrong.push(format!("{}\n  expected {}\n  sent     {}", row.probe, cut(&expected), cut(&sent)));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
