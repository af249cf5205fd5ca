//! The anchor of an operation: a member that makes every request wrong beyond doubt, so that a fault which a lenient server
//! takes for right does no harm.

use serde_json::Value;

use super::draft::{Draft, parts};
use super::form::{FormPart, part};
use crate::catalog::suite::{Anchor, Body, Operation, Suite};
use crate::model::pointer::put;

/// The operation's correct request with its anchor in the place of a right value. `None` where the operation has none.
#[must_use]
pub fn anchored(suite: &Suite, operation: &Operation) -> Option<Draft> {
    let body = operation.body.as_ref()?;
    let anchor = body.anchor.as_ref()?;
    let mut draft = Draft::of(suite, operation);
    if let Some(mut json) = draft.json.take() {
        put(&mut json, &anchor.way(), anchor.value.clone());
        draft.set_json(json);
    } else {
        let mut parts = parts(body);
        parts.retain(|part| part.name != anchor.member);
        parts.push(FormPart::field(&anchor.member, anchor.value.as_str().unwrap_or_default()));
        draft.set_form(&parts);
    }
    Some(draft)
}

/// The member of that name, in whatever case if that does not matter.
fn member<'v>(value: &'v Value, name: &str, any_case: bool) -> Option<&'v Value> {
    match value {
        Value::Array(elements) => elements.get(name.parse::<usize>().ok()?),
        Value::Object(members) if !any_case => members.get(name),
        Value::Object(members) => members.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, v)| v),
        _ => None,
    }
}

/// Whether a request still carries the anchor for whoever reads its content, be it as an extension of JSON. In `any_case`,
/// also under a name in another case, which is right where the member is required: who minds the case misses it.
#[must_use]
pub fn is_carried(draft: &Draft, body: &Body, anchor: &Anchor, any_case: bool) -> bool {
    if let Some(json) = &draft.json {
        let place = anchor.way().iter().try_fold(json, |value, name| member(value, name, any_case));
        return place == Some(&anchor.value);
    }
    let Some(content) = &draft.body else { return false };
    if body.is_json() {
        let name = anchor.way().pop().unwrap_or_default();
        // Text that is no JSON any more is made from text that had the anchor: in UTF-16, in other quotes, as YAML.
        let plain =
            |text: &[u8]| -> Vec<u8> { text.iter().filter(|byte| !b"\0\"' \n".contains(byte)).copied().collect() };
        let (content, member) = (plain(content), plain(format!("{name}:{}", anchor.value).as_bytes()));
        return content.windows(member.len()).any(|part| part == member);
    }
    let part = part(&FormPart::field(&anchor.member, anchor.value.as_str().unwrap_or_default()));
    String::from_utf8_lossy(content).contains(&part)
}
