//! What every run must keep to, whatever the target did: its exit code, its reports, its streams, and no secret in any.

use std::collections::BTreeSet;

use crate::hostile::running::{BOUND, Ran};
use crate::hostile::target::ELSEWHERE;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use errdrift::catalog::schema::Schema;
use errdrift::reference::Api;
use errdrift::{judge, reference};
use quick_junit::Report;
use serde_json::Value;

/// What is wrong with a run that should exit with that code and tell of that rule, or say that text.
pub(crate) fn problems(ran: &Ran, exit: i32, tells: &str) -> Vec<String> {
    let mut problems = Vec::new();
    if let Some(why) = &ran.killed {
        problems.push(format!("the watchdog ended it: {why}"));
        return problems;
    }
    let mut holds = |is: bool, why: &dyn Fn() -> String| {
        if !is {
            problems.push(why());
        }
    };
    holds(!ran.stderr.contains("panicked"), &|| format!("it panicked: {}", ran.stderr));
    holds(ran.code == Some(exit), &|| {
        format!("exit {:?} and not {exit}: {}{}", ran.code, tail(&ran.stdout), ran.stderr)
    });
    holds(!cfg!(target_os = "linux") || ran.peak > 0, &|| "nobody looked at its memory".to_owned());
    holds(ran.peak <= BOUND, &|| format!("it took {} MiB", ran.peak / 1024));
    holds(ELSEWHERE.came() == 0, &|| "somebody came elsewhere".to_owned());
    problems.extend(json(ran, exit, tells));
    problems.extend(junit(ran));
    problems.extend(others(ran));
    problems.extend(streams(ran));
    problems.extend(secrets(ran));
    problems
}

/// The end of a summary.
fn tail(text: &str) -> String {
    let lines: Vec<_> = text.lines().rev().take(3).collect();
    lines.into_iter().rev().map(|line| format!("{line}\n")).collect()
}

fn json(ran: &Ran, exit: i32, tells: &str) -> Vec<String> {
    let report: Value = match serde_json::from_str(&ran.reports["json"]) {
        Ok(report) => report,
        Err(error) => return vec![format!("the JSON report is none: {error}")],
    };
    let schema: Value = serde_json::from_str(include_str!("../../schemas/report.schema.json")).unwrap();
    let mut problems: Vec<_> =
        Schema::compile("report", &schema).unwrap().violations(&report).iter().map(|v| format!("{v:?}")).collect();
    let number = |name: &str| report["summary"][name].as_u64().unwrap_or(0);
    let sum: u64 = ["passed", "failed", "waived", "inconclusive", "not_exercised"].map(number).iter().sum();
    if sum != number("probes") || sum == 0 {
        problems.push(format!("the counts do not add up: {}", report["summary"]));
    }
    if report["exit_code"] != exit {
        problems.push(format!("exit_code {} and not {exit}", report["exit_code"]));
    }
    if judge::find(tells).is_some() {
        let drifts = report["drifts"].as_array().into_iter().flatten();
        let all = drifts
            .flat_map(|drift| std::iter::once(drift).chain(drift["consequences"].as_array().into_iter().flatten()));
        let rules: BTreeSet<_> = all.filter_map(|drift| drift["rule"].as_str()).collect();
        if !rules.contains(tells) {
            problems.push(format!("{tells} is not among {rules:?}: {}", first_reply(&report)));
        }
    } else if !ran.stdout.contains(tells) {
        problems.push(format!("no `{tells}` in {}", tail(&ran.stdout)));
    }
    problems
}

fn first_reply(report: &Value) -> String {
    let first = &report["results"][0];
    let text = format!("{} {}", first["reply"], first["silence"]);
    text.chars().take(300).collect()
}

/// The report as XML 1.0 has it (section 2.2): no other character, neither as it is nor by reference.
fn junit(ran: &Ran) -> Vec<String> {
    let is_char = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}');
    let (mut problems, junit) = (Vec::new(), &ran.reports["junit"]);
    if let Some(c) = junit.chars().find(|c| !is_char(*c)) {
        problems.push(format!("JUnit has U+{:04X}", u32::from(c)));
    }
    for reference in junit.split('&').skip(1) {
        let Some((name, _)) = reference.split_once(';') else {
            problems.push(format!("JUnit has a reference without an end: {}", &reference[..reference.len().min(20)]));
            continue;
        };
        let code = name.strip_prefix("#x").map_or_else(
            || name.strip_prefix('#').and_then(|digits| digits.parse().ok()),
            |digits| u32::from_str_radix(digits, 16).ok(),
        );
        let known = ["amp", "lt", "gt", "quot", "apos"].contains(&name);
        if !known && !code.and_then(char::from_u32).is_some_and(is_char) {
            problems.push(format!("JUnit has the reference &{name};"));
        }
    }
    match Report::deserialize_from_str(junit) {
        Err(error) => problems.push(format!("JUnit is no report: {error}")),
        Ok(report) if report.failures + report.errors == 0 => problems.push("JUnit is green".to_owned()),
        Ok(_) => {}
    }
    problems
}

/// The other reports are whole, and none is green.
fn others(ran: &Ran) -> Vec<String> {
    let mut problems = Vec::new();
    for (format, text) in ran.reports.iter().filter(|(format, _)| !["json", "junit"].contains(format)) {
        let is_red = text.contains("FAIL") || text.contains("NOT JUDGED");
        let is_whole = match *format {
            "sarif" => {
                serde_json::from_str(text).is_ok_and(|log: Value| log["runs"][0]["invocations"][0]["exitCode"] != 0)
            }
            "har" => serde_json::from_str(text).is_ok_and(|archive: Value| archive["log"]["entries"].is_array()),
            "github" => text.contains("::error ") && text.lines().all(is_annotation),
            "html" => text.starts_with("<!DOCTYPE html>") && text.ends_with("</html>\n") && is_red,
            "markdown" => text.starts_with("**errdrift: FAIL**") || text.starts_with("**errdrift: NOT JUDGED**"),
            _ => is_red,
        };
        if !is_whole {
            problems.push(format!("{format} is not whole, or green: {}", text.chars().take(300).collect::<String>()));
        }
    }
    problems
}

/// A line of ours for the runner of GitHub.
fn is_annotation(line: &str) -> bool {
    ["::error ", "::warning ", "::notice ", "errdrift: "].iter().any(|start| line.starts_with(start))
}

/// Whether a character moves the cursor, or reorders or hides text.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// What a terminal or the log of a CI would obey.
fn streams(ran: &Ran) -> Vec<String> {
    let mut problems = Vec::new();
    for (name, text) in ran.outputs() {
        if let Some(c) = text.chars().find(|c| is_hidden(*c) && *c != '\n' && (name, *c) != ("html", '\t')) {
            problems.push(format!("{name} has U+{:04X}", u32::from(c)));
        }
    }
    for line in ran.stdout.lines().chain(ran.stderr.lines()) {
        let commands = ["::", "##[", "##vso[", "##teamcity["];
        let commands = commands.iter().any(|command| line.trim_start().starts_with(command));
        let tap = ["ok ", "not ok ", "Bail out!", "1.."].iter().any(|word| line.starts_with(word));
        if commands || tap || line.contains("##vso[") || line.contains("##teamcity[") {
            problems.push(format!("a line that somebody obeys: {line}"));
        }
    }
    problems
}

/// Parts of the run's secrets, in clear and in Base64, wherever the target's own bytes put them.
fn secrets(ran: &Ran) -> Vec<String> {
    const PART: usize = 16;
    let mut problems = Vec::new();
    for (output, text) in ran.outputs() {
        let lower = text.to_lowercase();
        for (name, secret) in reference::environment(Api::OzApi) {
            let found = |text: &str, form: &str| {
                (0..form.len() / PART).any(|part| text.contains(&form[part * PART..(part + 1) * PART]))
            };
            if found(&lower, &secret.to_lowercase()) {
                problems.push(format!("{output} has {name}"));
            }
            // Three ways, by where in three bytes the secret begins.
            for shift in 0..3 {
                let forms = [STANDARD_NO_PAD.encode(&secret[shift..]), URL_SAFE_NO_PAD.encode(&secret[shift..])];
                if forms.iter().any(|form| found(text, form)) {
                    problems.push(format!("{output} has {name} in Base64"));
                }
            }
        }
    }
    problems.dedup();
    problems
}
