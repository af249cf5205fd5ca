//! Suites with their contracts: found, read, compiled and cross-checked, before anything is sent.
//!
//! What is built in needs no file. All that is wrong with a suite and its contract comes back at once. It knows
//! nothing of faults, and nothing of replies but the ids of the rules.

pub mod check;
pub mod contract;
pub mod document;
mod files;
pub(crate) mod mutation_kind;
pub mod schema;
pub mod suite;
pub(crate) mod vocabulary;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

use self::contract::{Contract, ContractFile};
use self::document::{Document, Problem, Problems, closest_or_all};
use self::schema::Schema;
use self::suite::{Operation, Suite};
use crate::judge::mutation;
use crate::judge::mutation::Examination;

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
    /// The line of each operation in that file, by its id.
    pub lines: BTreeMap<String, usize>,
    /// What is no mistake and deserves a look.
    pub warnings: Problems,
}

macro_rules! built_in {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../", $path)))),*]
    };
}

/// The built-in files: their paths in the repository, and what they say.
pub const BUILT_IN: &[(&str, &str)] = built_in![
    "schemas/contract.schema.json",
    "schemas/escrow-box.body.schema.json",
    "schemas/escrow-box.contract.toml",
    "schemas/oz-api.body.schema.json",
    "schemas/oz-api.contract.toml",
    "schemas/suite.schema.json",
    "schemas/waivers.schema.json",
    "suites/escrow-box.toml",
    "suites/oz-api.toml",
];

/// Where a name that stands in a file is looked up.
enum Shelf {
    /// Among the built-in files of that folder.
    BuiltIn(&'static str),
    /// In a directory.
    Directory(PathBuf),
}

impl Shelf {
    fn beside(path: &Path) -> Self {
        Self::Directory(path.parent().unwrap_or(Path::new("")).to_owned())
    }

    fn read(&self, name: &str) -> Result<Document, Problems> {
        match self {
            Self::BuiltIn(folder) => {
                let path = format!("{folder}/{name}");
                match BUILT_IN.iter().find(|(built_in, _)| *built_in == path) {
                    Some((path, text)) => Document::parse(path, text),
                    None => Err(Problem::of_file(path, "there is no built-in file of this name").into()),
                }
            }
            Self::Directory(directory) => Document::read(&directory.join(name)),
        }
    }
}

/// The ids of the built-in suites.
pub fn built_in_suites() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().filter_map(|(path, _)| path.strip_prefix("suites/")?.strip_suffix(".toml"))
}

/// The suite of that id among the built-in ones, or in that file, with its contract.
///
/// # Errors
/// All that is wrong with the suite and its contract, or that there is none.
pub fn load(name_or_path: &str) -> Result<Api, Problems> {
    found(name_or_path).map(|api| Api { name: name_or_path.to_owned(), ..api })
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
fn is_path(text: &str) -> bool {
    let ending = Path::new(text).extension();
    text.contains(['/', '\\'])
        || ending.is_some_and(|e| e.eq_ignore_ascii_case("toml") || e.eq_ignore_ascii_case("json"))
}

/// What a file is, once it is found to be right: a suite with its contract, a contract, or waivers.
///
/// # Errors
/// All that is wrong with it and with the files that it names.
pub fn check(path: &Path) -> Result<String, Problems> {
    let document = Document::read(path)?;
    let has = |names: &[&str]| names.iter().any(|name| document.value.get(name).is_some());
    if has(&["operation", "credentials", "prefix"]) {
        let api = api(&document, &Shelf::beside(path))?;
        let head = format!("suite {}: {}", api.suite.id, counted(api.suite.operation.len(), "operation"));
        let warnings = api.warnings.into_iter().map(|warning| format!("\nwarning: {warning}"));
        return Ok(std::iter::once(head).chain(warnings).collect());
    }
    if has(&["catalogue", "cause", "envelope"]) {
        let contract = contract(&document, &Shelf::beside(path))?.file;
        let promised = contract.cause.len();
        return Ok(format!(
            "contract {}: {}, {}",
            contract.id,
            counted(contract.catalogue.len(), "code"),
            counted(promised, "cause")
        ));
    }
    if has(&["waiver"]) {
        return Ok(counted(crate::policy::waiver_file::of(&document)?.0.waiver.len(), "waiver"));
    }
    Err(document
        .problem("", "this is neither a suite nor a contract, nor are these waivers")
        .help("a suite has `[[operation]]`, a contract has `[[catalogue]]` and `[cause.…]`, waivers have `[[waiver]]`")
        .into())
}

/// How strong a contract is, by its id or its file, or that of a suite.
///
/// # Errors
/// All that is wrong with it, that it has no examples to break, or that it explains what does not happen.
pub fn examine(name_or_path: &str) -> Result<(String, Examination), Problems> {
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
    let file = contract.file.clone();
    let examination = mutation::examine(contract);
    if examination.mutants == 0 {
        let problem = document.problem("/body", "the body schema has no examples, so nothing can be broken");
        return Err(problem.help(format!("write `examples` in {}", file.body)).into());
    }
    let idle = examination.idle.iter().map(|idle| {
        let (word, at) = (idle.kind.word(), &file.unnoticed[idle.entry].at);
        let message =
            format!("`{word}` at {at} explains nothing: no example has it, it is noticed, or it is explained above");
        document.problem(format!("/unnoticed/{}", idle.entry), message).help("leave it out")
    });
    Problems::new(idle).none_or((file.id, examination))
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

/// The ids of the built-in contracts.
fn built_in_contracts() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().filter_map(|(path, _)| path.strip_prefix("schemas/")?.strip_suffix(".contract.toml"))
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// A suite, and its contract, which is read even where the suite is wrong: its problems are wanted too.
fn api(document: &Document, shelf: &Shelf) -> Result<Api, Problems> {
    let mut problems = Problems::default();
    let mut warnings = Problems::default();
    let suite =
        gather(meta_schema("suite.schema.json").and_then(|meta| document.decode::<Suite>(&meta)), &mut problems);
    if let Some(suite) = &suite {
        let (wrong, doubtful) = check::suite::check(suite, document);
        problems.extend(wrong);
        warnings.extend(doubtful);
    }
    let contract = document
        .value
        .get("contract")
        .and_then(Value::as_str)
        .and_then(|name| gather(governing(document, name, shelf), &mut problems));
    match (suite, contract) {
        (Some(suite), Some(contract)) => {
            let file = document.file.clone();
            let line = |(index, operation): (usize, &Operation)| {
                Some((operation.id.clone(), document.line(&format!("/operation/{index}"))?))
            };
            let lines = suite.operation.iter().enumerate().filter_map(line).collect();
            problems.none_or(Api { suite, contract, name: file.clone(), file, lines, warnings })
        }
        _ => Err(problems),
    }
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
fn contract(document: &Document, shelf: &Shelf) -> Result<Contract, Problems> {
    let mut problems = Problems::default();
    let file = gather(
        meta_schema("contract.schema.json").and_then(|meta| document.decode::<ContractFile>(&meta)),
        &mut problems,
    );
    let body = document.value.get("body").and_then(Value::as_str).and_then(|name| {
        let read = shelf.read(name).map_err(|problems| {
            let wrong = document.problem("/body", format!("the body schema `{name}` cannot be used"));
            Problems::new(problems.into_iter().chain([wrong.help("it is a file, relative to this one")]))
        });
        gather(read, &mut problems)
    });
    let body = body.and_then(|body| gather(check::contract::body(&body), &mut problems));
    let conventions =
        file.as_ref().and_then(|file| gather(check::contract::conventions(file, document), &mut problems));
    if let Some(file) = &file {
        problems.extend(check::contract::check(file, document, body.as_ref()));
    }
    match (file, body, conventions) {
        (Some(file), Some(body), Some(conventions)) => problems.none_or(Contract { file, body, conventions }),
        _ => Err(problems),
    }
}

pub(crate) fn meta_schema(name: &str) -> Result<Schema, Problems> {
    let document = Shelf::BuiltIn("schemas").read(name)?;
    Schema::compile(name, &document.value).map_err(|message| document.problem("", message).into())
}

/// What came, or `None` and its problems among the others.
fn gather<T>(result: Result<T, Problems>, problems: &mut Problems) -> Option<T> {
    result.map_err(|found| problems.extend(found)).ok()
}
