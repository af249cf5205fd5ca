//! What changed between two answers to the same request, and what that means to a client.
//!
//! The order of header fields is no part of an answer, so a change of it is none.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::answer::Answer;

/// What a change means to a client. Ordered: what breaks it is the last.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Weight {
    /// It reads otherwise to people.
    Cosmetic,
    /// A client that was right goes on working.
    Compatible,
    /// A client that was right may not.
    Breaking,
}

impl Weight {
    /// The word for people.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Cosmetic => "cosmetic",
            Self::Compatible => "compatible",
            Self::Breaking => "breaking",
        }
    }
}

/// One difference.
pub type Change = (Weight, String);

/// The differences between two runs: what changed, with the probes that show it, and the probes that only one of them has.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Comparison {
    /// The probes of each change.
    pub changes: BTreeMap<Change, Vec<String>>,
    /// Probes that the earlier run does not have.
    pub added: Vec<String>,
    /// Probes that the later run does not have.
    pub gone: Vec<String>,
}

impl Comparison {
    /// Compares two runs, probe by probe.
    #[must_use]
    pub fn of(before: &BTreeMap<String, Option<Answer>>, after: &BTreeMap<String, Option<Answer>>) -> Self {
        let mut comparison = Self::default();
        for (probe, answer) in after {
            let Some(earlier) = before.get(probe) else {
                comparison.added.push(probe.clone());
                continue;
            };
            for change in changes(earlier.as_ref(), answer.as_ref()) {
                comparison.changes.entry(change).or_default().push(probe.clone());
            }
        }
        comparison.gone = before.keys().filter(|probe| !after.contains_key(*probe)).cloned().collect();
        comparison
    }

    /// A line for each change, what breaks a client first, then the probes of one run alone.
    #[must_use]
    pub fn lines(&self) -> Vec<(Weight, String)> {
        let changes = self
            .changes
            .iter()
            .rev()
            .map(|((weight, what), probes)| (*weight, format!("{}: {what} ({})", weight.word(), listed(probes))));
        let apart = [("new", &self.added), ("gone", &self.gone)].into_iter().filter(|(_, probes)| !probes.is_empty());
        let apart = apart.map(|(word, probes)| (Weight::Cosmetic, format!("{word}: {}", listed(probes))));
        let mut lines: Vec<_> = changes.collect();
        // What breaks a client comes first, so that the worst of the rest is its first.
        if let Some((weight, _)) = lines.get(TOLD).cloned() {
            let rest = lines.len() - TOLD;
            lines.truncate(TOLD);
            lines.push((weight, format!("{} at worst: {rest} changes more", weight.word())));
        }
        lines.into_iter().chain(apart).collect()
    }

    /// Whether a client that was right may not go on working.
    #[must_use]
    pub fn breaks(&self) -> bool {
        self.changes.keys().any(|(weight, _)| *weight == Weight::Breaking)
    }
}

/// As many kinds of change are told: where every message differs, more of them tell nothing.
const TOLD: usize = 100;
/// As many probes are named.
const NAMED: usize = 3;

/// The number of the probes, and the first of them.
pub(crate) fn listed(probes: &[String]) -> String {
    let named = probes.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let rest = if probes.len() > NAMED { ", …" } else { "" };
    let noun = if probes.len() == 1 { "probe" } else { "probes" };
    format!("{} {noun}: {named}{rest}", probes.len())
}

/// The differences between two answers to the same request.
#[must_use]
pub fn changes(before: Option<&Answer>, after: Option<&Answer>) -> Vec<Change> {
    let (before, after) = match (before, after) {
        (None, None) => return Vec::new(),
        (None, Some(after)) => return vec![(Weight::Compatible, format!("no reply became {}", after.brief()))],
        (Some(before), None) => return vec![(Weight::Breaking, format!("{} became no reply", before.brief()))],
        (Some(before), Some(after)) => (before, after),
    };
    let mut changes = Vec::new();
    changes.extend(code(before, after));
    changes.extend(status(before, after));
    changes.extend(media_type(before, after));
    shape(&before.shape, &after.shape, &mut changes);
    if before.layer != after.layer {
        changes.push((
            Weight::Cosmetic,
            format!("the {} answers in place of the {}", after.layer.word(), before.layer.word()),
        ));
    }
    if before.template != after.template {
        let text = |answer: &Answer| answer.template.as_ref().map_or("none".to_owned(), |text| format!("«{text}»"));
        changes.push((Weight::Cosmetic, format!("the message {} became {}", text(before), text(after))));
    }
    changes
}

fn code(before: &Answer, after: &Answer) -> Option<Change> {
    match (&before.code, &after.code) {
        (before, after) if before == after => None,
        (None, Some(after)) => Some((Weight::Compatible, format!("there is a code now, {after}"))),
        (Some(before), None) => Some((Weight::Breaking, format!("the code {before} is gone"))),
        (before, after) => {
            let text = |code: &Option<serde_json::Value>| code.as_ref().map(ToString::to_string).unwrap_or_default();
            Some((Weight::Breaking, format!("the code {} became {}", text(before), text(after))))
        }
    }
}

fn status(before: &Answer, after: &Answer) -> Option<Change> {
    if before.status == after.status {
        return None;
    }
    // Where there is no code, the status is all that a client can tell one error from another by.
    let told = before.code.is_some() && before.code == after.code;
    let weight = if before.status / 100 == after.status / 100 && told { Weight::Compatible } else { Weight::Breaking };
    Some((weight, format!("the status {} became {}", before.status, after.status)))
}

fn media_type(before: &Answer, after: &Answer) -> Option<Change> {
    if before.media_type == after.media_type {
        return None;
    }
    let text = |answer: &Answer| answer.media_type.clone().unwrap_or_else(|| "none".to_owned());
    let weight = if before.media_type.is_none() { Weight::Compatible } else { Weight::Breaking };
    Some((weight, format!("the media type {} became {}", text(before), text(after))))
}

/// Members that are gone, of another type, or new. Of what is below a member that is gone or new, nothing is said.
fn shape(before: &[String], after: &[String], changes: &mut Vec<Change>) {
    let (before, after) = (types(before), types(after));
    let name = |at: &str| if at.is_empty() { "the body".to_owned() } else { format!("the member {at}") };
    for (at, kinds) in &before {
        let Some(now) = after.get(at) else {
            let parent = at.rsplit_once('/').map(|(parent, _)| parent);
            // An array may be empty, and no member is gone by that.
            if parent.is_none_or(|parent| after.contains_key(parent)) && !at.ends_with("/*") {
                let what =
                    if at.is_empty() { "the body is no JSON any more".to_owned() } else { name(at) + " is gone" };
                changes.push((Weight::Breaking, what));
            }
            continue;
        };
        // A number may well be a whole one.
        let whole = |kind: &&str| **kind == *"integer" && kinds.contains("number");
        if now.iter().any(|kind| !kinds.contains(kind) && !whole(kind)) {
            changes.push((Weight::Breaking, format!("{}: {} became {}", name(at), words(kinds), words(now))));
        }
    }
    for at in after.keys().filter(|at| !before.contains_key(*at)) {
        let parent = at.rsplit_once('/').map(|(parent, _)| parent);
        if parent.is_none_or(|parent| before.contains_key(parent)) {
            let what = if at.is_empty() { "the body is JSON now".to_owned() } else { name(at) + " is new" };
            changes.push((Weight::Compatible, what));
        }
    }
}

/// The types of each member.
fn types(shape: &[String]) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut types: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (at, kind) in shape.iter().filter_map(|line| line.rsplit_once(' ')) {
        types.entry(at).or_default().insert(kind);
    }
    types
}

fn words(kinds: &BTreeSet<&str>) -> String {
    kinds.iter().copied().collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::model::answer;
    use crate::model::layer::Layer;

    fn answered(status: u16, body: &Value) -> Answer {
        Answer {
            status,
            code: body.get("code").cloned(),
            media_type: Some("application/json".to_owned()),
            layer: Layer::Service,
            shape: answer::shape(body, str::to_owned),
            template: body.get("message").and_then(Value::as_str).map(str::to_owned),
        }
    }

    #[test]
    fn each_change_is_weighed_for_a_client() {
        let before = json!({"code": 4, "message": "no", "list": [{"a": 1}], "share": 0.5});
        let with = |member: &str, value: Value| {
            let mut body = before.clone();
            body[member] = value;
            body
        };
        let without = json!({"code": 4, "message": "no", "list": [{"a": 1}]});
        for (status, body, expected) in [
            (400, before.clone(), &[][..]),
            (404, before.clone(), &["compatible the status 400 became 404"]),
            (500, before.clone(), &["breaking the status 400 became 500"]),
            (400, with("code", json!(7)), &["breaking the code 4 became 7"]),
            (
                400,
                with("code", json!("4")),
                &["breaking the code 4 became \"4\"", "breaking the member /code: integer became string"],
            ),
            (400, without, &["breaking the member /share is gone"]),
            (400, with("share", json!(2)), &[]),
            (400, with("more", json!({"deep": 1})), &["compatible the member /more is new"]),
            (400, with("list", json!([])), &[]),
            (400, with("list", json!([{}])), &["breaking the member /list/*/a is gone"]),
            (400, with("list", json!(null)), &["breaking the member /list: array became null"]),
            (400, with("message", json!("never")), &["cosmetic the message «no» became «never»"]),
        ] {
            let found = changes(Some(&answered(400, &before)), Some(&answered(status, &body)));
            let found: Vec<_> = found.iter().map(|(weight, what)| format!("{} {what}", weight.word())).collect();
            assert_eq!(found, expected, "{status} {body}");
        }
    }

    #[test]
    fn a_status_alone_is_all_that_a_client_without_a_code_can_tell() {
        let body = json!({"message": "no"});
        let found = changes(Some(&answered(401, &body)), Some(&answered(403, &body)));
        assert_eq!(found, [(Weight::Breaking, "the status 401 became 403".to_owned())]);
    }

    #[test]
    fn a_reply_that_is_gone_breaks_and_one_that_comes_does_not() {
        let answer = answered(400, &json!({"code": 1}));
        assert_eq!(changes(Some(&answer), None)[0].0, Weight::Breaking);
        assert_eq!(changes(None, Some(&answer))[0].0, Weight::Compatible);
        assert!(changes(None, None).is_empty());
    }

    #[test]
    fn probes_of_one_run_alone_are_listed_apart() {
        let run = |probes: &[&str]| probes.iter().map(|probe| ((*probe).to_owned(), None)).collect();
        let comparison = Comparison::of(&run(&["a", "b"]), &run(&["b", "c", "d", "e", "f"]));
        let lines: Vec<_> = comparison.lines().into_iter().map(|(_, line)| line).collect();
        assert_eq!(lines, ["new: 4 probes: c, d, e, …", "gone: 1 probe: a"]);
    }
}
