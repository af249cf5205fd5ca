//! How strong a contract is: its example bodies, broken systematically, and which of the breaks it would not notice.
//!
//! A promise that nothing can break is no promise. What the contract lets pass is either a hole, or free by the document; the
//! contract says which, in `[[unnoticed]]`. Pure: it knows no file and no command line, and nothing of suites but the
//! stand-in that the judge wants (`mutation::standin`).

mod examination;
mod standin;

pub use crate::catalog::mutation_kind::{KINDS, Kind};
pub use examination::{Examination, Idle, Survivor, examine};

use serde_json::Value;

use crate::catalog::contract::{CodeSet, Contract};
use crate::model::pointer::{member, pointed, unescaped};

/// An example body with one thing broken.
#[derive(Clone, Debug, PartialEq)]
pub struct Mutant {
    /// How it was broken.
    pub kind: Kind,
    /// JSON Pointer to what was broken; of a member too many, to the object that got it.
    pub at: String,
    /// What came of it.
    pub body: Value,
}

/// Every mutant of an example body, in the order of its members and of the kinds.
#[must_use]
pub fn mutants(contract: &Contract, example: &Value) -> Vec<Mutant> {
    let mut places = Vec::new();
    walk(example, "", &mut places);
    let mut mutants = Vec::new();
    for at in places {
        for (kind, ..) in KINDS {
            if let Some(body) = broken(contract, example, &at, *kind).filter(|body| body != example) {
                mutants.push(Mutant { kind: *kind, at: at.clone(), body });
            }
        }
    }
    mutants
}

/// The pointers of a value and of everything in it.
fn walk(value: &Value, at: &str, places: &mut Vec<String>) {
    places.push(at.to_owned());
    match value {
        Value::Object(members) => members.iter().for_each(|(name, inner)| walk(inner, &member(at, name), places)),
        Value::Array(elements) => {
            elements.iter().enumerate().for_each(|(index, inner)| walk(inner, &format!("{at}/{index}"), places));
        }
        _ => {}
    }
}

/// The example with that break in that place; `None` where it does not fit.
fn broken(contract: &Contract, example: &Value, at: &str, kind: Kind) -> Option<Value> {
    let mut body = example.clone();
    match kind {
        Kind::Dropped | Kind::Renamed => {
            let (parent, token) = at.rsplit_once('/')?;
            let name = unescaped(token);
            let members = body.pointer_mut(parent)?.as_object_mut()?;
            if kind == Kind::Dropped {
                members.shift_remove(&name)?;
            } else {
                let other = renamed(&name);
                if members.contains_key(&other) {
                    return None;
                }
                // The member stays in its place, for a reader.
                let renamed = std::mem::take(members).into_iter();
                *members = renamed.map(|(key, value)| (if key == name { other.clone() } else { key }, value)).collect();
            }
        }
        Kind::Extra => {
            let members = body.pointer_mut(at)?.as_object_mut()?;
            members.insert(EXTRA.to_owned(), EXTRA.into());
        }
        Kind::UndocumentedCode => {
            let place = contract.file.code.as_ref().filter(|place| place.set == CodeSet::Closed && place.at == at)?;
            *body.pointer_mut(at)? = undocumented(contract, pointed(example, &place.at)?)?;
        }
        retyped => *body.pointer_mut(at)? = retyped.applied(pointed(example, at)?)?,
    }
    Some(body)
}

/// The name and the value of a member that no document has.
const EXTRA: &str = "errdrift_extra";

/// A name that differs by one letter.
fn renamed(name: &str) -> String {
    let cut: String = name.chars().take(name.chars().count().saturating_sub(1)).collect();
    if cut.is_empty() { format!("{name}x") } else { cut }
}

/// A code of the same type that the catalogue does not have.
fn undocumented(contract: &Contract, code: &Value) -> Option<Value> {
    let known = |code: &Value| contract.entries(code).next().is_some();
    if let Some(text) = code.as_str() {
        return Some(Value::from(format!("{text}_"))).filter(|code| !known(code));
    }
    let greatest = contract.file.catalogue.iter().filter_map(|entry| entry.code.as_i64()).max().unwrap_or_default();
    code.is_i64().then(|| Value::from(greatest.saturating_add(1))).filter(|code| !known(code))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;

    fn of(example: &Value) -> BTreeSet<String> {
        let contract = crate::catalog::load("oz-api").unwrap().contract;
        mutants(&contract, example).into_iter().map(|m| format!("{} {} {}", m.at, m.kind.word(), m.body)).collect()
    }

    #[test]
    fn an_example_is_broken_in_every_place_and_way() {
        let found = of(&json!({"error_code": 3, "details": [null]}));
        for line in [
            "/error_code dropped {\"details\":[null]}",
            "/error_code renamed {\"error_cod\":3,\"details\":[null]}",
            "/error_code as-string {\"error_code\":\"3\",\"details\":[null]}",
            "/error_code as-number {\"error_code\":3.5,\"details\":[null]}",
            "/error_code undocumented-code {\"error_code\":13,\"details\":[null]}",
            "/details empty-array {\"error_code\":3,\"details\":[]}",
            "/details as-object {\"error_code\":3,\"details\":{\"value\":[null]}}",
            "/details/0 as-boolean {\"error_code\":3,\"details\":[true]}",
            " extra {\"error_code\":3,\"details\":[null],\"errdrift_extra\":\"errdrift_extra\"}",
            " empty-object {}",
        ] {
            assert!(found.contains(line), "{line} in {found:#?}");
        }
        assert!(!found.iter().any(|line| line.starts_with("/details/0 dropped")), "{found:#?}");
    }

    #[test]
    fn no_mutant_is_the_example() {
        let example = json!({"a": "", "b": {}, "c": [], "d": null, "e": "x"});
        let contract = crate::catalog::load("oz-api").unwrap().contract;
        assert!(mutants(&contract, &example).iter().all(|mutant| mutant.body != example));
    }
}
