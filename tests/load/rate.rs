//! `--rate` covers everything that leaves.

use std::time::Instant;

use crate::front::{Act, Front, report};
use crate::support::deployment;
use errdrift::reference::Api;

#[test]
fn controls_looks_probes_and_what_is_sent_again_all_have_their_turn() {
    let running = deployment(Api::OzApi, Some("code-as-string"));
    // One fault is answered by the end of the connection, and sent again; the others drift, and are confirmed.
    let front = Front::start(&running, |head, _| if head.contains("offset=-1") { Act::Drop } else { Act::Pass });
    let begun = Instant::now();
    let faults = ["--fault", "method-unsupported", "--fault", "credentials-absent", "--fault", "query-negative"];
    let arguments = [&["--operation", "folders.list"][..], &faults].concat();
    let (ran, _) = report("oz-api", &front.target, &[&arguments[..], &["--rate", "20/s"]].concat());
    ran.exits(1);
    // However late a machine is, it is not early: so many requests need so long, all of them together.
    let seen = u32::try_from(front.seen()).unwrap();
    assert!(seen > 20, "{seen}");
    assert!(begun.elapsed().as_secs_f64() >= f64::from(seen - 1) / 20.0, "{seen} in {:?}", begun.elapsed());
}
