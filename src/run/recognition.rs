//! What answers in the place of an API, where a control did not succeed: known by its reply, and named with what to do.
//!
//! Pure. What it quotes of the target is masked first.

use serde_json::Value;

use crate::catalog::contract::Contract;
use crate::catalog::{built_in_suites, load};
use crate::judge;
use crate::model::exchange::Reply;
use crate::model::printable::printable;
use crate::model::secret::Mask;
use crate::plan::Control;

/// The most characters of a field that are quoted.
const MAX_QUOTED: usize = 200;

/// Pages by which a port that speaks TLS refuses a request in clear: nginx, Go's net/http, Apache httpd, Tomcat.
const WANTS_TLS: &[&str] = &[
    "plain http request was sent to https port",
    "client sent an http request to an https server",
    "speaking plain http to an ssl-enabled server port",
    "this combination of host and port requires tls",
];

/// Words of a page that a deployment shows while it is worked on.
const MAINTENANCE: &[&str] = &["maintenance", "be back soon", "be right back", "temporarily offline", "техническ"];

/// Web application firewalls: a header field (with what its value holds) or the page that shows one, and its name.
const FIREWALLS: &[(&str, &str, &str)] = &[
    ("cf-mitigated", "", "Cloudflare"),
    ("", "attention required! | cloudflare", "Cloudflare"),
    ("", "you have been blocked", "Cloudflare"),
    ("x-sucuri-id", "", "Sucuri"),
    ("x-iinfo", "", "Imperva Incapsula"),
    ("", "incapsula incident id", "Imperva Incapsula"),
    ("server", "akamaighost", "Akamai"),
    ("server", "awselb", "AWS WAF"),
    ("x-amzn-waf-action", "", "AWS WAF"),
    ("", "the requested url was rejected. please consult with your administrator", "F5 BIG-IP ASM"),
    ("", "request blocked by security policy", "a security policy"),
    ("", "mod_security", "ModSecurity"),
    ("server", "ddos-guard", "DDoS-Guard"),
    ("server", "qrator", "Qrator"),
];

/// What answers a control in the API's place, and what to do; `None` where nothing is known of it.
pub(crate) fn recognised(control: &Control, target: &str, reply: &Reply, mask: &Mask) -> Option<String> {
    let text = String::from_utf8_lossy(&reply.body).to_lowercase();
    let has = |words: &[&str]| words.iter().any(|words| text.contains(words));
    let field = |name: &str| reply.all(name).next().map(|value| quoted(value, mask));
    if reply.status == 400 && has(WANTS_TLS) {
        return Some(format!("check --target: the port speaks TLS; write {}", secure(target)));
    }
    if (300..400).contains(&reply.status) {
        return field("location").map(|location| redirected(control, target, &location));
    }
    if let Some(json) = judge::body::json(reply) {
        if judge::is_envelope(&control.api.contract, &json) {
            return (reply.status == 404).then(|| prefixed(control, target));
        }
        if let Some(other) = other_format(&control.api.contract, &json) {
            return Some(format!(
                "check --target and the suite: the reply has the format of {other}, which `errdrift run {other}` tests"
            ));
        }
    }
    if reply.status == 401
        && let Some(challenge) = field("www-authenticate").filter(|challenge| !is_expected(control, challenge))
    {
        return Some(format!(
            "a gateway before the API asks for a login of its own ({challenge}): --header 'Authorization: ${{GATEWAY_LOGIN}}' sends it with every request"
        ));
    }
    if let Some(name) = firewall(reply, &text).filter(|_| matches!(reply.status, 403 | 405 | 406 | 429 | 503)) {
        return Some(format!(
            "a web application firewall ({name}) blocks the requests: have it let this machine through, or test the deployment from inside"
        ));
    }
    if reply.status >= 500 && has(MAINTENANCE) {
        return Some("a maintenance page answers: run again when the deployment is up".to_owned());
    }
    (reply.status == 404).then(|| prefixed(control, target))
}

/// A value of the target's, masked and short.
fn quoted(value: &[u8], mask: &Mask) -> String {
    printable(&mask.text(&String::from_utf8_lossy(value)), MAX_QUOTED)
}

/// The same origin over TLS.
fn secure(target: &str) -> String {
    target.replacen("http://", "https://", 1)
}

fn redirected(control: &Control, target: &str, location: &str) -> String {
    let asked = format!("{target}{}", control.request.target);
    if location == secure(&asked) && location != asked {
        return format!("check --target: it is redirected to TLS; write {}", secure(target));
    }
    let lower = location.to_lowercase();
    if ["login", "signin", "sign_in", "sso", "saml", "oauth", "/auth"].iter().any(|word| lower.contains(word)) {
        return format!(
            "a login before the API answers ({location}): --header sends with every request what lets one through"
        );
    }
    format!("check --target: it is redirected to {location}; write where the API itself answers")
}

/// Whether the challenge is for a credential of the suite: for Authorization, and of its scheme where that has a name.
fn is_expected(control: &Control, challenge: &str) -> bool {
    let scheme = challenge.split([' ', ',']).next().unwrap_or_default();
    let mut own = control.api.suite.credentials.values().filter(|credential| credential.field() == "authorization");
    own.any(|credential| credential.scheme.registered().is_none_or(|own| own.eq_ignore_ascii_case(scheme)))
}

fn firewall(reply: &Reply, text: &str) -> Option<&'static str> {
    let shows = |(field, mark, _): &&(&str, &str, &str)| {
        if field.is_empty() {
            return text.contains(mark);
        }
        reply.all(field).any(|value| String::from_utf8_lossy(value).to_lowercase().contains(mark))
    };
    FIREWALLS.iter().find(shows).map(|(_, _, name)| *name)
}

/// The built-in suite whose contract has a body of this form.
fn other_format(own: &Contract, json: &Value) -> Option<&'static str> {
    let mut others = built_in_suites().filter(|id| *id != own.file.id);
    others.find(|id| load(id).is_ok_and(|api| judge::is_envelope(&api.contract, json)))
}

/// Where the target's prefix and the suite's may be wrong: what was asked for, whole.
fn prefixed(control: &Control, target: &str) -> String {
    let asked = &control.request.target;
    let own = control.api.suite.prefix.trim_end_matches('/');
    let origin = target.strip_suffix(own).filter(|origin| !own.is_empty() && !origin.ends_with('/'));
    if let Some(origin) = origin.filter(|origin| origin.contains("://") && !origin.ends_with("://")) {
        return format!(
            "check --target, its host and its prefix: `{own}` stands in it and in the suite, and {target}{asked} was asked for; write {origin}"
        );
    }
    format!(
        "check --target, its host and its prefix: {target}{asked} was asked for, and the API is not there; it takes a prefix, as {target}/v1"
    )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::plan::{Plan, Selection};

    /// A status, header fields and a body.
    type Came = (u16, &'static [(&'static str, &'static str)], &'static str);
    /// A suite, a target, what its control got, and a part of what is said.
    type Row = (usize, &'static str, Came, &'static str);

    const ASKED: &str = "https://staging.example.com/api/version";

    /// Suites by their place among those that are built in.
    const OZ: usize = 1;
    const OTHER: usize = 0;

    fn said(suite: usize, target: &str, (status, fields, body): Came) -> Option<String> {
        let plan = Plan::new(&[Arc::new(load(built_in_suites().nth(suite).unwrap()).unwrap())], &Selection::default());
        let headers = fields.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect();
        let reply = Reply { status, headers, body: body.as_bytes().to_vec(), ..Reply::default() };
        recognised(&plan.controls[0], target, &reply, &Mask::default())
    }

    #[test]
    fn what_answers_in_the_place_of_the_api_is_named_with_what_to_do() {
        let host = "http://staging.example.com";
        let rows: &[Row] = &[
            (OZ, host, (301, &[("location", ASKED)], ""), "redirected to TLS; write https://staging.example.com"),
            (
                OZ,
                host,
                (302, &[("location", "https://id.example.com/sso?next=x")], ""),
                "a login before the API answers (https://id.example.com/sso",
            ),
            (
                OZ,
                host,
                (308, &[("location", "https://other.example.com/api/")], ""),
                "redirected to https://other.example.com/api/",
            ),
            (
                OZ,
                host,
                (400, &[], "<title>400 The plain HTTP request was sent to HTTPS port</title>"),
                "speaks TLS; write https://staging",
            ),
            (OZ, host, (400, &[], "Client sent an HTTP request to an HTTPS server.\n"), "speaks TLS"),
            (OZ, host, (400, &[], "{\"error\": {\"code\": \"NOT_FOUND\"}}"), "the reply has the format of"),
            (
                OTHER,
                host,
                (404, &[], "{\"error_code\": 10, \"error_message\": \"m\", \"details\": null}"),
                "which `errdrift run oz-api` tests",
            ),
            (
                OZ,
                host,
                (401, &[("www-authenticate", "Basic realm=\"staging\"")], "<h1>401</h1>"),
                "login of its own (Basic realm=\"staging\"): --header",
            ),
            (OTHER, host, (401, &[("www-authenticate", "Negotiate")], ""), "login of its own (Negotiate)"),
            (OZ, host, (403, &[("cf-mitigated", "challenge")], "<p>"), "firewall (Cloudflare)"),
            (OZ, host, (403, &[("server", "AkamaiGHost")], "<p>Access Denied"), "firewall (Akamai)"),
            (OZ, host, (503, &[], "<h1>Scheduled maintenance</h1>"), "a maintenance page"),
            (OZ, "http://staging.example.com/api", (404, &[], "<h1>"), "stands in it and in the suite, and"),
            (OZ, host, (404, &[], "<h1>"), "http://staging.example.com/api/version was asked for"),
        ];
        for (suite, target, reply, expected) in rows {
            let said = said(*suite, target, *reply).unwrap_or_default();
            assert!(said.contains(expected), "{expected}: {said}");
        }
    }

    #[test]
    fn what_the_api_itself_says_is_nobody_elses() {
        let host = "http://staging.example.com";
        let rows: [(usize, Came); 5] = [
            (OZ, (403, &[], "{\"error_code\": 7, \"error_message\": \"m\", \"details\": null}")),
            (OTHER, (401, &[("www-authenticate", "Basic realm=\"api\"")], "")),
            (OTHER, (400, &[], "{\"error\": {\"code\": \"NOT_ALLOWED\"}}")),
            (OZ, (500, &[], "{}")),
            (OZ, (503, &[("server", "nginx")], "<h1>503 Service Temporarily Unavailable</h1>")),
        ];
        for (suite, reply) in rows {
            assert_eq!(said(suite, host, reply), None, "{reply:?}");
        }
    }
}
