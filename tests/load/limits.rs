//! Limits that the target tells of.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::front::{Act, Front, answer, report};
use crate::support::deployment;
use errdrift::reference::Api;
use serde_json::{Value, json};

const LIMITED: &str = "{\"error_code\": 3, \"error_message\": \"Too many requests\", \"details\": null}";

/// A front that says no to everything from some request on.
fn from_then_on(
    running: &errdrift::run::embedded::Running,
    number: usize,
    status: &'static str,
    field: &'static str,
) -> Front {
    Front::start(running, move |_, seen| if seen < number { Act::Pass } else { answer(status, field, LIMITED) })
}

#[test]
fn a_limit_of_an_hour_costs_a_handful_of_requests_and_ends_the_run() {
    let running = deployment(Api::OzApi, None);
    let limits = [
        ("429 Too Many Requests", "Retry-After: 3600\r\n"),
        ("429 Too Many Requests", "Retry-After: Tue, 31 Dec 2199 23:59:59 GMT\r\n"),
        ("503 Service Unavailable", "Retry-After: 3600\r\n"),
    ];
    for (status, field) in limits {
        // Among the controls, at the first probes, and in the middle.
        for number in [5, 12, 400] {
            let front = from_then_on(&running, number, status, field);
            let (ran, report) = report("oz-api", &front.target, &[]);
            let stdout = ran.exits(3).stdout;
            let more = front.seen() - number;
            assert!(more <= 40, "{status} {field} from {number} on: {more} requests more");
            assert_eq!(report["drifts"], json!([]), "{stdout}");
            assert_eq!(report["summary"]["rate_limited"], more);
            let unsent = report["not_exercised"].as_array().unwrap();
            let named = |unsent: &&Value| unsent["reason"].as_str().unwrap().contains("rate-limited");
            assert!(unsent.iter().filter(named).count() > 1_000 || number == 5, "{stdout}");
            assert!(stdout.lines().last().unwrap().contains("NOT JUDGED"), "{stdout}");
        }
    }
}

#[test]
fn an_operation_that_is_limited_is_told_and_the_others_are_judged() {
    let running = deployment(Api::OzApi, None);
    let taken = Arc::new(AtomicUsize::new(0));
    let front = Front::start(&running, move |head, _| {
        let limited = head.starts_with("GET /api/companies") && taken.fetch_add(1, Ordering::SeqCst) > 3;
        if limited { answer("429 Too Many Requests", "Retry-After: 63\r\n", LIMITED) } else { Act::Pass }
    });
    let arguments = ["--operation", "companies.list", "--operation", "folders.list", "--operation", "folders.get"];
    let (ran, report) = report("oz-api", &front.target, &arguments);
    let stdout = ran.exits(3).stdout;
    assert_eq!(report["drifts"], json!([]), "{stdout}");
    let of = |list: &str, operation: &str| {
        let entries = report[list].as_array().unwrap();
        entries.iter().filter(|entry| entry["probe"].as_str().unwrap().contains(operation)).count()
    };
    assert!(of("not_exercised", "/companies.list/") > 10, "{stdout}");
    for other in ["/folders.list/", "/folders.get/"] {
        assert_eq!(of("not_exercised", other), 0, "{stdout}");
        assert!(of("results", other) > 20, "{stdout}");
    }
    assert!(stdout.contains("not run: rate-limited: oz-api/companies.list"), "{stdout}");
}

#[test]
fn what_is_limited_is_waited_for_and_then_judged() {
    let running = deployment(Api::EscrowBox, None);
    // Each second has room for some, as a bucket of tokens has.
    let room = Arc::new(std::sync::Mutex::new((std::time::Instant::now(), 0)));
    let front = Front::start(&running, move |_, _| {
        let mut room = room.lock().unwrap();
        if room.0.elapsed().as_secs() > 0 {
            *room = (std::time::Instant::now(), 0);
        }
        room.1 += 1;
        if room.1 > 30 { answer("429 Too Many Requests", "Retry-After: 1\r\n", "slow down") } else { Act::Pass }
    });
    let (ran, report) = report("escrow-box", &front.target, &["--operation", "handlers.cities"]);
    let stdout = ran.exits(0).stdout;
    assert_eq!(report["drifts"], json!([]));
    let limited = report["summary"]["rate_limited"].as_u64().unwrap();
    assert!(limited == 0 || stdout.contains(&format!("{limited} rate-limited repl")), "{stdout}");
}

/// How often each suite is run: `.ci/flaky` asks for more.
fn rounds() -> usize {
    std::env::var("ERRDRIFT_FLAKY_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(1)
}

/// A number that looks drawn, from 0 to below the bound.
fn drawn(seed: usize, bound: usize) -> usize {
    let mixed = (seed as u64).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    usize::try_from((mixed ^ (mixed >> 31)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 40).unwrap() % bound
}

#[test]
fn delays_limits_now_and_then_and_lost_connections_are_neither_drift_nor_doubt() {
    for round in 0..rounds() {
        for (api, name) in [(Api::OzApi, "oz-api"), (Api::EscrowBox, "escrow-box")] {
            let running = deployment(api, None);
            let front = Front::start(&running, move |_, number| {
                let seed = round * 1_000_003 + number;
                // So is a network: it is the target that is late, and nobody waits for it here.
                let late = if drawn(seed, 10) == 0 { drawn(seed + 1, 30) } else { 0 };
                std::thread::sleep(std::time::Duration::from_millis(late as u64));
                match (drawn(seed, 1_000), drawn(seed + 7, 50)) {
                    (537, _) => Act::Drop,
                    (_, 7) => answer("429 Too Many Requests", "Retry-After: 0\r\n", "slow down"),
                    _ => Act::Pass,
                }
            });
            let (ran, report) = report(name, &front.target, &[]);
            let stdout = ran.exits(0).stdout;
            let nothing = (&json!([]), &0.into());
            assert_eq!((&report["drifts"], &report["summary"]["inconclusive"]), nothing, "round {round}: {stdout}");
            assert!(report["summary"]["rate_limited"].as_u64().unwrap() > 10, "{stdout}");
        }
    }
}
