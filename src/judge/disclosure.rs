//! What an error reply should not tell: traces, SQL, credentials, paths, versions.
//!
//! Tables of linear-time patterns. What the request itself carried is subtracted, credentials aside: an echo is no leak.

use std::ops::Range;

use regex::Regex;
use serde_json::Value;

use super::case::Case;
use super::finding::Finding;
use super::found::Found;
use super::origin::marks;
use super::patterns::{self, VERSION_DISCLOSED, matching};
use super::rule::{Needs, rules};
use super::{carried, describe};
use crate::catalog::suite::Operation;
use crate::model::exchange::Ending;
use crate::model::place::Place;
use crate::model::secret::Mask;

static NEEDS_CREDENTIAL: Needs = Needs {
    what: "reply to a request with a real credential",
    belongs: |_| true,
    holds: |case| case.probe.request.templates().any(crate::model::secret::Template::has_variables),
};

rules! {
    CREDENTIAL_DISCLOSED = Error "credential-disclosed" {
        what: "The reply holds the credential that the request carried.",
        why: "Error replies are logged by clients, proxies and monitors.",
        example: "{\"error_message\": \"token 3f5a… does not exist\"}",
        source: "CWE-532; OWASP ASVS 16.2.5",
        needs: NEEDS_CREDENTIAL,
        marks: [Unrecorded, Uncapped, Discloses],
    }
}

/// Header fields that name software by their purpose, whatever stands in them.
const BANNERS: &[&str] = &["server", "x-powered-by", "x-aspnet-version", "x-aspnetmvc-version", "via", "x-generator"];

/// The most findings of one reply that are reported.
const MAX_FINDINGS: usize = 60;

/// The most of a body that is searched, in bytes.
const MAX_SEARCHED: usize = 262_144;

/// What the reply tells and should not.
pub(crate) fn findings(case: &Case<'_>, sent: &[(String, Vec<u8>)]) -> Vec<Finding> {
    let mut findings = banners(case);
    let mut credentials = carried::credentials(sent, |name| {
        let takes = |operation: &Operation| operation.headers.keys().any(|taken| taken.eq_ignore_ascii_case(name));
        case.probe.api.suite.writes_out(name) || case.probe.declared().is_some_and(takes)
    });
    credentials.retain(|credential| !case.mask().is_word(credential));
    if tells_nothing(case, &credentials) {
        return findings;
    }
    places(case, &mut |at, came| {
        let text = &plain(came);
        if findings.len() >= MAX_FINDINGS {
            return;
        }
        for (rule, name, pattern) in matching(text) {
            // A banner's place has a finding of its own.
            let Some(found) = pattern.find_iter(text).find(|found| !echoed(case, found.as_str())) else { continue };
            push(
                &mut findings,
                Found::new(rule, spot(at))
                    .facet(*name)
                    .expected("no such text in an error")
                    .actual(format!("{name}: {}", excerpt(case, came, text, found.range(), pattern))),
            );
        }
        if credentials.iter().any(|credential| text.contains(credential)) {
            let found = Found::new(&CREDENTIAL_DISCLOSED, spot(at)).expected("the credential nowhere in a reply");
            push(&mut findings, found.actual("the credential that the request carried"));
        }
    });
    findings
}

/// Versions in fields that are there to name software.
fn banners(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, value) in case.reply.headers.iter().filter(|(name, _)| is_banner(name)) {
        let value = String::from_utf8_lossy(value);
        if value.split([' ', ',']).any(is_version) {
            let at = Place::header(name);
            let shown = case.mask().field(name, value.as_bytes());
            let shown = shown.map_or_else(|| value.to_string(), |shown| String::from_utf8_lossy(&shown).into_owned());
            // A gateway names itself on what it passes on, too.
            let author = marks::named(name, &value).map(|mark| (mark.layer, mark.name));
            let found = Found::new(&VERSION_DISCLOSED, at).author(author).expected("no version");
            push(&mut findings, found.actual(describe::quoted(&shown)));
        }
    }
    findings
}

fn is_banner(name: &str) -> bool {
    BANNERS.iter().any(|banner| banner.eq_ignore_ascii_case(name))
}

/// Whether one search through everything that the reply says finds nothing, as in most replies.
fn tells_nothing(case: &Case<'_>, credentials: &[String]) -> bool {
    let mut whole = String::with_capacity(512);
    if let Some(json) = case.json {
        gather(json, &mut whole);
    } else {
        whole.push_str(&String::from_utf8_lossy(&case.reply.body[..case.reply.body.len().min(MAX_SEARCHED)]));
    }
    for (_, value) in case.reply.headers.iter().filter(|(name, _)| !is_banner(name)) {
        whole.push('\n');
        whole.push_str(&String::from_utf8_lossy(value));
    }
    // Marks of HTML may hide what would be found without them.
    !whole.contains(['&', '<'])
        && !patterns::match_any(&whole)
        && !credentials.iter().any(|credential| whole.contains(credential))
}

/// Every name and string of a JSON value, a line each.
fn gather(json: &Value, whole: &mut String) {
    match json {
        Value::String(text) => {
            whole.push_str(text);
            whole.push('\n');
        }
        Value::Array(elements) => elements.iter().for_each(|element| gather(element, whole)),
        Value::Object(members) => {
            for (name, value) in members {
                whole.push_str(name);
                whole.push('\n');
                gather(value, whole);
            }
        }
        _ => {}
    }
}

/// One finding a rule and place is enough.
fn push(findings: &mut Vec<Finding>, finding: Finding) {
    let same = |other: &Finding| other.rule == finding.rule && other.at == finding.at && other.facet == finding.facet;
    if !findings.iter().any(same) {
        findings.push(finding);
    }
}

/// Shows the texts of a reply with where they stand: every string of a JSON body, else the body as it is; header values.
fn places(case: &Case<'_>, look: &mut impl FnMut(&str, &str)) {
    if let Some(json) = case.json {
        strings(json, &mut String::new(), case.mask(), look);
    } else {
        let body = &case.reply.body[..case.reply.body.len().min(MAX_SEARCHED)];
        look("", &String::from_utf8_lossy(body));
    }
    for (name, value) in case.reply.headers.iter().filter(|(name, _)| !is_banner(name)) {
        look(&format!("header:{}", case.mask().name(name).to_ascii_lowercase()), &String::from_utf8_lossy(value));
    }
}

/// One place is written over and over: a target may nest long names as it likes.
fn strings(json: &Value, at: &mut String, mask: &Mask, look: &mut impl FnMut(&str, &str)) {
    let length = at.len();
    match json {
        Value::String(text) => look(at, text),
        Value::Array(elements) => {
            // A trace may come as an array of lines, one meaningless without the other.
            let lines: Vec<_> = elements.iter().filter_map(Value::as_str).collect();
            if !lines.is_empty() {
                look(at, &lines.join("\n"));
            }
            at.push_str("/*");
            elements.iter().filter(|element| !element.is_string()).for_each(|element| strings(element, at, mask, look));
        }
        Value::Object(members) => {
            for (name, value) in members {
                look(at, name);
                crate::model::pointer::push(at, &mask.name(name));
                strings(value, at, mask, look);
                at.truncate(length);
            }
        }
        _ => {}
    }
    at.truncate(length);
}

/// Text without the marks of HTML that hide frames of a trace.
fn plain(text: &str) -> String {
    if !text.contains(['&', '<']) {
        return text.to_owned();
    }
    let text = text.replace("&nbsp;", " ").replace("&#39;", "'").replace("&#x27;", "'").replace("&quot;", "\"");
    text.replace("&lt;", "<").replace("&gt;", ">").replace("<br>", "\n").replace("<br/>", "\n").replace("&amp;", "&")
}

/// Whether the request itself carried the text.
fn echoed(case: &Case<'_>, found: &str) -> bool {
    let found = found.trim_matches([' ', '"', '\'', '`', '(', '=', ':', '>', '[']);
    let request = &case.probe.request;
    let body = request.body.as_deref().unwrap_or_default();
    request.target.contains(found) || String::from_utf8_lossy(body).contains(found)
}

/// What stands around the match, without secrets: they are looked for in the whole text, and the match in what is left.
fn excerpt(case: &Case<'_>, came: &str, text: &str, range: Range<usize>, pattern: &Regex) -> String {
    let Some(shown) = case.mask().masked(came.as_bytes(), case.reply.ending != Ending::Complete) else {
        return describe::quoted(around(text, range));
    };
    let shown = plain(&String::from_utf8_lossy(&shown));
    let found = pattern.find(&shown).map(|found| describe::quoted(around(&shown, found.range())));
    found.unwrap_or_else(|| format!("within {}", describe::quoted(&shown)))
}

fn around(text: &str, range: Range<usize>) -> &str {
    let start =
        (range.start.saturating_sub(20)..=range.start).find(|&at| text.is_char_boundary(at)).unwrap_or(range.start);
    let end =
        (range.end..=(range.end + 60).min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(range.end);
    &text[start..end]
}

/// Where it stands, as far as it tells one drift from another: the array and the header, not the element.
fn spot(at: &str) -> Place {
    if at.is_empty() { Place::BODY } else { Place::pointer(describe::begin(at)) }
}

fn is_version(product: &str) -> bool {
    let version = product.rsplit(['/', '-']).next().unwrap_or(product);
    let digits = version.trim_start_matches(['v', '(']);
    digits.contains('.')
        && digits.split('.').next().is_some_and(|major| !major.is_empty() && major.bytes().all(|b| b.is_ascii_digit()))
}

/// Replies that fire these rules: severity, rule and place, the probe, and what came. All are silent on what is promised.
#[cfg(test)]
pub(super) fn fires() -> Vec<super::tests::prelude::Row> {
    use super::tests::prelude::*;

    vec![("error credential-disclosed /error_message", OFFSET, message(&format!("token {} is wrong", token())))]
}
