//! A page of a browser that the environment names: what allows it alone is right, in the run and when it is judged again.

use crate::support::{Ran, deployment, errdrift};
use crate::trust::front::{Act, Front};
use errdrift::reference::Api;

const PAGE: &str = "https://console.example";

#[test]
fn a_preflight_that_allows_the_page_alone_is_right_and_so_it_is_when_judged_again() {
    let running = deployment(Api::OzApi, None);
    let front = Front::start(&running, |head, _| {
        if !head.starts_with("OPTIONS ") || !head.contains(PAGE) {
            return Act::Pass;
        }
        let fields = "Access-Control-Allow-Headers: content-type, x-forensic-access-token";
        let reply = format!("HTTP/1.1 204 No Content\r\nAccess-Control-Allow-Origin: {PAGE}\r\n{fields}\r\n\r\n");
        Act::Answer(reply.into_bytes())
    });
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("report.json");
    let json = format!("json={}", file.display());
    let mut command =
        errdrift(&["run", "oz-api", "--target", &front.target, "--fault", "preflight", "--report", &json]);
    Ran::of(&command.envs(running.variables()).env("OZ_BROWSER_ORIGIN", PAGE).output().unwrap()).exits(0);
    let report = std::fs::read_to_string(&file).unwrap();
    // Every exchange stands in a report that says so; these have a finding or none, as they came.
    assert!(report.contains("/preflight"), "{report}");
    Ran::of(&errdrift(&["judge", file.to_str().unwrap()]).output().unwrap()).exits(0);
}
