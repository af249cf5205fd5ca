//! Whether the target is the API at all: one that answers a path which no API has just as it answers the controls answers
//! everything so, and nothing is learnt of it, while much may be changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::form::Form;
use crate::catalog::Api;
use crate::fault::draft::carried;
use crate::judge;
use crate::model::exchange::{Outcome, Reply, Request};
use crate::model::secret::Template;
use crate::plan::Plan;
use crate::report::record;
use crate::run::control::Controls;
use crate::run::pacing::limits::Key;
use crate::run::shared::Shared;

/// A path that no API has, below a suite's prefix.
const NOWHERE: &str = "/errdrift-nowhere";

/// Looks at a path that no API has, and says of each suite whether that is answered as its controls are. Where no control
/// was sent, a success is enough.
pub(crate) async fn rule_out(plan: &Plan, controls: &mut Controls, shared: &Shared) {
    let apis: BTreeMap<_, _> = plan.probes.iter().map(|probe| (&probe.api.suite.id, &probe.api)).collect();
    for (suite, api) in apis {
        if controls.suites.contains_key(suite) {
            continue;
        }
        if let Some(reply) = nowhere(api, shared).await
            && is_like(&reply, controls.succeeded.get(suite))
        {
            let path = path(api);
            let what = record::cut(&format!("{} with {}", reply.status, shared.recorder.described(&reply)));
            let as_controls = if controls.succeeded.contains_key(suite) { ", just as the controls are" } else { "" };
            let reason = format!(
                "the target is not the API of {suite}: it answers a path that does not exist ({path}) by {what}{as_controls}; a catch-all, or the page of another application; nothing else was sent; check --target, its host and its prefix"
            );
            controls.refuse(suite, reason);
        }
    }
}

/// The path that the API does not have.
fn path(api: &Api) -> String {
    format!("{}{NOWHERE}", api.suite.prefix.trim_end_matches('/'))
}

/// The success by which a path is answered that no API has: without a credential or, where that is refused, with the suite's
/// first.
async fn nowhere(api: &Arc<Api>, shared: &Shared) -> Option<Reply> {
    let accept = ("accept".to_owned(), Template::literal("application/json"));
    let credential = api.suite.operation.iter().find_map(|operation| operation.credential.as_ref());
    let credential = credential.and_then(|name| api.suite.credentials.get(name));
    let with = credential.map(|credential| carried(credential, &credential.valid));
    for fields in [Some(Vec::new()), with].into_iter().flatten() {
        let headers = [accept.clone()].into_iter().chain(api.suite.fields()).chain(fields).collect();
        let request = Request { method: "GET".into(), target: path(api), headers, ..Request::default() };
        let Ok(headers) = shared.resolve(&request) else { continue };
        let key = Key { suite: String::new(), operation: request.target.clone() };
        if let Outcome::Reply(reply) = shared.ask(&key, &request, &headers).await
            && (200..300).contains(&reply.status)
        {
            // An error under a success is what the run is to tell of.
            let json = judge::body::json(&reply);
            let is_error = json.is_some_and(|json| judge::is_envelope(&api.contract, &json));
            return (!is_error).then_some(reply);
        }
    }
    None
}

/// Whether the reply has the form of every control.
fn is_like(reply: &Reply, controls: Option<&Vec<Form>>) -> bool {
    let form = Form::of(reply);
    controls.is_none_or(|controls| controls.iter().all(|control| *control == form))
}
