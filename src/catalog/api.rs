//! One API, read from its files: its suite with the contract that governs it.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use super::built_in::{Shelf, built_in_contracts, built_in_suites, meta_schema};
use super::check;
use super::contract::{Contract, ContractFile};
use super::document::{Document, Problem, Problems, closest_or_all};
use super::reply;
use super::reply::Form;
use super::repository;
use super::schema::Schema;
use super::suite::{Operation, Suite};

/// One API: a suite with the contract that governs it.
#[derive(Debug)]
pub struct Api {
    /// The suite.
    pub suite: Suite,
    /// Its contract.
    pub contract: Contract,
    /// What it was loaded by: a built-in suite's id, or a path.
    pub name: String,
    /// The suite's file, for people.
    pub file: String,
    /// That file's path from the root of the repository that errdrift runs in; of a built-in suite, which has none there, that
    /// of another file.
    pub place: Option<String>,
    /// The line of each operation in the file at that path, by its id; none in another file.
    pub lines: BTreeMap<String, usize>,
    /// The errors of single operations under some statuses, with their schemas, by the operation's id.
    pub replies: BTreeMap<String, Vec<Form>>,
    /// What is no mistake and deserves a look.
    pub warnings: Problems,
}

impl Api {
    /// What an error of that status is promised to be in an operation, where it is another one than the contract's.
    #[must_use]
    pub fn form(&self, operation: &str, status: u16) -> Option<&Form> {
        let own = self.replies.get(operation).and_then(|forms| reply::form(forms, status));
        own.or_else(|| reply::form(&self.contract.replies, status))
    }
}

/// The suite of that id among the built-in ones, or in that file, with its contract.
///
/// # Errors
/// All that is wrong with the suite and its contract, or that there is none.
pub fn load(name_or_path: &str) -> Result<Api, Problems> {
    let mut api = found(name_or_path)?;
    let place = repository::place(&api.file, !is_path(name_or_path));
    if place.as_ref().is_some_and(|(_, is_suite)| !is_suite) {
        api.lines.clear();
    }
    Ok(Api { name: name_or_path.to_owned(), place: place.map(|(path, _)| path), ..api })
}

fn found(name_or_path: &str) -> Result<Api, Problems> {
    if is_path(name_or_path) {
        let path = Path::new(name_or_path);
        return api(&Document::read(path)?, &Shelf::beside(path));
    }
    let names: Vec<_> = built_in_suites().collect();
    if !names.contains(&name_or_path) {
        let help = closest_or_all(name_or_path, &names).unwrap_or_default();
        let message = format!("no built-in suite has this name; built in are {}", names.join(", "));
        return Err(Problem::of_file(name_or_path, message)
            .help(format!("{help} A suite in a file needs its path, as ./{name_or_path}.toml"))
            .into());
    }
    api(&Shelf::BuiltIn("suites").read(&format!("{name_or_path}.toml"))?, &Shelf::BuiltIn("schemas"))
}

/// Whether the text names a file rather than a built-in suite or contract.
pub(crate) fn is_path(text: &str) -> bool {
    let ending = Path::new(text).extension();
    text.contains(['/', '\\'])
        || ending.is_some_and(|e| e.eq_ignore_ascii_case("toml") || e.eq_ignore_ascii_case("json"))
}

/// A contract and its file, by its id or its path, or by the path of a suite that it governs.
///
/// # Errors
/// All that is wrong with it.
pub fn load_contract(name_or_path: &str) -> Result<(Document, Contract), Problems> {
    let (document, shelf) = if is_path(name_or_path) {
        let path = Path::new(name_or_path);
        let document = Document::read(path)?;
        match document.value.get("contract").and_then(Value::as_str) {
            Some(name) => governing_document(&document, name, &Shelf::beside(path))?,
            None => (document, Shelf::beside(path)),
        }
    } else {
        (built_in_contract(name_or_path)?, Shelf::BuiltIn("schemas"))
    };
    let contract = contract(&document, &shelf)?;
    Ok((document, contract))
}

fn built_in_contract(name: &str) -> Result<Document, Problems> {
    let names: Vec<_> = built_in_contracts().collect();
    if !names.contains(&name) {
        let help = closest_or_all(name, &names).unwrap_or_default();
        let problem = Problem::of_file(name, "no built-in contract has this name");
        return Err(problem.help(format!("{help} A file needs its path, as ./{name}.contract.toml")).into());
    }
    Shelf::BuiltIn("schemas").read(&format!("{name}.contract.toml"))
}

/// A suite, and its contract, which is read even where the suite is wrong: its problems are wanted too.
pub(crate) fn api(document: &Document, shelf: &Shelf) -> Result<Api, Problems> {
    let mut problems = Problems::default();
    let mut warnings = Problems::default();
    let suite =
        gather(meta_schema("suite.schema.json").and_then(|meta| document.decode::<Suite>(&meta)), &mut problems);
    if let Some(suite) = &suite {
        let (wrong, doubtful) = check::suite::check(suite, document);
        problems.extend(wrong);
        warnings.extend(doubtful);
    }
    let replies = suite.as_ref().and_then(|suite| gather(replies(suite, document, shelf), &mut problems));
    let contract = document
        .value
        .get("contract")
        .and_then(Value::as_str)
        .and_then(|name| gather(governing(document, name, shelf), &mut problems));
    match (suite, contract, replies) {
        (Some(mut suite), Some(contract), Some(replies)) => {
            suite.promise_as(&contract);
            let file = document.file.clone();
            let line = |(index, operation): (usize, &Operation)| {
                Some((operation.id.clone(), document.line(&format!("/operation/{index}"))?))
            };
            let lines = suite.operation.iter().enumerate().filter_map(line).collect();
            problems.none_or(Api { suite, contract, name: file.clone(), file, place: None, lines, replies, warnings })
        }
        _ => Err(problems),
    }
}

/// The promises of single operations of errors under some statuses, by the operation's id.
fn replies(suite: &Suite, document: &Document, shelf: &Shelf) -> Result<BTreeMap<String, Vec<Form>>, Problems> {
    let mut problems = Problems::default();
    let mut replies = BTreeMap::new();
    for (index, operation) in suite.operation.iter().enumerate().filter(|(_, operation)| !operation.reply.is_empty()) {
        let forms = check::reply::forms(&operation.reply, &format!("/operation/{index}/reply"), document, shelf);
        replies.extend(gather(forms, &mut problems).map(|forms| (operation.id.clone(), forms)));
    }
    problems.none_or(replies)
}

/// The contract that a suite names.
fn governing(suite: &Document, name: &str, shelf: &Shelf) -> Result<Contract, Problems> {
    let (document, shelf) = governing_document(suite, name, shelf)?;
    contract(&document, &shelf)
}

/// The contract that a suite names, not yet understood, and where the names in it are looked up.
fn governing_document(suite: &Document, name: &str, shelf: &Shelf) -> Result<(Document, Shelf), Problems> {
    if is_path(name) {
        let missing = |problems: Problems| {
            let wrong = suite.problem("/contract", format!("the contract `{name}` cannot be used"));
            Problems::new(problems.into_iter().chain([wrong.help("it is a file, relative to this one")]))
        };
        let document = shelf.read(name).map_err(missing)?;
        let beside = match shelf {
            Shelf::BuiltIn(folder) => Shelf::BuiltIn(folder),
            Shelf::Directory(directory) => Shelf::beside(&directory.join(name)),
        };
        return Ok((document, beside));
    }
    let shelf = Shelf::BuiltIn("schemas");
    let Ok(document) = shelf.read(&format!("{name}.contract.toml")) else {
        let help = closest_or_all(name, &built_in_contracts().collect::<Vec<_>>()).unwrap_or_default();
        let problem = suite.problem("/contract", format!("no built-in contract is named `{name}`"));
        return Err(problem
            .help(format!("{help} A contract in a file needs its path, as ./{name}.contract.toml"))
            .into());
    };
    Ok((document, shelf))
}

/// A contract with its body schema.
pub(crate) fn contract(document: &Document, shelf: &Shelf) -> Result<Contract, Problems> {
    let mut problems = Problems::default();
    let file = gather(
        meta_schema("contract.schema.json").and_then(|meta| document.decode::<ContractFile>(&meta)),
        &mut problems,
    );
    let body = document
        .value
        .get("body")
        .and_then(Value::as_str)
        .and_then(|name| gather(check::contract::named_body(name, "/body", document, shelf), &mut problems));
    let body = match document.value.get("body") {
        Some(_) => body,
        // Where no body is promised, any is right.
        None => Schema::compile("any body", &Value::Bool(true)).ok(),
    };
    let conventions =
        file.as_ref().and_then(|file| gather(check::contract::conventions(file, document), &mut problems));
    if let Some(file) = &file {
        problems.extend(check::contract::check(file, document, body.as_ref()));
    }
    let patterns = file.as_ref().and_then(|file| gather(check::contract::patterns(file, document), &mut problems));
    let replies = file
        .as_ref()
        .and_then(|file| gather(check::reply::forms(&file.reply, "/reply", document, shelf), &mut problems));
    match (file, body, replies, patterns, conventions) {
        (Some(file), Some(body), Some(replies), Some(patterns), Some(conventions)) => {
            let rules = check::contract::rules(&file, document);
            problems.none_or(Contract { file, body, replies, patterns, conventions, rules })
        }
        _ => Err(problems),
    }
}

/// What came, or `None` and its problems among the others.
fn gather<T>(result: Result<T, Problems>, problems: &mut Problems) -> Option<T> {
    result.map_err(|found| problems.extend(found)).ok()
}
