//! What a contract's meta-schema cannot say: that its parts and its body schema agree.

use std::collections::BTreeMap;

use regex::Regex;
use serde_json::{Value, json};

use super::mistakes::pattern;
use super::silenced;
use crate::catalog::built_in::Shelf;
use crate::catalog::contract::{CausePromise, CodeSet, ContractFile, Promise};
use crate::catalog::document::{Document, Problem, Problems};
use crate::catalog::schema::{Schema, describe};
use crate::model::cause::CAUSES;
use crate::model::pointer::{member, unescaped};

/// The body schema: compiled, and in agreement with its own examples.
pub(crate) fn body(document: &Document) -> Result<Schema, Problems> {
    let schema = Schema::compile(&document.file, &document.value).map_err(|message| document.problem("", message))?;
    let examples = document.value.get("examples").and_then(Value::as_array).into_iter().flatten();
    let rejected = examples.enumerate().flat_map(|(index, example)| {
        schema.violations(example).into_iter().map(move |violation| {
            let message = format!(
                "the schema rejects its own example: expected {}, found {}",
                violation.expected, violation.actual
            );
            document.problem(format!("/examples/{index}{}", violation.at), message)
        })
    });
    let problems = Problems::new(rejected);
    problems.none_or(schema)
}

/// The body schema in the file that is named at `at` in the document.
pub(crate) fn named_body(name: &str, at: &str, document: &Document, shelf: &Shelf) -> Result<Schema, Problems> {
    let read = shelf.read(name).map_err(|problems| {
        let wrong = document.problem(at, format!("the body schema `{name}` cannot be used"));
        Problems::new(problems.into_iter().chain([wrong.help("it is a file, relative to this one")]))
    });
    body(&read?)
}

/// The schemas of the conventions.
pub(crate) fn conventions(file: &ContractFile, document: &Document) -> Result<Vec<Schema>, Problems> {
    let mut problems = Problems::default();
    let mut schemas = Vec::new();
    for (index, convention) in file.convention.iter().enumerate() {
        match Schema::compile("it", &convention.schema) {
            Ok(schema) => schemas.push(schema),
            Err(message) => problems.extend([document.problem(format!("/convention/{index}/schema"), message)]),
        }
    }
    problems.none_or(schemas)
}

/// The patterns of header fields.
pub(crate) fn patterns(file: &ContractFile, document: &Document) -> Result<Vec<Option<Regex>>, Problems> {
    let mut problems = Problems::default();
    let mut patterns = Vec::new();
    for (index, promise) in file.header.iter().enumerate() {
        match promise.pattern.as_deref().map(pattern).transpose() {
            Ok(pattern) => patterns.push(pattern),
            Err(why) => {
                let problem = document.problem(format!("/header/{index}/pattern"), why);
                problems.extend([problem.help("write it as `^[0-9]+$`")]);
            }
        }
    }
    problems.none_or(patterns)
}

/// Every disagreement between the contract's parts.
pub(crate) fn check(file: &ContractFile, document: &Document, body: Option<&Schema>) -> Vec<Problem> {
    let mut problems = Vec::new();
    parts_of_no_body(file, document, &mut problems);
    substance(file.statuses.as_ref(), "/statuses", document, &mut problems);
    causes(file, document, &mut problems);
    catalogue(file, document, body, &mut problems);
    problems.extend(silenced::check(file, document, body));
    problems
}

/// What is wrong if a rule that the contract names does not exist, by the rule: which there are is known to the judge.
pub(crate) fn rules(file: &ContractFile, document: &Document) -> BTreeMap<String, Problem> {
    let problem = |id: &String| document.problem(member("/severity", id), format!("no rule is named `{id}`"));
    file.severity.keys().map(|id| (id.clone(), problem(id))).collect()
}

/// What is said of parts of a body, where none is promised.
fn parts_of_no_body(file: &ContractFile, document: &Document, problems: &mut Vec<Problem>) {
    let parts = [
        ("/media_type", file.media_type.is_some()),
        ("/envelope", !file.envelope.is_empty()),
        ("/code", file.code.is_some()),
        ("/status", file.status.is_some()),
        ("/message", file.message.is_some()),
        ("/fields", file.fields.is_some()),
        ("/convention", !file.convention.is_empty()),
    ];
    for (at, _) in parts.into_iter().filter(|(_, is_there)| *is_there && file.body.is_none()) {
        problems.push(without_body(document, at));
    }
}

/// What is said of a body where none is promised.
pub(crate) fn without_body(document: &Document, at: impl Into<String>) -> Problem {
    let problem = document.problem(at, "no body is promised of which this could be a part");
    problem.help("write `body = FILE` with the body's schema, or leave this out")
}

fn causes(file: &ContractFile, document: &Document, problems: &mut Vec<Problem>) {
    for (cause, word, meaning) in CAUSES {
        let at = member("/cause", word);
        let Some(promise) = file.cause.get(cause) else {
            let problem = document.problem(at, format!("the cause `{word}` has no line"));
            problems.push(
                problem.help(format!("write `[cause.{word}]` with what answers it, or with `silent`: {meaning}")),
            );
            continue;
        };
        let CausePromise { code, class, status, message, silent, .. } = promise;
        if code.is_none() && class.is_none() && status.is_none() && message.is_none() && silent.is_none() {
            let problem = document.problem(&at, format!("the cause `{word}` promises nothing"));
            problems
                .push(problem.help("write `code`, `class`, `status` or `message`, or why there is none as `silent`"));
        }
        substance(code.as_ref(), &member(&at, "code"), document, problems);
        substance(class.as_ref(), &member(&at, "class"), document, problems);
        substance(status.as_ref(), &member(&at, "status"), document, problems);
        substance(message.as_ref(), &member(&at, "message"), document, problems);
        if let Some(code) = code {
            listed(code, &member(&at, "code"), file, document, problems);
        }
    }
}

/// A promise with neither `any_of` nor `none_of` is kept by anything.
pub(crate) fn substance<T>(promise: Option<&Promise<T>>, at: &str, document: &Document, problems: &mut Vec<Problem>) {
    if promise.is_some_and(|promise| promise.any_of.is_empty() && promise.none_of.is_empty()) {
        problems.push(document.problem(at, "nothing can break this promise").help("write `any_of` or `none_of`"));
    }
}

/// The codes of a promise stand in the catalogue, where that is the whole set.
fn listed(code: &Promise<Value>, at: &str, file: &ContractFile, document: &Document, problems: &mut Vec<Problem>) {
    if file.code.as_ref().is_none_or(|place| place.set != CodeSet::Closed) {
        return;
    }
    for (name, codes) in [("any_of", &code.any_of), ("none_of", &code.none_of), ("tolerated", &code.tolerated)] {
        for (index, code) in codes.iter().enumerate() {
            if !file.catalogue.iter().any(|entry| entry.code == *code) {
                let known: Vec<_> = file.catalogue.iter().map(|entry| entry.code.to_string()).collect();
                let problem =
                    document.problem(format!("{at}/{name}/{index}"), format!("the catalogue has no code {code}"));
                problems.push(problem.help(format!("its codes are {}", known.join(", "))));
            }
        }
    }
}

fn catalogue(file: &ContractFile, document: &Document, body: Option<&Schema>, problems: &mut Vec<Problem>) {
    let closed = file.code.as_ref().filter(|place| place.set == CodeSet::Closed);
    if closed.is_some() && file.catalogue.is_empty() {
        problems.push(
            document
                .problem("/code/set", "a closed set needs its catalogue")
                .help("write `[[catalogue]]`, or `set = \"open\"`"),
        );
    }
    let mut seen = BTreeMap::new();
    for (index, entry) in file.catalogue.iter().enumerate() {
        let at = format!("/catalogue/{index}");
        let key = (entry.code.to_string(), entry.message.as_deref());
        if let Some(first) = seen.insert(key, index) {
            let message = format!("the code {} with this message stands already in entry {}", entry.code, first + 1);
            problems.push(
                document
                    .problem(format!("{at}/code"), message)
                    .help("leave one of them out, or give each its `message`"),
            );
        }
        substance(entry.status.as_ref(), &format!("{at}/status"), document, problems);
        if let (Some(place), Some(body)) = (closed, body)
            && let Some(violation) = rejection(body, &place.at, &entry.code)
        {
            let message = format!(
                "the body schema rejects the code {} at {}: expected {violation}",
                describe(&entry.code),
                place.at
            );
            problems.push(document.problem(format!("{at}/code"), message));
        }
    }
}

/// What the schema expects at the pointer, if it is not the value.
fn rejection(body: &Schema, at: &str, value: &Value) -> Option<String> {
    let instance = at.split('/').skip(1).collect::<Vec<_>>().into_iter().rev().fold(value.clone(), |inner, name| {
        let name = unescaped(name);
        json!({ name: inner })
    });
    body.violations(&instance).into_iter().find(|violation| violation.at == at).map(|violation| violation.expected)
}
