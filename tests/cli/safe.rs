//! What would be sent and what is withheld: the dry run, `check`, `skip` and `--read-only`.

use crate::support::{deployment, listed, ran, run};
use errdrift::reference::Api;
use serde_json::Value;

/// A suite with one operation that creates, and whatever else is said of it.
fn suite(directory: &tempfile::TempDir, top: &str, body: &str) -> String {
    let file = directory.path().join("shop.toml");
    let text = format!(
        "id = \"shop\"\ntitle = \"Shop\"\ncontract = \"oz-api\"\nprefix = \"/api\"\n{top}\n\
         [credentials.token]\nscheme = \"bearer\"\nvalid = {{ token = \"${{SHOP_TOKEN}}\" }}\nunknown = {{ token = \"nobodys\" }}\n\
         [[operation]]\nid = \"orders.create\"\nmethod = \"POST\"\npath = \"/api/orders\"\neffect = \"creates\"\ncredential = \"token\"\n\
         [operation.body]\nmedia_type = \"application/json\"\n{body}members.size = {{ type = \"integer\", example = 1 }}\n"
    );
    std::fs::write(&file, text).unwrap();
    file.display().to_string()
}

const ANCHOR: &str = "anchor = { member = \"size\", value = \"none\", cause = \"wrong-type\" }\n";

#[test]
fn the_dry_run_shows_each_request_as_it_would_leave_and_no_secret() {
    let ran =
        ran(&["list", "escrow-box", "--requests", "--operation", "ads.create", "--tier", "core", "--tier", "wire"]);
    let text = ran.exits(0).stdout;
    let probes = listed(&["list", "escrow-box", "--operation", "ads.create", "--tier", "core", "--tier", "wire"]);
    assert_eq!(text.matches("\n# escrow-box/").count(), probes.len());
    assert!(text.starts_with("# control escrow-box/handlers.cities (it only reads)\nGET /api/handlers/"), "{text}");
    assert!(text.contains("authorization: Basic base64(${ESCROW_LOGIN}:${ESCROW_PASSWORD})"), "{text}");
    assert!(
        text.contains("# escrow-box/ads.create/body-trailing-comma (the anchor)\nPOST /api/ads HTTP/1.1\n"),
        "{text}"
    );
    assert!(text.contains("\"productPrice\":\"not a number\",\"productTitle\""), "{text}");
}

#[test]
fn the_dry_run_for_programs_has_the_request_and_why_it_may_be_sent() {
    let list = ran(&["list", "oz-api", "--requests", "--json", "--fault", "body-truncated"]).exits(0).stdout;
    let list: Vec<Value> = serde_json::from_str(&list).unwrap();
    assert!(list.iter().all(|entry| entry["safe_by"].is_string() && entry["request"]["method"].is_string()));
    let users = list.iter().find(|entry| entry["operation"] == "users.create").unwrap();
    assert_eq!(users["request"]["target"], "/api/users/");
}

#[test]
fn a_check_says_what_each_changing_operation_gets_and_misses_an_anchor() {
    let directory = tempfile::tempdir().unwrap();
    let text = ran(&["check", &suite(&directory, "", ANCHOR)]).exits(0).stdout;
    assert!(text.contains("orders.create (POST /api/orders): ") && text.contains("safe by "), "{text}");
    assert!(!text.contains("warning"), "{text}");
    let text = ran(&["check", &suite(&directory, "", "")]).exits(0).stdout;
    assert!(text.contains("warning") && text.contains("or `anchor` in its body"), "{text}");
    assert!(text.contains("withheld"), "{text}");
}

#[test]
fn what_the_suite_skips_is_not_planned_and_says_why() {
    let directory = tempfile::tempdir().unwrap();
    let skip = |what: &str| format!("[[skip]]\n{what}\nreason = \"three of them lock the account\"\n");
    let file = suite(&directory, &skip("fault = \"credentials-unknown\""), ANCHOR);
    assert!(listed(&["list", &file]).iter().all(|probe| !probe.contains("credentials-unknown")));
    let text = ran(&["check", &file]).exits(0).stdout;
    assert!(text.contains("the suite skips it: three of them lock the account"), "{text}");
    let file = suite(&directory, &skip("fault = \"credentials-unknwon\""), ANCHOR);
    assert!(ran(&["check", &file]).exits(2).stderr.contains("did you mean `credentials-unknown`?"));
    let file = suite(&directory, &skip("operation = \"orders.craete\""), ANCHOR);
    assert!(ran(&["check", &file]).exits(2).stderr.contains("no operation `orders.craete`"));
}

#[test]
fn all_methods_of_a_path_have_all_that_are_operations() {
    let directory = tempfile::tempdir().unwrap();
    let file = suite(&directory, "", ANCHOR);
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("effect = \"creates\"", "effect = \"creates\"\nmethods = [\"GET\"]")).unwrap();
    assert!(ran(&["check", &file]).exits(2).stderr.contains("`POST` is not among all methods of the path"));
}

#[test]
fn a_run_that_only_reads_names_what_it_left_out() {
    let running = deployment(Api::OzApi, None);
    let ran = run(&running, Api::OzApi, &["--read-only", "--quiet", "--report", "json=-"]).exits(0);
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let methods: Vec<_> =
        report["results"].as_array().unwrap().iter().map(|r| r["request"]["method"].clone()).collect();
    assert!(methods.len() > 300 && methods.iter().all(|m| ["GET", "HEAD", "OPTIONS"].iter().any(|safe| m == safe)));
    assert!(report["withheld"].to_string().contains("left out by --read-only"));
}
