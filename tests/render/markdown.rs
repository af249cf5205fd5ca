//! The report as Markdown, read by a parser of GitHub's dialect.

use super::fixture::{HOSTILE, closing, finding, hostile, hostile_pieces, mixed_closing, opening, report, result};
use comrak::nodes::NodeValue;
use comrak::{Arena, Options, parse_document};
use errdrift::model::printable::hides;
use errdrift::model::verdict::Verdict;
use errdrift::render::markdown;
use errdrift::report::{Closing, Reason};

/// What a reader gets to see.
#[derive(Debug, Default)]
struct Read {
    /// Text that may be markup, mention or link.
    text: String,
    code: Vec<String>,
    fences: Vec<(String, String)>,
    html: Vec<String>,
    /// The number of cells of each row.
    rows: Vec<usize>,
    others: Vec<String>,
}

fn read(text: &str) -> Read {
    let mut options = Options::default();
    options.extension.table = true;
    options.extension.autolink = true;
    options.extension.strikethrough = true;
    options.extension.tasklist = true;
    options.extension.footnotes = true;
    let arena = Arena::new();
    let mut read = Read::default();
    for node in parse_document(&arena, text, &options).descendants() {
        match &node.data().value {
            NodeValue::Text(text) => read.text.push_str(text),
            NodeValue::Code(code) => read.code.push(code.literal.clone()),
            NodeValue::CodeBlock(block) => read.fences.push((block.info.clone(), block.literal.clone())),
            NodeValue::HtmlBlock(block) => read.html.push(block.literal.trim().to_owned()),
            NodeValue::TableRow(_) => read.rows.push(node.children().count()),
            NodeValue::Document
            | NodeValue::Paragraph
            | NodeValue::Strong
            | NodeValue::Table(_)
            | NodeValue::TableCell
            | NodeValue::List(_)
            | NodeValue::Item(_)
            | NodeValue::SoftBreak => {}
            other => read.others.push(format!("{other:?}")),
        }
    }
    read
}

fn document(closing: &Closing) -> String {
    let text = report("markdown", &opening(), &[], closing);
    assert!(text.len() <= markdown::MAX_LENGTH, "{} bytes", text.len());
    assert!(!text.contains(|c| hides(c) && c != '\n'), "characters that nobody sees");
    text
}

#[test]
fn a_summary_begins_with_the_verdict_and_has_a_row_a_drift() {
    let closing = mixed_closing();
    let text = document(&closing);
    let first = "**errdrift: FAIL**: `5 drifts (2 errors, 1 warning, 2 notes) in 13 probes; 1 waived; 1 inconclusive; 6 not exercised; exit 1`";
    assert_eq!(text.lines().next().unwrap(), first);
    for line in [
        "| error | `code-unexpected` | `/error_code`, service | 8 | `oz-api/folders.list/query-negative/offset` |",
        "* expected: `code 4 (INVALID VALUE)`",
        "<details><summary>error <code>code-unexpected</code>: 8 probes of 4 operations</summary>",
        "Not exercised: 6 probes",
        "| 5 | `OZ_EXPIRED_TOKEN is not set` | `oz-api/analyses.list/token-expired` |",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    let read = read(&text);
    assert_eq!(read.rows.iter().filter(|cells| **cells == 5).count(), 1 + closing.drifts.len());
    assert_eq!(read.fences.len(), closing.drifts.len());
    assert!(read.fences.iter().all(|(info, text)| info == "sh" && text.starts_with("curl ")));
    assert_eq!(read.others, Vec::<String>::new());
}

#[test]
fn a_run_without_drift_has_no_table_of_them() {
    let results = [result("oz-api", "folders.list", "method-put", Verdict::Pass, Vec::new())];
    let text = document(&closing(&results, false));
    assert!(text.starts_with("**errdrift: PASS**: `1 probe, no drift; exit 0`"), "{text}");
    assert!(!text.contains("severity"));
}

/// No more than what we wrote is markup.
fn is_harmless(text: &str) {
    let read = read(text);
    assert_eq!(read.others, Vec::<String>::new());
    for html in &read.html {
        let ours = html == "</details>"
            || (html.starts_with("<details><summary>") && html.ends_with("</summary>") && html.lines().count() == 1);
        assert!(ours, "{html}");
    }
    let opened = read.html.iter().filter(|html| html.starts_with("<details>")).count();
    assert_eq!(opened * 2, read.html.len(), "{:?}", read.html);
    for (info, command) in &read.fences {
        assert!(info == "sh" && command.starts_with("curl ") && command.lines().count() == 1, "{command}");
    }
    assert!(read.rows.iter().all(|cells| *cells == 5 || *cells == 3), "{:?}", read.rows);
    for word in ["@", "#", "evil", "pwned", "<", "](", "\\u", "Bail", "ok 99"] {
        assert!(!read.text.contains(word), "{word} in {}", read.text);
    }
    assert!(!text.contains("##"), "a command of Azure DevOps or TeamCity");
    for line in text.lines() {
        assert!(!line.trim_start().starts_with("::"), "a command of GitHub: {line}");
    }
}

#[test]
fn a_hostile_target_makes_no_markup() {
    let results = hostile(5_000_000);
    let mut closing = closing(&results, false);
    closing.reasons.push(Reason::Seen, format!("the target is unreachable: {HOSTILE}"));
    for entry in ["`", "|", "a|b\\|c", "\\", " ", "``` x", "<b>", HOSTILE] {
        let entry = errdrift::report::NotExercised { reason: entry.to_owned(), probe: entry.to_owned() };
        closing.not_exercised.push(entry.clone());
        closing.withheld.push(entry);
    }
    is_harmless(&document(&closing));
}

#[test]
fn no_piece_of_a_hostile_text_is_markup() {
    let mut shown = String::new();
    for pieces in hostile_pieces().chunks(5) {
        let text = document(&closing(pieces, false));
        is_harmless(&text);
        shown.push_str(&read(&text).code.concat());
    }
    for piece in ["@everyone", "](http://evil.example)", "<img src=x onerror=pwned>", "```", "#1 <!--", "</details>"] {
        assert!(shown.contains(piece), "{piece} in {shown}");
    }
}

#[test]
fn a_pipe_or_a_backtick_in_a_pointer_does_not_break_the_table() {
    for at in ["/a|b", "/a\\|b", "/a\\\\|b", "/`", "/``|``", "|", "` | `", "/a\\"] {
        let findings = vec![finding("code-unexpected", errdrift::model::verdict::Severity::Error, at, "x", at)];
        let results = [result("oz-api", "folders.list", "method-put", Verdict::Fail, findings)];
        let text = document(&closing(&results, false));
        let read = read(&text);
        assert_eq!(read.rows, [5, 5], "{at}: {text}");
        assert!(read.code.contains(&at.replace('|', "\\u{7c}")), "{at}: {:?}", read.code);
    }
}

#[test]
fn a_comment_stays_below_the_limit_of_github() {
    let mut closing = mixed_closing();
    let mut one = closing.drifts[0].clone();
    one.finding.at = errdrift::model::place::Place::pointer("/🙂`".repeat(1_000));
    one.finding.actual = "🙂".repeat(1_000);
    one.finding.expected = "` ".repeat(1_000);
    closing.drifts = vec![one; 400];
    for length in 1_000..1_050 {
        closing.reasons.push(Reason::Seen, "🙂".repeat(length));
    }
    for index in 0..100 {
        let entry = errdrift::report::NotExercised {
            reason: format!("{index} {}", "🙂".repeat(500)),
            probe: "🙂".repeat(500),
        };
        closing.not_exercised.push(entry.clone());
        closing.withheld.push(entry);
    }
    let text = document(&closing);
    assert!(text.contains("more drifts in the JSON report."), "{text}");
    is_harmless(&text);
}
