//! Which probes are chosen, how fast they go, and how the target is reached.

use std::collections::BTreeSet;

use crate::support::{against, deployment, listed, ran, run};
use errdrift::catalog;
use errdrift::plan::{Plan, Selection};
use errdrift::reference::Api;
use serde_json::Value;

#[test]
fn the_list_is_the_plan() {
    let api = std::sync::Arc::new(catalog::load("oz-api").unwrap());
    let plan: Vec<_> = Plan::new(&[api], &Selection::default()).probes.into_iter().map(|probe| probe.id).collect();
    assert_eq!(listed(&["list", "oz-api"]), plan);
}

#[test]
fn the_list_in_json_has_exactly_five_members_each() {
    let list: Value = serde_json::from_str(&ran(&["list", "escrow-box", "--json"]).exits(0).stdout).unwrap();
    let list = list.as_array().unwrap();
    let expected: BTreeSet<_> = ["probe", "operation", "fault", "cause", "tier"].into();
    assert!(!list.is_empty());
    for entry in list {
        let members: BTreeSet<_> = entry.as_object().unwrap().iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(members, expected);
        assert!(entry.as_object().unwrap().values().all(Value::is_string));
    }
}

#[test]
fn the_shards_together_are_the_plan_and_share_nothing() {
    let mut shards = Vec::new();
    for part in 1..=3 {
        shards.extend(listed(&["list", "escrow-box", "--shard", &format!("{part}/3")]));
    }
    let count = shards.len();
    let shards: BTreeSet<_> = shards.into_iter().collect();
    assert_eq!(shards.len(), count);
    assert_eq!(shards, listed(&["list", "escrow-box"]).into_iter().collect());
}

#[test]
fn filters_take_what_they_name() {
    let all = listed(&["list", "oz-api"]);
    let having = |text: &str| all.iter().filter(|id| id.contains(text)).cloned().collect::<Vec<_>>();
    assert_eq!(listed(&["list", "oz-api", "--filter", "folders.list/"]), having("folders.list/"));
    assert_eq!(listed(&["list", "oz-api", "--operation", "folders.list"]), having("/folders.list/"));
    assert_eq!(listed(&["list", "oz-api", "--fault", "body-truncated"]), having("/body-truncated"));
    assert_eq!(listed(&["list", "oz-api", "--filter", &all[7], "--exact"]), all[7..8]);
    let without: Vec<_> = all.iter().filter(|id| !id.contains("query") && !id.contains("method")).cloned().collect();
    let rest = listed(&["list", "oz-api", "--skip", "query", "--skip", "method"]);
    assert!(rest.iter().all(|id| !id.contains("query") && !id.contains("method")));
    // Two faults may come to the same bytes: where the first is left out, the second stands for it.
    assert!(without.iter().all(|id| rest.contains(id)));
    assert_eq!(listed(&["list", "oz-api", "--tier", "core"]), all);
    let two = listed(&["list", "oz-api", "escrow-box"]);
    assert_eq!(two.len(), all.len() + listed(&["list", "escrow-box"]).len());
}

#[test]
fn a_choice_of_nothing_is_not_judged() {
    ran(&["list", "oz-api", "--filter", "no such probe"]).exits(3).says("no probe is selected");
    let running = deployment(Api::OzApi, None);
    let ran = run(&running, Api::OzApi, &["--filter", "no such probe"]).exits(3);
    assert!(ran.stdout.contains("no probe was selected"), "{}", ran.stdout);
    assert_eq!(running.witness.requests(), 0);
}

#[test]
fn run_list_sends_nothing() {
    let running = deployment(Api::OzApi, None);
    let ran = run(&running, Api::OzApi, &["--list", "--operation", "folders.list"]).exits(0);
    assert_eq!(ran.stdout.lines().collect::<Vec<_>>(), listed(&["list", "oz-api", "--operation", "folders.list"]));
    assert_eq!(running.witness.requests(), 0);
}

#[test]
fn what_is_unknown_or_no_value_exits_with_2_and_a_suggestion() {
    ran(&["list", "oz-apy"]).exits(2).says("oz-api");
    ran(&["list", "oz-api", "oz-api"]).exits(2).says("twice");
    ran(&["list", "oz-api", "--fault", "body-truncted"]).exits(2).says("did you mean `body-truncated`?");
    ran(&["list", "oz-api", "--operation", "folder.list"]).exits(2).says("did you mean `folders.list`?");
    ran(&["list", "oz-api", "--tier", "cor"]).exits(2).says("core");
    let run = |option, value| ran(&["run", "oz-api", "--target", "http://127.0.0.1:1", option, value]).exits(2);
    run("--report", "jsn=x").says("did you mean `json`?");
    run("--report", "report.json").says("FORMAT=FILE");
    run("--report", "json=").says("json=");
    for (option, values) in [
        ("--jobs", &["0", "-1", "many", "100000"][..]),
        ("--rate", &["20", "0/s", "fast", "1/m"]),
        ("--timeout", &["0s", "-1s", "5", "soon"]),
        ("--shard", &["0/2", "3/2", "1", "1/0", "a/b"]),
        ("--color", &["sometimes"]),
    ] {
        for value in values {
            ran(&["run", "oz-api", "--target", "http://127.0.0.1:1", &format!("{option}={value}")])
                .exits(2)
                .says(option);
        }
    }
}

#[test]
fn jobs_and_rate_change_nothing_but_the_pace() {
    let running = deployment(Api::OzApi, None);
    let begun = std::time::Instant::now();
    let ran = run(&running, Api::OzApi, &["--filter", "folders.list/query", "--rate", "40/s", "--jobs", "1"]).exits(0);
    let probes = listed(&["list", "oz-api", "--filter", "folders.list/query"]).len();
    let least = std::time::Duration::from_secs(1) * u32::try_from(probes - 1).unwrap() / 40;
    assert!(begun.elapsed() >= least, "{probes} probes within {:?}", begun.elapsed());
    assert!(ran.stdout.contains(&format!("{probes} probes, no drift")), "{}", ran.stdout);
    run(&running, Api::OzApi, &["--filter", "folders.list", "--jobs", "64", "--timeout", "30s", "--quiet"]).exits(0);
}

#[test]
fn a_line_a_probe_is_written_on_demand_and_color_paints_them() {
    let running = deployment(Api::OzApi, None);
    let choice = ["--filter", "folders.list/query"];
    let of = |more: &[&str]| run(&running, Api::OzApi, &[&choice[..], more].concat()).exits(0).stdout;
    assert!(of(&["--lines"]).contains("test oz-api/folders.list/query"));
    assert!(!of(&[]).contains("test oz-api"));
    assert!(!of(&["--quiet"]).contains("test oz-api"));
    assert!(!of(&[]).contains('\u{1b}'), "a pipe is no terminal");
    assert!(!of(&["--color", "never"]).contains('\u{1b}'));
    assert!(of(&["--color", "always"]).contains('\u{1b}'));
    let painted = |variables: &[(&str, &str)]| {
        let mut command = against(&running, Api::OzApi, &choice);
        command.envs(variables.iter().copied()).output().unwrap().stdout.contains(&0x1b)
    };
    assert!(painted(&[("CLICOLOR_FORCE", "1")]));
    assert!(!painted(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(!painted(&[("CLICOLOR", "1")]), "a pipe is no terminal");
}

#[test]
fn certificates_and_proxies_that_are_none_exit_with_2_before_anything_is_sent() {
    let running = deployment(Api::OzApi, None);
    let directory = tempfile::tempdir().unwrap();
    let no_pem = directory.path().join("no.pem");
    std::fs::write(&no_pem, "no certificate").unwrap();
    run(&running, Api::OzApi, &["--ca", "/nowhere/ca.pem"]).exits(2).says("/nowhere/ca.pem");
    run(&running, Api::OzApi, &["--ca", no_pem.to_str().unwrap()]).exits(2).says("no.pem");
    let broken = directory.path().join("broken.pem");
    std::fs::write(&broken, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
    run(&running, Api::OzApi, &["--ca", broken.to_str().unwrap()]).exits(2).says("broken.pem");
    run(&running, Api::OzApi, &["--proxy", "::"]).exits(2).says("proxy");
    assert_eq!(running.witness.requests(), 0);
    run(&running, Api::OzApi, &["--insecure", "--quiet", "--filter", "folders.list/query"]).exits(0);
}

#[test]
fn requests_go_through_the_proxy_that_is_named_and_none_else() {
    // The embedded deployment takes the absolute form of a proxy's request target, or refuses it: it is seen either way.
    let (proxy, target) = (deployment(Api::OzApi, None), deployment(Api::OzApi, None));
    let choice = ["--quiet", "--filter", "folders.list/query"];
    run(&target, Api::OzApi, &[&choice[..], &["--proxy", proxy.target.as_str()]].concat());
    assert!(proxy.witness.requests() > 0 && target.witness.requests() == 0);
    let seen = proxy.witness.requests();
    let mut command = against(&target, Api::OzApi, &choice);
    command.env("http_proxy", proxy.target.as_str()).env("HTTP_PROXY", proxy.target.as_str());
    assert!(command.output().unwrap().status.success());
    assert_eq!(proxy.witness.requests(), seen);
}
