//! Credentials: what is missing is named and never green, and what is there is shown nowhere.

use crate::support::{Ran, against, deployment, errdrift};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use errdrift::reference::Api;
use serde_json::Value;

const JSON: [&str; 2] = ["--report", "json=-"];

fn summary(ran: &Ran) -> (u64, u64) {
    let report: Value = serde_json::from_str(&ran.stdout).unwrap();
    let number = |name: &str| report["summary"][name].as_u64().unwrap();
    (number("not_exercised"), number("probes"))
}

#[test]
fn without_the_token_a_run_is_not_judged_and_names_the_variable() {
    let running = deployment(Api::OzApi, None);
    let ran = |change: fn(&mut std::process::Command)| {
        let mut command = against(&running, Api::OzApi, &JSON);
        change(&mut command);
        Ran::of(&command.output().unwrap()).exits(3).says("${OZ_TOKEN} is not set")
    };
    let unset = ran(|command| {
        command.env_remove("OZ_TOKEN");
    });
    let empty = ran(|command| {
        command.env("OZ_TOKEN", "");
    });
    let (missing, probes) = summary(&unset);
    assert!(missing > 0 && missing < probes, "{missing} of {probes}: what needs no token is sent all the same");
    assert_eq!(summary(&empty), (missing, probes));
}

#[test]
fn without_a_second_credential_only_its_probes_are_not_exercised() {
    for variable in ["OZ_WEAK_TOKEN", "OZ_EXPIRED_TOKEN"] {
        let running = deployment(Api::OzApi, None);
        let mut command = against(&running, Api::OzApi, &JSON);
        command.env_remove(variable);
        let ran = Ran::of(&command.output().unwrap()).exits(0).says(&format!("${{{variable}}} is not set"));
        let (missing, probes) = summary(&ran);
        assert!(missing > 0 && missing < probes / 10, "{missing} of {probes}");
    }
}

#[test]
fn without_the_login_or_the_password_a_run_is_not_judged() {
    for variable in ["ESCROW_LOGIN", "ESCROW_PASSWORD"] {
        let running = deployment(Api::EscrowBox, None);
        let mut command = against(&running, Api::EscrowBox, &JSON);
        command.env(variable, "");
        Ran::of(&command.output().unwrap()).exits(3).says(&format!("${{{variable}}} is not set"));
    }
}

/// Runs with reports in files; everything that was written, as one text.
fn written(mut command: std::process::Command) -> String {
    let directory = tempfile::tempdir().unwrap();
    let reports = ["json", "junit", "html"].map(|format| (format, directory.path().join(format)));
    for (format, path) in &reports {
        command.args(["--report", &format!("{format}={}", path.display())]);
    }
    let ran = Ran::of(&command.output().unwrap());
    let files = reports.map(|(_, path)| std::fs::read_to_string(path).unwrap());
    [vec![ran.stdout, ran.stderr], files.to_vec()].concat().join("\n")
}

#[track_caller]
fn hides(text: &str, secret: &str) {
    let encoded = BASE64_STANDARD.encode(secret);
    for form in [secret, encoded.as_str(), encoded.trim_end_matches('=')] {
        let place = text.find(form).map(|at| text[at.saturating_sub(80)..].chars().take(200).collect::<String>());
        assert!(place.is_none(), "{form} stands in: {place:?}");
    }
}

#[test]
fn a_token_that_the_target_echoes_is_shown_nowhere() {
    let echo = errdrift::reference::drifts().find(|drift| drift.name == "echoes-token").unwrap();
    let running = deployment(echo.api, Some(echo.name));
    let text = written(against(&running, echo.api, &[]));
    assert!(text.contains("${OZ_TOKEN}"), "the mask says which variable it was");
    for (_, secret) in errdrift::reference::environment(echo.api) {
        hides(&text, secret);
    }
}

#[test]
fn odd_credentials_are_shown_nowhere_though_every_reply_has_them() {
    echoed("l&o'g<i>n", "p&a's<w>o/r+%41=", "t&o'k<e>n+/%41==");
}

#[test]
fn credentials_that_json_escapes_are_shown_nowhere() {
    echoed("l\"o\\gin", "p\"ass\\word", "t\"o\\ken");
}

fn echoed(login: &str, password: &str, token: &str) {
    let echo = crate::support::Echo::start();
    for suite in ["oz-api", "escrow-box"] {
        let mut command = errdrift(&["run", suite, "--target", &echo.target]);
        command.env("ESCROW_LOGIN", login).env("ESCROW_PASSWORD", password).env("OZ_TOKEN", token);
        let text = written(command);
        for secret in [login, password, token, &format!("{login}:{password}")] {
            hides(&text, secret);
            // As the reports' own formats escape them.
            hides(&text, serde_json::to_string(secret).unwrap().trim_matches('"'));
            hides(&text, &secret.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"));
        }
    }
}
