//! What a command needs of the world around it: suites, variables, the terminal.

use std::collections::BTreeSet;
use std::sync::Arc;

use anstream::{AutoStream, ColorChoice};

use super::options::{Choice, Color};
use super::output::{mistaken, tell};
use crate::catalog::Api;
use crate::catalog::suite::Suite;
use crate::fault::Tier;
use crate::judge;
use crate::model::secret::Environment;
use crate::model::verdict::exit;
use crate::plan::Selection;

/// Suites, and the known resources of which nothing is known: operation and variable.
pub(super) type Loaded = (Vec<Arc<Api>>, Vec<(String, String)>);

/// The suites of those names; what is wrong with any of them, all at once.
/// `headers` are the command line's own fields of every request.
pub(super) fn load(names: &[String], environment: &Environment, headers: &[String]) -> Result<Loaded, u8> {
    let (mut apis, mut unknown) = Loaded::default();
    let mut code = None;
    for name in names {
        match judge::load(name) {
            Ok(mut api) => {
                if apis.iter().any(|other| other.suite.id == api.suite.id) {
                    tell(&format!("errdrift: the suite {} is named twice", api.suite.id));
                    code = Some(exit::USAGE);
                }
                if let Err(why) = add(&mut api.suite, headers, environment) {
                    tell(&format!("errdrift: --header: {why}; nothing was sent"));
                    code = Some(exit::USAGE);
                }
                unknown.extend(api.suite.know(environment));
                apis.push(Arc::new(api));
            }
            Err(problems) => code = Some(mistaken(&problems)),
        }
    }
    code.map_or(Ok((apis, unknown)), Err)
}

/// Adds header fields to those of every request of a suite. An error never holds a value: it may be a secret.
fn add(suite: &mut Suite, headers: &[String], environment: &Environment) -> Result<(), String> {
    let mut given = BTreeSet::new();
    for header in headers {
        let (name, value) = header.split_once(':').ok_or("there is no `:`; write it as 'X-Gateway: ${GATEWAY_KEY}'")?;
        let value = value.trim();
        let template = suite.common_field(name, value)?;
        if !given.insert(name.to_ascii_lowercase()) {
            return Err(format!("`{name}` is given twice"));
        }
        if let Some(unset) = template.variables().into_iter().find(|name| environment.get(name).is_none()) {
            return Err(format!("${{{unset}}} is not set"));
        }
        suite.request.headers.retain(|other, _| !other.eq_ignore_ascii_case(name));
        suite.request.headers.insert(name.to_owned(), value.to_owned());
    }
    Ok(())
}

pub(super) fn selection(choice: &Choice) -> Selection {
    Selection {
        filter: choice.filter.clone(),
        exact: choice.exact,
        ids: BTreeSet::new(),
        skip: choice.skip.clone(),
        faults: choice.fault.clone(),
        operations: choice.operation.clone(),
        tiers: if choice.tier.is_empty() { vec![Tier::Core] } else { choice.tier.clone() },
        shard: choice.shard,
        harmless: false,
    }
}

/// The process's variables; what is no UTF-8 is no secret of a suite.
pub(super) fn environment() -> Environment {
    Environment::new(
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
    )
}

/// Whether the summary is in colour: `NO_COLOR`, `CLICOLOR`, `CLICOLOR_FORCE` and `TERM` have their say, then the terminal.
pub(super) fn colored(color: Color) -> bool {
    match color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => AutoStream::choice(&std::io::stdout()) != ColorChoice::Never,
    }
}

/// The width of the summary: what `COLUMNS` says, within what reads well.
pub(super) fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    columns.unwrap_or(110).clamp(60, 160)
}
