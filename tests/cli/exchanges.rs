//! Exchanges of an earlier run: one sent again byte by byte, all judged again without sending anything.

use crate::support::{Ran, deployment, errdrift, ran, run};
use errdrift::reference;
use errdrift::reference::Api;
use errdrift::run::embedded::Running;
use serde_json::Value;
use tempfile::TempDir;

/// A deployment with a run of one of its operations, and that run's report.
struct Bench {
    running: Running,
    folder: TempDir,
}

impl Bench {
    fn new(drift: Option<&str>, arguments: &[&str]) -> Self {
        let bench = Self { running: deployment(Api::OzApi, drift), folder: tempfile::tempdir().unwrap() };
        let report = format!("json={}", bench.path("run.json"));
        run(&bench.running, Api::OzApi, &[arguments, &["--quiet", "--report", &report]].concat());
        bench
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn report(&self, name: &str) -> Value {
        serde_json::from_str(&std::fs::read_to_string(self.path(name)).unwrap()).unwrap()
    }

    /// `errdrift replay` of a probe of the run, with the deployment's credentials, to the deployment unless told otherwise.
    fn replay(&self, probe: &str, arguments: &[&str]) -> Ran {
        let mut command = errdrift(&["replay", &self.path("run.json"), "--probe", probe]);
        if !arguments.contains(&"--target") {
            command.args(["--target", self.running.target.as_str()]);
        }
        command.args(arguments).envs(reference::environment(Api::OzApi).iter().copied());
        Ran::of(&command.output().unwrap())
    }

    /// `errdrift judge` of the run, and its report.
    fn judge(&self, code: i32) -> (String, Value) {
        let report = format!("json={}", self.path("judged.json"));
        let ran = ran(&["judge", &self.path("run.json"), "--report", &report]).exits(code);
        (ran.stdout, self.report("judged.json"))
    }

    /// Changes the run's report.
    fn edit(&self, edit: impl Fn(&mut Value)) {
        let mut report = self.report("run.json");
        edit(&mut report);
        std::fs::write(self.path("run.json"), report.to_string()).unwrap();
    }
}

const ONE: &[&str] = &["--operation", "folders.get"];

#[test]
fn a_probe_is_sent_again_and_every_byte_is_shown_without_its_credential() {
    let bench = Bench::new(Some("code-as-string"), ONE);
    let before = bench.running.witness.requests();
    let ran = bench.replay("oz-api/folders.get/path-ill-typed-id/folder_id", &[]).exits(1);
    let text = &ran.stdout;
    assert!(text.contains("\n> GET /api/folders/") && text.contains(" HTTP/1.1\\r\\n\n> "), "{text}");
    assert!(text.contains("${OZ_TOKEN}\\r\\n\n") && text.contains("\n> host: 127.0.0.1:"), "{text}");
    assert!(!text.contains(reference::environment(Api::OzApi)[0].1), "{text}");
    assert!(
        text.contains("\n< HTTP/1.1 400 Bad Request\\r\\n\n") && text.contains("\n< {\"error_code\": \"4\""),
        "{text}"
    );
    assert!(text.contains("\nas before oz-api:schema-violation:/error_code#type:*:service:string:error\n"), "{text}");
    assert!(!text.contains("\nnew ") && !text.contains("\nnot now "), "{text}");
    // The probe, and a look at a path outside the API.
    assert_eq!(bench.running.witness.requests() - before, 2);
}

#[test]
fn another_target_shows_what_is_no_longer_there() {
    let bench = Bench::new(Some("code-as-string"), ONE);
    let right = deployment(Api::OzApi, None);
    let ran = bench.replay("oz-api/folders.get/credentials-absent", &["--target", right.target.as_str()]).exits(0);
    let gone = "\nnot now   oz-api:schema-violation:/error_code#type:*:service:string:error\n";
    assert!(ran.stdout.contains(gone) && ran.stdout.contains("\nerrdrift: PASS: "), "{}", ran.stdout);
}

#[test]
fn what_no_library_sends_is_shown_as_it_leaves_with_its_pauses() {
    let bench = Bench::new(None, &["--fault", "head-slow"]);
    let report = bench.report("run.json");
    let scripted = report["results"].as_array().unwrap().iter().filter(|result| result["request"].get("raw").is_some());
    let probes: Vec<_> = scripted.map(|result| result["probe"].as_str().unwrap().to_owned()).collect();
    let slow = probes.iter().find(|probe| probe.contains("head-slow")).unwrap();
    let ran = bench.replay(slow, &[]);
    assert!(ran.stdout.contains("\n  (nothing for "), "{}", ran.stdout);
}

#[test]
fn through_a_proxy_it_is_shown_as_the_proxy_gets_it_without_its_credentials() {
    let bench = Bench::new(None, ONE);
    // The embedded deployment takes the absolute form, too.
    let proxy = bench.running.target.as_str().replace("http://", "http://user:open%20sesame@");
    let ran = bench.replay("oz-api/folders.get/credentials-absent", &["--proxy", &proxy]);
    let line = format!("\n> GET {}/api/folders/", bench.running.target.as_str());
    assert!(ran.stdout.contains(&line), "{}", ran.stdout);
    assert!(ran.stdout.contains("\n> proxy-authorization: Basic …\\r\\n\n"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("dXNlcjpvcGVuIHNlc2FtZQ") && !ran.stdout.contains("open"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("written here"), "{}", ran.stdout);
}

#[test]
fn a_replay_that_makes_no_sense_is_refused_before_anything_is_sent() {
    let bench = Bench::new(None, ONE);
    let before = bench.running.witness.requests();
    bench
        .replay("oz-api/folders.get/credentials-absnt", &[])
        .exits(2)
        .says("did you mean `oz-api/folders.get/credentials-a");
    let path = bench.path("run.json");
    let probe = "oz-api/folders.get/path-ill-typed-id/folder_id";
    ran(&["replay", &path, "--probe", probe]).exits(2).says("${OZ_TOKEN} is not set, and oz-api/");
    ran(&["replay", "/nowhere/at-all.json", "--probe", probe]).exits(2).says("cannot be read");
    bench.edit(|report| report["suite_names"]["oz-api"] = "./elsewhere.toml".into());
    bench.replay(probe, &[]).exits(2).says("--suite FILE names one that is elsewhere now");
    // A look at a path outside the API is no probe.
    assert!(bench.running.witness.requests() - before <= 1);
    bench.replay(probe, &["--suite", "oz-api"]).exits(0);
}

#[test]
fn stored_exchanges_come_to_the_same_verdict_and_nothing_is_sent() {
    for (drift, code) in [(None, 0), (Some("code-as-string"), 1), (Some("omits-allow"), 0), (Some("echoes-token"), 1)] {
        let bench = Bench::new(drift, &[]);
        let before = bench.running.witness.requests();
        let (text, judged) = bench.judge(code);
        assert_eq!(bench.running.witness.requests(), before);
        let run = bench.report("run.json");
        let signatures = |report: &Value| {
            let drifts = report["drifts"].as_array().unwrap();
            let drifts = drifts.iter().map(|drift| (drift["signature"].to_string(), drift["count"].clone()));
            drifts.collect::<std::collections::BTreeMap<_, _>>()
        };
        assert_eq!(signatures(&judged), signatures(&run), "{text}");
        assert_eq!(judged["summary"], run["summary"], "{text}");
        assert_eq!(judged["results"].as_array().unwrap().len(), run["results"].as_array().unwrap().len());
    }
}

#[test]
fn a_reply_is_judged_by_what_the_report_says_came() {
    let bench = Bench::new(None, ONE);
    bench.edit(|report| {
        let results = report["results"].as_array_mut().unwrap();
        let absent = results.iter_mut().find(|result| result["fault"] == "credentials-absent").unwrap();
        let body = "{\"error_code\": 6.5, \"error_message\": \"no\", \"details\": null}";
        absent["reply"]["body"] = body.into();
        absent["reply"]["body_bytes"] = body.len().into();
    });
    let (text, judged) = bench.judge(1);
    assert!(text.contains("schema-violation") && text.contains("/error_code"), "{text}");
    assert_eq!(judged["summary"]["failed"], 1);
}

#[test]
fn what_cannot_be_judged_again_is_named() {
    let bench = Bench::new(None, ONE);
    bench.edit(|report| {
        let results = report["results"].as_array_mut().unwrap();
        results[0]["reply"]["body_bytes"] = 100_000.into();
        results[1]["probe"] = "oz-api/folders.get/no-such-fault".into();
    });
    let cut = bench.report("run.json")["results"][0]["probe"].as_str().unwrap().to_owned();
    let (_, judged) = bench.judge(0);
    let inactive = judged["inactive"].to_string();
    assert!(inactive.contains("has its body cut") && inactive.contains(&cut), "{inactive}");
    assert!(inactive.contains("credential-disclosed"), "{inactive}");
    let unsent = judged["not_exercised"].to_string();
    assert!(unsent.contains("oz-api/folders.get/no-such-fault") && unsent.contains("no such probe"), "{unsent}");
}
