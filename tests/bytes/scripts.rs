//! What no library sends arrives as it is planned, and as it is written down.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use super::capture::{environment, resolved};
use errdrift::catalog;
use errdrift::fault::Tier;
use errdrift::model::exchange::{Outcome, Part, Request, Script, Transport};
use errdrift::model::target::Target;
use errdrift::plan::{Plan, Probe, Selection};
use errdrift::wire::sender::Sender;
use errdrift::wire::settings::Settings;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// The prefix of the target.
pub(crate) const PREFIX: &str = "/staging";

/// Sends the request to a server that reads as many bytes as `expected` has for its address, and the end of the sender's half
/// where the script has one, then answers and reads to the end. Gives what was expected and what it read.
pub(crate) async fn arrived(request: &Request, expected: impl Fn(&str) -> Vec<u8>) -> (Vec<u8>, Vec<u8>) {
    let script = request.script.as_ref().unwrap();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let expected = expected(&address.to_string());
    let (length, half_close) = (expected.len(), script.half_close);
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut bytes = vec![0; length];
        let read = stream.read_exact(&mut bytes).await;
        if half_close {
            assert_eq!(stream.read_buf(&mut bytes).await.unwrap(), 0, "the half is closed, with nothing more in it");
        }
        let answer = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        let _ = stream.write_all(answer).await;
        let _ = stream.shutdown().await;
        stream.read_to_end(&mut bytes).await.unwrap();
        read.map(|_| bytes).unwrap_or_default()
    });
    let scheme = if script.transport == Transport::ClearToTls { "https" } else { "http" };
    let settings = Settings {
        target: Target::parse(&format!("{scheme}://{address}{PREFIX}")).unwrap(),
        timeout: Duration::from_secs(60),
        insecure: true,
        ca: None,
        proxy: None,
    };
    let sender = Sender::new(&settings).unwrap();
    assert_eq!(sender.unfit(request).await, None);
    let exchange = sender.send(request, &resolved(request), &environment()).await;
    assert!(matches!(&exchange.outcome, Outcome::Reply(reply) if reply.status == 400), "{:?}", exchange.outcome);
    drop(sender);
    (expected, server.await.unwrap())
}

/// The script's bytes at that authority.
pub(crate) fn planned(script: &Script, authority: &str) -> Vec<u8> {
    let bytes = |part: &Part| match part {
        Part::Bytes(template) => template.resolve(&environment()).unwrap(),
        Part::Authority => authority.as_bytes().to_vec(),
        Part::Prefix => PREFIX.as_bytes().to_vec(),
        Part::Pause(_) => Vec::new(),
    };
    script.parts.iter().flat_map(bytes).collect()
}

pub(crate) fn scripted() -> Vec<Probe> {
    let apis: Vec<_> = catalog::built_in_suites().map(|id| Arc::new(catalog::load(id).unwrap())).collect();
    let tiers = Tier::ALL.iter().map(|(tier, _)| *tier).collect();
    let plan = Plan::new(&apis, &Selection { tiers, ..Selection::default() });
    plan.probes.into_iter().filter(|probe| probe.request.script.is_some()).collect()
}

#[tokio::test]
async fn every_scripted_probe_leaves_as_it_is_planned() {
    let probes = scripted();
    assert!(probes.len() > 150, "{}", probes.len());
    let mut exchanges = JoinSet::new();
    for probe in probes {
        exchanges.spawn(async move {
            let script = probe.request.script.clone().unwrap();
            let (expected, sent) = arrived(&probe.request, |authority| planned(&script, authority)).await;
            let text = |bytes: &[u8]| bytes[..bytes.len().min(400)].escape_ascii().to_string();
            assert!(sent == expected, "{}\n  expected {}\n  sent     {}", probe.id, text(&expected), text(&sent));
        });
    }
    while let Some(exchange) = exchanges.join_next().await {
        exchange.unwrap();
    }
}

/// Both senders write a request that a library can write in the same way, but for the order of the fields that frame it.
#[tokio::test]
async fn pauses_and_a_half_close_are_part_of_what_is_sent() {
    let probes = scripted();
    let probe = probes.iter().find(|probe| probe.id.ends_with("/head-slow")).unwrap();
    let pauses = probe.request.script.iter().flat_map(|script| &script.parts);
    let waited: Duration = pauses.map(|part| if let Part::Pause(pause) = part { *pause } else { Duration::ZERO }).sum();
    assert_eq!(waited, Duration::from_secs(3));
    assert!(probes.iter().any(|probe| probe.request.script.as_ref().unwrap().half_close));
}
