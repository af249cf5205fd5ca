//! The suite's own wrong requests ([`OwnProbe`]): what only who knows the business can write.

use serde_json::Map;

use super::acceptance::Acceptance::Declared;
use super::draft::{Draft, Subject, Variant};
use super::row::{Fault, fault};
use crate::catalog::suite::{Effect, Operation, OwnProbe, Part};
use crate::model::pointer::{names, put, take};
use crate::model::secret::percent_encoded;

/// The table of this family. The cause is the one that the suite gives.
pub(super) static FAULTS: &[Fault] = &[
    fault!(
        "own",
        InvalidValue,
        "A wrong request of the suite's own, which changes nothing even where it is accepted.",
        "POST /api/deals/1/limit-checks above the limit, by [[probe]]",
        "the suite's own word",
        |s| own(s, true)
    ),
    fault!(
        "own-changing",
        InvalidValue,
        Intrusive,
        "A wrong request of the suite's own, which would change something where it is accepted.",
        "POST /api/deals with a price above the account's limit, by [[probe]]",
        "the suite's own word",
        |s| own(s, false)
    ),
];

fn own(subject: &Subject<'_>, harmless: bool) -> Vec<Variant> {
    let Some(operation) = subject.operation else { return Vec::new() };
    let own = subject.suite.probe.iter().filter(|own| own.operation == operation.id && own.is_known());
    let own = own.filter(|own| (own.effect == Effect::None) == harmless);
    let variant = |own: &OwnProbe| {
        let variant = subject.variant(&own.id, Declared, |draft| change(draft, operation, own)).instead(own.cause);
        let named = own.set.keys().any(|at| matches!(Part::parse(at), Some(Part::Path(_))));
        if named { variant.unnamed() } else { variant }
    };
    own.map(variant).collect()
}

fn change(draft: &mut Draft, operation: &Operation, own: &OwnProbe) {
    let mut json = draft.json.clone();
    for (at, value) in &own.set {
        let text = || value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match Part::parse(at) {
            Some(Part::Body(pointer)) => {
                put(json.get_or_insert_with(|| Map::new().into()), &names(pointer), value.clone());
            }
            Some(Part::Query(name)) => draft.set_query(name, Some(&text())),
            Some(Part::Path(name)) => draft.path = path_with(operation, draft, name, &text()),
            Some(Part::Header(name)) => draft.set_field(name, Some(text())),
            None => {}
        }
    }
    for at in &own.remove {
        match Part::parse(at) {
            Some(Part::Body(pointer)) => json.iter_mut().for_each(|json| take(json, pointer)),
            Some(Part::Query(name)) => draft.set_query(name, None),
            Some(Part::Header(name)) => draft.set_field(name, None),
            Some(Part::Path(_)) | None => {}
        }
    }
    if let Some(json) = json.filter(|json| draft.json.as_ref() != Some(json)) {
        draft.set_json(json);
    }
    if let Some(raw) = &own.raw {
        draft.set_body(raw.as_str());
        draft.content_type.get_or_insert_with(|| "application/json".to_owned());
    }
}

/// The draft's path with another value of one parameter.
fn path_with(operation: &Operation, draft: &Draft, name: &str, value: &str) -> String {
    let placeholder = format!("{{{name}}}");
    let segments = operation.path.split('/').zip(draft.path.split('/'));
    let value = String::from_utf8_lossy(&percent_encoded(value.as_bytes())).into_owned();
    let segment = |(template, now): (&str, &str)| {
        if template.contains(&placeholder) { template.replace(&placeholder, &value) } else { now.to_owned() }
    };
    segments.map(segment).collect::<Vec<_>>().join("/")
}
