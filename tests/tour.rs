//! The tour of the README, run as it stands by a shell, against the embedded deployment.

use std::path::Path;
use std::process::{Command, Stdio};

use errdrift::reference;
use errdrift::reference::Api;

const README: &str = include_str!("../README.md");

/// The block of shell under the heading.
fn tour() -> &'static str {
    let section = README.split("\n### A tour\n").nth(1).unwrap();
    section.split("```sh\n").nth(1).unwrap().split("```").next().unwrap()
}

/// What the tour prints, from one `echo` of an exit code to the next: the name of the step, its code, and its output.
fn steps(text: &str) -> Vec<(String, String, String)> {
    let mut steps = Vec::new();
    let mut output = String::new();
    for line in text.lines() {
        match line.split_once(": exit ").filter(|(name, code)| !name.contains(' ') && code.len() == 1) {
            Some((name, code)) => steps.push((name.to_owned(), code.to_owned(), std::mem::take(&mut output))),
            None => output.extend([line, "\n"]),
        }
    }
    steps
}

#[test]
fn the_tour_of_the_readme_does_what_it_says() {
    let binaries = Path::new(env!("CARGO_BIN_EXE_errdrift")).parent().unwrap();
    let path = std::env::var("PATH").unwrap();
    let folder = tempfile::tempdir().unwrap();
    // Where the shell fails, what it has started must not outlive it.
    let script = format!("trap 'kill $(jobs -p) 2>/dev/null' EXIT\n{}", tour());
    let mut command = Command::new("bash");
    command.args(["-c", &script]).env("PATH", format!("{}:{path}", binaries.display())).stdin(Stdio::null());
    for (name, _) in Api::ALL.into_iter().flat_map(reference::environment) {
        command.env_remove(name);
    }
    let output = command.env("TMPDIR", folder.path()).env_remove("COLUMNS").output().unwrap();
    let (stdout, stderr) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8_lossy(&output.stderr));
    assert!(!stderr.contains("errdrift: ") && !stderr.contains("panicked"), "{stderr}\n{stdout}");
    let steps = steps(&stdout);
    let codes: Vec<_> = steps.iter().map(|(name, code, _)| format!("{name} {code}")).collect();
    assert_eq!(codes, ["run 1", "replay 1", "waived 0", "baseline 1", "compare 1", "judge 1"], "{stdout}\n{stderr}");
    let has = |step: usize, text: &str| assert!(steps[step].2.contains(text), "no `{text}` in:\n{}", steps[step].2);
    has(0, "error bytes-after-reply ");
    has(1, "> ERRDRIFT /api/folders/");
    has(1, "< HTTP/1.1 405 ");
    has(1, "as before oz-api:");
    has(2, "errdrift: WAIVED: ");
    has(4, "errdrift: BREAKING: ");
    has(5, "error bytes-after-reply ");
    for step in [3, 4] {
        // Long lines of the summary are wrapped.
        let joined = steps[step].2.replace("\n    ", " ");
        let breaking: Vec<_> = joined.lines().filter(|line| line.contains("breaking: ")).collect();
        assert!(breaking.len() == 1 && breaking[0].contains("the code 6 became 7 ("), "{joined}");
    }
}
