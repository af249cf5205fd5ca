//! Waivers and the ratchet: what is accepted passes and stays visible, and nothing else does.

use std::path::PathBuf;

use crate::support::{Ran, deployment, ran, run};
use errdrift::catalog::schema::Schema;
use errdrift::reference::Api;
use errdrift::run::embedded::Running;
use serde_json::Value;
use tempfile::TempDir;

const DRIFT: &str = "code-as-string";
const SIGNATURE: &str = "oz-api:schema-violation:/error_code#type:*:service:string:error";
/// The same as errdrift 0.1 wrote it.
const EARLIER: &str = "oz-api:schema-violation:/error_code#type:*:service";
const ONE: &[&str] = &["--quiet", "--operation", "folders.get"];

/// A deployment whose codes are texts, and a directory for files.
struct Bench {
    running: Running,
    directory: TempDir,
}

impl Bench {
    fn new() -> Self {
        Self { running: deployment(Api::OzApi, Some(DRIFT)), directory: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// What a run with these waivers comes to.
    fn waived(&self, waivers: &str, arguments: &[&str]) -> Ran {
        let path = self.path("waivers.toml");
        std::fs::write(&path, waivers).unwrap();
        run(&self.running, Api::OzApi, &[arguments, &["--waivers", path.to_str().unwrap()]].concat())
    }
}

fn waiver(names: &str) -> String {
    format!("[[waiver]]\n{names}\nowner = \"team-api\"\nreason = \"mended in March\"\nexpires = \"2999-12-31\"\n")
}

fn signed() -> String {
    waiver(&format!("signature = \"{SIGNATURE}\""))
}

#[test]
fn a_waived_drift_fails_nothing_and_stays_visible() {
    let bench = Bench::new();
    let (json, junit) = (bench.path("r.json"), bench.path("r.xml"));
    let (json_option, junit_option) = (format!("json={}", json.display()), format!("junit={}", junit.display()));
    let ran = bench.waived(&signed(), &[ONE, &["--report", &json_option, "--report", &junit_option]].concat()).exits(0);
    let words = ran.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("waived by team-api until 2999-12-31: mended in March"), "{words}");
    assert!(ran.stdout.contains("errdrift: WAIVED: ") && ran.stdout.contains("(1 waived)"), "{}", ran.stdout);
    let report: Value = serde_json::from_str(&std::fs::read_to_string(json).unwrap()).unwrap();
    let schema = serde_json::from_str(include_str!("../../schemas/report.schema.json")).unwrap();
    assert_eq!(Schema::compile("report", &schema).unwrap().violations(&report), []);
    let (drift, summary) = (&report["drifts"][0], &report["summary"]);
    assert_eq!((&report["verdict"], &report["exit_code"]), (&Value::from("waived"), &Value::from(0)));
    assert_eq!(drift["waived"], drift["count"]);
    assert_eq!((&summary["waived"], &summary["failed"], &summary["errors"]), (&drift["count"], &0.into(), &0.into()));
    let waived = report["results"].as_array().unwrap().iter().find(|result| result["verdict"] == "waived").unwrap();
    assert_eq!(waived["findings"][0]["waived"]["owner"], "team-api");
    let junit = std::fs::read_to_string(junit).unwrap();
    assert!(junit.contains("waived: by team-api until 2999-12-31") && !junit.contains("<failure"));
}

#[test]
fn a_waiver_hides_nothing_but_what_it_names() {
    let bench = Bench::new();
    let two = ["--quiet", "--operation", "folders.get", "--operation", "media.create"];
    let of_one = waiver("operation = \"folders.*\"");
    let ran = bench.waived(&of_one, &two).exits(1);
    assert!(ran.stdout.contains(" of these probes\n"), "{}", ran.stdout);
    // Another finding of the same reply still fails.
    bench.waived(&waiver("rule = \"media-type-missing\""), ONE).exits(1);
    // What only another tier sends is nothing to hold against a waiver.
    bench.waived(&format!("{}max = 100000\n{}", signed(), waiver("cause = \"too-large\"")), &["--quiet"]).exits(0);
    // A wholly waived drift comes after what fails.
    let other = bench.waived(&waiver("cause = \"wrong-method\""), ONE).exits(1);
    assert!(other.stdout.contains("errdrift: FAIL"), "{}", other.stdout);
}

#[test]
fn a_waiver_that_is_no_longer_right_fails_the_run_by_file_and_line() {
    let bench = Bench::new();
    let expired = signed().replace("2999-12-31", "2026-01-31");
    let never = waiver("signature = \"oz-api:no-reply:reply:*:none\"");
    for (waivers, arguments, expected) in [
        (expired.clone(), ONE, "waivers.toml:1: the waiver of team-api expired on 2026-01-31"),
        (format!("{}max = 3\n", signed()), ONE, "probes match this waiver, and its `max` is 3"),
    ] {
        let ran = bench.waived(&waivers, arguments).exits(1);
        let text = ran.stdout.replace("\n    ", " ");
        assert!(text.contains(expected) && text.contains("the waivers fail; exit 1"), "{}", ran.stdout);
    }
    // A part of the probes proves nothing of a waiver that nothing matches, or that another takes the matches of.
    for waivers in [format!("{}{never}", signed()), format!("{}{}", signed(), signed())] {
        bench.waived(&waivers, ONE).exits(0);
    }
    let whole = format!("{}max = 100000\n{never}{}max = 100000\n", signed(), signed());
    let ran = bench.waived(&whole, &["--quiet"]).exits(1);
    let text = ran.stdout.replace("\n    ", " ");
    assert!(text.contains("waivers.toml:7: nothing matches this waiver; leave it out"), "{}", ran.stdout);
    assert!(text.contains("waivers.toml:12: all that matches this waiver is taken by the one on line 1"), "{text}");
}

#[test]
fn a_waiver_that_is_wrong_is_refused_before_anything_is_sent() {
    let bench = Bench::new();
    for (waivers, expected) in [
        (
            waiver("suite = \"oz-api\""),
            "waivers.toml:1: /waiver/0: this waiver would accept all that is wrong with a suite",
        ),
        (waiver(""), "waivers.toml:1: /waiver/0: this waiver would accept all"),
        (
            waiver("rule = \"no-repli\""),
            "waivers.toml:2: /waiver/0/rule: no rule is named `no-repli`; did you mean `no-reply`?",
        ),
        (waiver("cause = \"forbiden\""), "did you mean `forbidden`?"),
        (
            signed().replace("team-api", " "),
            "waivers.toml:3: /waiver/0/owner: `owner` is blank; write who answers for it",
        ),
        (signed().replace("mended in March", ""), "waivers.toml:4: /waiver/0/reason: `reason` is blank"),
        (
            signed().replace("2999-12-31", "2027-02-30"),
            "waivers.toml:5: /waiver/0/expires: expected text in the format date",
        ),
        (signed().replace("expires", "expire"), "did you mean `expires`?"),
    ] {
        bench.waived(&waivers, ONE).exits(2).says(expected);
        ran(&["check", bench.path("waivers.toml").to_str().unwrap()]).exits(2).says(expected);
    }
    std::fs::write(bench.path("waivers.toml"), signed()).unwrap();
    let right = ran(&["check", bench.path("waivers.toml").to_str().unwrap()]).exits(0);
    assert!(right.stdout.ends_with("waivers.toml: 1 waiver\n"), "{}", right.stdout);
}

#[test]
fn waive_writes_what_a_run_found_with_blanks_that_must_be_filled() {
    let bench = Bench::new();
    let json = bench.path("r.json");
    run(&bench.running, Api::OzApi, &[ONE, &["--report", &format!("json={}", json.display())]].concat()).exits(1);
    let written = ran(&["waive", json.to_str().unwrap()]).exits(0).stdout;
    assert!(written.contains(&format!("signature = \"{SIGNATURE}\"")), "{written}");
    bench.waived(&written, ONE).exits(2).says("`owner` is blank").says("`reason` is blank");
    let filled = written.replace("owner = \"\"", "owner = \"me\"").replace("reason = \"\"", "reason = \"so\"");
    bench.waived(&filled, ONE).exits(0);
    std::fs::write(&json, "{}").unwrap();
    ran(&["waive", json.to_str().unwrap()]).exits(2).says("r.json: is no report in JSON");
}

#[test]
fn a_ratchet_refuses_more_than_last_time_and_remembers_less() {
    let bench = Bench::new();
    let path = bench.path("drift.ratchet");
    let ratcheted = |running: &Running, arguments: &[&str]| {
        run(running, Api::OzApi, &[arguments, &["--quiet", "--ratchet", path.to_str().unwrap()]].concat())
    };
    // What is not there accepts nothing, and is not written by a part of the probes.
    let part = ratcheted(&bench.running, &["--operation", "folders.get"]).exits(1);
    assert!(part.stdout.contains("not written, since") && !path.exists(), "{}", part.stdout);
    let first = ratcheted(&bench.running, &[]).exits(1);
    assert!(first.stdout.contains("written, since it did not exist"), "{}", first.stdout);
    let held = std::fs::read_to_string(&path).unwrap();
    let line = held.lines().find(|line| line.ends_with(SIGNATURE)).unwrap().to_owned();
    ratcheted(&bench.running, &[]).exits(0);
    ratcheted(&bench.running, &["--operation", "folders.get"]).exits(0);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), held);
    // One probe more, a drift more.
    std::fs::write(&path, held.replace(&line, &format!("1 {SIGNATURE}"))).unwrap();
    let more = ratcheted(&bench.running, &[]).exits(1);
    assert!(
        more.stdout.replace("\n    ", " ").contains(&format!("more: {SIGNATURE}, 1 probes last time")),
        "{}",
        more.stdout
    );
    std::fs::write(&path, held.replace(&line, "")).unwrap();
    let new = ratcheted(&bench.running, &[]).exits(1);
    assert!(new.stdout.contains(&format!("new: {SIGNATURE}")), "{}", new.stdout);
    // Less is remembered.
    std::fs::write(&path, &held).unwrap();
    ratcheted(&deployment(Api::OzApi, None), &[]).exits(0);
    assert!(!std::fs::read_to_string(&path).unwrap().contains(SIGNATURE));
    ratcheted(&bench.running, &[]).exits(1);
    std::fs::write(&path, "many oz-api\n").unwrap();
    ratcheted(&bench.running, &[]).exits(2).says("drift.ratchet:1: `many` is no number of probes");
}

#[test]
fn what_errdrift_0_1_wrote_goes_on_to_mean_what_it_meant_and_is_named() {
    let bench = Bench::new();
    let earlier = waiver(&format!("signature = \"{EARLIER}\""));
    for (waivers, named) in [
        (earlier, "waivers.toml:1: its signature is one of errdrift 0.1"),
        (waiver("operation = \"folders.*\""), "waivers.toml:1: it names no `severity`"),
    ] {
        let text = bench.waived(&waivers, ONE).exits(0).stdout.replace("\n    ", " ");
        assert!(text.contains(named) && text.contains(&format!("today that is `{SIGNATURE}`")), "{text}");
    }
    let said = bench.waived(&waiver("operation = \"folders.*\"\nseverity = \"error\""), ONE).exits(0).stdout;
    assert!(!said.contains("errdrift 0.1") && !said.contains("names no"), "{said}");
    bench.waived(&waiver("operation = \"folders.*\"\nseverity = \"warning\""), ONE).exits(1);

    let path = bench.path("drift.ratchet");
    let ratcheted = || run(&bench.running, Api::OzApi, &["--quiet", "--ratchet", path.to_str().unwrap()]);
    ratcheted().exits(1);
    let held = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, held.replace(SIGNATURE, EARLIER)).unwrap();
    let text = ratcheted().exits(0).stdout.replace("\n    ", " ");
    assert!(text.contains("written, since it was one of errdrift 0.1"), "{text}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), held);
}
