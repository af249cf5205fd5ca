//! What was sent and what came, as a report may keep it: without secrets, and no longer than a reader needs.
//!
//! This is where secrets are masked, once, so that no renderer has to. It knows no format of a report.

use std::borrow::Cow;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use serde_json::Value;

use super::curl::{again, command};
use super::{ProbeResult, RecordedReply, RecordedRequest};
use crate::judge::finding::Finding;
use crate::judge::{Judgement, describe as words};
use crate::model::answer::Answer;
use crate::model::content;
use crate::model::content::Unpacked;
use crate::model::exchange::{Exchange, Outcome, Part, Reply, Request, Script};
use crate::model::masked;
use crate::model::secret::Mask;
use crate::model::target::Target;
use crate::model::verdict::Verdict;
use crate::plan::Probe;

/// The most of a request's content that is kept; the command has all of it.
const MAX_REQUEST_BODY: usize = 64 * 1024;
/// As much is masked before it is cut: more than is kept by the longest secret.
const MAX_MASKED: usize = MAX_REQUEST_BODY + 16 * 1024;
/// The most of a reply's body that is kept, and of each of its header fields.
const MAX_REPLY: usize = 4 * 1024;
/// The most of a reply's header fields that is kept in all.
const MAX_HEAD: usize = 16 * 1024;

/// What turns exchanges into results.
#[derive(Debug)]
pub(crate) struct Recorder {
    /// The target, for the URLs.
    pub(crate) target: String,
    /// Whether certificates are not verified, for the commands.
    pub(crate) insecure: bool,
    /// What hides the run's secrets.
    pub(crate) mask: Mask,
    /// Whether every exchange is recorded; else only those with a finding or without a verdict.
    pub(crate) records_all: bool,
}

impl Recorder {
    /// The outcome of the probe.
    pub(crate) fn result(&self, probe: &Probe, exchange: &Exchange, judgement: Judgement) -> ProbeResult {
        let verdict = judgement.verdict();
        // What is compared later may turn out to be wrong.
        let records =
            self.records_all || probe.like.is_some() || verdict != Verdict::Pass || !judgement.findings.is_empty();
        let came = match &exchange.outcome {
            Outcome::Reply(reply) => Ok(reply),
            Outcome::Silence(silence) => Err(silence),
        };
        let contract = &probe.api.contract.file.id;
        ProbeResult {
            layer: judgement.origin.as_ref().map(|origin| origin.layer),
            answered_by: judgement.origin.as_ref().and_then(|origin| origin.product).map(Cow::Borrowed),
            evidence_kind: judgement.origin.as_ref().filter(|_| records).map(|origin| origin.kind),
            evidence: judgement.origin.filter(|_| records).map(|origin| cut(&origin.evidence)),
            duration_ms: milliseconds(exchange.duration),
            status: came.ok().map(|reply| reply.status),
            request: records.then(|| self.request(probe)),
            reply: came.ok().filter(|_| records).map(|came| reply(came, judgement.shown.as_deref())),
            silence: came.err().map(|silence| cut(&masked::silence(&self.mask, silence).to_string())),
            reason: judgement.inconclusive.map(|reason| cut(&self.mask.own(&reason))),
            findings: findings(judgement.findings, &self.mask),
            code: judgement.code.map(|code| (contract.clone(), code)),
            fits: judgement.fits,
            left_open: judgement.left_open,
            applied: judgement.applied,
            sent: true,
            answer: judgement.answer.map(bounded),
            ..blank(probe, verdict)
        }
    }

    /// A probe that proves nothing, and what stands in the place of its reply.
    pub(crate) fn unjudged(&self, probe: &Probe, reason: &str, silence: &str) -> ProbeResult {
        ProbeResult {
            request: Some(self.request(probe)),
            silence: Some(silence.to_owned()),
            reason: Some(self.mask.own(reason)),
            ..blank(probe, Verdict::Inconclusive)
        }
    }

    /// A reply's body in a few words.
    pub(crate) fn described(&self, reply: &Reply) -> String {
        let readable = content::readable(reply, &Unpacked::of(reply));
        let reply = readable.as_ref().unwrap_or(reply);
        let shown = masked::reply(&self.mask, reply);
        words::described(shown.as_ref().unwrap_or(reply), reply.body.len())
    }

    /// What was sent for the probe.
    pub(crate) fn request(&self, probe: &Probe) -> RecordedRequest {
        let mut recorded = request(&probe.request, &self.target, self.insecure, &self.mask);
        let Some(script) = &probe.request.script else { return recorded };
        let whole = written(script, &self.target);
        let raw = self.mask.own_bytes(beginning(&whole, MAX_MASKED));
        let kept = beginning(&raw, MAX_REQUEST_BODY);
        // What no library sends, no curl sends either.
        recorded.command = again(probe, &self.target, self.insecure);
        recorded.raw_bytes = (kept.len() < raw.len() || raw.len() < whole.len()).then_some(whole.len());
        recorded.raw_base64 = lost(kept);
        recorded.raw = Some(text(kept));
        recorded
    }
}

/// A result that says nothing yet but whose it is.
fn blank(probe: &Probe, verdict: Verdict) -> ProbeResult {
    ProbeResult {
        probe: probe.id.clone(),
        suite: probe.api.suite.id.clone(),
        operation: probe.operation.clone(),
        fault: probe.fault.id.to_owned(),
        cause: probe.cause,
        verdict,
        ..ProbeResult::default()
    }
}

/// The answer, no longer than a reader needs.
fn bounded(answer: Answer) -> Answer {
    let code = answer.code.map(|code| match code {
        Value::String(text) => Value::String(cut(&text)),
        Value::Array(_) | Value::Object(_) => Value::String(cut(&code.to_string())),
        plain => plain,
    });
    Answer {
        code,
        media_type: answer.media_type.map(|media_type| cut(&media_type)),
        shape: answer.shape.into_iter().map(|member| cut(&member)).collect(),
        template: answer.template.map(|template| cut(&template)),
        ..answer
    }
}

/// The bytes of a script, with variables by name.
fn written(script: &Script, target: &str) -> Vec<u8> {
    let target = Target::parse(target).ok();
    let (authority, prefix) =
        target.as_ref().map_or_else(Default::default, |target| (target.authority(), target.prefix().to_owned()));
    let part = |part: &Part| match part {
        Part::Bytes(bytes) => bytes.masked(),
        Part::Authority => authority.clone().into_bytes(),
        Part::Prefix => prefix.clone().into_bytes(),
        Part::Pause(_) => Vec::new(),
    };
    script.parts.iter().flat_map(part).collect()
}

/// A duration in milliseconds, to the microsecond.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

/// A request as it was sent to the target. `insecure` is for its command.
#[must_use]
pub fn request(request: &Request, target: &str, insecure: bool, mask: &Mask) -> RecordedRequest {
    let url = format!("{}{}", target.trim_end_matches('/'), request.target);
    // It is ours, and its secrets are variables. What nobody writes by chance is no less a secret where a suite has it as it is.
    let body = request.body.as_ref().map(|body| mask.own_bytes(beginning(body, MAX_MASKED)));
    let kept = body.as_deref().map(|body| beginning(body, MAX_REQUEST_BODY));
    RecordedRequest {
        method: request.method.clone(),
        url: mask.own(&url),
        headers: request
            .headers
            .iter()
            .map(|(name, value)| (mask.own(name), text(&mask.own_bytes(&value.masked()))))
            .collect(),
        body: kept.map(text),
        body_bytes: request
            .body
            .as_ref()
            .map(Vec::len)
            .filter(|length| *length > MAX_MASKED || body.as_ref().map(Vec::len) != kept.map(<[u8]>::len)),
        body_base64: kept.and_then(lost),
        raw: None,
        raw_bytes: None,
        raw_base64: None,
        command: mask.own(&command(request, &url, insecure)),
    }
}

/// A reply as it came; `shown` is the same without secrets, where it has some.
#[must_use]
pub fn reply(reply: &Reply, shown: Option<&Reply>) -> RecordedReply {
    let masked = shown.is_some_and(|shown| shown.body != reply.body || shown.headers != reply.headers);
    let (shown, length) = (shown.unwrap_or(reply), reply.body.len());
    let kept = beginning(&shown.body, MAX_REPLY);
    let body_base64 = lost(kept);
    // A page in its own charset, and text in a coding, are for people to read.
    let readable = body_base64.as_ref().and_then(|_| content::readable(shown, &Unpacked::of(shown)));
    let read = readable.as_ref().map_or(kept, |readable| beginning(&readable.body, MAX_REPLY));
    let mut room = MAX_HEAD;
    let field = |(name, value): &(String, Vec<u8>)| {
        let (name, value) = (cut(name), text(beginning(value, MAX_REPLY)));
        room = room.checked_sub(name.len() + value.len())?;
        Some((name, value))
    };
    RecordedReply {
        status: reply.status,
        headers: shown.headers.iter().map_while(field).collect(),
        body: text(read),
        body_bytes: length,
        body_base64,
        masked,
    }
}

/// Findings no longer than a reader needs. What they quote was masked when it was quoted; that they hold nothing that nobody
/// writes by chance is made sure of all the same.
#[must_use]
pub fn findings(findings: Vec<Finding>, mask: &Mask) -> Vec<Finding> {
    let masked = |finding: Finding| Finding {
        at: finding.at.written(|at| cut(&mask.own(at))),
        expected: cut(&mask.own(&finding.expected)),
        actual: cut(&mask.own(&finding.actual)),
        facet: cut(&mask.own(&finding.facet)),
        class: cut(&mask.own(&finding.class)),
        ..finding
    };
    findings.into_iter().map(masked).collect()
}

/// The most of a text that is shown, in characters.
const MAX_SHOWN: usize = 240;

/// The text without secrets, cut to what is shown.
#[must_use]
pub fn cut(text: &str) -> String {
    if text.chars().count() <= MAX_SHOWN {
        text.to_owned()
    } else {
        text.chars().take(MAX_SHOWN).chain(['…']).collect()
    }
}

/// The beginning of the bytes, up to the limit; a character of UTF-8 is not cut in two.
fn beginning(bytes: &[u8], limit: usize) -> &[u8] {
    let Some(next) = bytes.get(limit) else { return bytes };
    let continues = |byte: &u8| byte & 0b1100_0000 == 0b1000_0000;
    if !continues(next) {
        return &bytes[..limit];
    }
    let start = (limit.saturating_sub(3)..limit).rev().find(|at| !continues(&bytes[*at]));
    &bytes[..start.unwrap_or(limit)]
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The bytes in Base64 where text would lose some.
fn lost(bytes: &[u8]) -> Option<String> {
    std::str::from_utf8(bytes).is_err().then(|| BASE64.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::place::Place;
    use crate::model::secret::{Environment, Template};
    use crate::model::verdict::Severity;

    const SECRET: &str = "s3cr3t-token-of-the-test";

    fn token() -> Template {
        Template::parse("${OZ_TOKEN}").unwrap()
    }

    fn mask() -> Mask {
        Mask::new([&token()], &Environment::new([("OZ_TOKEN".into(), SECRET.into())]))
    }

    fn sent(body: Option<Vec<u8>>) -> Request {
        let headers = vec![("x-token".to_owned(), token()), ("x-copy".to_owned(), Template::literal(SECRET))];
        Request { method: "POST".into(), target: format!("/api/?token={SECRET}"), headers, body, ..Request::default() }
    }

    fn came(body: Vec<u8>) -> Reply {
        let headers = vec![("x-echo".to_owned(), SECRET.into()), ("x-odd".to_owned(), b"\xff".to_vec())];
        Reply { status: 400, headers, body, ..Reply::default() }
    }

    fn kept(came: &Reply) -> RecordedReply {
        reply(came, masked::reply(&mask(), came).as_ref())
    }

    fn finding(quote: &str) -> Finding {
        let text = || format!("a {quote}");
        Finding {
            rule: &crate::judge::disclosure::CREDENTIAL_DISCLOSED,
            severity: Severity::Error,
            at: Place::pointer(text()),
            expected: text(),
            actual: text(),
            source: "CWE-532".to_owned(),
            facet: text(),
            class: text(),
            promised_at: None,
            by_cause: false,
            for_all: false,
            repeats: None,
            waived: None,
            old: false,
            author: None,
        }
    }

    #[test]
    fn no_secret_survives_in_whatever_form_it_comes_back() {
        let encoded = BASE64.encode(SECRET);
        for form in [SECRET, &SECRET[..SECRET.len() - 1], encoded.trim_end_matches('='), &encoded] {
            for body in [form.as_bytes().to_vec(), [form.as_bytes(), b"\xff"].concat()] {
                let target = format!("http://127.0.0.1/{form}/");
                let request =
                    serde_json::to_string(&request(&sent(Some(body.clone())), &target, false, &mask())).unwrap();
                let reply = serde_json::to_string(&kept(&came(body))).unwrap();
                let findings = format!("{:?}", findings(vec![finding(form)], &mask()));
                for text in [request, reply, findings] {
                    assert!(!text.contains(&SECRET[..8]) && !text.contains(&encoded[..10]), "{form} in {text}");
                    assert!(!text.contains(&BASE64.encode(form)[..10]), "{form} in {text}");
                    assert!(text.contains("OZ_TOKEN"), "{text}");
                }
            }
        }
    }

    #[test]
    fn a_secret_across_the_cut_is_masked_whole() {
        for before in MAX_REPLY - SECRET.len()..=MAX_REPLY {
            let body = [vec![b'x'; before], SECRET.into(), vec![b'y'; 100]].concat();
            let recorded = kept(&came(body.clone()));
            assert!(!recorded.body.contains("s3"), "{before}");
            assert_eq!(recorded.body_bytes, body.len());
        }
    }

    #[test]
    fn a_page_is_kept_as_it_is_read_and_as_it_came() {
        let headers = vec![("Content-Type".to_owned(), b"text/html; charset=windows-1251".to_vec())];
        let page =
            |body: &[u8]| Reply { status: 404, headers: headers.clone(), body: body.to_vec(), ..Reply::default() };
        let recorded = kept(&page(b"<p>\xcd\xe5\xf2"));
        assert_eq!((recorded.body.as_str(), recorded.masked), ("<p>Нет", false));
        assert_eq!(recorded.body_base64, Some(BASE64.encode(b"<p>\xcd\xe5\xf2")));
        let recorded = kept(&page(&[b"<p>\xcd\xe5\xf2 ", SECRET.as_bytes()].concat()));
        assert_eq!((recorded.body.as_str(), recorded.body_base64), ("<p>Нет ${OZ_TOKEN}", None));
    }

    #[test]
    fn a_body_is_cut_between_characters_and_its_length_told() {
        let recorded = kept(&came("é".repeat(5000).into()));
        assert_eq!((recorded.body.len(), recorded.body_bytes, recorded.body_base64), (4096, 10_000, None));
        let recorded = kept(&came(["x", &"🙂".repeat(5000)].concat().into()));
        assert_eq!((recorded.body.len(), recorded.body_base64), (4093, None));
        let recorded = kept(&came(vec![0xBF; 5000]));
        assert_eq!(recorded.body_base64, Some(BASE64.encode(vec![0xBF; 4096])));
        let recorded = request(&sent(Some(vec![b'x'; 100_000])), "http://a", false, &Mask::default());
        assert_eq!((recorded.body.map(|body| body.len()), recorded.body_bytes), (Some(65536), Some(100_000)));
    }

    #[test]
    fn bytes_are_kept_in_base64_only_where_text_would_lose_them() {
        let recorded = request(&sent(Some("й".into())), "http://a/", false, &mask());
        assert_eq!((recorded.body.as_deref(), &recorded.body_base64, recorded.body_bytes), (Some("й"), &None, None));
        assert_eq!(recorded.url, "http://a/api/?token=${OZ_TOKEN}");
        let recorded = request(&sent(Some(b"a\xff".to_vec())), "http://a/", false, &mask());
        assert_eq!((recorded.body.as_deref(), recorded.body_base64.as_deref()), (Some("a\u{fffd}"), Some("Yf8=")));
        let recorded = request(&sent(None), "http://a/", false, &mask());
        assert_eq!((recorded.body, recorded.body_base64), (None, None));
        assert_eq!(kept(&came(Vec::new())).headers[1].1, "\u{fffd}");
    }
}
