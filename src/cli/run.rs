//! `run` and `list`: from arguments and environment to a session, and from its closing to an exit code.

use std::collections::BTreeSet;
use std::io::IsTerminal as _;
use std::sync::Arc;

use libtest_mimic::{Arguments, ColorSetting};

use super::arguments::{Choice, Color, List, Run};
use super::output::{say, say_in_colour, show, tell};
use super::{failed, files, gates, mistaken};
use crate::catalog::Api;
use crate::fault::Tier;
use crate::fault::draft::carried;
use crate::model::printable::json;
use crate::model::secret;
use crate::model::secret::Environment;
use crate::model::target::Target;
use crate::model::verdict::exit;
use crate::plan::{Plan, Selection};
use crate::render::human;
use crate::render::style::Style;
use crate::run::engine;
use crate::run::progress::Live;
use crate::run::session::{Failure, Session};
use crate::{judge, render};

/// Suites, and the known resources of which nothing is known: operation and variable.
pub(super) type Loaded = (Vec<Arc<Api>>, Vec<(String, String)>);

/// The suites of those names; what is wrong with any of them, all at once.
pub(super) fn load(names: &[String], environment: &Environment) -> Result<Loaded, u8> {
    let (mut apis, mut unknown) = Loaded::default();
    let mut code = None;
    for name in names {
        match judge::load(name) {
            Ok(mut api) => {
                if apis.iter().any(|other| other.suite.id == api.suite.id) {
                    tell(&format!("errdrift: the suite {} is named twice", api.suite.id));
                    code = Some(exit::USAGE);
                }
                let unset = api.suite.know(environment);
                let place = |operation: &str| format!("{}/{operation}", api.suite.id);
                unknown.extend(unset.iter().map(|(operation, variable)| (place(operation), variable.clone())));
                apis.push(Arc::new(api));
            }
            Err(problems) => code = Some(mistaken(&problems)),
        }
    }
    code.map_or(Ok((apis, unknown)), Err)
}

pub(super) fn selection(choice: &Choice) -> Selection {
    let tiers: Vec<Tier> = choice.tier.iter().map(|word| Tier::from(*word)).collect();
    Selection {
        filter: choice.filter.clone(),
        exact: choice.exact,
        skip: choice.skip.clone(),
        faults: choice.fault.clone(),
        operations: choice.operation.clone(),
        tiers: if tiers.is_empty() { vec![Tier::Core] } else { tiers },
        shard: choice.shard,
        harmless: false,
    }
}

/// Lists the probes.
pub(super) fn list(arguments: &List) -> u8 {
    let apis = match load(&arguments.choice.suites, &environment()) {
        Ok((apis, _)) => apis,
        Err(code) => return code,
    };
    listed(&apis, &selection(&arguments.choice), arguments.json, arguments.requests)
}

fn listed(apis: &[Arc<Api>], selection: &Selection, as_json: bool, requests: bool) -> u8 {
    let unknown = selection.unknown(apis);
    if !unknown.is_empty() {
        return failed(&Failure::Usage(unknown.join("\n")));
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
    if as_json {
        show(&text);
    } else if !plan.probes.is_empty() {
        say(&text);
    }
    if plan.probes.is_empty() { exit::NOT_JUDGED } else { exit::CONFORMS }
}

/// Runs, prints the summary, and gives the exit code.
pub(super) fn run(arguments: &Run) -> u8 {
    let (apis, unknown) = match load(&arguments.choice.suites, &environment()) {
        Ok(loaded) => loaded,
        Err(code) => return code,
    };
    let selection = Selection { harmless: arguments.read_only, ..selection(&arguments.choice) };
    if arguments.list {
        return listed(&apis, &selection, false, false);
    }
    let target = match Target::parse(&arguments.target) {
        Ok(target) => target,
        Err(why) => return failed(&Failure::Usage(why)),
    };
    let color = colored(arguments.color);
    let reports = match files::settled(&arguments.reports) {
        Ok(reports) => reports,
        Err(code) => return code,
    };
    // A report on standard output stands there alone.
    let to_stdout = reports.iter().any(|report| report.path.is_none());
    let gates = match files::of_run(arguments, &apis, &reports).and_then(|()| gates::read(arguments, &selection)) {
        Ok(gates) => gates,
        Err(code) => return code,
    };
    let environment = environment();
    for advice in secret::advice(names(&apis).iter().map(String::as_str), &environment) {
        tell(&format!("errdrift: {advice}"));
    }
    let session = Session {
        gates,
        apis,
        selection,
        wire: arguments.reach.wire(target),
        engine: engine::Settings {
            repeat: arguments.repeat,
            judge: judge::Settings { strict: arguments.strict, ..judge::Settings::default() },
            ..arguments.reach.engine(arguments.speed.jobs, arguments.speed.rate)
        },
        environment,
        reports,
        strict: arguments.strict,
        yes_production: arguments.reach.yes_production,
        unknown,
        live: live(arguments.quiet || to_stdout, color),
    };
    match session.run() {
        Ok((opening, closing)) => {
            let style = Style { color: color && !to_stdout, width: width() };
            let summary = human::summary(&opening, &closing, &style);
            if to_stdout {
                tell(&summary);
            } else {
                say_in_colour(&summary);
            }
            closing.exit_code
        }
        Err(failure) => failed(&failure),
    }
}

/// The variables of the right credentials.
fn names(apis: &[Arc<Api>]) -> BTreeSet<String> {
    let credentials = apis.iter().flat_map(|api| api.suite.credentials.values());
    let values: Vec<_> = credentials.flat_map(|credential| carried(credential, &credential.valid)).collect();
    values.iter().flat_map(|(_, value)| value.variables()).map(str::to_owned).collect()
}

fn live(quiet: bool, color: bool) -> Live {
    if quiet {
        return Live::Bar;
    }
    let color = if color { ColorSetting::Always } else { ColorSetting::Never };
    Live::Lines(Box::new(crate::run::harness::in_order(Arguments { color: Some(color), ..Arguments::default() })))
}

/// The process's variables; what is no UTF-8 is no secret of a suite.
pub(super) fn environment() -> Environment {
    Environment::new(
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
    )
}

fn colored(color: Color) -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
            std::io::stdout().is_terminal() && !set("NO_COLOR") && !dumb
        }
    }
}

/// The width of the summary: what `COLUMNS` says, within what reads well.
pub(super) fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    columns.unwrap_or(110).clamp(60, 160)
}
