//! One exchange: a line that says its outcome, and after it the findings, the request and the reply.

use super::markup::{Anchor, Html};
use crate::judge::finding::Finding;
use crate::model::layer::Layer;
use crate::model::verdict::Severity;
use crate::render::count::count;
use crate::report::{ProbeResult, RecordedReply, RecordedRequest};

/// A longer command is not for reading.
const MAX_COMMAND: usize = 6_000;

/// The exchange as an entry of the list.
pub(super) fn entry(result: &ProbeResult, number: usize) -> Html {
    let mut html = Html::default();
    let worst = result.findings.iter().map(|finding| finding.severity).max().map_or("none", Severity::word);
    let attributes = [
        ("id", &*Anchor::Exchange(number).id()),
        ("data-verdict", result.verdict.word()),
        ("data-severity", worst),
        ("data-operation", &operation(&result.suite, &result.operation)),
        ("data-cause", result.cause.word()),
    ];
    html.element("details", &attributes, |html| {
        html.element("summary", &[], |html| {
            chip(html, result.verdict.word());
            html.line("code", &[("class", "probe")], &result.probe);
            html.line("span", &[("class", "cause")], result.cause.word());
            let status = result.status.map_or_else(|| "no reply".to_owned(), |status| status.to_string());
            html.line("span", &[("class", "status")], &status);
            html.line("span", &[("class", "time")], &format!("{:.1} ms", result.duration_ms));
        });
        html.element("div", &[("class", "inside")], |html| {
            if let Some(reason) = &result.reason {
                html.line("p", &[("class", "reason")], &format!("Not judged: {reason}"));
            }
            for finding in &result.findings {
                broken(html, finding);
            }
            both(html, result);
        });
    });
    html.fixed("\n");
    html
}

/// How an operation is called where suites stand beside each other.
pub(super) fn operation(suite: &str, operation: &str) -> String {
    format!("{suite}/{operation}")
}

/// A verdict's or a severity's word, coloured by a class of its name.
pub(super) fn chip(html: &mut Html, word: &'static str) {
    html.element("span", &[("class", &format!("chip {word}"))], |html| html.text(word));
    html.fixed(" ");
}

/// One broken promise.
fn broken(html: &mut Html, finding: &Finding) {
    html.element("div", &[("class", "finding")], |html| {
        html.element("p", &[], |html| {
            chip(html, finding.severity.word());
            html.line("strong", &[], finding.rule.id);
            html.fixed(" at ");
            html.line("code", &[], if finding.at.is_empty() { "the whole body" } else { &finding.at });
        });
        promise(html, finding);
    });
}

/// What was promised and what came, side by side, and where the promise stands.
pub(super) fn promise(html: &mut Html, finding: &Finding) {
    html.element("dl", &[("class", "sides")], |html| {
        for (name, class, value) in [("Expected", "expected", &finding.expected), ("Actual", "actual", &finding.actual)]
        {
            html.element("div", &[("class", class)], |html| {
                html.line("dt", &[], name);
                html.line("dd", &[], if value.is_empty() { "(nothing)" } else { value });
            });
        }
        html.element("div", &[("class", "source")], |html| {
            html.line("dt", &[], "Source");
            html.line("dd", &[], &finding.source);
        });
    });
}

/// The request and what came of it.
pub(super) fn both(html: &mut Html, result: &ProbeResult) {
    html.element("div", &[("class", "sides")], |html| {
        html.element("div", &[], |html| {
            html.fixed("<h4>Request</h4>");
            match &result.request {
                Some(sent) => request(html, sent),
                None => html.fixed("<p>It was not recorded.</p>"),
            }
        });
        html.element("div", &[], |html| {
            html.fixed("<h4>Reply</h4>");
            who(html, result);
            match (&result.reply, &result.silence) {
                (Some(came), _) => reply(html, came),
                (None, Some(silence)) => html.line("p", &[], &format!("None: {silence}")),
                (None, None) => html.fixed("<p>None was recorded.</p>"),
            }
        });
    });
    if let Some(request) = &result.request {
        command(html, &request.command);
    }
}

fn request(html: &mut Html, request: &RecordedRequest) {
    if let Some(raw) = &request.raw {
        html.wire(&[], raw);
        cut(html, raw.len(), request.raw_bytes);
    } else {
        let body = request.body.as_deref().unwrap_or_default();
        html.block(&[], &message(&format!("{} {}", request.method, request.url), &request.headers, body));
        cut(html, body.len(), request.body_bytes);
    }
    if request.body_base64.is_some() || request.raw_base64.is_some() {
        html.fixed("<p class=\"remark\">Not all of it is UTF-8: the JSON report has the bytes.</p>");
    }
}

fn reply(html: &mut Html, reply: &RecordedReply) {
    html.block(&[], &message(&reply.status.to_string(), &reply.headers, &reply.body));
    cut(html, reply.body.len(), Some(reply.body_bytes));
    if reply.body_base64.is_some() {
        html.fixed("<p class=\"remark\">Not all of it is UTF-8: the JSON report has the bytes.</p>");
    }
}

/// A message as HTTP/1.1 would have it, for reading.
fn message(start: &str, headers: &[(String, String)], body: &str) -> String {
    let fields: String = headers.iter().map(|(name, value)| format!("{}: {}\n", flat(name), flat(value))).collect();
    let gap = if body.is_empty() { "" } else { "\n" };
    format!("{}\n{fields}{gap}{body}", flat(start))
}

/// Text whose line ends cannot be taken for those of the message.
fn flat(text: &str) -> String {
    text.replace('\r', "\\u{d}").replace('\n', "\\u{a}")
}

/// Says that there was more than is shown.
fn cut(html: &mut Html, kept: usize, bytes: Option<usize>) {
    if let Some(bytes) = bytes.filter(|bytes| *bytes > kept) {
        html.line("p", &[("class", "remark")], &format!("Cut: there were {}.", count(bytes, "byte")));
    }
}

/// Who probably wrote the reply, and what shows it.
fn who(html: &mut Html, result: &ProbeResult) {
    if result.layer.is_none() {
        return;
    }
    html.element("p", &[("class", "remark")], |html| {
        html.text(&format!("Written by the {}", author(result.layer, result.answered_by.as_deref())));
        if let Some(evidence) = &result.evidence {
            html.text(&format!(": {evidence}"));
        }
    });
}

/// A layer with its product, where that is known.
pub(super) fn author(layer: Option<Layer>, product: Option<&str>) -> String {
    let layer = layer.map_or("nobody", Layer::word);
    product.map_or_else(|| layer.to_owned(), |product| format!("{layer} ({product})"))
}

/// The command that sends the request again.
fn command(html: &mut Html, command: &str) {
    let length = command.chars().count();
    if length > MAX_COMMAND {
        let text = format!("Its command has {}: see the JSON report.", count(length, "character"));
        html.line("p", &[("class", "remark")], &text);
    } else {
        html.fixed("<h4>Command</h4>");
        html.block(&[("class", "command")], command);
    }
}
