//! A report is a file that anybody may have written: no credential goes where only the report says, and no file is read that
//! only the report names.

use serde_json::Value;

use crate::secrets::echo::Echo;
use crate::secrets::everywhere::{Bench, SUITE};

const PROBE: &str = "s/b/path-unknown-id";
const WITH_TOKEN: &str = "s/a/method-invented";
const TOKEN: &str = "Zq7Xw2Kp9LmN4vRt8YbC";

fn wrong() -> Echo {
    Echo::answering(|_| b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}".to_vec())
}

/// A run with its report.
fn bench(target: &str) -> Bench {
    let bench = Bench::new(TOKEN, "nobody-knows-5512", "nobody-knows-7734");
    let (printed, code) = bench.errdrift(&["run", "s.toml", "--target", target, "--quiet", "--report", "json=r.json"]);
    assert_eq!(code, 1, "{}", String::from_utf8_lossy(&printed));
    bench
}

fn edit(bench: &Bench, edit: impl Fn(&mut Value)) {
    let mut report: Value = serde_json::from_slice(&bench.read("r.json")).unwrap();
    edit(&mut report);
    std::fs::write(bench.folder.path().join("r.json"), report.to_string()).unwrap();
}

/// What `replay` says, and its exit code.
fn replay(bench: &Bench, probe: &str, more: &[&str]) -> (String, i32) {
    let (printed, code) = bench.errdrift(&[&["replay", "r.json", "--probe", probe], more].concat());
    (String::from_utf8(printed).unwrap(), code)
}

#[test]
fn a_credential_goes_only_where_the_command_line_says() {
    let (right, other) = (wrong(), wrong());
    let bench = bench(&right.target);
    let carried = |echo: &Echo| echo.heads.lock().unwrap().iter().filter(|head| head.contains(TOKEN)).count();
    // All of the report says so, and it is this machine: anybody may listen here.
    edit(&bench, |report| {
        *report = serde_json::from_str(&report.to_string().replace(&right.target, &other.target)).unwrap();
    });
    let (text, code) = replay(&bench, WITH_TOKEN, &[]);
    assert!(code == 2 && text.contains("${TOKEN}") && text.contains(&format!("--target {}", other.target)), "{text}");
    assert!(other.heads.lock().unwrap().is_empty(), "nothing was sent");
    let (text, code) = replay(&bench, WITH_TOKEN, &["--target", &other.target]);
    assert!(code == 1 && text.contains("x-api-key: ${TOKEN}") && carried(&other) > 0, "{text}");
}

#[test]
fn a_host_that_only_the_report_names_gets_nothing() {
    let right = wrong();
    let bench = bench(&right.target);
    for target in [
        "http://203.0.113.1",
        "https://attacker.example",
        "http://localhost.attacker.example",
        "http://[2001:db8::1]:80",
    ] {
        edit(&bench, |report| report["target"] = target.into());
        let (text, code) = replay(&bench, PROBE, &[]);
        assert!(
            code == 2 && text.contains(&format!("--target {target}")) && text.contains("nothing was sent"),
            "{code}: {text}"
        );
    }
    // A probe without a credential may go to this machine.
    edit(&bench, |report| report["target"] = right.target.as_str().into());
    let without = replay(&bench, "s/a/credentials-absent", &[]);
    assert_eq!(without.1, 1, "{}", without.0);
}

#[test]
fn no_suite_is_read_that_only_the_report_names() {
    let right = wrong();
    let bench = bench(&right.target);
    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().join("s.toml");
    std::fs::write(&file, SUITE).unwrap();
    let mut names = vec![file.to_str().unwrap().to_owned(), "../s.toml".to_owned(), "/dev/zero".to_owned()];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&file, bench.folder.path().join("link.toml")).unwrap();
        names.push("./link.toml".to_owned());
    }
    for name in &names {
        edit(&bench, |report| report["suite_names"]["s"] = name.as_str().into());
        for arguments in
            [["judge", "r.json"].as_slice(), &["replay", "r.json", "--probe", PROBE, "--target", &right.target]]
        {
            let (printed, code) = bench.errdrift(arguments);
            let text = String::from_utf8(printed).unwrap();
            assert!(code == 2 && text.contains("--suite") && text.contains("current folder"), "{name}: {code}: {text}");
        }
    }
    let (_, code) = bench.errdrift(&["judge", "r.json", "--suite", file.to_str().unwrap()]);
    assert_eq!(code, 1);
    // One in the current folder is read, by a path from the root, too.
    let here = bench.folder.path().canonicalize().unwrap().join("s.toml");
    edit(&bench, |report| report["suite_names"]["s"] = here.to_str().unwrap().into());
    assert_eq!(bench.errdrift(&["judge", "r.json"]).1, 1);
}

#[test]
fn judging_again_reads_no_variable() {
    let right = wrong();
    let known = SUITE.replace("path_parameters.id", "known.id = \"${KNOWN}\"\npath_parameters.id");
    let bench = Bench::new(TOKEN, "nobody-knows-5512", "nobody-knows-7734");
    std::fs::write(bench.folder.path().join("s.toml"), known).unwrap();
    let judged = |bench: &Bench, report: &str| {
        let (printed, code) = bench.errdrift(&["judge", "r.json", "--report", &format!("json={report}")]);
        (String::from_utf8(printed).unwrap(), code)
    };
    bench.errdrift(&["run", "s.toml", "--target", &right.target, "--quiet", "--report", "json=r.json"]);
    let first = judged(&bench, "first.json");
    // Even where a variable has what no run would take.
    let other = bench.with("x", "y", "z");
    assert_eq!(judged(&other, "second.json"), first);
    assert_eq!(other.read("first.json"), other.read("second.json"));
}
