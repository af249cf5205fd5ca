//! How often a schema that never leads back to itself asks for the same place of an instance: of each step the one that is asked
//! for most often, until nothing is left.
//!
//! Ways that lead to different places are no harm: an instance has them all only if it is as large.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::{Graph, Part};

/// Steps into an instance: no JSON that is read here is deeper.
const DEEPEST: usize = 128;

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
    for _ in 0..DEEPEST {
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

/// The step behind which most is asked for.
fn likeliest<'g>(graph: &'g Graph, asked: &Asked) -> Option<Step<'g>> {
    let mut weights = BTreeMap::<Step<'_>, u64>::new();
    for (part, count) in asked {
        let part = &graph.parts[*part];
        let steps: BTreeSet<Step<'_>> = steps(part).collect();
        for step in steps {
            let weight = weights.entry(step).or_default();
            *weight = weight.saturating_add(count.saturating_mul(within(part, step).count() as u64));
        }
    }
    weights.into_iter().max_by_key(|(_, weight)| *weight).map(|(step, _)| step)
}

fn steps(part: &Part) -> impl Iterator<Item = Step<'_>> {
    let members = part.members.keys().map(|name| Step::Member(name));
    let elements = (0..part.elements.len()).map(Step::Element);
    let has_members = !part.patterns.is_empty() || !part.other_members.is_empty();
    let has_elements = !part.other_elements.is_empty() || !part.each_element.is_empty();
    let others = [has_members.then_some(Step::OtherMember), has_elements.then_some(Step::OtherElement)];
    members.chain(elements).chain(others.into_iter().flatten())
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
