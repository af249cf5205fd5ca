//! `errdrift check`: what is wrong with files of ours before anything is sent, what would be sent, and how strong a contract is.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::output::{failed, mistaken, say};
use super::project;
use crate::catalog::api::{api, contract, load_contract};
use crate::catalog::built_in::Shelf;
use crate::catalog::document::{Document, Problems};
use crate::fault::Tier;
use crate::judge::mutation;
use crate::judge::mutation::Examination;
use crate::model::printable::printable;
use crate::model::verdict::exit;
use crate::plan::{Plan, Selection};
use crate::policy::waiver_file;
use crate::run::error::Error;
use crate::{judge, render};

pub(super) fn checked(files: &[PathBuf]) -> u8 {
    let mut code = exit::CONFORMS;
    for file in files {
        match check(file) {
            Ok(what) => {
                say(&format!("{}: {what}", printable(&file.to_string_lossy(), usize::MAX)));
                code = code.max(changes(file));
            }
            Err(problems) => code = mistaken(&problems),
        }
    }
    code
}

/// What would be sent to each operation of a suite that changes something, and what would not.
fn changes(file: &Path) -> u8 {
    // What is no suite has no operations.
    let name = file.to_string_lossy();
    let name = if name.contains('/') { name.into_owned() } else { format!("./{name}") };
    let Ok(api) = judge::load(&name) else { return exit::CONFORMS };
    let apis = [Arc::new(api)];
    let tiers = Tier::ALL.iter().map(|(tier, _)| *tier).collect();
    let selection = Selection { tiers, ..Selection::default() };
    let unknown = selection.unknown(&apis);
    if !unknown.is_empty() {
        return failed(&Error::Usage(format!("{}: {}", file.display(), unknown.join("; "))));
    }
    let lines = render::safety::lines(&apis[0], &Plan::new(&apis, &selection));
    if !lines.is_empty() {
        say(&lines);
    }
    exit::CONFORMS
}

/// What each contract would not notice. A file that is wrong weighs more than a contract that is weak.
pub(super) fn examined(files: &[PathBuf]) -> u8 {
    let mut code = exit::CONFORMS;
    for file in files {
        match examine(&file.to_string_lossy()) {
            Ok((contract, examination)) => {
                say(&render::mutation::lines(&contract, &examination));
                if !examination.unexplained.is_empty() {
                    code = code.max(exit::DRIFT);
                }
            }
            Err(problems) => code = mistaken(&problems),
        }
    }
    code
}

/// What a file is, once it is found to be right: a suite with its contract, a contract, a project's file, or waivers.
///
/// # Errors
/// All that is wrong with it and with the files that it names.
pub fn check(path: &Path) -> Result<String, Problems> {
    let document = Document::read(path)?;
    let has = |names: &[&str]| names.iter().any(|name| document.value.get(name).is_some());
    if has(&["operation", "credentials", "prefix"]) {
        let api = api(&document, &Shelf::beside(path))?;
        judge::misnamed(&api.contract).none_or(())?;
        let head = format!("suite {}: {}", api.suite.id, counted(api.suite.operation.len(), "operation"));
        let warnings = api.warnings.into_iter().map(|warning| format!("\nwarning: {warning}"));
        return Ok(std::iter::once(head).chain(warnings).collect());
    }
    if has(&["catalogue", "cause", "envelope"]) {
        let contract = contract(&document, &Shelf::beside(path))?;
        judge::misnamed(&contract).none_or(())?;
        let contract = contract.file;
        let promised = contract.cause.len();
        return Ok(format!(
            "contract {}: {}, {}",
            contract.id,
            counted(contract.catalogue.len(), "code"),
            counted(promised, "cause")
        ));
    }
    if has(&["suites", "environments"]) {
        project::check(&document)?;
        let count = |name: &str| {
            document.value.get(name).map_or(0, |value| {
                value.as_array().map_or_else(|| value.as_object().map_or(0, serde_json::Map::len), Vec::len)
            })
        };
        return Ok(format!(
            "project: {}, {}",
            counted(count("suites"), "suite"),
            counted(count("environments"), "environment")
        ));
    }
    if has(&["waiver"]) {
        return Ok(counted(waiver_file::of(&document)?.0.waiver.len(), "waiver"));
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
    let (document, contract) = load_contract(name_or_path)?;
    judge::misnamed(&contract).none_or(())?;
    let file = contract.file.clone();
    let examination = mutation::examine(contract);
    if examination.mutants == 0 {
        let problem = document.problem("/body", "the body schema has no examples, so nothing can be broken");
        return Err(problem.help(format!("write `examples` in {}", file.body())).into());
    }
    let idle = examination.idle.iter().map(|idle| {
        let (word, at) = (idle.kind.word(), &file.unnoticed[idle.entry].at);
        let message =
            format!("`{word}` at {at} explains nothing: no example has it, it is noticed, or it is explained above");
        document.problem(format!("/unnoticed/{}", idle.entry), message).help("leave it out")
    });
    Problems::new(idle).none_or((file.id, examination))
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
