//! The suite's own wrong requests ([`OwnProbe`]): what only who knows the business can write.

use serde_json::{Map, Value};

use super::acceptance::Acceptance::Declared;
use super::draft;
use super::draft::{Draft, Subject, Variant};
use super::row::{Fault, fault};
use crate::catalog::suite::{Effect, Operation, OwnProbe, Part};
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
    let mut query: Vec<(String, String)> = draft.query.iter().flat_map(|query| query.split('&')).map(parted).collect();
    for (at, value) in &own.set {
        let text = || value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        match Part::parse(at) {
            Some(Part::Body(pointer)) => put(json.get_or_insert_with(|| Map::new().into()), pointer, value),
            Some(Part::Query(name)) => {
                let (name, value) = parted(&draft::pair(name, &text()));
                query.retain(|(other, _)| *other != name);
                query.push((name, value));
            }
            Some(Part::Path(name)) => draft.path = path_with(operation, draft, name, &text()),
            Some(Part::Header(name)) => {
                draft.fields.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
                draft.fields.push((name.to_ascii_lowercase(), text()));
            }
            None => {}
        }
    }
    for at in &own.remove {
        match Part::parse(at) {
            Some(Part::Body(pointer)) => json.iter_mut().for_each(|json| take(json, pointer)),
            Some(Part::Query(name)) => query.retain(|(other, _)| *other != parted(&draft::pair(name, "")).0),
            Some(Part::Header(name)) => draft.fields.retain(|(other, _)| !other.eq_ignore_ascii_case(name)),
            Some(Part::Path(_)) | None => {}
        }
    }
    let pairs: Vec<_> = query.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    draft.query = (!pairs.is_empty()).then(|| pairs.join("&"));
    if let Some(json) = json.filter(|json| draft.json.as_ref() != Some(json)) {
        draft.set_json(json);
    }
    if let Some(raw) = &own.raw {
        draft.set_body(raw.as_str());
        draft.content_type.get_or_insert_with(|| "application/json".to_owned());
    }
}

/// A pair of a query as it stands there.
fn parted(pair: &str) -> (String, String) {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    (name.to_owned(), value.to_owned())
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

/// The names of a JSON Pointer (RFC 6901, section 4).
fn names(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(|name| name.replace("~1", "/").replace("~0", "~")).collect()
}

/// Puts a value at a place, with the objects on the way to it.
fn put(json: &mut Value, pointer: &str, value: &Value) {
    let mut at = json;
    for name in names(pointer) {
        at = match at {
            Value::Array(elements) => match name.parse::<usize>().ok().and_then(|index| elements.get_mut(index)) {
                Some(element) => element,
                None => return,
            },
            Value::Object(members) => members.entry(name).or_insert(Value::Null),
            other => {
                *other = Value::Object(Map::new());
                let Value::Object(members) = other else { return };
                members.entry(name).or_insert(Value::Null)
            }
        };
    }
    *at = value.clone();
}

/// Takes what is at a place away.
fn take(json: &mut Value, pointer: &str) {
    let Some((parent, name)) = pointer.rsplit_once('/') else { return };
    let name = name.replace("~1", "/").replace("~0", "~");
    match json.pointer_mut(parent) {
        Some(Value::Object(members)) => {
            members.remove(&name);
        }
        Some(Value::Array(elements)) => {
            if let Ok(index) = name.parse::<usize>()
                && index < elements.len()
            {
                elements.remove(index);
            }
        }
        _ => {}
    }
}
