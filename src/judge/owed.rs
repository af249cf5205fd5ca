//! The header fields that an error owes by its status, whatever its body says (RFC 9110, sections 10, 11 and 15).
//!
//! CORS fields, which browsers want on errors too, are not asked for: a suite has no word for the origin that it is used from.

use super::case::Case;
use super::describe;
use super::finding::Finding;
use super::found::Found;
use super::rule::{Needs, Rule, rules};
use crate::model::cause::Cause;
use crate::model::place::Place;
use crate::model::retry_after::RetryAfter;
use crate::model::token;

/// What a rule about one status needs.
macro_rules! needs {
    ($($name:ident: $status:literal)*) => {
        $(static $name: Needs = Needs {
            what: concat!("reply with the status ", $status),
            belongs: |_| true,
            holds: |case| case.reply.status == $status,
        };)*
    };
}

needs! {
    NEEDS_401: 401
    NEEDS_405: 405
    NEEDS_407: 407
    NEEDS_426: 426
}

static NEEDS_RETRY_AFTER: Needs = Needs {
    what: "reply with Retry-After",
    belongs: |_| true,
    holds: |case| case.reply.header("retry-after").is_some(),
};

static NEEDS_CACHE_CONTROL: Needs = Needs {
    what: "reply with Cache-Control",
    belongs: |_| true,
    holds: |case| case.reply.header("cache-control").is_some(),
};

rules! {
    WWW_AUTHENTICATE_MISSING = Warning "www-authenticate-missing" {
        what: "A 401 came without a WWW-Authenticate header field.",
        why: "A client cannot find out how to authenticate, and some libraries take the reply for a broken one.",
        example: "401 with no WWW-Authenticate",
        source: "RFC 9110, section 15.5.2: the server MUST send it",
        needs: NEEDS_401,
    }
    WWW_AUTHENTICATE_UNEXPECTED = Warning "www-authenticate-unexpected" {
        what: "The WWW-Authenticate header field of a 401 has no challenge, or none of the scheme that the operation takes.",
        why: "A client that obeys it sends its credential in a way that is refused again.",
        example: "WWW-Authenticate: Basic realm=\"api\" where the operation takes a Bearer token",
        source: "RFC 9110, sections 11.6.1 and 15.5.2: at least one challenge applicable to the target resource",
        needs: NEEDS_401,
    }
    ALLOW_MISSING = Warning "allow-missing" {
        what: "A 405 came without an Allow header field.",
        why: "A client cannot find out which methods it may use.",
        example: "405 with no Allow",
        source: "RFC 9110, section 15.5.6: the server MUST generate it; the document is silent",
        needs: NEEDS_405,
    }
    ALLOW_CONTRADICTORY = Warning "allow-contradictory" {
        what: "The Allow header field of a 405 lists the refused method, or lacks one that the path has.",
        why: "A client that obeys it sends the same request again, or never the right one.",
        example: "405 for PUT with Allow: GET, PUT",
        source: "RFC 9110, section 10.2.1",
        needs: NEEDS_405,
    }
    PROXY_AUTHENTICATE_MISSING = Warning "proxy-authenticate-missing" {
        what: "A 407 came without a Proxy-Authenticate header field.",
        why: "A client cannot find out how to authenticate to the proxy.",
        example: "407 with no Proxy-Authenticate",
        source: "RFC 9110, section 15.5.8: the proxy MUST send it",
        needs: NEEDS_407,
    }
    UPGRADE_MISSING = Warning "upgrade-missing" {
        what: "A 426 came without an Upgrade header field.",
        why: "A client cannot find out which protocol is wanted.",
        example: "426 with no Upgrade",
        source: "RFC 9110, section 15.5.22: the server MUST send it",
        needs: NEEDS_426,
    }
    RETRY_AFTER_MALFORMED = Warning "retry-after-malformed" {
        what: "The Retry-After header field is neither a number of seconds nor a date of HTTP.",
        why: "Clients ignore it and come again at once, or wait for ever.",
        example: "503 with Retry-After: 1.5",
        source: "RFC 9110, section 10.2.3",
        needs: NEEDS_RETRY_AFTER,
    }
    ERROR_CACHEABLE = Warning "error-cacheable" {
        what: "A shared cache may store an error that is about one caller, or about one moment: a 401, 403, 429 or 5xx, or any to a request with a credential.",
        why: "Others get the error out of the cache: long after it is over, or though it was never theirs.",
        example: "401 with Cache-Control: public, max-age=86400",
        source: "RFC 9111, sections 3 and 3.5; RFC 6585, section 4",
        needs: NEEDS_CACHE_CONTROL,
    }
}

/// A field that every reply of a status must have.
struct Owed {
    status: u16,
    field: &'static str,
    rule: &'static Rule,
    expected: &'static str,
    /// What else is asked of the field where it is there.
    also: fn(&Case<'_>, &str) -> Option<Finding>,
}

static OWED: [Owed; 4] = [
    Owed {
        status: 401,
        field: "WWW-Authenticate",
        rule: &WWW_AUTHENTICATE_MISSING,
        expected: "a challenge",
        also: challenge,
    },
    Owed { status: 405, field: "Allow", rule: &ALLOW_MISSING, expected: "the methods that the path has", also: allow },
    Owed {
        status: 407,
        field: "Proxy-Authenticate",
        rule: &PROXY_AUTHENTICATE_MISSING,
        expected: "a challenge",
        also: nothing,
    },
    Owed {
        status: 426,
        field: "Upgrade",
        rule: &UPGRADE_MISSING,
        expected: "the protocol that is wanted",
        also: nothing,
    },
];

fn nothing(_: &Case<'_>, _: &str) -> Option<Finding> {
    None
}

/// What is missing, and what is said wrongly. A status that the contract does not promise owes nothing: that it came is reported.
pub(crate) fn findings(case: &Case<'_>, promised: bool) -> Vec<Finding> {
    let owed = OWED.iter().filter(|owed| promised && owed.status == case.reply.status);
    let owed = owed.filter_map(|owed| match list(case, owed.field) {
        Some(value) => (owed.also)(case, &value),
        None => Some(
            Found::new(owed.rule, Place::header(owed.field))
                .expected(owed.expected)
                .actual(format!("no {}", owed.field)),
        ),
    });
    owed.chain(retry_after(case)).chain(cacheable(case)).collect()
}

/// The values of all fields of that name as one list (RFC 9110, section 5.3).
fn list(case: &Case<'_>, field: &str) -> Option<String> {
    let values: Vec<_> = case.reply.all(field).map(|value| String::from_utf8_lossy(value).into_owned()).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

/// The same as it may be shown.
fn shown(case: &Case<'_>, field: &str) -> String {
    let values: Vec<_> = case.shown.all(field).map(|value| String::from_utf8_lossy(value).into_owned()).collect();
    describe::cut(&values.join(", "))
}

/// The elements of a list; a comma in a quoted string parts nothing.
fn elements(list: &str) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    list.split(move |c| {
        let quote = c == '"' && !escaped;
        escaped = quoted && c == '\\' && !escaped;
        quoted ^= quote;
        c == ',' && !quoted
    })
    .map(str::trim)
    .filter(|element| !element.is_empty())
}

/// The scheme with which an element of a list of challenges begins; none where it goes on with a parameter.
fn scheme(element: &str) -> Option<&str> {
    let end = element.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(element.len());
    let (first, rest) = element.split_at(end);
    (token::is(first.as_bytes()) && !rest.trim_start().starts_with('=')).then_some(first)
}

fn challenge(case: &Case<'_>, value: &str) -> Option<Finding> {
    let credential = case.probe.declared().and_then(|operation| operation.credential.as_ref());
    let taken = credential.and_then(|name| case.probe.api.suite.credentials.get(name));
    let name = taken.and_then(|taken| taken.scheme.registered());
    let mut schemes = elements(value).filter_map(scheme);
    if schemes.any(|scheme| name.is_none_or(|name| scheme.eq_ignore_ascii_case(name))) {
        return None;
    }
    let found = Found::new(&WWW_AUTHENTICATE_UNEXPECTED, Place::header("www-authenticate"));
    let expected = name.map_or_else(|| "a challenge".to_owned(), |name| format!("a challenge of the scheme {name}"));
    Some(found.expected(expected).actual(shown(case, "www-authenticate")))
}

fn allow(case: &Case<'_>, value: &str) -> Option<Finding> {
    // A path that has another mistake as well may be another one for its router.
    if case.probe.cause != Cause::WrongMethod || !case.probe.causes().is_empty() {
        return None;
    }
    let refused = case.probe.request.method.as_str();
    let lists = |method: &str| elements(value).any(|listed| listed == method);
    let suite = &case.probe.api.suite;
    let path = case.probe.declared().map_or("", |operation| operation.path.as_str());
    let known = suite.on_path(path).flat_map(|operation| {
        operation.methods.iter().flatten().map(String::as_str).chain([operation.method.as_str()])
    });
    let lacked: std::collections::BTreeSet<_> = known.filter(|known| !lists(known)).collect();
    let lacked = lacked.into_iter().collect::<Vec<_>>().join(", ");
    let (facet, expected) = match (lists(refused), lacked.as_str()) {
        (false, "") => return None,
        (true, _) => ("", format!("the methods that the path has, {refused} not among them")),
        (false, lacked) => ("lacking", format!("the methods that the path has, {lacked} among them")),
    };
    let actual = format!("405 for {refused} with Allow: {}", shown(case, "allow"));
    Some(Found::new(&ALLOW_CONTRADICTORY, Place::header("allow")).facet(facet).expected(expected).actual(actual))
}

fn retry_after(case: &Case<'_>) -> Option<Finding> {
    let value = case.reply.header("retry-after").filter(|_| case.reply.status >= 400)?;
    if RetryAfter::read(&value).is_some() {
        return None;
    }
    let found = Found::new(&RETRY_AFTER_MALFORMED, Place::header("retry-after"));
    Some(found.expected("a number of seconds, or a date of HTTP").actual(shown(case, "retry-after")))
}

fn cacheable(case: &Case<'_>) -> Option<Finding> {
    let fields = &case.probe.request.headers;
    let mut secret = fields.iter().filter(|(_, value)| value.has_variables());
    let authorized = case.probe.request.header("authorization").is_some();
    let personal = authorized || secret.next().is_some() || matches!(case.reply.status, 401 | 403 | 429 | 500..);
    let value = list(case, "cache-control").filter(|_| personal && case.reply.status >= 400)?;
    if !is_stored(&value, authorized) {
        return None;
    }
    let found = Found::new(&ERROR_CACHEABLE, Place::header("cache-control"));
    Some(found.expected("no-store, private, or nothing").actual(shown(case, "cache-control")))
}

/// Whether a shared cache may store the reply and use it without asking again (RFC 9111, sections 3, 3.5 and 4.2.1).
fn is_stored(cache_control: &str, authorized: bool) -> bool {
    let directive = |wanted: &str| {
        elements(cache_control).find_map(|element| {
            let (name, value) = element.split_once('=').unwrap_or((element, ""));
            name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim().trim_matches('"'))
        })
    };
    let has = |wanted: &str| directive(wanted).is_some();
    let lifetime = directive("s-maxage").or_else(|| directive("max-age"));
    let lasts = lifetime.is_some_and(|seconds| seconds.bytes().any(|digit| (b'1'..=b'9').contains(&digit)));
    let forbidden = ["no-store", "private", "no-cache"].into_iter().any(has);
    let allowed = ["public", "s-maxage", "must-revalidate"].into_iter().any(has);
    let ends_at_once = lifetime.is_some() && !lasts;
    !forbidden && !ends_at_once && (has("public") || lasts) && (!authorized || allowed)
}

/// Replies that fire these rules: severity, rule and place, the probe, and what came. All are silent on what is promised.
#[cfg(test)]
pub(super) fn fires() -> Vec<super::tests::prelude::Row> {
    use super::tests::prelude::*;

    let no = || json!({"error_code": 1, "error_message": "x"});
    let allowing = |methods| Outcome::Reply(with(reply(405, &no()), "allow", methods));
    let cached = |status, value| Outcome::Reply(with(oz(status, 4), "cache-control", value));
    vec![
        ("warning www-authenticate-missing header:www-authenticate", NO_TOKEN, bare(401, 6)),
        (
            "warning www-authenticate-unexpected header:www-authenticate",
            NO_TOKEN,
            Outcome::Reply(with(
                reply(401, &json!({"error_code": 6, "error_message": "x"})),
                "www-authenticate",
                "realm=x",
            )),
        ),
        ("warning allow-missing header:allow", METHOD, Outcome::Reply(reply(405, &no()))),
        ("warning allow-contradictory header:allow", METHOD, allowing("GET, PATCH")),
        ("warning allow-contradictory header:allow", METHOD, allowing("OPTIONS")),
        ("warning allow-contradictory header:allow", METHOD, allowing("get")),
        ("warning allow-contradictory header:allow", METHOD, allowing("")),
        ("warning proxy-authenticate-missing header:proxy-authenticate", OFFSET, bare(407, 4)),
        ("warning upgrade-missing header:upgrade", OFFSET, bare(426, 4)),
        (
            "warning retry-after-malformed header:retry-after",
            OFFSET,
            Outcome::Reply(with(oz(503, 0), "retry-after", "1.5")),
        ),
        ("warning error-cacheable header:cache-control", OFFSET, cached(400, "max-age=60")),
        ("warning error-cacheable header:cache-control", NO_TOKEN, cached(403, "public")),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_begins_with_a_scheme_and_a_parameter_does_not() {
        let schemes = |value| elements(value).filter_map(scheme).collect::<Vec<_>>();
        assert_eq!(schemes("Basic realm=\"a, Bearer b\\\", x\", charset=\"UTF-8\", Bearer"), ["Basic", "Bearer"]);
        assert_eq!(schemes("Negotiate, NTLM TlRMTVNTUAA="), ["Negotiate", "NTLM"]);
        assert_eq!(schemes("realm=\"x\", error = \"y\""), [""; 0]);
        assert_eq!(schemes(""), [""; 0]);
    }

    #[test]
    fn what_a_shared_cache_may_use_again_is_told_from_what_it_may_not() {
        for stored in ["public", "max-age=1", "s-maxage=5", "Public, Max-Age=\"60\"", "max-age=0, s-maxage=60"] {
            assert!(is_stored(stored, false), "{stored}");
        }
        for not in
            ["", "no-store", "private, max-age=60", "public, no-cache", "public, max-age=0", "max-age=9, s-maxage=0"]
        {
            assert!(!is_stored(not, false), "{not}");
        }
        // RFC 9111, section 3.5: what answers Authorization is stored only where the reply says so itself.
        assert!(!is_stored("max-age=60", true));
        assert!(is_stored("public, max-age=60", true) && is_stored("s-maxage=60", true));
    }
}
