//! How much work a schema makes: a reference that leads round in a circle never ends, and references that double at every step
//! take longer than anybody waits.
//!
//! Both are reported before the library gets to see them. What depends on the instance, as a tree that asks for each of its
//! branches twice, is counted for each instance, and only where the schema can grow at all.

use std::collections::BTreeMap;

use serde_json::Value;

use super::graph::Graph;
use super::overlap;

/// Parts that a schema may apply to one place of an instance.
const MAX_APPLIED: u64 = 10_000;
/// Parts that may be applied within each other at one place of an instance.
const MAX_NESTED: usize = 100;
/// Steps that an instance may take in any case, and more of them for each of its values.
const MAX_STEPS: (u64, u64) = (100_000, 1_000);
/// Steps within each other: as many as a thread's stack takes.
const MAX_DEPTH: usize = 1_000;

/// What is known of a schema's work.
#[derive(Debug)]
pub(super) struct Growth {
    graph: Graph,
    /// Whether an instance may be asked for more than its own size.
    grows: bool,
}

impl Growth {
    /// How a schema grows.
    ///
    /// # Errors
    /// Where it has no end at any instance, or too late a one.
    pub(super) fn of(schema: &Value) -> Result<Self, String> {
        let graph = Graph::of(schema);
        let order = order(&graph)?;
        let mut applied = vec![(0_u64, 0_usize); graph.parts.len()];
        for part in &order {
            let here = graph.parts[*part].here.iter().map(|(target, _)| applied[*target]);
            let (count, nested) =
                here.fold((1_u64, 0), |(count, nested), (c, n)| (count.saturating_add(c), nested.max(n)));
            applied[*part] = (count, nested + 1);
            if count > MAX_APPLIED {
                return Err(again(&graph.parts[*part].at, count));
            }
            if nested + 1 > MAX_NESTED {
                return Err(format!(
                    "{}: applies schemas to the same place through more than {MAX_NESTED} others, one within the other; refer to the last one directly",
                    shown(&graph.parts[*part].at)
                ));
            }
        }
        let growing = growing(&graph);
        if growing == Growing::Wide {
            let (part, count) = overlap::most(&graph, &order);
            if count > MAX_APPLIED {
                return Err(again(&graph.parts[part].at, count));
            }
        }
        let grows = growing != Growing::Not;
        Ok(Self { graph, grows })
    }

    /// Why the schema cannot be held against an instance: the steps that it would take, if those are too many.
    pub(super) fn excess(&self, instance: &Value) -> Option<u64> {
        if !self.grows {
            return None;
        }
        let bound = MAX_STEPS.0.saturating_add(MAX_STEPS.1.saturating_mul(values(instance)));
        let mut count = Count { graph: &self.graph, known: BTreeMap::new() };
        let steps = count.steps(0, instance, 0);
        (steps > bound).then_some(steps)
    }
}

fn again(at: &str, count: u64) -> String {
    format!(
        "{}: is asked for, or asks, {count} times at the same place of an instance ({MAX_APPLIED} are the most); let references not lead to the same again and again",
        shown(at)
    )
}

fn shown(at: &str) -> &str {
    if at.is_empty() { "the schema as a whole" } else { at }
}

/// The parts in an order in which each comes after those that it applies to the same place.
fn order(graph: &Graph) -> Result<Vec<usize>, String> {
    // 0 is unseen, 1 is under way, 2 is done.
    let mut state = vec![0_u8; graph.parts.len()];
    let mut order = Vec::with_capacity(graph.parts.len());
    for root in 0..graph.parts.len() {
        let mut way = if state[root] == 0 { vec![(root, 0)] } else { Vec::new() };
        state[root] = state[root].max(1);
        while let Some((part, next)) = way.last_mut() {
            let Some((target, by)) = graph.parts[*part].here.get(*next) else {
                state[*part] = 2;
                order.push(*part);
                way.pop();
                continue;
            };
            *next += 1;
            match state[*target] {
                0 => {
                    state[*target] = 1;
                    way.push((*target, 0));
                }
                1 => {
                    return Err(format!(
                        "{by}: leads back to {}, of which it is a part, without a step into the instance, so it never ends; put the reference under `properties` or `items`, or leave it out",
                        shown(&graph.parts[*target].at)
                    ));
                }
                _ => {}
            }
        }
    }
    Ok(order)
}

/// Whether an instance may be asked for more than its own size.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Growing {
    Not,
    /// There are many ways through the schema.
    Wide,
    /// Something leads back to itself by steps into the instance.
    Round,
}

/// How a schema grows that has an end at each place.
fn growing(graph: &Graph) -> Growing {
    let next: Vec<Vec<usize>> = graph
        .parts
        .iter()
        .map(|part| part.here.iter().map(|(target, _)| *target).chain(part.within()).collect())
        .collect();
    let (mut state, mut ways) = (vec![0_u8; next.len()], vec![0_u64; next.len()]);
    let mut way = vec![(0, 0)];
    state[0] = 1;
    while let Some((part, at)) = way.last_mut() {
        let Some(&target) = next[*part].get(*at) else {
            ways[*part] = next[*part].iter().fold(1, |sum, target| ways[*target].saturating_add(sum));
            state[*part] = 2;
            way.pop();
            continue;
        };
        *at += 1;
        match state[target] {
            0 => {
                state[target] = 1;
                way.push((target, 0));
            }
            1 => return Growing::Round,
            _ => {}
        }
    }
    if ways[0] > MAX_APPLIED { Growing::Wide } else { Growing::Not }
}

/// The values within a value, itself among them.
fn values(value: &Value) -> u64 {
    match value {
        Value::Array(elements) => 1 + elements.iter().map(values).sum::<u64>(),
        Value::Object(members) => 1 + members.values().map(values).sum::<u64>(),
        _ => 1,
    }
}

/// The steps of each part at each value, each counted once.
struct Count<'g> {
    graph: &'g Graph,
    known: BTreeMap<(usize, *const Value), u64>,
}

impl Count<'_> {
    fn steps(&mut self, part: usize, value: &Value, depth: usize) -> u64 {
        let key = (part, std::ptr::from_ref(value));
        if let Some(steps) = self.known.get(&key) {
            return *steps;
        }
        if depth > MAX_DEPTH {
            return u64::MAX;
        }
        let graph = self.graph;
        let this = &graph.parts[part];
        let mut steps = 1_u64;
        let mut add = |count: &mut Self, target: usize, value: &Value| {
            steps = steps.saturating_add(count.steps(target, value, depth + 1));
        };
        for (target, _) in &this.here {
            add(self, *target, value);
        }
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    let named = this.members.get(name);
                    let others = named.is_none().then_some(&this.other_members).into_iter().flatten();
                    for target in named.into_iter().chain(&this.patterns).chain(others) {
                        add(self, *target, value);
                    }
                }
            }
            Value::Array(elements) => {
                for (index, value) in elements.iter().enumerate() {
                    let listed = this.elements.get(index);
                    let others = listed.is_none().then_some(&this.other_elements).into_iter().flatten();
                    for target in listed.into_iter().chain(&this.each_element).chain(others) {
                        add(self, *target, value);
                    }
                }
            }
            _ => {}
        }
        self.known.insert(key, steps);
        steps
    }
}
