//! What in a contract would silently switch a rule off: a place that is in no body, a code that the catalogue takes from a cause.

use serde_json::Value;

use crate::catalog::contract::ContractFile;
use crate::catalog::document::{Document, Problem};
use crate::catalog::schema::Schema;
use crate::model::cause::CAUSES;
use crate::model::pointer::{first, member, unescaped};

/// Every such line.
pub(crate) fn check(file: &ContractFile, document: &Document, body: Option<&Schema>) -> Vec<Problem> {
    let mut problems = codes(file, document);
    if let Some(body) = body {
        problems.extend(places(file, document, body));
    }
    problems
}

/// Places that no example of the body has and that its schema does not know.
fn places(file: &ContractFile, document: &Document, body: &Schema) -> Vec<Problem> {
    let named = [
        ("/envelope", Some(&file.envelope)),
        ("/code/at", file.code.as_ref().map(|place| &place.at)),
        ("/status/at", file.status.as_ref().map(|place| &place.at)),
        ("/message/at", file.message.as_ref().map(|place| &place.at)),
        ("/fields/at", file.fields.as_ref().map(|place| &place.at)),
    ];
    let named = named.into_iter().filter_map(|(line, at)| Some((line.to_owned(), at?)));
    let conventions = file.convention.iter().enumerate();
    let conventions = conventions.map(|(index, convention)| (format!("/convention/{index}/at"), &convention.at));
    let examples: Vec<&Value> =
        body.document().get("examples").and_then(Value::as_array).into_iter().flatten().collect();
    let stands = |at: &str| {
        let (parent, name) = at.rsplit_once('/').unwrap_or_default();
        let name = unescaped(name);
        at.is_empty()
            || examples.iter().any(|example| first(example, at).is_some())
            || body.documented(parent).iter().any(|documented| documented.name == name)
    };
    let nowhere = named.chain(conventions).filter(|(_, at)| !examples.is_empty() && !stands(at));
    let problem = |(line, at): (String, &String)| {
        let message =
            format!("no example of the body has `{at}`, and its schema does not know it: nothing would be checked");
        document.problem(line, message).help("write the pointer to the member as it stands in a body, as /error/code")
    };
    nowhere.map(problem).collect()
}

/// Codes that are promised for a cause, where the catalogue gives them to other causes alone.
fn codes(file: &ContractFile, document: &Document) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (cause, word, _) in CAUSES {
        let Some(code) = file.cause.get(cause).and_then(|promise| promise.code.as_ref()) else { continue };
        for (index, promised) in code.any_of.iter().enumerate() {
            let mut entries = file.catalogue.iter().filter(|entry| entry.code == *promised).peekable();
            let is_elsewhere = entries.peek().is_some()
                && entries.all(|entry| !entry.causes.is_empty() && !entry.causes.contains(cause));
            if is_elsewhere {
                let at = format!("{}/code/any_of/{index}", member("/cause", word));
                let message =
                    format!("{promised} is promised for `{word}`, and the catalogue gives it to other causes alone");
                let help = format!("write `{word}` among the `causes` of its entry, or leave it out here");
                problems.push(document.problem(at, message).help(help));
            }
        }
    }
    problems
}
