//! `--wait`: a target that is only just started.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::{Ran, deployment, errdrift};
use crate::trust::front::{Act, Front, answer};
use errdrift::reference::Api;

/// Requests that a target answers as a gateway does whose service is not there yet.
const EARLY: usize = 3;

#[test]
fn a_target_that_is_only_just_started_is_waited_for_where_that_is_asked() {
    let running = deployment(Api::OzApi, None);
    let run = |arguments: &[&str]| {
        let seen = AtomicUsize::new(0);
        let front = Front::start(&running, move |_, _| {
            let is_early = seen.fetch_add(1, Ordering::SeqCst) < EARLY;
            if is_early { answer("503 Service Unavailable", "", "starting") } else { Act::Pass }
        });
        let mut command = errdrift(&["run", "oz-api", "--target", &front.target, "--operation", "version"]);
        Ran::of(&command.args(arguments).envs(running.variables()).output().unwrap())
    };
    run(&[]).exits(3);
    run(&["--wait", "30s"]).exits(0);
}

#[test]
fn a_target_that_never_answers_is_waited_for_no_longer_and_nothing_turns_green() {
    let running = deployment(Api::OzApi, None);
    let front = Front::start(&running, |_, _| answer("503 Service Unavailable", "", "starting"));
    let mut command = errdrift(&["run", "oz-api", "--target", &front.target, "--operation", "version", "--wait", "1s"]);
    Ran::of(&command.envs(running.variables()).output().unwrap()).exits(3);
}
