//! The report as SARIF: what GitHub makes of it, and what a hostile target cannot.

use super::fixture::{closing, hostile, mixed_closing, opening, report};
use super::published::conforms_to_sarif;
use errdrift::model::printable::hides;
use errdrift::render::sarif;
use errdrift::report::signature::earlier;
use errdrift::report::{Closing, Opening, Reason};
use serde_json::{Value, json};

fn run(opening: &Opening, closing: &Closing) -> Value {
    let text = report("sarif", opening, &[], closing);
    assert!(!text.contains(|c| hides(c) && c != '\n'), "characters that nobody sees");
    conforms_to_sarif(&text)["runs"][0].take()
}

#[test]
fn a_drift_is_a_result_with_its_rule_its_place_and_its_fingerprint() {
    let closing = mixed_closing();
    let run = run(&opening(), &closing);
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), closing.drifts.len());
    for (result, drift) in results.iter().zip(&closing.drifts) {
        assert_eq!(result["ruleId"], drift.rule.id);
        assert_eq!(result["level"], drift.severity.word());
        assert_eq!(result["occurrenceCount"], drift.count);
        assert_eq!(result["partialFingerprints"]["errdrift/v1"], earlier(&drift.example, &drift.finding));
        assert_eq!(result["partialFingerprints"]["errdrift/v2"], drift.signature);
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], drift.rule.id);
    }
    assert_eq!(
        results[0]["locations"][0],
        json!({
            "physicalLocation": {"artifactLocation": {"uri": "suites/oz-api.toml"}, "region": {"startLine": 20}},
            "logicalLocations": [{
                "name": "folders.list", "fullyQualifiedName": "oz-api/folders.list", "kind": "resource"
            }],
        })
    );
    let message = results[0]["message"]["text"].as_str().unwrap();
    assert!(
        message.starts_with("/error_code: expected code 4 (INVALID VALUE), got code 7 (AUTH INVALID).\n"),
        "{message}"
    );
    assert!(message.contains("8 probes of 4 operations show it, as oz-api/folders.list/query-negative/offset"));
    assert!(message.contains("\nReproduce: curl "));
    assert!(results[0]["properties"]["command"].as_str().unwrap().contains("${OZ_TOKEN}"));
}

#[test]
fn two_drifts_at_one_operation_have_two_fingerprints() {
    let run = run(&opening(), &mixed_closing());
    let results = run["results"].as_array().unwrap();
    let mut seen = std::collections::BTreeSet::new();
    for result in results {
        assert!(seen.insert(result["partialFingerprints"]["primaryLocationLineHash"].to_string()), "{result}");
    }
}

#[test]
fn only_the_rules_that_fired_are_described() {
    let run = run(&opening(), &mixed_closing());
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let ids: Vec<_> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["no-reply", "member-undocumented", "code-unexpected", "version-disclosed"]);
    assert_eq!(rules[1]["defaultConfiguration"]["level"], "warning");
    assert!(rules[0]["help"]["text"].as_str().unwrap().contains("Why it matters: A client cannot tell"));
}

#[test]
fn a_run_that_could_not_be_judged_was_not_successful_and_says_why() {
    let run = run(&opening(), &closing(&[], false));
    let invocation = &run["invocations"][0];
    assert_eq!((&invocation["executionSuccessful"], &invocation["exitCode"]), (&json!(false), &json!(3)));
    let told = invocation["toolExecutionNotifications"][0]["message"]["text"].as_str().unwrap();
    assert!(told.starts_with("nothing was judged"), "{told}");
    assert_eq!(run["results"], json!([]));
}

#[test]
fn more_drifts_than_github_shows_are_cut_and_counted() {
    let mut closing = mixed_closing();
    let one = closing.drifts[0].clone();
    closing.drifts = (0..sarif::MAX_RESULTS + 7)
        .map(|index| {
            let mut drift = one.clone();
            drift.signature = format!("{}{index}", drift.signature);
            drift
        })
        .collect();
    let text = report("sarif", &opening(), &[], &closing);
    let log: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(log["runs"][0]["results"].as_array().unwrap().len(), sarif::MAX_RESULTS);
    assert!(text.contains("5,007 drifts, of which the first 5,000 are results"));
}

#[test]
fn a_hostile_target_makes_no_link_and_no_placeholder_of_sarif() {
    let results = hostile(100_000);
    let mut closing = closing(&results, false);
    closing.reasons.push(Reason::Seen, super::fixture::HOSTILE.to_owned());
    let run = run(&opening(), &closing);
    let results = run["results"].as_array().unwrap().iter();
    let told = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap().iter();
    let messages: Vec<_> = results.chain(told).map(|holder| holder["message"]["text"].as_str().unwrap()).collect();
    assert!(messages.iter().any(|message| message.contains("e]\\u{{28}}http://evil.example/e.png")));
    for message in messages {
        assert!(!message.contains("]("), "a link: {message}");
        let left = message.replace("{{", "").replace("}}", "");
        assert!(!left.contains(['{', '}']), "a placeholder: {message}");
        assert!(message.lines().count() <= 4, "a line of the target's own: {message}");
    }
}
