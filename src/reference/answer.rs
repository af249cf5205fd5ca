//! From a request to its reply: the API's own decision, and at this one place the deployment's drift.

use std::sync::atomic::Ordering;

use super::api::Api;
use super::decision::{Decision, Lenience, Rules};
use super::deployment::Deployment;
use super::draft::Draft;
use super::reply::Reply;
use super::request::{Malformed, Request};
use super::{escrow_box, oz_api};

/// The reply to a request that could be read.
pub(super) fn to_request(deployment: &Deployment, request: &Request<'_>) -> Reply {
    let rules = rules(deployment.api);
    let decision = (rules.decide)(request, Lenience::default());
    let reply = with_drift(deployment, decision, Some(request));
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
        Ok(success) => return Reply::success(success),
        Err(refusal) => refusal,
    };
    let drift = deployment.drift.filter(|drift| {
        drift.scope.holds(decision.operation, &refusal, request)
            && deployment.turn.fetch_add(1, Ordering::Relaxed) % drift.scope.every == drift.scope.every - 1
    });
    let Some(drift) = drift else {
        return Draft::new(refusal, rules.body).finish(request, |body| body);
    };
    let refusal = match (drift.lenience(), request) {
        (Some(lenience), Some(request)) => match (rules.decide)(request, lenience).result {
            Ok(success) => return Reply::success(success),
            Err(refusal) => refusal,
        },
        _ => refusal,
    };
    let mut error = Draft::new(refusal, rules.body);
    drift.apply(&mut error);
    error.finish(request, |body| drift.encode(body))
}
