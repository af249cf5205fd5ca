//! Which requests may change something, and what came of one, as the brake sees it. Pure: it knows no other request.

use crate::judge;
use crate::model::answer::media_type;
use crate::model::exchange::{Ending, Outcome, Part, Reply, Request, Silence};
use crate::plan::Probe;

/// Whether the probe may change something, so that the brake has to let it pass: by the effect of its operation, or by its
/// method. Where an operation has no safe method (RFC 9110, section 9.2.1), a safe one is not the operation: who answers it by
/// a success has another operation at that path, which only reads.
pub(crate) fn may_change(probe: &Probe) -> bool {
    let safe = |method: &str| ["GET", "HEAD", "OPTIONS", "TRACE"].contains(&method);
    let has_safe_method = probe.declared().is_some_and(|operation| safe(&operation.method));
    let is_read = probe.is_harmless() || (probe.reads() && reads_however_it_is_split(&probe.request));
    !is_read && (!probe.asks_only() || has_safe_method)
}

/// Whether a scripted request is one of a safe method for whoever forgives the white space around it, and none for others.
fn reads_however_it_is_split(request: &Request) -> bool {
    let first = request.script.as_ref().and_then(|script| script.parts.first());
    let Some(Part::Bytes(first)) = first else { return false };
    let line = first.masked();
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    words.next().is_some_and(|method| [&b"GET"[..], b"HEAD", b"OPTIONS"].contains(&method))
}

/// What came of a request that may change something and must be refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Came {
    /// A success that is no error of the contract: the target may have done it.
    Accepted(u16),
    /// An error: the target did not do it.
    Refused,
    /// Nothing that tells whether its operation refuses such requests, and nothing that was done: no connection, a
    /// redirect elsewhere, a rate limit, a gateway that could not ask the service.
    Nothing,
    /// The request was written, and no answer came: the target may have done it.
    Unanswered,
}

impl Came {
    /// What came of the probe.
    pub(crate) fn of(probe: &Probe, outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Reply(reply) => Self::of_reply(probe, reply),
            Outcome::Silence(Silence::Unreachable(_) | Silence::Local(_) | Silence::Tls(_)) => Self::Nothing,
            // What never ends cannot be carried out.
            Outcome::Silence(_) if probe.request.script.as_ref().is_some_and(|script| script.unfinished) => {
                Self::Nothing
            }
            Outcome::Silence(_) => Self::Unanswered,
        }
    }

    fn of_reply(probe: &Probe, reply: &Reply) -> Self {
        // The request itself, sent back, is all that TRACE does (RFC 9110, section 9.3.8); many a gateway answers it.
        let traced = || probe.request.method == "TRACE" && media_type(reply).as_deref() == Some("message/http");
        match reply.status {
            200 if traced() => Self::Nothing,
            200..=299 | 303 if !is_error(probe, reply) => Self::Accepted(reply.status),
            429 | 502..=504 => Self::Nothing,
            200..=299 | 303 | 400.. => Self::Refused,
            _ => Self::Nothing,
        }
    }
}

/// Whether a success has the contract's error as its body. What did not come whole shows none.
fn is_error(probe: &Probe, reply: &Reply) -> bool {
    let json = (reply.ending == Ending::Complete).then(|| judge::body::json(reply)).flatten();
    json.is_some_and(|json| judge::is_envelope(&probe.api.contract, &json))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::catalog;
    use crate::plan::{Plan, Selection};

    /// A probe of Oz API, by its id after the suite.
    fn probe(id: &str) -> Probe {
        let api = Arc::new(catalog::load("oz-api").unwrap());
        let selection = Selection { filter: Some(format!("oz-api/{id}")), exact: true, ..Selection::default() };
        Plan::new(&[api], &selection).probes.remove(0)
    }

    fn reply(status: u16, media_type: &str, body: &str) -> Outcome {
        let headers = vec![("Content-Type".to_owned(), media_type.into())];
        Outcome::Reply(Reply { status, headers, body: body.into(), ..Reply::default() })
    }

    #[test]
    fn a_safe_method_changes_nothing_unless_the_operation_has_one() {
        let mut get = probe("users.create/credentials-absent");
        assert!(may_change(&get));
        "GET".clone_into(&mut get.request.method);
        assert!(!may_change(&get), "the operation has another method");
        assert!(!may_change(&probe("users.list/credentials-absent")));
        let mut put = probe("users.list/credentials-absent");
        "PUT".clone_into(&mut put.request.method);
        assert!(may_change(&put), "the operation only reads, and the method does not");
        // GET that logs out.
        let mut out = probe("users.create/credentials-absent");
        let mut api = catalog::load("oz-api").unwrap();
        let declared = api.suite.operation.iter_mut().find(|operation| operation.id == "users.create").unwrap();
        "GET".clone_into(&mut declared.method);
        out.api = Arc::new(api);
        "HEAD".clone_into(&mut out.request.method);
        assert!(may_change(&out));
    }

    #[test]
    fn a_success_without_the_contracts_error_is_accepted() {
        let probe = probe("users.create/credentials-absent");
        let came = |outcome: &Outcome| Came::of(&probe, outcome);
        let error = r#"{"error_code": 6, "error_message": "no"}"#;
        for status in [200, 201, 204, 207, 303] {
            assert_eq!(came(&reply(status, "application/json", "{}")), Came::Accepted(status));
            assert_eq!(came(&reply(status, "application/json", error)), Came::Refused);
        }
        let cut =
            Reply { status: 200, body: error.into(), ending: Ending::Truncated("cut".into()), ..Reply::default() };
        assert_eq!(came(&Outcome::Reply(cut)), Came::Accepted(200), "what did not come whole shows no error");
        for status in [400, 401, 405, 422, 500, 501] {
            assert_eq!(came(&reply(status, "text/html", "no")), Came::Refused);
        }
        for status in [302, 307, 308, 429, 502, 503, 504] {
            assert_eq!(came(&reply(status, "text/html", "")), Came::Nothing);
        }
        assert_eq!(came(&Outcome::Silence(Silence::Closed("reset".into()))), Came::Unanswered);
        assert_eq!(came(&Outcome::Silence(Silence::TimedOut(Duration::ZERO))), Came::Unanswered);
        assert_eq!(came(&Outcome::Silence(Silence::Unreachable("refused".into()))), Came::Nothing);
    }

    #[test]
    fn a_trace_that_is_sent_back_did_nothing() {
        let mut trace = probe("users.list/credentials-absent");
        "TRACE".clone_into(&mut trace.request.method);
        assert_eq!(Came::of(&trace, &reply(200, "message/http", "TRACE / HTTP/1.1")), Came::Nothing);
        assert_eq!(Came::of(&trace, &reply(200, "application/json", "{}")), Came::Accepted(200));
    }
}
