//! Which parts of a schema lead to which others: at the same place of an instance, or one step into it.
//!
//! Pure: it reads the schema's keywords and its references within the document. A reference to elsewhere leads nowhere here;
//! the library refuses it.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use crate::model::pointer::member;

/// The parts of a schema; the first is the whole.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) parts: Vec<Part>,
}

/// A schema within the schema.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// JSON Pointer to it.
    pub(super) at: String,
    /// Parts that are applied to the same instance, each with the pointer of what applies it.
    pub(super) here: Vec<(usize, String)>,
    /// Of members, by name.
    pub(super) members: BTreeMap<String, usize>,
    /// Of members whose name matches a pattern: any.
    pub(super) patterns: Vec<usize>,
    /// Of the other members.
    pub(super) other_members: Vec<usize>,
    /// Of the first elements.
    pub(super) elements: Vec<usize>,
    /// Of the elements after them.
    pub(super) other_elements: Vec<usize>,
    /// Of every element.
    pub(super) each_element: Vec<usize>,
}

impl Part {
    /// The parts one step into an instance.
    pub(super) fn within(&self) -> impl Iterator<Item = usize> {
        let members = self.members.values().chain(&self.patterns).chain(&self.other_members);
        members.chain(&self.elements).chain(&self.other_elements).chain(&self.each_element).copied()
    }
}

impl Graph {
    /// The graph of a schema.
    pub(super) fn of(schema: &Value) -> Self {
        let mut builder = Builder::default();
        builder.part(schema, "", "");
        let mut read = 0;
        // References may lead to what is no part by any keyword, which is then one.
        while read < builder.references.len() {
            let reference = builder.references[read].clone();
            read += 1;
            for target in builder.targets(&reference) {
                builder.graph.parts[reference.from].here.push((target, reference.at.clone()));
            }
        }
        builder.graph
    }
}

#[derive(Clone)]
struct Reference {
    from: usize,
    at: String,
    base: String,
    keyword: &'static str,
    text: String,
}

#[derive(Default)]
struct Builder<'s> {
    graph: Graph,
    values: Vec<&'s Value>,
    known: BTreeMap<*const Value, usize>,
    references: Vec<Reference>,
    /// The whole of each resource, by its `$id`.
    resources: BTreeMap<String, usize>,
    anchors: BTreeMap<(String, String), usize>,
    dynamic: BTreeMap<String, Vec<usize>>,
}

/// Keywords that apply one schema to the same instance.
const ONE: [&str; 4] = ["not", "if", "then", "else"];
/// Keywords that apply each of an array.
const SEVERAL: [&str; 3] = ["allOf", "anyOf", "oneOf"];
/// Keywords that apply each of an object.
const NAMED: [&str; 2] = ["dependentSchemas", "dependencies"];
const REFERENCES: [&str; 3] = ["$ref", "$dynamicRef", "$recursiveRef"];

impl<'s> Builder<'s> {
    /// The number of a part, which is read where it is new.
    fn part(&mut self, value: &'s Value, at: &str, base: &str) -> usize {
        if let Some(number) = self.known.get(&std::ptr::from_ref(value)) {
            return *number;
        }
        let number = self.graph.parts.len();
        self.known.insert(std::ptr::from_ref(value), number);
        self.graph.parts.push(Part { at: at.to_owned(), ..Part::default() });
        self.values.push(value);
        let Value::Object(schema) = value else {
            if number == 0 {
                self.resources.insert(String::new(), 0);
            }
            return number;
        };
        let id = schema.get("$id").and_then(Value::as_str).filter(|id| !id.starts_with('#'));
        let base = id.map_or_else(|| base.to_owned(), |id| joined(base, id.trim_end_matches('#')));
        if number == 0 || id.is_some() {
            self.resources.insert(base.clone(), number);
        }
        self.names(schema, &base, number);
        self.applied(schema, at, &base, number);
        self.stepped(schema, at, &base, number);
        number
    }

    fn names(&mut self, schema: &Map<String, Value>, base: &str, number: usize) {
        for keyword in ["$anchor", "$dynamicAnchor"] {
            if let Some(name) = schema.get(keyword).and_then(Value::as_str) {
                self.anchors.insert((base.to_owned(), name.to_owned()), number);
            }
        }
        if let Some(name) = schema.get("$dynamicAnchor").and_then(Value::as_str) {
            self.dynamic.entry(name.to_owned()).or_default().push(number);
        }
    }

    fn applied(&mut self, schema: &'s Map<String, Value>, at: &str, base: &str, number: usize) {
        let mut here = Vec::new();
        for keyword in ONE {
            let at = member(at, keyword);
            here.extend(schema.get(keyword).map(|value| (self.part(value, &at, base), at)));
        }
        for keyword in SEVERAL {
            let at = member(at, keyword);
            for (index, value) in schema.get(keyword).and_then(Value::as_array).into_iter().flatten().enumerate() {
                let at = format!("{at}/{index}");
                here.push((self.part(value, &at, base), at));
            }
        }
        for keyword in NAMED {
            let at = member(at, keyword);
            for (name, value) in schema.get(keyword).and_then(Value::as_object).into_iter().flatten() {
                let at = member(&at, name);
                here.push((self.part(value, &at, base), at));
            }
        }
        self.graph.parts[number].here = here;
        for keyword in REFERENCES {
            if let Some(text) = schema.get(keyword).and_then(Value::as_str) {
                let (at, base, text) = (member(at, keyword), base.to_owned(), text.to_owned());
                self.references.push(Reference { from: number, at, base, keyword, text });
            }
        }
    }

    fn stepped(&mut self, schema: &'s Map<String, Value>, at: &str, base: &str, number: usize) {
        let named = |builder: &mut Self, keyword: &str| -> Vec<(String, usize)> {
            let at = member(at, keyword);
            let members = schema.get(keyword).and_then(Value::as_object).into_iter().flatten();
            members.map(|(name, value)| (name.clone(), builder.part(value, &member(&at, name), base))).collect()
        };
        let members = named(self, "properties").into_iter().collect();
        let patterns = named(self, "patternProperties").into_iter().map(|(_, part)| part).collect();
        // What is only defined is applied by references.
        for keyword in ["$defs", "definitions"] {
            named(self, keyword);
        }
        let listed = |builder: &mut Self, keyword: &str| -> Vec<usize> {
            let at = member(at, keyword);
            match schema.get(keyword) {
                Some(Value::Array(values)) => (0..)
                    .zip(values)
                    .map(|(index, value): (usize, _)| builder.part(value, &format!("{at}/{index}"), base))
                    .collect(),
                Some(value) => vec![builder.part(value, &at, base)],
                None => Vec::new(),
            }
        };
        // The names of members are strings, into which nothing leads further.
        listed(self, "propertyNames");
        let mut other_members = listed(self, "additionalProperties");
        other_members.extend(listed(self, "unevaluatedProperties"));
        let first = if schema.contains_key("prefixItems") { "prefixItems" } else { "items" };
        let is_listed = schema.get(first).is_some_and(Value::is_array);
        let elements = if is_listed { listed(self, first) } else { Vec::new() };
        let rest = if is_listed && first == "items" { "additionalItems" } else { "items" };
        let mut other_elements = listed(self, rest);
        other_elements.extend(listed(self, "unevaluatedItems"));
        let each_element = listed(self, "contains");
        let part = &mut self.graph.parts[number];
        (part.members, part.patterns, part.other_members) = (members, patterns, other_members);
        (part.elements, part.other_elements, part.each_element) = (elements, other_elements, each_element);
    }

    /// What a reference may lead to.
    fn targets(&mut self, reference: &Reference) -> Vec<usize> {
        let (uri, fragment) = reference.text.split_once('#').unwrap_or((&reference.text, ""));
        let base = if uri.is_empty() { reference.base.clone() } else { joined(&reference.base, uri) };
        let fragment = percent_decode_str(fragment).decode_utf8_lossy().into_owned();
        if reference.keyword == "$dynamicRef"
            && let Some(parts) = self.dynamic.get(&fragment)
        {
            return parts.clone();
        }
        let Some(&resource) = self.resources.get(&base) else { return Vec::new() };
        if fragment.is_empty() {
            return vec![resource];
        }
        if !fragment.starts_with('/') {
            return self.anchors.get(&(base, fragment)).copied().into_iter().collect();
        }
        let at = format!("{}{fragment}", self.graph.parts[resource].at);
        let target = self.values[resource].pointer(&fragment);
        target.map(|target| self.part(target, &at, &base)).into_iter().collect()
    }
}

/// A reference to a resource, as seen from another.
fn joined(base: &str, reference: &str) -> String {
    if reference.contains("://") || reference.starts_with("urn:") {
        return reference.to_owned();
    }
    let folder = base.rfind('/').map_or("", |end| &base[..=end]);
    format!("{folder}{reference}")
}
