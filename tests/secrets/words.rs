//! Credentials that are common words or numbers: our own text, the contract's words and the signatures stay as they are.

use crate::secrets::echo::Echo;
use crate::secrets::everywhere::Bench;

/// The same wrong reply to everything, with words that a credential may be.
fn target() -> Echo {
    Echo::answering(|_| {
        let body = r#"{"error_code": "404", "error_message": "no json for user 4217 of service error", "details": null, "user": {"name": 1}}"#;
        let head = "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Type: application/json\r\n";
        format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
    })
}

/// The signatures of a run, its output, and its report.
fn run(target: &str, token: &str) -> (Vec<String>, String, serde_json::Value) {
    let bench = Bench::new(token, "nobody-knows-5512", "nobody-knows-7734");
    let arguments = ["run", "s.toml", "--target", target, "--quiet", "--report", "json=r.json", "--operation", "a"];
    let (printed, code) = bench.errdrift(&arguments);
    let printed = String::from_utf8(printed).unwrap();
    assert_eq!(code, 1, "{printed}");
    let report: serde_json::Value = serde_json::from_slice(&bench.read("r.json")).unwrap();
    let drifts = report["drifts"].as_array().unwrap().iter();
    (drifts.map(|drift| drift["signature"].as_str().unwrap().to_owned()).collect(), printed, report)
}

#[test]
fn no_signature_depends_on_a_credential() {
    let echo = target();
    let (expected, ..) = run(&echo.target, "Zq7Xw2Kp9LmN4vRt8YbC");
    assert!(expected.len() > 2, "{expected:?}");
    for token in [
        "error",
        "json",
        "user",
        "admin",
        "404",
        "4217",
        "name",
        "error_code",
        "error_message",
        "details",
        "service",
        "application",
        "method",
        "oz-api",
        "schema-violation",
        "integer",
        "curl",
    ] {
        let (signatures, printed, report) = run(&echo.target, token);
        assert_eq!(signatures, expected, "{token}");
        for own in [
            "curl -sS -i -g --path-as-is",
            "at         /error_code",
            "expected   an integer",
            "application/json",
            "error_code",
            "oz-api.body.schema.json",
        ] {
            assert!(printed.contains(own), "{token}: no `{own}` in {printed}");
        }
        let text = report.to_string();
        for own in ["/api/a", "application/json", "schema-violation", "\"service\"", "\"/error_code\""] {
            assert!(text.contains(own), "{token}: no `{own}`");
        }
    }
}

#[test]
fn a_login_that_stands_alone_in_a_reply_is_masked() {
    let echo = target();
    for token in ["4217", "json", "user"] {
        let (_, _, report) = run(&echo.target, token);
        let bodies: Vec<_> = report["results"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|result| result["reply"]["body"].as_str())
            .collect();
        let alone = format!(" {token} ");
        assert!(
            !bodies.is_empty() && bodies.iter().all(|body| !body.contains(&alone) && body.contains(" ${TOKEN} ")),
            "{bodies:?}"
        );
    }
}

#[test]
fn what_cannot_be_masked_is_refused_before_anything_is_sent() {
    let echo = target();
    for token in ["7", "ab"] {
        let bench = Bench::new(token, "nobody-knows-5512", "nobody-knows-7734");
        for arguments in [
            ["run", "s.toml", "--target", &echo.target].as_slice(),
            &["compare", "s.toml", "--left", &echo.target, "--right", &echo.target],
        ] {
            let (printed, code) = bench.errdrift(arguments);
            let printed = String::from_utf8(printed).unwrap();
            assert!(code == 2 && printed.contains("${TOKEN} has fewer than 3 characters"), "{code}: {printed}");
        }
    }
    assert!(echo.heads.lock().unwrap().is_empty());
}
