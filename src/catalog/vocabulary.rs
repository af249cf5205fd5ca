//! The words of a contract and a suite: names of members and fields, codes, messages, media types. They are no secrets, even
//! where a credential is the same word.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::api::Api;
use super::suite::Field;

/// The words of the APIs.
pub(crate) fn of<'a>(apis: impl IntoIterator<Item = &'a Api>) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for api in apis {
        let file = &api.contract.file;
        words.extend([file.media_type().to_owned(), file.id.clone(), api.suite.id.clone()]);
        words.extend(file.media_type().split(['/', '+']).map(str::to_owned));
        let forms = api.contract.replies.iter().chain(api.replies.values().flatten());
        for schema in forms.filter_map(|form| form.body.as_ref()).chain([&api.contract.body]) {
            gather(schema.document(), &mut words);
        }
        let places = [
            Some(&file.envelope),
            file.code.as_ref().map(|place| &place.at),
            file.message.as_ref().map(|place| &place.at),
            file.fields.as_ref().map(|place| &place.at),
        ];
        words.extend(places.into_iter().flatten().flat_map(|at| at.split('/')).map(str::to_owned));
        for entry in &file.catalogue {
            gather(&entry.code, &mut words);
            words.insert(entry.name.clone());
            words.extend(entry.message.clone());
        }
        for promise in file.cause.values().filter_map(|promise| promise.message.as_ref()) {
            words.extend(promise.any_of.iter().cloned());
        }
        for operation in &api.suite.operation {
            words.insert(operation.id.clone());
            for fields in [&operation.path_parameters, &operation.query] {
                named(fields, &mut words);
            }
            if let Some(body) = &operation.body {
                named(&body.members, &mut words);
            }
        }
        words.extend(api.suite.credentials.values().filter_map(|credential| credential.header.clone()));
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The names and values of a JSON document.
fn gather(json: &Value, words: &mut BTreeSet<String>) {
    match json {
        Value::String(text) => {
            words.insert(text.clone());
        }
        Value::Number(number) => {
            words.insert(number.to_string());
        }
        Value::Array(elements) => elements.iter().for_each(|element| gather(element, words)),
        Value::Object(members) => {
            for (name, value) in members {
                words.insert(name.clone());
                gather(value, words);
            }
        }
        Value::Null | Value::Bool(_) => {}
    }
}

fn named(fields: &BTreeMap<String, Field>, words: &mut BTreeSet<String>) {
    for (name, field) in fields {
        words.insert(name.clone());
        named(&field.members, words);
        if let Some(items) = &field.items {
            named(&items.members, words);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_suite_and_its_contract_are_known() {
        let apis: Vec<_> = crate::catalog::built_in_suites().map(|id| crate::catalog::load(id).unwrap()).collect();
        let words = of(&apis);
        for word in
            ["error_code", "error_message", "details", "json", "application/json", "error", "code", "message", "12"]
        {
            assert!(words.contains(word), "{word}");
        }
        assert!(words.contains("folder_id") && words.contains("oz-api") && !words.contains(""));
    }
}
