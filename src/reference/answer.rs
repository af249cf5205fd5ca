//! From a request to its reply: the API's own decision, and at this one place the deployment's drift.

use std::borrow::Cow;
use std::sync::atomic::Ordering;

use super::api::Api;
use super::cause::Cause;
use super::decision::{Decision, Lenience, Refusal, Rules, Success};
use super::deployment::Deployment;
use super::draft::Draft;
use super::drift::Drift;
use super::reply::Reply;
use super::request::{Malformed, Request};
use super::{escrow_box, oz_api};

const ALLOW_ORIGIN: &str = "Access-Control-Allow-Origin";

/// The reply to a request that could be read.
pub(super) fn to_request(deployment: &Deployment, request: &Request<'_>) -> Reply {
    let rules = rules(deployment.api);
    let decision = (rules.decide)(request, Lenience::default());
    let mut reply = with_drift(deployment, decision, Some(request));
    if reply.accepted && request.header("origin").is_some() {
        reply.headers.push((ALLOW_ORIGIN, Cow::Borrowed("*")));
        if is_preflight(request) {
            reply.headers.push(("Access-Control-Allow-Methods", Cow::Borrowed("GET, POST, PUT, PATCH, DELETE")));
            let fields = Cow::Borrowed("authorization, content-type, x-forensic-access-token");
            reply.headers.push(("Access-Control-Allow-Headers", fields));
        }
    }
    let changed = reply.accepted && !matches!(request.method, "GET" | "HEAD" | "OPTIONS");
    deployment.witness.count(changed);
    reply
}

/// The reply to a request that could not be read.
pub(super) fn to_malformed(deployment: &Deployment, malformed: Malformed) -> Reply {
    let refusal = (rules(deployment.api).malformed)(malformed);
    deployment.witness.count(false);
    with_drift(deployment, Decision { operation: None, result: Err(refusal) }, None)
}

const fn rules(api: Api) -> &'static Rules {
    match api {
        Api::OzApi => &oz_api::RULES,
        Api::EscrowBox => &escrow_box::RULES,
    }
}

fn with_drift(deployment: &Deployment, decision: Decision, request: Option<&Request<'_>>) -> Reply {
    let rules = rules(deployment.api);
    let refusal = match decision.result {
        _ if request.is_some_and(is_preflight) => {
            if !deployment.drift.is_some_and(Drift::refuses_preflights) {
                return Reply::success(Success { status: 204, body: "", allow: None });
            }
            Refusal::new(Cause::NoCredentials, 401, "6", "No access token was given")
        }
        Ok(success) => return Reply::success(success),
        Err(refusal) => refusal,
    };
    let drift = deployment.drift.filter(|drift| {
        drift.scope.holds(decision.operation, &refusal, request)
            && deployment.turn.fetch_add(1, Ordering::Relaxed) % drift.scope.every == drift.scope.every - 1
    });
    let Some(drift) = drift else {
        return for_pages(Draft::new(refusal, rules.body), request).finish(request, |body| body);
    };
    let refusal = match (drift.lenience(), request) {
        (Some(lenience), Some(request)) => match (rules.decide)(request, lenience).result {
            Ok(success) => return Reply::success(success),
            Err(refusal) => refusal,
        },
        _ => refusal,
    };
    let mut error = for_pages(Draft::new(refusal, rules.body), request);
    drift.apply(&mut error);
    error.finish(request, |body| drift.encode(body))
}

/// Any page of a browser may read every reply (the Fetch standard).
fn for_pages(mut error: Draft, request: Option<&Request<'_>>) -> Draft {
    if request.is_some_and(|request| request.header("origin").is_some()) {
        error.headers.push((ALLOW_ORIGIN, "*"));
    }
    error
}

/// Whether a browser asks what a page may send (the Fetch standard, section 4.8): that is answered before anything is looked up.
fn is_preflight(request: &Request<'_>) -> bool {
    request.method == "OPTIONS" && request.header("access-control-request-method").is_some()
}
