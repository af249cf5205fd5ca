//! The page from fixtures, read back.

use std::collections::BTreeSet;

use crate::html::reader::{Element, read};
use crate::render::fixture::{HOSTILE, closing, finding, hostile, mixed, mixed_closing, opening, report, result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use errdrift::judge::finding::Repeats;
use errdrift::model::cause::{CAUSES, Cause};
use errdrift::model::printable::hides;
use errdrift::model::verdict::{Severity, Verdict};
use errdrift::render::format::Format;
use errdrift::render::html::page::{POLICY, SCRIPT, STYLE};
use errdrift::report::{Closing, Coverage, Inactive, Precedence, ProbeResult, Reason};

/// The page of a run.
pub(crate) fn page(results: &[ProbeResult], closing: &Closing) -> String {
    report("html", &opening(), results, closing)
}

/// A run in which every text that a target or a suite can choose is hostile.
pub(crate) fn hostile_page(text: &str) -> String {
    let mut results = hostile(100_000);
    for result in &mut results {
        (result.probe, result.operation) = (format!("oz-api/{text}/x"), text.to_owned());
        result.evidence = Some(text.to_owned());
        for finding in &mut result.findings {
            (finding.at, finding.source) = (errdrift::model::place::Place::pointer(text), text.to_owned());
            (finding.expected, finding.actual) = (text.to_owned(), text.to_owned());
        }
        if let Some(reply) = &mut result.reply {
            text.clone_into(&mut reply.body);
            reply.headers.push((text.to_owned(), text.to_owned()));
        }
        if let Some(request) = &mut result.request {
            (request.url, request.command, request.raw) = (text.to_owned(), text.to_owned(), Some(text.to_owned()));
        }
    }
    let mut closing = closing(&results, false);
    closing.reasons.push(Reason::Seen, text.to_owned());
    closing.interrupted = Some(text.to_owned());
    closing.inactive.push(Inactive { what: text.to_owned(), why: text.to_owned() });
    closing.precedence.push(wins(text, Some(Cause::WrongType)));
    for code in &mut closing.catalogue {
        (code.code, code.name) = (text.into(), text.to_owned());
    }
    page(&results, &closing)
}

fn wins(operation: &str, answered: Option<Cause>) -> Precedence {
    Precedence {
        suite: "oz-api".to_owned(),
        operation: operation.to_owned(),
        probe: format!("oz-api/{operation}/both"),
        causes: [Cause::WrongType, Cause::NoCredentials],
        answered,
        fits_both: false,
    }
}

fn with_class<'e>(elements: &'e [Element], tag: &str, class: &str) -> Vec<&'e Element> {
    let has = |element: &&Element| element.tag == tag && element.get("class").split(' ').any(|word| word == class);
    elements.iter().filter(has).collect()
}

/// What is so of every page, whatever the target sent.
fn assert_sound(page: &str) -> Vec<Element> {
    assert!(!page.contains(|c| hides(c) && c != '\n' && c != '\t'), "a character that nobody sees");
    let elements = read(page);
    let ids: Vec<_> = elements.iter().map(|element| element.get("id")).filter(|id| !id.is_empty()).collect();
    let unique: BTreeSet<_> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len(), "an id twice");
    for element in &elements {
        assert!(!["img", "iframe", "object", "link", "base"].contains(&element.tag.as_str()), "{element:?}");
        for name in element.attributes.keys() {
            assert!(!["style", "src", "action", "formaction"].contains(&name.as_str()) && !name.starts_with("on"));
        }
        if let Some(to) = element.attributes.get("href") {
            assert!(to.strip_prefix('#').is_some_and(|id| unique.contains(id)), "{to}");
        }
        for name in ["aria-labelledby", "for"] {
            assert!(element.attributes.get(name).is_none_or(|id| unique.contains(id.as_str())), "{element:?}");
        }
    }
    let scripts: Vec<_> = elements.iter().filter(|element| element.tag == "script").collect();
    assert!(scripts.len() == 1 && scripts[0].text == SCRIPT, "another script than ours");
    elements
}

#[test]
fn the_policy_knows_the_style_and_the_script_by_their_hashes() {
    let suites = rustls::crypto::ring::default_provider().cipher_suites;
    let mut hashes =
        suites.iter().filter_map(rustls::SupportedCipherSuite::tls13).map(|suite| suite.common.hash_provider);
    let sha256 = hashes.find(|hash| hash.algorithm() == rustls::crypto::hash::HashAlgorithm::SHA256).unwrap();
    let hash = |text: &str| format!("'sha256-{}'", BASE64.encode(sha256.hash(text.as_bytes()).as_ref()));
    let policy = format!(
        "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'; require-trusted-types-for \
         'script'",
        hash(STYLE),
        hash(SCRIPT)
    );
    assert_eq!(POLICY.trim_end(), policy, "write this line to src/render/html/policy.txt");
    let elements = read(&page(&mixed(), &mixed_closing()));
    let named = elements.iter().find(|element| element.get("http-equiv") == "Content-Security-Policy").unwrap();
    assert_eq!(named.get("content"), policy);
    let style = elements.iter().find(|element| element.tag == "style").unwrap();
    assert_eq!(style.text, STYLE);
}

#[test]
fn every_result_drift_and_code_stands_in_the_page() {
    let (results, closing) = (mixed(), mixed_closing());
    let elements = assert_sound(&page(&results, &closing));
    let entries: Vec<_> = elements.iter().filter(|element| !element.get("data-verdict").is_empty()).collect();
    assert_eq!(entries.len(), results.len());
    for (entry, result) in entries.iter().zip(&results) {
        assert_eq!(entry.get("data-verdict"), result.verdict.word());
        assert_eq!(entry.get("data-cause"), result.cause.word());
        assert!(entry.text.contains(&result.probe) && entry.text.contains(&result.request.as_ref().unwrap().command));
        assert!(result.findings.iter().all(|finding| entry.text.contains(&finding.actual)));
    }
    let drifts = with_class(&elements, "article", "drift");
    assert_eq!(drifts.len(), closing.drifts.len());
    for (card, drift) in drifts.iter().zip(&closing.drifts) {
        for text in [&drift.signature, &drift.finding.expected, &drift.finding.source, &drift.probes[0]] {
            assert!(card.text.contains(text.as_str()), "{text}");
        }
    }
    let all: String = elements.iter().filter(|element| element.tag == "main").map(|main| main.text.as_str()).collect();
    for code in &closing.catalogue {
        assert!(all.contains(&code.name));
    }
    for entry in closing.not_exercised.iter().chain(&closing.withheld) {
        assert!(all.contains(&entry.reason) && all.contains(&entry.probe));
    }
    assert!(all.contains("FAIL 5 drifts in 13 probes") && all.contains("Exit code1"));
}

#[test]
fn the_matrix_has_a_cell_for_every_operation_and_cause() {
    let mut closing = mixed_closing();
    let planned = Coverage {
        suite: "oz-api".to_owned(),
        operation: "folders.list".to_owned(),
        cause: Cause::Forbidden,
        planned: 3,
        sent: 0,
        decided: 0,
        otherwise: 0,
        failed: 0,
        worst: None,
    };
    closing.coverage.push(planned);
    let elements = assert_sound(&page(&mixed(), &closing));
    // Those of the suite, with or without a probe, and those that only the results know.
    let rows = ["folders.list", "instance.version", "folders.read", "media.list", "analyses.list"];
    let rows = [rows.as_slice(), &["payments.create", "payments.read"]].concat();
    let cells: Vec<_> = with_class(&elements, "td", "cell");
    assert_eq!(cells.len(), rows.len() * CAUSES.len());
    for (index, cell) in cells.iter().enumerate() {
        let (row, cause) = (rows[index / CAUSES.len()], CAUSES[index % CAUSES.len()].1);
        let at = elements.iter().position(|element| std::ptr::eq(element, *cell)).unwrap();
        let said = elements[at + 1].get("title");
        assert!(said.starts_with(&format!("{row}, {cause}: ")), "{said}");
    }
    let of = |row: &str, cause: Cause| {
        let row = rows.iter().position(|name| *name == row).unwrap();
        let cell = cells[row * CAUSES.len() + CAUSES.iter().position(|(known, ..)| *known == cause).unwrap()];
        (cell.get("class").to_owned(), cell.text.clone())
    };
    let both = |class: &str, text: &str| (format!("cell {class}"), text.to_owned());
    assert_eq!(of("media.list", Cause::InvalidValue), both("error", "✕2/2"));
    assert_eq!(of("folders.list", Cause::InvalidValue), both("error", "✕2/4"));
    assert_eq!(of("payments.create", Cause::InvalidValue), both("warning", "▲1"));
    let unsent = "–0/3folders.list, forbidden: not exercised; 3 planned, 0 sent, 0 judged, 0 failed";
    assert_eq!(of("folders.list", Cause::Forbidden), both("unsent", unsent));
    let nothing = "·instance.version, too-large: not planned";
    assert_eq!(of("instance.version", Cause::TooLarge), both("unplanned", nothing));
}

#[test]
fn tables_controls_and_sections_have_names() {
    let elements = assert_sound(&page(&mixed(), &mixed_closing()));
    for table in elements.iter().enumerate().filter(|(_, element)| element.tag == "table") {
        assert_eq!(elements[table.0 + 1].tag, "caption");
    }
    assert!(elements.iter().filter(|element| element.tag == "th").all(|head| !head.get("scope").is_empty()));
    for control in elements.iter().filter(|element| matches!(element.tag.as_str(), "input" | "select")) {
        assert_eq!(elements[control.parent.unwrap()].get("for"), control.get("id"));
    }
    for section in elements.iter().filter(|element| element.tag == "section") {
        assert!(!section.get("aria-labelledby").is_empty());
    }
    for details in elements.iter().enumerate().filter(|(_, element)| element.tag == "details") {
        assert_eq!(elements[details.0 + 1].tag, "summary");
    }
    let form = elements.iter().find(|element| element.tag == "form").unwrap();
    assert!(form.attributes.contains_key("hidden"), "nothing that needs a script is there without one");
}

#[test]
fn what_a_target_sends_is_text() {
    let markup =
        "</script></style></textarea></details><script>x</script><img src=x onerror=x>\" onload=\"x' javascript:x";
    for text in [HOSTILE, markup, "javascript:alert(1)", "-->]]>&lt;&#60;%3Cscript%3E{{x}}${x}"] {
        let page = hostile_page(text);
        let elements = assert_sound(&page);
        let visible = |c: char| if hides(c) { format!("\\u{{{:x}}}", u32::from(c)) } else { c.to_string() };
        let visible: String = text.chars().map(visible).collect();
        let finding = &with_class(&elements, "div", "expected")[0].text;
        assert_eq!(*finding, format!("Expected{visible}"));
        let body = page.split_once("</style>").unwrap().1.split_once("<script>").unwrap().0;
        assert!(!body.contains("##"), "a command of a CI");
        for line in body.lines() {
            assert!(line.is_empty() || line.starts_with('<'), "text begins a line: {line}");
        }
    }
}

#[test]
fn precedence_repeats_and_inactive_promises_are_told_where_there_are_any() {
    let mut closing = mixed_closing();
    let none = page(&mixed(), &closing);
    assert!(
        !none.contains("id=\"precedence\"") && !none.contains("Inactive in this run") && !none.contains("Intermittent")
    );
    closing.precedence = ["folders.list", "folders.read"].map(|name| wins(name, Some(Cause::NoCredentials))).to_vec();
    closing.precedence.push(wins("media.list", Some(Cause::WrongType)));
    closing.precedence.push(Precedence { fits_both: true, ..wins("analyses.list", None) });
    closing.precedence.push(wins("media.read", None));
    closing.inactive =
        vec![Inactive { what: "allow-missing".to_owned(), why: "no probe had a wrong method".to_owned() }];
    closing.drifts[0].repeats = Some(Repeats { sent: 3, shown: 1 });
    let elements = assert_sound(&page(&mixed(), &closing));
    let table = with_class(&elements, "table", "precedence")[0];
    assert!(table.text.contains("no-credentialsand wrong-type"), "{}", table.text);
    let differs: Vec<_> = with_class(&elements, "td", "differs").iter().map(|cell| cell.text.as_str()).collect();
    assert_eq!(differs, ["≠ unlike most: wrong-type"]);
    assert!(table.text.contains("fits both") && table.text.contains("neither"));
    let inactive = with_class(&elements, "dl", "inactive")[0];
    assert_eq!(inactive.text, "allow-missingno probe had a wrong method");
    let repeats = with_class(&elements, "p", "repeats")[0];
    assert_eq!(repeats.text, "Intermittent: sent again 3 times, it showed in 1.");
}

#[test]
fn what_is_too_much_for_a_page_is_counted_and_said() {
    let long = |verdict, findings: Vec<_>| {
        let mut result = result("oz-api", "folders.list", "query-negative", verdict, findings);
        result.reply.as_mut().unwrap().body = "&".repeat(1_000_000);
        result
    };
    let broken = vec![finding("code-unexpected", Severity::Error, "/error_code", "4", "7")];
    let (passed, failed) = (long(Verdict::Pass, Vec::new()), long(Verdict::Fail, broken));
    let mut renderer = (Format::named("html").unwrap().open)();
    let mut page = Vec::new();
    (0..1_500).for_each(|_| renderer.result(&passed, &mut page).unwrap());
    (0..1_500).for_each(|_| renderer.result(&failed, &mut page).unwrap());
    renderer.end(&opening(), &closing(&[], false), &mut page).unwrap();
    let page = String::from_utf8(page).unwrap();
    assert!(page.len() < 5_000_000, "{}", page.len());
    let shown = |verdict: &str| page.matches(&format!(" data-verdict=\"{verdict}\"")).count();
    let left_out = |verdict: &str| errdrift::render::count::number(1_500 - shown(verdict));
    let said = format!("{} exchanges that passed and {} others are counted", left_out("pass"), left_out("fail"));
    assert!(page.contains(&said), "{said}");
    assert!(
        [shown("pass"), shown("fail")].iter().all(|shown| (20..1_500).contains(shown)),
        "what failed has room left"
    );
}
