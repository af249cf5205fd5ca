//! What a suite's meta-schema cannot say of its own wrong requests.

use super::mistakes::Mistakes;
use super::operation;
use crate::catalog::suite::{Operation, OwnProbe, Part, Suite};
use crate::model::pointer::member;

/// Every mistake in the suite's own probes.
pub(crate) fn check(suite: &Suite, mistakes: &mut Mistakes<'_>) {
    for (index, own) in suite.probe.iter().enumerate() {
        let at = format!("/probe/{index}");
        if suite.probe[..index].iter().any(|other| (&other.operation, &other.id) == (&own.operation, &own.id)) {
            let message = format!("`{}` has a probe `{}` already", own.operation, own.id);
            mistakes.wrong(format!("{at}/id"), message, "give each a name of its own");
        }
        if let Some(operation) = suite.operation.iter().find(|operation| operation.id == own.operation) {
            request(suite, operation, own, &at, mistakes);
        }
    }
}

fn request(suite: &Suite, operation: &Operation, own: &OwnProbe, at: &str, mistakes: &mut Mistakes<'_>) {
    if own.set.is_empty() && own.remove.is_empty() && own.raw.is_none() {
        let help = "write `set`, `remove` or `raw`; what `cause` alone says of the correct request is `refused`";
        mistakes.wrong(at, "nothing is changed in the operation's correct request", help);
    }
    let set = own.set.keys().map(|place| (format!("{at}{}", member("/set", place)), place, false));
    let removed = own.remove.iter().enumerate().map(|(index, place)| (format!("{at}/remove/{index}"), place, true));
    for (at, place, removed) in set.chain(removed) {
        match Part::parse(place) {
            None => {
                let help = "write `/body` and a JSON Pointer, `/query/NAME`, `/path/NAME` or `/header/NAME`";
                mistakes.wrong(at, format!("`{place}` is no place in a request"), help);
            }
            Some(Part::Body(_)) if own.raw.is_some() => {
                mistakes.wrong(at, "the body is written out by `raw`", "leave one of the two out");
            }
            Some(Part::Path(_)) if removed => {
                mistakes.wrong(at, "a path has all its parameters", "set another value");
            }
            Some(Part::Path(name)) if !operation.path_parameters.contains_key(name) => {
                operation::no_parameter(operation, name, at, mistakes);
            }
            Some(Part::Header(name)) => {
                if let Err(why) = suite.common_field(name, "errdrift") {
                    mistakes.wrong(at, why, "name a field that the operation takes as a parameter");
                }
            }
            Some(Part::Body(_) | Part::Query(_) | Part::Path(_)) => {}
        }
    }
}
