//! Every rule.

use serde::{Deserialize, Deserializer};

use super::case::Case;
use super::rule::{Needs, Rule};
use super::{
    body, code, comparison, cors, delivery, disclosure, fields, framing, header, internals, interoperable, json, owed,
    patterns, promised_field, status,
};
use crate::model::verdict::Severity;

/// The families, in the order in which a reply is read.
static FAMILIES: [&[&Rule]; 16] = [
    delivery::RULES,
    framing::RULES,
    header::RULES,
    owed::RULES,
    promised_field::RULES,
    cors::RULES,
    body::RULES,
    json::RULES,
    interoperable::RULES,
    status::RULES,
    code::RULES,
    fields::RULES,
    comparison::RULES,
    patterns::RULES,
    internals::RULES,
    disclosure::RULES,
];

/// Every rule, in the order in which a reply is read.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    FAMILIES.iter().copied().flatten().copied()
}

/// The rule of that id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.id == id)
}

/// What rules need, each with the rules that need it; at most 32. Rules that every reply puts to the test need nothing.
pub(crate) fn needs() -> Vec<(&'static Needs, Vec<&'static Rule>)> {
    let mut needs: Vec<(&'static Needs, Vec<&'static Rule>)> = Vec::new();
    for (rule, needed) in rules().filter_map(|rule| Some((rule, rule.needs?))) {
        match needs.iter_mut().find(|(known, _)| std::ptr::eq(*known, needed)) {
            Some((_, rules)) => rules.push(rule),
            None => needs.push((needed, vec![rule])),
        }
    }
    needs
}

/// What of it a reply has, one bit each in the order of the table.
pub(crate) fn applied(case: &Case<'_>) -> u32 {
    static NEEDS: std::sync::LazyLock<Vec<(&'static Needs, Vec<&'static Rule>)>> = std::sync::LazyLock::new(needs);
    let bit = |(index, (needs, _)): (usize, &(&Needs, _))| u32::from((needs.holds)(case)) << index;
    NEEDS.iter().enumerate().map(bit).sum()
}

/// A rule of an earlier report; [`UNKNOWN`] where today's errdrift does not have it.
impl<'de> Deserialize<'de> for &'static Rule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(find(&String::deserialize(deserializer)?).unwrap_or(&UNKNOWN))
    }
}

/// What stands for a rule of an earlier report that today's errdrift does not have. It is in no list.
pub static UNKNOWN: Rule = Rule {
    id: "unknown-rule",
    severity: Severity::Note,
    what: "A rule that this errdrift does not have.",
    why: "What was found by it cannot be judged again.",
    example: "",
    source: "",
    needs: None,
    marks: &[],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_kebab_case_and_name_the_bad_state() {
        let mut seen = std::collections::BTreeSet::new();
        for rule in rules() {
            assert!(seen.insert(rule.id), "{} twice", rule.id);
            assert!(rule.id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{}", rule.id);
            assert!(!["check", "avoid", "no-op", "must"].iter().any(|verb| rule.id.starts_with(verb)), "{}", rule.id);
        }
    }

    #[test]
    fn every_explanation_is_a_sentence() {
        for rule in rules() {
            for text in [rule.what, rule.why] {
                assert!(text.ends_with('.') && text.starts_with(char::is_uppercase), "{}: {text}", rule.id);
            }
        }
    }
}
