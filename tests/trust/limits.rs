//! Limits of the machine that a run is on are named as such, never blamed on the target, and kept to where that helps.

use std::io::Write as _;
use std::process::Command;

use crate::support::{Ran, deployment};
use errdrift::reference;
use errdrift::reference::Api;

/// A run under a limit of open files; `None` where the system has no `prlimit` (util-linux).
fn limited(files: usize, target: &str) -> Option<Ran> {
    let mut command = Command::new("prlimit");
    command.arg(format!("--nofile={files}")).arg(env!("CARGO_BIN_EXE_errdrift"));
    command.args([
        "run",
        "oz-api",
        "--target",
        target,
        "--operation",
        "folders.list",
        "--jobs",
        "32",
        "--color",
        "never",
    ]);
    command.args(["--quiet", "--report", "markdown=-"]).envs(reference::environment(Api::OzApi).iter().copied());
    Some(Ran::of(&command.output().ok()?))
}

#[test]
fn a_limit_of_open_files_is_this_machines_and_fewer_connections_go_on() {
    let running = deployment(Api::OzApi, None);
    let target = running.target.as_str().replace("127.0.0.1", "localhost");
    let (mut met, mut went_on) = (0, 0);
    for files in 6..40 {
        let Some(ran) = limited(files, &target) else {
            writeln!(std::io::stderr(), "skipped: this system has no prlimit").unwrap();
            return;
        };
        let said = format!("{}{}", ran.stdout, ran.stderr);
        let names = said.contains(&format!("ulimit -n is {files}"));
        for blame in ["unreachable", "went away", "lookup", "whether the deployment is up"] {
            assert!(!said.contains(blame), "{files}: {said}");
        }
        match ran.code {
            // So few that the program itself cannot be loaded.
            127 => {}
            2 | 3 => {
                assert!(names, "{files}: {said}");
                assert!(said.contains("no more open files"), "{files}: {said}");
                met += usize::from(ran.code == 3);
            }
            0 => {
                went_on += usize::from(names && said.contains("the run went on with"));
                if !names {
                    break;
                }
            }
            other => panic!("{files}: exit {other}: {said}"),
        }
    }
    assert!(met > 0 && went_on > 0, "{met} {went_on}");
}
