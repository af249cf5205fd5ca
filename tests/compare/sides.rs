//! The two sides: what each is sent, with which credentials, and what is said of one that could not be judged.

use crate::compare::differences::compare;
use crate::compare::front::Front;
use crate::support::{Ran, deployment, errdrift};
use errdrift::reference;
use errdrift::reference::Api;

#[test]
fn a_side_that_is_only_to_be_read_gets_no_request_that_could_change_anything() {
    let running = deployment(Api::OzApi, None);
    let (left, right) = (Front::start(&running, |_, _| {}), Front::start(&running, |_, _| {}));
    let chosen = ["--operation", "folders.list", "--operation", "folders.create", "--read-only", "right"];
    let ran = compare(&left.target, &right.target, &chosen).exits(0);
    for front in [&left, &right] {
        let asked = front.asked();
        assert!(asked.len() > 10);
        let safe = |head: &&String| ["GET ", "HEAD ", "OPTIONS "].iter().any(|method| head.starts_with(method));
        assert!(asked.iter().all(|head| safe(&head)), "{asked:#?}");
    }
    let line = ran.stdout.lines().find(|line| line.starts_with("left out, since a side is only to be read: ")).unwrap();
    assert!(line.contains("oz-api/folders.create ") && line.contains("oz-api/folders.list "), "{line}");
    // Without it, both get all.
    compare(&left.target, &right.target, &chosen[..4]).exits(0);
    assert!([left, right].iter().all(|front| front.asked().iter().any(|head| head.starts_with("POST "))));
}

#[test]
fn each_side_can_have_credentials_of_its_own() {
    let running = deployment(Api::OzApi, None);
    let (left, right) = (Front::start(&running, |_, _| {}), Front::start(&running, |_, _| {}));
    let token = reference::environment(Api::OzApi)[0].1;
    let with = |name: &str, value: &str| {
        let mut command = errdrift(&["compare", "oz-api", "--left", &left.target, "--right", &right.target]);
        command.args(["--operation", "folders.list"]);
        command.envs(reference::environment(Api::OzApi).iter().copied()).env(name, value);
        Ran::of(&command.output().unwrap())
    };
    let ran = with("RIGHT_OZ_TOKEN", "a-token-that-nobody-gave-out").exits(3);
    let told = "not judged: right: no control of oz-api ";
    assert!(ran.stdout.contains(told) && !ran.stdout.contains("not judged: left"), "{}", ran.stdout);
    assert!(
        !ran.stdout.contains("a-token-that-nobody-gave-out") && !ran.stdout.contains("breaking: "),
        "{}",
        ran.stdout
    );
    let heard = |front: &Front, text: &str| front.asked().iter().any(|head| head.contains(text));
    assert!(heard(&right, "a-token-that-nobody-gave-out") && !heard(&left, "a-token-that-nobody-gave-out"));
    assert!(heard(&left, token));
}

#[test]
fn a_side_that_is_not_there_is_named() {
    let running = deployment(Api::OzApi, None);
    let nobody = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let ran = compare(running.target.as_str(), &nobody, &["--operation", "folders.list"]).exits(3);
    assert!(ran.stdout.contains("not judged: right: ") && ran.stdout.contains("unreachable"), "{}", ran.stdout);
    assert!(ran.stdout.contains("judged on the left alone: ") && ran.stdout.contains("errdrift: NOT JUDGED: "));
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_is_sent() {
    let running = deployment(Api::OzApi, None);
    let target = running.target.as_str();
    compare(target, "ftp://example.com", &[]).exits(2).says("--right: `ftp://example.com` is no target");
    compare(target, target, &["--fault", "no-such-fault"]).exits(2).says("no fault `no-such-fault`");
    compare(target, target, &["--ca", "/nowhere/at-all.pem"]).exits(2).says("/nowhere/at-all.pem");
    assert_eq!(running.witness.requests(), 0);
}
