//! `list`: the probes of a plan, of which nothing is sent.

use std::sync::Arc;

use clap::Args;

use super::load::{environment, load, selection};
use super::options::Choice;
use super::output::{failed, say, show, tell};
use crate::catalog::Api;
use crate::model::printable::json;
use crate::model::verdict::exit;
use crate::plan::{Plan, Selection};
use crate::render;
use crate::run::engine::mask;
use crate::run::error::Error;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) choice: Choice,
    /// As an array of {"probe", "operation", "fault", "cause", "tier"}
    #[arg(long)]
    pub(super) json: bool,
    /// Every planned request as it would leave, with secrets as variables
    #[arg(long)]
    pub(super) requests: bool,
}

/// Lists the probes.
pub(super) fn list(arguments: &Arguments) -> u8 {
    let apis = match load(&arguments.choice.suites, &environment(), &[]) {
        Ok((apis, _)) => apis,
        Err(code) => return code,
    };
    listed(&apis, &selection(&arguments.choice), arguments.json, arguments.requests)
}

pub(super) fn listed(apis: &[Arc<Api>], selection: &Selection, as_json: bool, requests: bool) -> u8 {
    let unknown = selection.unknown(apis);
    if !unknown.is_empty() {
        return failed(&Error::Usage(unknown.join("\n")));
    }
    let plan = Plan::new(apis, selection);
    let text = if as_json {
        let entry = |probe: &crate::plan::Probe| {
            let mut entry = serde_json::json!({
                "probe": probe.id, "operation": probe.operation, "fault": probe.fault.id,
                "cause": probe.cause.word(), "tier": probe.fault.tier.word(),
            });
            if requests {
                entry["safe_by"] = probe.guard.to_string().into();
                entry["request"] = render::requests::value(probe);
            }
            json(&entry)
        };
        format!("[\n{}\n]", plan.probes.iter().map(entry).collect::<Vec<_>>().join(",\n"))
    } else if requests {
        render::requests::text(&plan)
    } else {
        plan.probes.iter().map(|probe| probe.id.clone()).collect::<Vec<_>>().join("\n")
    };
    if plan.probes.is_empty() {
        tell("errdrift: no probe is selected");
    }
    // What a suite's own probe takes from the environment is no less a secret than a credential.
    let text = if requests { mask(&plan, &environment()).own(&text) } else { text };
    if as_json {
        show(&text);
    } else if !plan.probes.is_empty() {
        say(&text);
    }
    if plan.probes.is_empty() { exit::NOT_JUDGED } else { exit::CONFORMS }
}
