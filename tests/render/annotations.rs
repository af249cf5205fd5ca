//! The report as workflow commands, read as GitHub's runner reads them.

use std::collections::BTreeMap;

use super::fixture::{HOSTILE, closing, finding, hostile, hostile_pieces, mixed_closing, opening, report, result};
use errdrift::model::printable::hides;
use errdrift::model::verdict::{Severity, Verdict};
use errdrift::render::github;
use errdrift::report::{Closing, Opening, Reason};

/// A command, its properties and its text.
type Annotation = (String, BTreeMap<String, String>, String);

fn decoded(text: &str) -> String {
    text.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",").replace("%25", "%")
}

/// The commands, and the lines that are none.
fn read(opening: &Opening, closing: &Closing) -> (Vec<Annotation>, Vec<String>) {
    let text = report("github", opening, &[], closing);
    assert!(!text.contains(|c| hides(c) && c != '\n'), "characters that nobody sees");
    assert!(!text.contains("##"), "a command in the runner's older form");
    let (mut commands, mut others) = (Vec::new(), Vec::new());
    for line in text.lines() {
        let Some(rest) = line.trim_start().strip_prefix("::") else {
            others.push(line.to_owned());
            continue;
        };
        let (head, data) = rest.split_once("::").unwrap();
        let (command, properties) = head.split_once(' ').unwrap();
        let properties = properties.split(',').map(|property| {
            let (name, value) = property.split_once('=').unwrap();
            (name.to_owned(), decoded(value))
        });
        commands.push((command.to_owned(), properties.collect(), decoded(data)));
    }
    (commands, others)
}

#[test]
fn a_drift_is_an_annotation_at_its_operation() {
    let (commands, others) = read(&opening(), &mixed_closing());
    let kinds: Vec<_> = commands.iter().map(|(command, ..)| command.as_str()).collect();
    assert_eq!(kinds, ["error", "error", "warning", "notice", "notice"]);
    assert_eq!(others, Vec::<String>::new());
    let (_, properties, text) = &commands[0];
    let expected = [("file", "suites/oz-api.toml"), ("line", "20"), ("title", "errdrift: code-unexpected")];
    assert_eq!(properties, &expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
    let first = text.lines().next().unwrap();
    assert_eq!(first, "/error_code: expected code 4 (INVALID VALUE), got code 7 (AUTH INVALID)");
    assert!(text.lines().last().unwrap().starts_with("curl "), "{text}");
}

#[test]
fn more_than_github_shows_is_counted_in_one_line() {
    let mut closing = mixed_closing();
    closing.drifts = vec![closing.drifts[0].clone(); 25];
    closing.reasons.push(Reason::Seen, "the target went away".to_owned());
    let (commands, others) = read(&opening(), &closing);
    assert_eq!(commands.len(), github::MAX_ANNOTATIONS);
    assert_eq!(commands[0].1["title"], "errdrift: not judged");
    assert_eq!(others, ["errdrift: 16 more errors without an annotation: GitHub shows 10 of a kind"]);
}

#[test]
fn whatever_makes_a_run_red_is_an_error() {
    let warned = finding("allow-missing", Severity::Warning, "header:allow", "Allow", "none");
    let warned = [result("oz-api", "folders.list", "method-put", Verdict::Pass, vec![warned])];
    let unsure = [result("oz-api", "folders.list", "method-put", Verdict::Inconclusive, Vec::new())];
    let errors = |closing: &Closing| {
        let (commands, _) = read(&Opening { strict: true, ..opening() }, closing);
        commands.iter().filter(|(command, ..)| command == "error").count()
    };
    assert_eq!(errors(&closing(&warned, false)), 0);
    for red in [closing(&warned, true), closing(&unsure, false), closing(&[], false)] {
        assert_eq!(errors(&red), 1, "exit {}", red.exit_code);
    }
}

#[test]
fn a_hostile_target_gives_the_runner_no_command() {
    let pieces = hostile_pieces();
    let mut shown = String::new();
    for results in pieces.chunks(5).chain([hostile(5_000_000).as_slice()]) {
        let mut closing = closing(results, false);
        closing.reasons.push(Reason::Seen, HOSTILE.to_owned());
        let (commands, others) = read(&opening(), &closing);
        assert_eq!(commands.len(), closing.drifts.len() + 1);
        assert_eq!(others, Vec::<String>::new());
        for (command, properties, text) in commands {
            assert!(["error", "warning", "notice"].contains(&command.as_str()), "{command}");
            let names: Vec<_> = properties.keys().map(String::as_str).collect();
            assert!(names == ["file", "line", "title"] || names == ["title"], "{names:?}");
            assert!(
                text.lines().filter(|line| !line.starts_with("follows: ")).count() <= 5,
                "a line of the target's own: {text}"
            );
            shown.push_str(&text);
        }
    }
    // Decoded once, as the runner does, what was encoded by the target stays so.
    assert!(shown.contains("%0A::error::pwned,line=1"), "{shown}");
}
