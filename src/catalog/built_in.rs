//! The files that are built in, and where a name that stands in a file is looked up.

use std::path::{Path, PathBuf};

use super::document::{Document, Problem, Problems};
use super::schema::Schema;

macro_rules! built_in {
    (suites: $($suite:literal)*; contracts: $($contract:literal)*; schemas: $($schema:literal)*) => {
        &[
            $(built_in!("schemas/", $contract, ".contract.toml"),)*
            $(built_in!("schemas/", $schema, ".schema.json"),)*
            $(built_in!("schemas/", $suite, ".body.schema.json"),)*
            $(built_in!("schemas/", $suite, ".contract.toml"),)*
            $(built_in!("suites/", $suite, ".toml"),)*
        ]
    };
    ($($part:literal),*) => {
        (concat!($($part),*), include_str!(concat!("../../", $($part),*)))
    };
}

/// The built-in files: their paths in the repository, and what they say. A suite is its operations, its contract and its body
/// schema, all by its name.
pub const BUILT_IN: &[(&str, &str)] = built_in!(
    suites: "escrow-box" "oz-api";
    contracts: "http" "problem-details";
    schemas: "contract" "problem-details.body" "project" "suite" "waivers"
);

/// Where a name that stands in a file is looked up.
pub(crate) enum Shelf {
    /// Among the built-in files of that folder.
    BuiltIn(&'static str),
    /// In a directory.
    Directory(PathBuf),
}

impl Shelf {
    pub(crate) fn beside(path: &Path) -> Self {
        Self::Directory(path.parent().unwrap_or(Path::new("")).to_owned())
    }

    pub(crate) fn read(&self, name: &str) -> Result<Document, Problems> {
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

/// The ids of the built-in contracts.
pub(crate) fn built_in_contracts() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().filter_map(|(path, _)| path.strip_prefix("schemas/")?.strip_suffix(".contract.toml"))
}

/// The schema of one of our own kinds of files.
pub(crate) fn meta_schema(name: &str) -> Result<Schema, Problems> {
    let document = Shelf::BuiltIn("schemas").read(name)?;
    Schema::compile(name, &document.value).map_err(|message| document.problem("", message).into())
}
