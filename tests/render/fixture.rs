//! Runs as the engine would leave them: one with every verdict and severity, one from a hostile target.

use errdrift::judge::finding::Finding;
use errdrift::model::cause::Cause;
use errdrift::model::layer::Layer;
use errdrift::model::verdict::{Severity, Verdict};
use errdrift::render::format::Format;
use errdrift::report::tally::Tally;
use errdrift::report::{
    Closing, CodeCoverage, MessageCoverage, Opening, ProbeResult, RecordedReply, RecordedRequest, SuiteFile,
};
use serde_json::{Value, json};

/// What each sink takes for its own: ANSI, workflow commands, markup, links, mentions, bidirectional text, what XML forbids.
pub(crate) const HOSTILE: &str = "\u{1b}[31m\u{1b}]0;title\u{7}\u{9b}2J\r\n::error::pwned\n  ::add-mask::x\n##vso[task.complete]\n\
    ##[error]x\n##teamcity[x]\nsection_start:1:x\r\u{1b}[0K]]></failure><script>&amp;\u{0}\u{8}\u{b}\u{fffe}\u{ffff}\
    \u{202e}\u{2066}\u{200b}\u{2028}\u{e0041} | a\\| b | `c` ``d`` ` \n```\n````\n</details></code> <img src=x onerror=pwned> \
    [e](http://evil.example) ![e](http://evil.example/e.png) https://evil.example www.evil.example me@evil.example @everyone \
    #1 <!-- {0} ${T} %0A::error::pwned,line=1 %25 ::stop-commands::x \n* a\n\n    b\n\"'\\ok 99\n\nBail out!\n0 failed";

/// The report in the format of that name.
pub(crate) fn report(format: &str, opening: &Opening, results: &[ProbeResult], closing: &Closing) -> String {
    let mut renderer = (Format::named(format).unwrap().open)();
    let mut text = Vec::new();
    renderer.begin(opening, &mut text).unwrap();
    for result in results {
        renderer.result(result, &mut text).unwrap();
    }
    renderer.end(opening, closing, &mut text).unwrap();
    String::from_utf8(text).unwrap()
}

pub(crate) fn opening() -> Opening {
    Opening {
        target: "http://127.0.0.1:8080/v1".to_owned(),
        started_at: "2026-11-22T06:00:00Z".to_owned(),
        suites: vec!["oz-api".to_owned(), "escrow-box".to_owned()],
        operations: [("oz-api".to_owned(), vec!["folders.list".to_owned(), "instance.version".to_owned()])].into(),
        insecure: false,
        strict: false,
        suite_names: ["oz-api", "escrow-box"].map(|suite| (suite.to_owned(), suite.to_owned())).into(),
        files: ["oz-api", "escrow-box"].map(|suite| (suite.to_owned(), file(suite))).into(),
    }
}

/// Where a suite is written: its operations from line 20 on.
fn file(suite: &str) -> SuiteFile {
    let operations = ["folders.list", "folders.read", "media.list", "analyses.list", "payments.create"];
    let lines = operations.iter().enumerate().map(|(index, id)| ((*id).to_owned(), 20 + index)).collect();
    SuiteFile { path: format!("suites/{suite}.toml"), lines }
}

pub(crate) fn finding(rule: &'static str, severity: Severity, at: &str, expected: &str, actual: &str) -> Finding {
    Finding {
        rule: errdrift::judge::find(rule).unwrap(),
        severity,
        at: errdrift::model::place::Place::pointer(at),
        expected: expected.to_owned(),
        actual: actual.to_owned(),
        source: "«error_code – целочисленный код ошибки»; «Коды ошибок: 0 … 12»".to_owned(),
        facet: String::new(),
        class: String::new(),
        promised_at: None,
        by_cause: rule == "code-unexpected",
        for_all: false,
        repeats: None,
        author: None,
        waived: None,
        old: false,
    }
}

pub(crate) fn result(
    suite: &str,
    operation: &str,
    fault: &str,
    verdict: Verdict,
    findings: Vec<Finding>,
) -> ProbeResult {
    let headers = |pairs: &[(&str, &str)]| pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    let url = format!("http://127.0.0.1:8080/v1/api/{operation}/?offset=-1");
    ProbeResult {
        probe: format!("{suite}/{operation}/{fault}/offset"),
        suite: suite.to_owned(),
        operation: operation.to_owned(),
        fault: fault.to_owned(),
        cause: Cause::InvalidValue,
        verdict,
        layer: Some(Layer::Service),
        answered_by: None,
        evidence: Some("the body is the contract's".to_owned()),
        evidence_kind: None,
        status: Some(400),
        duration_ms: 1.25,
        request: Some(RecordedRequest {
            method: "GET".to_owned(),
            headers: headers(&[("accept", "application/json"), ("x-forensic-access-token", "${OZ_TOKEN}")]),
            command: format!("curl -sS -i -g --path-as-is -H \"x-forensic-access-token: ${{OZ_TOKEN}}\" '{url}'"),
            url,
            ..RecordedRequest::default()
        }),
        reply: Some(RecordedReply {
            status: 400,
            headers: headers(&[("date", "Sun, 22 Nov 2026 06:00:00 GMT"), ("content-type", "application/json")]),
            body: "{\"error_code\": 7, \"error_message\": \"Token does not exist\"}".to_owned(),
            body_bytes: 57,
            body_base64: None,
            masked: false,
        }),
        silence: None,
        reason: None,
        findings,
        code: None,
        fits: Vec::new(),
        left_open: false,
        applied: 0,
        sent: true,
        answer: None,
    }
}

/// A probe to which nothing came back.
pub(crate) fn silent(operation: &str, verdict: Verdict, findings: Vec<Finding>) -> ProbeResult {
    let mut result = result("oz-api", operation, "body-truncated", verdict, findings);
    (result.reply, result.layer) = (None, None);
    result.silence = Some("closed without a reply: connection reset".to_owned());
    if verdict == Verdict::Inconclusive {
        result.reason = Some("the control of oz-api/folders.list failed".to_owned());
    }
    result
}

/// Results of every verdict, with findings of every severity.
pub(crate) fn mixed() -> Vec<ProbeResult> {
    let code = || {
        finding("code-unexpected", Severity::Error, "/error_code", "code 4 (INVALID VALUE)", "code 7 (AUTH INVALID)")
    };
    let version = || {
        finding(
            "version-disclosed",
            Severity::Note,
            "header:server",
            "no version of the server's software",
            "nginx/1.22.1",
        )
    };
    let mut results = vec![result("oz-api", "folders.list", "query-positive", Verdict::Pass, Vec::new())];
    for operation in ["folders.list", "folders.read", "media.list", "analyses.list"] {
        for fault in ["query-negative", "query-not-a-number"] {
            results.push(result("oz-api", operation, fault, Verdict::Fail, vec![code(), version()]));
        }
    }
    let expected = "a JSON object with exactly the members error_code, an integer, and error_message, a string, of which none \
        is left out";
    let member =
        finding("member-undocumented", Severity::Warning, "/error_details", expected, "a member `error_details`");
    let mut page = result("escrow-box", "payments.create", "body-empty", Verdict::Pass, vec![member]);
    page.layer = Some(Layer::Gateway);
    if let Some(reply) = &mut page.reply {
        (reply.status, reply.body_bytes) = (502, 1_204_000);
        reply.headers =
            vec![("Server".to_owned(), "nginx".to_owned()), ("content-type".to_owned(), "text/html".to_owned())];
        let row =
            "    <p>The server encountered a temporary error and could not complete your request. Please retry.</p>\n";
        reply.body = format!("<html>\n\n{}", row.repeat(40));
    }
    results.push(page);
    let nothing = finding("no-reply", Severity::Error, "status", "a reply with 400", "connection reset");
    results.push(silent("folders.read", Verdict::Fail, vec![nothing]));
    results.push(silent("folders.list", Verdict::Inconclusive, Vec::new()));
    results.push(result("escrow-box", "payments.read", "login-unknown", Verdict::Waived, vec![version()]));
    for (index, result) in results.iter_mut().enumerate() {
        let (contract, code) =
            if result.suite == "oz-api" { ("oz-api", json!(7)) } else { ("escrow-box", json!("NOT_ALLOWED")) };
        result.code = (index % 2 == 0).then(|| (contract.to_owned(), code));
    }
    results
}

/// What the tally makes of the results, with a catalogue.
pub(crate) fn closing(results: &[ProbeResult], strict: bool) -> Closing {
    let mut tally = Tally::default();
    for result in results {
        tally.result(result);
    }
    let mut closing = tally.close(812, strict);
    let line = |contract: &str, code: Value, name: &str, exercised, provoked| CodeCoverage {
        contract: contract.to_owned(),
        code,
        name: name.to_owned(),
        exercised,
        provoked,
        messages: Vec::new(),
    };
    closing.catalogue = vec![
        line("oz-api", json!(0), "UNKNOWN", 0, false),
        line("oz-api", json!(7), "AUTH INVALID", 1031, true),
        line("oz-api", json!(10), "NOT EXIST", 0, true),
        line(
            "escrow-box",
            json!("NOT_ALLOWED"),
            "Wrong authorization credentials have been passed to headers",
            31,
            true,
        ),
        line("escrow-box", json!("UNKNOWN_ERROR"), "Internal server error", 0, false),
    ];
    let message = |message: &str, exercised| MessageCoverage { message: message.to_owned(), exercised };
    closing.catalogue[3].messages = vec![
        message("Wrong authorization credentials have been passed to headers", 31),
        message("Client is not ACTIVE", 0),
    ];
    closing
}

/// The run with every verdict.
pub(crate) fn mixed_closing() -> Closing {
    let mut tally = Tally::default();
    for result in mixed() {
        tally.result(&result);
    }
    for operation in ["folders.list", "folders.read", "media.list", "analyses.list", "analyses.read"] {
        tally.not_exercised(format!("oz-api/{operation}/token-expired"), "OZ_EXPIRED_TOKEN is not set".to_owned());
    }
    let inactive = "ESCROW_INACTIVE_LOGIN is not set".to_owned();
    tally.not_exercised("escrow-box/payments.read/account-inactive".to_owned(), inactive);
    let safety = "the operation moves money, and a lenient server may take the request for right".to_owned();
    tally.withheld("escrow-box/payments.create/member-unknown".to_owned(), safety);
    let mut mixed = tally.close(812, false);
    mixed.catalogue = closing(&[], false).catalogue;
    mixed
}

/// A run in which everything that a target can choose is hostile, and some of it long.
pub(crate) fn hostile(longest: usize) -> Vec<ProbeResult> {
    let long = HOSTILE.repeat(longest / HOSTILE.len());
    let make = |text: &str, actual: &str, verdict| {
        let findings = vec![
            finding("code-undocumented", Severity::Error, text, text, actual),
            finding("member-undocumented", Severity::Note, text, text, actual),
        ];
        let mut result = result("oz-api", "folders.list", "query-negative", verdict, findings);
        if let Some(reply) = &mut result.reply {
            actual.clone_into(&mut reply.body);
            reply.headers.push((text.to_owned(), text.to_owned()));
        }
        result
    };
    let mut nothing =
        silent("folders.read", Verdict::Fail, vec![finding("no-reply", Severity::Error, "status", "x", HOSTILE)]);
    nothing.silence = Some(HOSTILE.to_owned());
    let mut unsure = silent("folders.list", Verdict::Inconclusive, Vec::new());
    unsure.reason = Some(HOSTILE.to_owned());
    vec![
        make(HOSTILE, HOSTILE, Verdict::Fail),
        make(HOSTILE, &long, Verdict::Fail),
        make("", "", Verdict::Pass),
        nothing,
        unsure,
    ]
}

/// The hostile text in pieces that overlap, each in a drift of its own: where a report cuts what is long, it shows all of it.
pub(crate) fn hostile_pieces() -> Vec<ProbeResult> {
    let letters: Vec<char> = HOSTILE.chars().collect();
    let pieces: Vec<String> = (0..letters.len())
        .step_by(60)
        .map(|start| letters[start..letters.len().min(start + 80)].iter().collect())
        .collect();
    let piece = |text: &String| {
        let findings = vec![finding("code-undocumented", Severity::Error, text, text, text)];
        let mut result = result("oz-api", "folders.list", "query-negative", Verdict::Fail, findings);
        if let Some(reply) = &mut result.reply {
            text.clone_into(&mut reply.body);
        }
        result
    };
    pieces.iter().map(piece).collect()
}
