//! Whether the target is the deployment that is meant: by the name of its host, and by what it says of itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use regex::Regex;

use super::error::Error;
use super::shared::Shared;
use crate::catalog::Api;
use crate::catalog::suite::Identity;
use crate::judge::describe;
use crate::model::exchange::{Outcome, Silence};
use crate::model::masked;
use crate::model::pointer::pointed;
use crate::model::target::Target;
use crate::plan::Plan;
use crate::report::record;

/// Whether no suite takes the host for production.
pub(crate) fn not_production(apis: &[Arc<Api>], target: &Target) -> Result<(), Error> {
    let host = target.host().to_ascii_lowercase();
    let matches = |pattern: &&String| Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(&host));
    let found = apis.iter().find_map(|api| Some((api, api.suite.production.iter().find(matches)?)));
    found.map_or(Ok(()), |(api, pattern)| {
        let (suite, pattern) = (api.suite.id.clone(), pattern.clone());
        Err(Error::Production { host: target.host().to_owned(), suite, pattern })
    })
}

/// Why the target is not the one that a suite means; `None` where every suite that can tell says it is.
pub(crate) async fn identity_mismatch(plan: &Plan, shared: &Shared) -> Option<String> {
    let apis: BTreeMap<_, _> = plan.probes.iter().map(|probe| (&probe.api.suite.id, &probe.api)).collect();
    for (suite, api) in apis {
        if let Some(identity) = &api.suite.identity
            && let Err(came) = ask(api, identity, shared).await
        {
            let place = identity.at.as_ref().map_or_else(|| "the body".to_owned(), |at| format!("`{at}`"));
            return Some(format!(
                "{suite} is for another deployment: {place} of {} must match `{}`, and {came}; nothing else was sent; check --target",
                identity.path, identity.matches
            ));
        }
    }
    None
}

/// Asks for the path; in an error, what came instead.
async fn ask(api: &Api, identity: &Identity, shared: &Shared) -> Result<(), String> {
    let mask = &shared.recorder.mask;
    let reply = match shared.look(api, &identity.path).await {
        Outcome::Reply(reply) => reply,
        // The controls say it better, and nothing of the target is known by it.
        Outcome::Silence(Silence::Local(_)) => return Ok(()),
        Outcome::Silence(silence) => {
            return Err(record::cut(&format!("there was no answer ({})", masked::silence(mask, &silence))));
        }
    };
    if !(200..300).contains(&reply.status) {
        let described = shared.recorder.described(&reply);
        return Err(record::cut(&format!("it was answered {} with {described}", reply.status)));
    }
    let body = String::from_utf8_lossy(&reply.body);
    let value = match &identity.at {
        None => Some(body.trim().to_owned()),
        Some(at) => serde_json::from_str::<serde_json::Value>(&body).ok().and_then(|json| {
            let value = pointed(&json, at)?;
            Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        }),
    };
    match value {
        Some(value) if Regex::new(&identity.matches).is_ok_and(|pattern| pattern.is_match(&value)) => Ok(()),
        Some(value) => Err(record::cut(&format!("it is {}", describe::quoted(&mask.text(&value))))),
        None => Err(record::cut(&format!("there is none in {}", shared.recorder.described(&reply)))),
    }
}
