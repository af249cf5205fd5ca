//! The crate from outside: what a library user writes, and what it says of mistakes.

use std::collections::BTreeSet;
use std::process::Command;

use errdrift::{Embedded, Error, FORMATS, Format, Report, Run, Severity, Suite, Tier};

/// The most names that the crate's root may have: it is read at one glance.
const MAX_NAMES: usize = 30;

#[test]
fn an_outsider_runs_a_suite_in_ten_lines() {
    let example = ["run", "--quiet", "--locked", "--offline", "--example", "ten_lines"];
    let output = Command::new(env!("CARGO")).args(example).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(told.starts_with("schema-violation oz-api:schema-violation:/error_code"), "{told}");
    assert!(told.trim_end().ends_with("exit code 1"), "{told}");
}

#[test]
fn a_run_is_a_value_that_every_format_renders() {
    let deployment = Embedded::drifting("escrow-box", "credentials-with-401").unwrap();
    let run = Run::new([Suite::load("escrow-box").unwrap()], deployment.url()).unwrap();
    let report = run.variables(deployment.variables()).tiers([Tier::Core]).jobs(8).run().unwrap();
    assert_eq!(report.exit_code(), 1, "{}", report.summary());
    assert!(report.drifts().any(|drift| drift.rule.id == "status-unexpected" && drift.severity == Severity::Error));
    assert!(report.results.iter().all(|result| result.reply.is_some()), "every exchange is in it");
    for format in FORMATS {
        assert!(!report.render(format).is_empty(), "{format:?}");
    }
    let json = report.render(Format::named("json").unwrap());
    let read = Report::read(&mut json.as_bytes()).unwrap();
    let signatures = |report: &Report| report.drifts().map(|drift| drift.signature.clone()).collect::<Vec<_>>();
    assert_eq!(signatures(&read), signatures(&report));
    let secret = &deployment.variables()[0].1;
    assert!(!json.contains(secret.as_str()));
}

#[test]
fn a_run_can_be_awaited_by_asynchronous_code() {
    let deployment = Embedded::conforming("escrow-box").unwrap();
    let run = Run::new([Suite::load("escrow-box").unwrap()], deployment.url()).unwrap();
    let run = run.variables(deployment.variables()).operations(["handlers.cities"]);
    let report = tokio::runtime::Runtime::new().unwrap().block_on(run.run_async()).unwrap();
    assert_eq!(report.exit_code(), 0, "{}", report.summary());
    assert!(!report.results.is_empty());
}

#[test]
fn a_run_takes_what_it_is_told_to_and_nothing_else() {
    let deployment = Embedded::conforming("oz-api").unwrap();
    let of = |run: fn(Run) -> Run| {
        let suite = Suite::load("oz-api").unwrap();
        let report = run(Run::new([suite], deployment.url()).unwrap().variables(deployment.variables())).run().unwrap();
        report.results.iter().map(|result| (result.operation.clone(), result.fault.clone())).collect::<BTreeSet<_>>()
    };
    let one = of(|run| run.operations(["folders.list"]).faults(["credentials-absent"]));
    assert_eq!(one.into_iter().collect::<Vec<_>>(), [("folders.list".to_owned(), "credentials-absent".into())]);
    let all = of(|run| run.operations(["folders.create"]));
    assert!(of(|run| run.operations(["folders.create"]).read_only()).len() < all.len());
}

#[test]
fn what_is_wrong_is_said_before_anything_is_sent() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("ours.toml");
    std::fs::write(&file, "id = \"ours\"\ncontract = 7\n").unwrap();
    let wrong = Suite::load(&file.display().to_string()).unwrap_err();
    assert!(matches!(wrong, Error::Documents(_)), "{wrong:?}");
    assert!(wrong.to_string().contains("ours.toml:2:"), "{wrong}");
    assert_eq!(wrong.exit_code(), 2);
    let suite = || Suite::load("oz-api").unwrap();
    for target in ["", "staging", "ftp://staging", "https://user:secret@staging"] {
        let wrong = Run::new([suite()], target).unwrap_err();
        assert!(matches!(wrong, Error::Target(_)) && !wrong.to_string().contains("secret"), "{wrong}");
    }
    let wrong = Run::new([suite()], "http://127.0.0.1:1").unwrap().operations(["no.such"]).run().unwrap_err();
    assert!(matches!(wrong, Error::Usage(_)), "{wrong}");
}

#[test]
fn the_face_is_read_at_one_glance() {
    let root = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/src/lib.rs")).unwrap();
    let lines: Vec<_> = root.lines().collect();
    let names: usize =
        lines.iter().filter(|line| line.starts_with("pub use ")).map(|line| line.matches(',').count() + 1).sum();
    assert!((20..=MAX_NAMES).contains(&names), "{names} names");
    let shown = lines.windows(2).filter(|pair| pair[1].starts_with("pub mod ") && pair[0] != "#[doc(hidden)]");
    assert_eq!(shown.count(), 0, "a module is part of the face");
}
