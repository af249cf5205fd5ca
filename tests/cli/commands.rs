//! Every subcommand.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use crate::support::{Ran, against, deployment, errdrift, ran, run};
use errdrift::catalog;
use errdrift::fault;
use errdrift::judge::rules;
use errdrift::model::cause::CAUSES;
use errdrift::reference::Api;
use errdrift::render::explain::explain;

#[test]
fn help_and_version_exit_with_0_on_standard_output() {
    for arguments in [&["--help"][..], &["run", "--help"], &["list", "--help"], &["--version"]] {
        let ran = ran(arguments).exits(0);
        assert!(!ran.stdout.is_empty() && ran.stderr.is_empty());
    }
}

#[test]
fn what_is_no_command_exits_with_2() {
    ran(&[]).exits(2);
    ran(&["rum"]).exits(2).says("run");
    ran(&["run", "oz-api"]).exits(2).says("--target");
    ran(&["run", "--target", "http://127.0.0.1"]).exits(2).says("SUITE");
}

#[test]
fn both_suites_pass_on_a_deployment_that_conforms() {
    for api in Api::ALL {
        let ran = run(&deployment(api, None), api, &["--strict"]).exits(0);
        assert!(ran.stdout.lines().last().unwrap().contains("errdrift: PASS"), "{}", ran.stdout);
    }
}

#[test]
fn a_drift_of_severity_error_exits_with_1() {
    for (api, drift) in [(Api::OzApi, "code-as-string"), (Api::EscrowBox, "credentials-with-401")] {
        let ran = run(&deployment(api, Some(drift)), api, &["--quiet"]).exits(1);
        assert!(ran.stdout.lines().last().unwrap().contains("errdrift: FAIL"), "{}", ran.stdout);
    }
}

#[test]
fn a_drift_of_severity_warning_exits_with_1_only_under_strict() {
    let warning = errdrift::reference::drifts()
        .filter(|drift| drift.severity == "warning")
        // What these are of cannot be judged.
        .find(|drift| !["service-unavailable", "reply-oversized"].contains(&drift.rule))
        .unwrap();
    let running = deployment(warning.api, Some(warning.name));
    run(&running, warning.api, &["--quiet"]).exits(0);
    run(&running, warning.api, &["--quiet", "--strict"]).exits(1);
}

#[test]
fn every_rule_fault_and_cause_is_explained_by_the_command_or_its_library() {
    let faults = fault::faults().map(|fault| fault.id);
    let ids: Vec<_> = rules().map(|rule| rule.id).chain(faults).chain(CAUSES.iter().map(|cause| cause.1)).collect();
    for id in &ids {
        assert!(explain(id, &[]).unwrap().contains(id));
    }
    // A process for one of each kind is enough: the table is the same.
    for id in [rules().next().unwrap().id, fault::faults().next().unwrap().id, CAUSES[0].1] {
        assert!(ran(&["explain", id]).exits(0).stdout.contains(id));
    }
}

#[test]
fn without_a_name_everything_is_listed_and_each_can_be_explained() {
    let all = ran(&["explain"]).exits(0).stdout;
    for id in ["schema-violation", "body-truncated", "wrong-method", "nginx", "folders.get", "NOT_ALLOWED"] {
        let listed = all.lines().any(|line| line.starts_with(&format!("  {id} ")));
        assert!(listed, "{id} is not in\n{all}");
        assert!(ran(&["explain", id]).exits(0).stdout.contains(id), "{id}");
    }
    assert!(all.contains(" rules\n") && all.contains("operations of escrow-box\n"), "{all}");
}

#[test]
fn a_suite_of_ones_own_is_explained_by_its_files() {
    let suite = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/plan/constraints.toml");
    let api = catalog::load(suite).unwrap();
    let all = ran(&["explain", "--suite", suite]).exits(0).stdout;
    assert!(all.contains(&format!("of {}\n", api.suite.id)) && !all.contains("folders.get"), "{all}");
    let operation = &api.suite.operation[0];
    let one = ran(&["explain", &operation.id, "--suite", suite]).exits(0).stdout;
    assert!(one.contains(&format!("{} {}", operation.method, operation.path)), "{one}");
    let title = format!("{} promises", api.contract.file.title);
    ran(&["explain", "wrong-method", "--suite", suite]).exits(0).stdout.contains(&title).then_some(()).unwrap();
    ran(&["explain", "folders.get", "--suite", suite]).exits(2).says("there is no `folders.get`");
}

#[test]
fn what_cannot_be_explained_names_the_closest() {
    ran(&["explain", "body-truncted"]).exits(2).says("body-truncated");
    ran(&["explain", "wrong-metod"]).exits(2).says("wrong-method");
}

#[test]
fn check_says_what_a_good_file_is_and_where_a_bad_one_is_wrong() {
    let suite = concat!(env!("CARGO_MANIFEST_DIR"), "/suites/oz-api.toml");
    let contract = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/oz-api.contract.toml");
    let good = ran(&["check", suite, contract]).exits(0);
    assert!(good.stdout.contains("suite oz-api") && good.stdout.contains("contract oz-api"), "{}", good.stdout);
    let directory = tempfile::tempdir().unwrap();
    let bad = directory.path().join("bad.toml");
    std::fs::write(&bad, "id = \"x\"\ntitle = \"X\"\ncontract = \"oz-apy\"\nprefix = \"/api\"\noperatoin = []\n")
        .unwrap();
    let bad = bad.to_str().unwrap();
    ran(&["check", bad])
        .exits(2)
        .says("bad.toml:3")
        .says("did you mean `oz-api`?")
        .says("bad.toml:5")
        .says("did you mean `operation`?");
    // A bad file does not hide a good one.
    assert!(ran(&["check", bad, suite]).exits(2).stdout.contains("suite oz-api"));
    ran(&["check", "/nowhere/at-all.toml"]).exits(2).says("/nowhere/at-all.toml");
}

#[test]
fn check_mutate_says_how_strong_a_contract_is() {
    // A suite means its contract.
    let suite = concat!(env!("CARGO_MANIFEST_DIR"), "/suites/oz-api.toml");
    let strong = ran(&["check", "--mutate", "oz-api", "escrow-box"]).exits(0);
    assert!(strong.stdout.lines().all(|line| line.contains(" noticed, ")), "{}", strong.stdout);
    let directory = tempfile::tempdir().unwrap();
    let copy = |name: &str, from: &str| {
        let path = directory.path().join(name);
        std::fs::write(&path, from).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let contract = include_str!("../../schemas/oz-api.contract.toml");
    copy("oz-api.body.schema.json", include_str!("../../schemas/oz-api.body.schema.json"));
    copy("oz-api.contract.toml", &contract.replace("\"/details/**\"", "\"/details/offset/*\""));
    let weak =
        std::fs::read_to_string(suite).unwrap().replace("contract = \"oz-api\"", "contract = \"oz-api.contract.toml\"");
    // What an entry does not explain any more is said first.
    ran(&["check", "--mutate", &copy("oz-api.toml", &weak)])
        .exits(2)
        .says("`dropped` at /details/offset/* explains nothing");
    let (head, rest) = contract.split_once("[[unnoticed]]").unwrap();
    let (_, catalogue) = rest.split_once("[[catalogue]]").unwrap();
    copy("oz-api.contract.toml", &format!("{head}[[catalogue]]{catalogue}"));
    let ran = ran(&["check", "--mutate", &copy("oz-api.toml", &weak)]).exits(1);
    assert!(ran.stdout.contains(" unexplained\n") && ran.stdout.contains("\n  /details dropped {"), "{}", ran.stdout);
}

#[test]
fn serve_says_where_it_is_and_with_which_variables_and_answers() {
    let mut served =
        errdrift(&["serve", "oz-api", "--drift", "code-as-string"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(served.stdout.take().unwrap()).lines().map(Result::unwrap);
    let first = lines.next().unwrap();
    let variables: Vec<_> = lines.by_ref().take_while(|line| line.starts_with("export ")).collect();
    let target = first.split(['>', ' ', ',']).find(|word| word.starts_with("http://")).unwrap();
    let mut command = errdrift(&["run", "oz-api", "--quiet", "--filter", "folders.list/query", "--target", target]);
    for variable in &variables {
        let (name, value) = variable.trim_start_matches("export ").split_once('=').unwrap();
        command.env(name, value);
    }
    let ran = Ran::of(&command.output().unwrap());
    served.kill().unwrap();
    served.wait().unwrap();
    ran.exits(1);
    assert!(variables.len() >= 3, "{variables:?}");
}

#[test]
fn serve_refuses_what_it_does_not_know_with_what_there_is() {
    ran(&["serve", "oz"]).exits(2).says("oz-api and escrow-box");
    ran(&["serve", "oz-api", "--drift", "none-such"]).exits(2).says("code-as-string");
}

#[test]
fn a_reader_that_leaves_early_is_no_crash() {
    let running = deployment(Api::OzApi, None);
    let run = against(&running, Api::OzApi, &["--color", "never"]);
    let mut shell = Command::new("sh");
    shell.args(["-c", "\"$0\" \"$@\" | head -1"]).arg(run.get_program()).args(run.get_args());
    for (name, value) in run.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    let ran = Ran::of(&shell.output().unwrap());
    assert_eq!((ran.stdout.lines().count(), ran.stderr.as_str()), (1, ""));
}

#[test]
fn the_demo_tells_the_truth_of_both_deployments() {
    let ran = ran(&["demo"]).exits(0);
    assert!(!ran.stdout.contains("MISSED"), "{}", ran.stdout);
}
