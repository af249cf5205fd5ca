//! How often a schema that never leads back to itself asks for the same place of an instance: of each step the one that is asked
//! for most often, until nothing is left.
//!
//! Ways that lead to different places are no harm: an instance has them all only if it is as large.

use std::collections::BTreeMap;

use super::graph::{Graph, Part};

/// Steps into an instance: no JSON that is read here is deeper.
const MAX_DEPTH: usize = 128;

/// A step into an instance.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Step<'g> {
    Member(&'g str),
    OtherMember,
    Element(usize),
    OtherElement,
}

/// How often each part is asked for at one place.
type Asked = BTreeMap<usize, u64>;

/// The part that is asked for most often at one place, and how often; `order` has each part after those that it applies there.
pub(super) fn most(graph: &Graph, order: &[usize]) -> (usize, u64) {
    let mut asked = here(graph, order, Asked::from([(0, 1)]));
    let mut most = (0, 1);
    for _ in 0..MAX_DEPTH {
        most = asked
            .iter()
            .map(|(part, count)| (*part, *count))
            .chain([most])
            .max_by_key(|(_, count)| *count)
            .unwrap_or(most);
        let Some(step) = likeliest(graph, &asked) else { break };
        let mut next = Asked::new();
        for (part, count) in &asked {
            for target in within(&graph.parts[*part], step) {
                let sum = next.entry(target).or_default();
                *sum = sum.saturating_add(*count);
            }
        }
        asked = here(graph, order, next);
    }
    most
}

/// With what the parts apply to the same place.
fn here(graph: &Graph, order: &[usize], mut asked: Asked) -> Asked {
    for part in order.iter().rev() {
        let Some(count) = asked.get(part).copied() else { continue };
        for (target, _) in &graph.parts[*part].here {
            let sum = asked.entry(*target).or_default();
            *sum = sum.saturating_add(count);
        }
    }
    asked
}

/// The step after which most is asked for.
fn likeliest<'g>(graph: &'g Graph, asked: &Asked) -> Option<Step<'g>> {
    // By how much a step that a part names weighs more than one that none names.
    let mut weights = BTreeMap::<Step<'_>, i128>::new();
    let (mut other_member, mut other_element) = (0, 0);
    for (part, count) in asked {
        let part = &graph.parts[*part];
        let weight = |step| within(part, step).count() as i128 * i128::from(*count);
        let (member, element) = (weight(Step::OtherMember), weight(Step::OtherElement));
        other_member += member;
        other_element += element;
        for name in part.members.keys() {
            *weights.entry(Step::Member(name)).or_default() += weight(Step::Member(name)) - member;
        }
        for index in 0..part.elements.len() {
            *weights.entry(Step::Element(index)).or_default() += weight(Step::Element(index)) - element;
        }
    }
    for (step, weight) in &mut weights {
        *weight += if matches!(step, Step::Member(_)) { other_member } else { other_element };
    }
    weights.extend([(Step::OtherMember, other_member), (Step::OtherElement, other_element)]);
    weights.into_iter().filter(|(_, weight)| *weight > 0).max_by_key(|(_, weight)| *weight).map(|(step, _)| step)
}

/// What a part applies one step further.
fn within<'p>(part: &'p Part, step: Step<'_>) -> Box<dyn Iterator<Item = usize> + 'p> {
    let fitting = |listed: Option<usize>, others: &'p Vec<usize>| {
        let others = listed.is_none().then_some(others).into_iter().flatten().copied();
        listed.into_iter().chain(others)
    };
    match step {
        Step::Member(name) => {
            let named = fitting(part.members.get(name).copied(), &part.other_members);
            Box::new(named.chain(part.patterns.iter().copied()))
        }
        Step::OtherMember => Box::new(part.patterns.iter().chain(&part.other_members).copied()),
        Step::Element(index) => {
            let listed = fitting(part.elements.get(index).copied(), &part.other_elements);
            Box::new(listed.chain(part.each_element.iter().copied()))
        }
        Step::OtherElement => Box::new(part.other_elements.iter().chain(&part.each_element).copied()),
    }
}
