//! What changed between two answers to the same request, and what that means to a client.
//!
//! The order of header fields is no part of an answer, so a change of it does not count.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::model::answer::Answer;
use crate::model::layer::Layer;

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

/// One difference between two answers to the same request.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Change {
    /// There was a reply in one of the two alone, which is told in a few words.
    Reply {
        /// The reply before.
        before: Option<String>,
        /// The reply after.
        after: Option<String>,
    },
    /// The status code.
    Status {
        /// Before.
        before: u16,
        /// After.
        after: u16,
        /// Whether the code tells the error all the same; else the status is all that a client can tell it by.
        is_told: bool,
    },
    /// The contract's code, as JSON.
    Code {
        /// Before.
        before: Option<String>,
        /// After.
        after: Option<String>,
    },
    /// The media type.
    MediaType {
        /// Before.
        before: Option<String>,
        /// After.
        after: Option<String>,
    },
    /// A member of the body that is there no more; the pointer of the body itself is empty.
    Gone(String),
    /// A member that was not there; the pointer of the body itself is empty.
    New(String),
    /// A member of other types.
    Type {
        /// Its pointer.
        at: String,
        /// Its types before.
        before: String,
        /// Its types after.
        after: String,
    },
    /// Who wrote the reply.
    Layer {
        /// Before.
        before: Layer,
        /// After.
        after: Layer,
    },
    /// The message without what varies.
    Message {
        /// Before.
        before: Option<String>,
        /// After.
        after: Option<String>,
    },
}

impl Change {
    /// What it means to a client.
    #[must_use]
    pub fn weight(&self) -> Weight {
        match self {
            Self::Layer { .. } | Self::Message { .. } => Weight::Cosmetic,
            Self::New(_)
            | Self::Reply { before: None, .. }
            | Self::Code { before: None, .. }
            | Self::MediaType { before: None, .. } => Weight::Compatible,
            Self::Status { before, after, is_told: true } if before / 100 == after / 100 => Weight::Compatible,
            _ => Weight::Breaking,
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let or = |text: &Option<String>, none: &'static str| text.clone().unwrap_or_else(|| none.to_owned());
        let quoted = |text: &Option<String>| text.as_ref().map_or("none".to_owned(), |text| format!("«{text}»"));
        match self {
            Self::Reply { before, after } => write!(f, "{} became {}", or(before, "no reply"), or(after, "no reply")),
            Self::Status { before, after, .. } => write!(f, "the status {before} became {after}"),
            Self::Code { before: None, after } => write!(f, "there is a code now, {}", or(after, "")),
            Self::Code { before, after: None } => write!(f, "the code {} is gone", or(before, "")),
            Self::Code { before, after } => write!(f, "the code {} became {}", or(before, ""), or(after, "")),
            Self::MediaType { before, after } => {
                write!(f, "the media type {} became {}", or(before, "none"), or(after, "none"))
            }
            Self::Gone(at) if at.is_empty() => f.write_str("the body is no JSON any more"),
            Self::Gone(at) => write!(f, "the member {at} is gone"),
            Self::New(at) if at.is_empty() => f.write_str("the body is JSON now"),
            Self::New(at) => write!(f, "the member {at} is new"),
            Self::Type { at, before, after } if at.is_empty() => write!(f, "the body: {before} became {after}"),
            Self::Type { at, before, after } => write!(f, "the member {at}: {before} became {after}"),
            Self::Layer { before, after } => {
                write!(f, "the {} answers in place of the {}", after.word(), before.word())
            }
            Self::Message { before, after } => {
                write!(f, "the message {} became {}", quoted(before), quoted(after))
            }
        }
    }
}

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
        let mut changes: Vec<_> =
            self.changes.iter().map(|(change, probes)| (change.weight(), change.to_string(), probes)).collect();
        changes.sort_by(|a, b| b.cmp(a));
        let worded = |(weight, what, probes): (Weight, String, &Vec<String>)| {
            (weight, format!("{}: {what} ({})", weight.word(), listed(probes)))
        };
        let mut lines: Vec<_> = changes.into_iter().map(worded).collect();
        let apart = [("new", &self.added), ("gone", &self.gone)].into_iter().filter(|(_, probes)| !probes.is_empty());
        let apart = apart.map(|(word, probes)| (Weight::Cosmetic, format!("{word}: {}", listed(probes))));
        // What breaks a client comes first, so that the worst of the rest is its first.
        if let Some((weight, _)) = lines.get(MAX_KINDS).cloned() {
            let rest = lines.len() - MAX_KINDS;
            lines.truncate(MAX_KINDS);
            lines.push((weight, format!("{} at worst: {rest} changes more", weight.word())));
        }
        lines.into_iter().chain(apart).collect()
    }

    /// Whether a client that was right may not go on working.
    #[must_use]
    pub fn breaks(&self) -> bool {
        self.changes.keys().any(|change| change.weight() == Weight::Breaking)
    }
}

/// The most kinds of change that are reported: where every message differs, more of them tell nothing.
const MAX_KINDS: usize = 100;
/// As many probes are named.
const MAX_NAMED: usize = 3;

/// The number of the probes, and the first of them.
pub(crate) fn listed(probes: &[String]) -> String {
    let named = probes.iter().take(MAX_NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let rest = if probes.len() > MAX_NAMED { ", …" } else { "" };
    let noun = if probes.len() == 1 { "probe" } else { "probes" };
    format!("{} {noun}: {named}{rest}", probes.len())
}

/// The differences between two answers to the same request: what "the same answer" means, wherever answers are compared. Of
/// what is below a member that is gone or new, nothing is said, nor of the elements that an array has no more.
#[must_use]
pub fn changes(before: Option<&Answer>, after: Option<&Answer>) -> Vec<Change> {
    let (before, after) = match (before, after) {
        (None, None) => return Vec::new(),
        (Some(before), Some(after)) => (before, after),
        _ => return vec![Change::Reply { before: before.map(Answer::brief), after: after.map(Answer::brief) }],
    };
    let mut changes = Vec::new();
    if before.status != after.status {
        let is_told = before.code.is_some() && before.code == after.code;
        changes.push(Change::Status { before: before.status, after: after.status, is_told });
    }
    if before.code != after.code {
        let text = |answer: &Answer| answer.code.as_ref().map(ToString::to_string);
        changes.push(Change::Code { before: text(before), after: text(after) });
    }
    if before.media_type != after.media_type {
        changes.push(Change::MediaType { before: before.media_type.clone(), after: after.media_type.clone() });
    }
    shape(&before.shape, &after.shape, &mut changes);
    if before.layer != after.layer {
        changes.push(Change::Layer { before: before.layer, after: after.layer });
    }
    if before.template != after.template {
        changes.push(Change::Message { before: before.template.clone(), after: after.template.clone() });
    }
    changes
}

fn shape(before: &[String], after: &[String], changes: &mut Vec<Change>) {
    let (before, after) = (types(before), types(after));
    let stands =
        |at: &str, types: &BTreeMap<&str, _>| at.rsplit_once('/').is_none_or(|(parent, _)| types.contains_key(parent));
    for (at, kinds) in &before {
        let Some(now) = after.get(at) else {
            // An array may be empty, and no member is gone by that.
            if stands(at, &after) && !at.ends_with("/*") {
                changes.push(Change::Gone((*at).to_owned()));
            }
            continue;
        };
        // A number may well be a whole one.
        let whole = |kind: &&str| **kind == *"integer" && kinds.contains("number");
        if now.iter().any(|kind| !kinds.contains(kind) && !whole(kind)) {
            changes.push(Change::Type { at: (*at).to_owned(), before: words(kinds), after: words(now) });
        }
    }
    let new = after.keys().filter(|at| !before.contains_key(*at) && stands(at, &before));
    changes.extend(new.map(|at| Change::New((*at).to_owned())));
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
            let found: Vec<_> = found.iter().map(|change| format!("{} {change}", change.weight().word())).collect();
            assert_eq!(found, expected, "{status} {body}");
        }
    }

    #[test]
    fn a_status_alone_is_all_that_a_client_without_a_code_can_tell() {
        let body = json!({"message": "no"});
        let found = changes(Some(&answered(401, &body)), Some(&answered(403, &body)));
        assert_eq!(found, [Change::Status { before: 401, after: 403, is_told: false }]);
        assert_eq!(found[0].weight(), Weight::Breaking);
    }

    #[test]
    fn a_reply_that_is_gone_breaks_and_one_that_comes_does_not() {
        let answer = answered(400, &json!({"code": 1}));
        assert_eq!(changes(Some(&answer), None)[0].weight(), Weight::Breaking);
        assert_eq!(changes(None, Some(&answer))[0].weight(), Weight::Compatible);
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
