//! `errdrift.toml`: what a team runs every day.

use std::fs;
use std::path::Path;

use crate::support::{Ran, deployment, errdrift};
use errdrift::reference::Api;
use errdrift::run::embedded::Running;

/// A run in a folder with that file.
fn ran(folder: &Path, running: &Running, arguments: &[&str]) -> Ran {
    let mut command = errdrift(&["run"]);
    Ran::of(&command.args(arguments).current_dir(folder).envs(running.variables()).output().unwrap())
}

fn folder(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("errdrift.toml"), text).unwrap();
    folder
}

#[test]
fn run_alone_does_what_the_file_says() {
    let running = deployment(Api::OzApi, None);
    let folder = folder(&format!(
        "suites = [\"oz-api\"]\noperation = [\"folders.list\"]\nreport = [\"junit=out.xml\"]\nenvironment = \"here\"\n\
         skip = [{{ text = \"query-nul\", reason = \"the database of staging hangs\" }}]\n\n\
         [environments.here]\ntarget = \"{}\"\njobs = 2\n\n[environments.there]\ntarget = \"http://127.0.0.1:9\"\n",
        running.target.as_str()
    ));
    let done = ran(folder.path(), &running, &["--verbose"]).exits(0);
    assert!(done.stdout.contains("no drift"), "{}", done.stdout);
    assert!(done.stderr.contains("left out: `query-nul`: the database of staging hangs"), "{}", done.stderr);
    let junit = fs::read_to_string(folder.path().join("out.xml")).unwrap();
    assert!(junit.contains("folders.list") && !junit.contains("users.list") && !junit.contains("query-nul"));
    // The other environment has no target that answers, and the command line wins over either.
    ran(folder.path(), &running, &["--environment", "there"]).exits(3);
    ran(folder.path(), &running, &["--environment", "there", "--target", running.target.as_str()]).exits(0);
    let listed = ran(folder.path(), &running, &["--list", "--operation", "users.list"]).exits(0).stdout;
    assert!(listed.contains("users.list") && !listed.contains("folders.list"), "{listed}");
    // The suites of the command line stand alone.
    let listed = ran(folder.path(), &running, &["escrow-box", "--list", "--operation", "deals.get"]).exits(0).stdout;
    assert!(listed.contains("escrow-box/deals.get") && !listed.contains("oz-api"), "{listed}");
}

#[test]
fn paths_are_relative_to_the_file_wherever_it_is() {
    let running = deployment(Api::OzApi, None);
    let text =
        format!("suites = [\"./own.toml\"]\ntarget = \"{}\"\nreport = [\"json=out.json\"]\n", running.target.as_str());
    let folder = folder(&text);
    let suite = include_str!("../../suites/oz-api.toml");
    fs::write(folder.path().join("own.toml"), suite).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let file = folder.path().join("errdrift.toml");
    let config = ["--config", file.to_str().unwrap(), "--operation", "version"];
    ran(elsewhere.path(), &running, &config).exits(0);
    assert!(folder.path().join("out.json").exists());
    ran(elsewhere.path(), &running, &["--environment", "staging"]).exits(2);
    ran(elsewhere.path(), &running, &["--config", "nowhere.toml"]).exits(2);
}

#[test]
fn what_is_wrong_with_the_file_is_said_before_anything_is_sent() {
    let running = deployment(Api::OzApi, None);
    for (text, told) in [
        ("suites = [\"oz-api\"]\ntargets = \"x\"\n", "unknown member `targets`; did you mean `target`?"),
        ("suites = [\"oz-api\"]\ninsecure = true\n", "unknown member `insecure`"),
        ("suites = [\"oz-api\"]\nproxy = \"http://elsewhere.example\"\n", "unknown member `proxy`"),
        ("suites = [\"oz-api\"]\n[environments.a]\nca = \"own.pem\"\n", "unknown member `ca`"),
        ("suites = [\"oz-api\"]\nfault = [\"own-changing\"]\n", "/fault/0: `own-changing` may disturb others"),
        ("[environments.a]\nfault = [\"head-slow\"]\n", "/environments/a/fault/0: `head-slow` may disturb others"),
        (
            "suites = [\"oz-api\"]\ntarget = \"http://127.0.0.1:9\"\nreport = [\"json=errdrift.toml\"]\n",
            "the project's file",
        ),
        ("suites = [\"oz-api\"]\n[environments.a]\nyes_production = true\n", "unknown member `yes_production`"),
        ("environment = \"stagin\"\n[environments.staging]\ntarget = \"x\"\n", "there is no environment `stagin`"),
        ("suites = [\"oz-api\"]\nskip = [{ text = \"x\" }]\n", "reason"),
        ("suites = [\"oz-api\"\n", "errdrift.toml:"),
        // What looks like an option is the name of a suite, and there is none of it.
        ("suites = [\"--yes-production\"]\ntarget = \"http://127.0.0.1:9\"\n", "no built-in suite has this name"),
        ("suites = [\"oz-api\"]\ntarget = \"--insecure\"\n", "errdrift:"),
    ] {
        let folder = folder(text);
        let done = ran(folder.path(), &running, &[]).exits(2);
        assert!(done.stderr.contains(told), "{told}: {}", done.stderr);
        assert!(!done.stderr.contains("looks like production"));
    }
}

#[test]
fn other_commands_do_not_read_the_file() {
    let folder = folder("nonsense = 1\n");
    let listed =
        Ran::of(&errdrift(&["list", "oz-api", "--json"]).current_dir(folder.path()).output().unwrap()).exits(0);
    assert!(listed.stdout.contains("oz-api/folders.list"));
}
