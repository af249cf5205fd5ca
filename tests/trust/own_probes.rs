//! A suite's own wrong requests, the promises of single operations and of single requests, and header parameters.

use std::fs;

use crate::support::{Ran, deployment, errdrift};
use errdrift::reference::Api;
use errdrift::run::embedded::Running;

const SUITE: &str = r#"
id = "shop"
title = "Shop"
contract = "escrow-box"
prefix = "/api"

[credentials.client]
scheme = "basic"
valid = { login = "${ESCROW_LOGIN}", password = "${ESCROW_PASSWORD}" }
unknown = { login = "999999999", password = "wrong-password" }

[[operation]]
id = "cities"
method = "GET"
path = "/api/handlers/{handlerType}/cities"
effect = "none"
credential = "client"
control = true
path_parameters.handlerType = { type = "string", exists = true, example = "NovaPoshta" }

[[operation]]
id = "deals.get"
method = "GET"
path = "/api/deals/{id}"
effect = "none"
credential = "client"
path_parameters.id = { type = "string", example = "ZZZZZZZ" }

[[probe]]
id = "of-another"
operation = "deals.get"
cause = "unknown-resource"
why = "the deal is another client's"
effect = "none"
set = { "/path/id" = "YYYYYYY" }
"#;

fn run(running: &Running, suite: &str, arguments: &[&str]) -> Ran {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("shop.toml");
    fs::write(&file, suite).unwrap();
    let mut command = errdrift(&["run", file.to_str().unwrap(), "--target", running.target.as_str()]);
    Ran::of(&command.args(arguments).envs(running.variables()).output().unwrap())
}

fn with(text: &str) -> String {
    format!("{SUITE}{text}")
}

const EXPECTING: &str = r#"expect.code = { any_of = ["DEAL_OF_ANOTHER"], strength = "must", source = "the page on deals" }
"#;

#[test]
fn an_own_probe_is_judged_by_its_cause_and_by_what_is_promised_for_it_alone() {
    let running = deployment(Api::EscrowBox, None);
    let only = ["--fault", "own", "--lines"];
    let ran = run(&running, SUITE, &only).exits(0);
    assert!(ran.stdout.contains("shop/deals.get/own/of-another"), "{}", ran.stdout);
    let ran = run(&running, &with(EXPECTING), &only).exits(1);
    assert!(ran.stdout.contains("expected   \"DEAL_OF_ANOTHER\" for unknown-resource"), "{}", ran.stdout);
    assert!(ran.stdout.contains("the page on deals"), "{}", ran.stdout);
    // What is promised for one request is promised for no other.
    run(&running, &with(EXPECTING), &["--fault", "path-unknown-id"]).exits(0);
}

#[test]
fn what_an_operation_promises_by_itself_outweighs_what_the_contract_promises_everywhere() {
    let running = deployment(Api::EscrowBox, None);
    let promised = |code: &str| {
        let promise =
            format!("cause.unknown-resource.code = {{ any_of = [{code}], strength = \"must\", source = \"x\" }}");
        SUITE.replace("path_parameters.id =", &format!("{promise}\npath_parameters.id ="))
    };
    run(&running, &promised("\"DEAL_NOT_FOUND\""), &["--operation", "deals.get"]).exits(0);
    let ran = run(&running, &promised("\"NO_SUCH_DEAL\""), &["--operation", "deals.get"]).exits(1);
    assert!(ran.stdout.contains("expected   \"NO_SUCH_DEAL\" for unknown-resource"), "{}", ran.stdout);
    // The status is as the contract has it.
    assert!(!ran.stdout.contains("error status-"), "{}", ran.stdout);
}

#[test]
fn an_own_probe_that_would_change_something_leaves_only_when_it_is_asked_for() {
    let running = deployment(Api::EscrowBox, None);
    let changing = SUITE.replace("effect = \"none\"\nset =", "effect = \"changes\"\nset =");
    let listed = |arguments: &[&str]| run(&running, &changing, &[arguments, &["--list"]].concat()).exits(0).stdout;
    assert!(!listed(&[]).contains("/own"));
    assert!(listed(&["--fault", "own-changing"]).contains("shop/deals.get/own-changing/of-another"));
    // Not even by GET where only what changes nothing is to be sent.
    let arguments = ["--fault", "own-changing", "--read-only"];
    assert!(!run(&running, &changing, &[&arguments[..], &["--list"]].concat()).stdout.contains("own-changing"));
}

#[test]
fn an_own_probe_whose_variable_is_not_set_is_left_out_and_named() {
    let running = deployment(Api::EscrowBox, None);
    let ran = run(&running, &SUITE.replace("\"YYYYYYY\"", "\"${SHOP_DEAL_OF_ANOTHER}\""), &[]);
    assert!(!ran.stdout.contains("deals.get/own/of-another\n"), "{}", ran.stdout);
    assert!(ran.stdout.contains("${SHOP_DEAL_OF_ANOTHER} is not set"), "{}", ran.stdout);
}

#[test]
fn what_an_own_probe_takes_from_the_environment_is_told_nowhere() {
    const SECRET: &str = "a-session-of-another-5e1f";
    let running = deployment(Api::EscrowBox, None);
    let directory = tempfile::tempdir().unwrap();
    let (file, report) = (directory.path().join("shop.toml"), directory.path().join("report.json"));
    fs::write(&file, with(EXPECTING).replace("\"YYYYYYY\"", "\"${SHOP_SESSION}\"")).unwrap();
    let (file, json) = (file.to_str().unwrap(), format!("json={}", report.display()));
    let target = running.target.as_str();
    for arguments in [
        ["run", file, "--target", target, "--fault", "own", "--verbose", "--report", &json].as_slice(),
        ["list", file, "--fault", "own", "--requests"].as_slice(),
        ["list", file, "--fault", "own", "--requests", "--json"].as_slice(),
    ] {
        let mut command = errdrift(arguments);
        let ran = Ran::of(&command.envs(running.variables()).env("SHOP_SESSION", SECRET).output().unwrap());
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(!said.contains(SECRET) && said.contains("SHOP_SESSION"), "{arguments:?}: {said}");
    }
    let told = fs::read_to_string(report).unwrap();
    assert!(told.contains("deals.get/own/of-another") && !told.contains(SECRET), "{told}");
}

#[test]
fn a_required_header_field_that_the_target_does_without_is_found() {
    let running = deployment(Api::EscrowBox, None);
    let field = "headers.X-Version = { type = \"integer\", required = true, minimum = 1, example = 2 }\npath_parameters.handlerType";
    let ran =
        run(&running, &SUITE.replacen("path_parameters.handlerType", field, 1), &["--operation", "cities"]).exits(1);
    assert!(ran.stdout.contains("error request-accepted"), "{}", ran.stdout);
    assert!(ran.stdout.contains("shop/cities/header-"), "{}", ran.stdout);
}

#[test]
fn what_is_wrong_with_an_own_probe_is_said_at_its_place() {
    for (from, to, told) in [
        ("operation = \"deals.get\"", "operation = \"deal.get\"", "no operation `deal.get`"),
        ("\"/path/id\"", "\"/path/deal\"", "the path has no parameter `deal`"),
        ("\"/path/id\"", "\"path/id\"", "is no place in a request"),
        ("\"/path/id\"", "\"/header/Authorization\"", "carries the credential"),
        ("\"/path/id\"", "\"/header/Host\"", "errdrift itself"),
        ("set = {", "remove = [\"/path/id\"]\nset = {", "a path has all its parameters"),
        ("set = {", "raw = \"{\"\nremove = [\"/body/x\"]\nset = {", "the body is written out by `raw`"),
        ("set = { \"/path/id\" = \"YYYYYYY\" }", "", "nothing is changed"),
        ("cause = \"unknown-resource\"", "cause = \"business\"", "/probe/0/cause"),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("shop.toml");
        let (before, probe) = SUITE.split_once("[[probe]]").unwrap();
        fs::write(&file, format!("{before}[[probe]]{}", probe.replacen(from, to, 1))).unwrap();
        let ran = Ran::of(&errdrift(&["check", file.to_str().unwrap()]).output().unwrap()).exits(2);
        let said = format!("{}{}", ran.stdout, ran.stderr);
        assert!(said.contains(told), "{told}: {said}");
    }
}
