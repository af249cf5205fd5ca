//! Nothing is changed at a target: real servers on loopback, each lenient in one known way, before and after a run in all
//! tiers.

mod store;
mod suites;

use std::process::Command;

use store::{Leniency, Store};
use suites::{GET_ONLY, Suite};

const TIERS: [&str; 10] =
    ["--tier", "core", "--tier", "extended", "--tier", "wire", "--tier", "heavy", "--tier", "pairs"];

/// Runs the suite against the store, and gives the exit code with what was said.
fn run(suite: &Suite, store: &Store) -> (Option<i32>, String) {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("s.toml");
    std::fs::write(&file, suite.text()).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_errdrift"))
        .args(["run", &file.display().to_string(), "--target", &store.target(), "--quiet"])
        .args(TIERS)
        .env("STORE_TOKEN", store::TOKEN)
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&said).into_owned())
}

/// Runs the suite against a store that is lenient so, and says what was changed.
fn changes(suite: &Suite, leniency: Leniency) -> Vec<String> {
    let store = Store::start(leniency);
    let (code, said) = run(suite, &store);
    assert!(store.requests() > 10, "{code:?}\n{said}");
    store.changes()
}

#[test]
fn methods_that_the_suite_does_not_list_change_nothing_that_exists() {
    // Where the suite says that a credential is required, the target may see it otherwise.
    for (said, required) in [(true, true), (false, false), (true, false)] {
        let suite = Suite { requires_token: said, ..GET_ONLY };
        for says_allow in [true, false] {
            let leniency = Leniency { requires_token: required, says_allow, ..Leniency::default() };
            assert_eq!(changes(&suite, leniency), Vec::<String>::new(), "{said} {required} {says_allow}");
        }
    }
}

#[test]
fn methods_that_the_suite_does_not_list_change_nothing_at_a_path_without_parameters() {
    for requires_token in [true, false] {
        let suite = Suite { requires_token, path: "/api/things", parameters: "", ..GET_ONLY };
        let leniency = Leniency { requires_token, ..Leniency::default() };
        assert_eq!(changes(&suite, leniency), Vec::<String>::new(), "{requires_token}");
    }
}

#[test]
fn methods_that_the_suite_does_not_list_create_nothing_that_does_not_exist() {
    let parameters = "path_parameters.id = { type = \"string\", example = \"none\" }\n";
    for requires_token in [true, false] {
        let suite = Suite { requires_token, parameters, control: false, ..GET_ONLY };
        let leniency = Leniency { requires_token, ..Leniency::default() };
        assert_eq!(changes(&suite, leniency), Vec::<String>::new(), "{requires_token}");
    }
}

#[test]
fn a_method_that_the_target_rules_out_is_sent_and_one_that_it_lists_is_not() {
    let store = Store::start(Leniency { requires_token: true, says_allow: true, ..Leniency::default() });
    let (_, said) = run(&GET_ONLY, &store);
    assert!(said.contains("the target's Allow lists PUT for this path"), "{said}");
    assert_eq!(store.changes(), Vec::<String>::new());
    let poor = Leniency { requires_token: true, says_allow: true, reads_only: true, ..Leniency::default() };
    let store = Store::start(poor);
    let (_, said) = run(&GET_ONLY, &store);
    assert!(store.saw("PUT", true), "the target says that there is no PUT\n{said}");
}

#[test]
fn a_put_that_creates_stores_nothing_whatever_is_wrong_with_it() {
    let anchor = "anchor = { member = \"name\", value = 7, cause = \"wrong-type\" }\n";
    for (effect, anchor) in [("creates", anchor), ("changes", anchor), ("upserts", anchor), ("creates", "")] {
        let suite = Suite::upsert("PUT", effect, anchor);
        let leniency = Leniency { requires_token: true, ..Leniency::default() };
        assert_eq!(changes(&suite, leniency), Vec::<String>::new(), "{effect} {anchor}");
    }
}

#[test]
fn an_anchor_below_the_top_of_a_body_holds_as_well() {
    let suite = Suite::nested("PUT", "upserts");
    let leniency = Leniency { requires_token: true, nested: true, ..Leniency::default() };
    assert_eq!(changes(&suite, leniency), Vec::<String>::new());
}

#[test]
fn what_is_created_on_demand_is_not_created() {
    let anchor = "anchor = { member = \"name\", value = 7, cause = \"wrong-type\" }\n";
    for anchor in [anchor, ""] {
        let suite = Suite::on_demand(anchor);
        let leniency = Leniency { requires_token: true, posts_create: true, ..Leniency::default() };
        assert_eq!(changes(&suite, leniency), Vec::<String>::new(), "{anchor}");
    }
}

#[test]
fn a_post_whose_suite_guesses_what_is_required_creates_nothing() {
    let anchor = "anchor = { member = \"name\", value = 7, cause = \"wrong-type\" }\n";
    for anchor in [anchor, ""] {
        let suite =
            Suite { method: "POST", parameters: "", path: "/api/things", ..Suite::upsert("POST", "creates", anchor) };
        // Nor is a credential: anybody may create.
        for requires_token in [true, false] {
            let leniency = Leniency { requires_token, posts_create: true, ..Leniency::default() };
            assert_eq!(changes(&suite, leniency), Vec::<String>::new(), "{anchor} {requires_token}");
        }
    }
}

#[test]
fn every_method_taken_for_post_and_types_and_codings_that_nobody_minds_change_nothing() {
    let anchor = "anchor = { member = \"name\", value = 7, cause = \"wrong-type\" }\n";
    let suite = Suite::on_demand(anchor);
    let leniency = Leniency { requires_token: true, posts_create: true, any_method_posts: true, ..Leniency::default() };
    assert_eq!(changes(&suite, leniency), Vec::<String>::new());
}
