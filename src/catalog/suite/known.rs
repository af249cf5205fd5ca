//! What a suite leaves to the environment and to the contract: ids of what exists, a page's origin, promises.

use std::collections::BTreeSet;

use serde_json::Value;

use super::body::Field;
use super::effect::Effect;
use super::file::{Browser, Operation, Suite};
use super::own::OwnProbe;
use crate::catalog::contract::{CausePromise, Contract};
use crate::model::secret::Environment;

impl Suite {
    /// Puts the variables of the environment in the places of what the suite names by them. Gives those that are not set, after
    /// what is not asked for without them.
    pub fn know(&mut self, environment: &Environment) -> Vec<(String, String)> {
        let mut unset = BTreeSet::new();
        let mut known = |what: &dyn Fn() -> String, value: &mut String| {
            let Some(name) = variable(value) else { return true };
            let Some(found) = environment.get(name) else {
                unset.insert((what(), name.to_owned()));
                return false;
            };
            found.clone_into(value);
            true
        };
        let suite = &self.id;
        if let Some(browser) = &mut self.browser {
            known(&|| format!("{suite}, preflights"), &mut browser.origin);
        }
        self.probe.retain_mut(|own| {
            let what = || format!("{suite}/{}/own/{}", own.operation, own.id);
            let texts = || own.set.values().filter_map(Value::as_str);
            own.variables = texts().filter_map(variable).map(str::to_owned).collect();
            let mut all = own.set.values_mut().filter_map(|value| match value {
                Value::String(text) => Some(text),
                _ => None,
            });
            all.all(|text| known(&what, text))
        });
        for operation in &mut self.operation {
            let id = &operation.id;
            operation.known.retain(|_, value| known(&|| format!("{suite}/{id}, existence"), value));
            let bodies = || format!("{suite}, malformed bodies for what exists and may be lost");
            operation.scratch.retain(|_, value| known(&bodies, value));
        }
        unset.into_iter().collect()
    }

    /// Completes what is promised at single operations and of single requests by what the contract promises everywhere.
    pub fn promise_as(&mut self, contract: &Contract) {
        let or = |own: CausePromise, other: Option<&CausePromise>| match other {
            Some(other) => own.or(other),
            None => own,
        };
        for operation in &mut self.operation {
            let own = std::mem::take(&mut operation.cause);
            operation.cause = own.into_iter().map(|(cause, own)| (cause, or(own, contract.promise(cause)))).collect();
        }
        for own in &mut self.probe {
            let operation = self.operation.iter().find(|operation| operation.id == own.operation);
            let there = operation.and_then(|operation| operation.cause.get(&own.cause));
            let there = there.or_else(|| contract.promise(own.cause));
            own.expect = own.expect.take().map(|expect| or(expect, there));
        }
    }

    /// Puts something in the places of what exists, for what is planned and never sent: it asks no environment.
    pub fn pretend(&mut self) {
        let known = self.operation.iter_mut().flat_map(|operation| operation.known.values_mut());
        known.filter(|value| variable(value).is_some()).for_each(|value| "errdrift-known".clone_into(value));
        let browsers = self.browser.iter_mut().filter(|browser| variable(&browser.origin).is_some());
        browsers.for_each(|browser| "https://errdrift.example".clone_into(&mut browser.origin));
        self.operation.iter_mut().for_each(|operation| operation.scratch.clear());
        for value in self.probe.iter_mut().flat_map(|own| own.set.values_mut()) {
            if value.as_str().and_then(variable).is_some() {
                *value = Value::from("errdrift-known");
            }
        }
    }

    /// The page that calls the API from a browser, where the suite names one and the environment knows it.
    #[must_use]
    pub fn browser(&self) -> Option<&Browser> {
        self.browser.as_ref().filter(|browser| variable(&browser.origin).is_none())
    }
}

impl OwnProbe {
    /// Whether the environment knows all that stands in it.
    #[must_use]
    pub fn is_known(&self) -> bool {
        !self.set.values().any(|value| value.as_str().and_then(variable).is_some())
    }
}

impl Operation {
    /// Whether the suite names what exists, and the environment knows it.
    #[must_use]
    pub fn has_known(&self) -> bool {
        !self.known.is_empty() && !self.known.values().any(|value| variable(value).is_some())
    }

    /// Whether it may be asked to do something to what may be lost: it changes or creates by a body, and moves no money.
    #[must_use]
    pub fn may_lose(&self) -> bool {
        matches!(self.effect, Effect::Changes | Effect::Creates) && self.method != "PUT" && self.body.is_some()
    }

    /// Whether the suite names what may be lost, and the environment knows it.
    #[must_use]
    pub fn has_scratch(&self) -> bool {
        let is_named = |(name, field): (&String, &Field)| field.exists || self.scratch.contains_key(name);
        !self.scratch.is_empty()
            && self.may_lose()
            && self.path_parameters.iter().all(is_named)
            && !self.scratch.values().any(|value| variable(value).is_some())
    }
}

/// The name of the variable that a text stands for.
fn variable(text: &str) -> Option<&str> {
    text.strip_prefix("${")?.strip_suffix('}')
}
