//! A suite with its contract, of which every rule that it names exists.

use super::table::{find, rules};
use crate::catalog::Api;
use crate::catalog::contract::Contract;
use crate::catalog::document::{Problems, closest_or_all};

/// The suite of that id among the built-in ones, or in that file, with its contract: what a run is given.
///
/// # Errors
/// All that is wrong with the suite and its contract, or that there is none.
pub fn load(name_or_path: &str) -> Result<Api, Problems> {
    let api = crate::catalog::load(name_or_path)?;
    misnamed(&api.contract).none_or(api)
}

/// Rules that the contract names and that do not exist.
#[must_use]
pub fn misnamed(contract: &Contract) -> Problems {
    let ids: Vec<_> = rules().map(|rule| rule.id).collect();
    let misnamed = contract.rules.iter().filter(|(id, _)| find(id).is_none());
    Problems::new(misnamed.map(|(id, problem)| problem.clone().help(closest_or_all(id, &ids).unwrap_or_default())))
}
