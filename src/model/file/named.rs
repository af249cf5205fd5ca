//! What a file is to a run, and whether two names are one file.

use super::place;

use std::fmt;
use std::path::{Path, PathBuf};

/// What a file is to a run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Role {
    /// A suite.
    Suite,
    /// A contract that a suite names.
    Contract,
    /// The body schema that a contract names.
    BodySchema,
    /// `--waivers`.
    Waivers,
    /// `--baseline`.
    Baseline,
    /// `--ratchet`, which is read and written.
    Ratchet,
    /// `errdrift.toml`, or `--config`.
    Project,
    /// `--ca`.
    Certificates,
    /// The report of an earlier run, which is read.
    EarlierReport,
    /// `--report`, which is written.
    Report,
    /// `--save-baseline`.
    SavedBaseline,
    /// Standard output, where that is a file.
    StandardOutput,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Suite => "the suite",
            Self::Contract => "the contract",
            Self::BodySchema => "the body schema",
            Self::Waivers => "the waivers",
            Self::Baseline => "the baseline",
            Self::Ratchet => "the ratchet",
            Self::Project => "the project's file",
            Self::Certificates => "the certificates",
            Self::EarlierReport => "the earlier report",
            Self::Report => "the report",
            Self::SavedBaseline => "the new baseline",
            Self::StandardOutput => "standard output",
        })
    }
}

/// A file and what it is to a run.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Named {
    /// What it is.
    pub role: Role,
    /// Its path; `None` is standard output.
    pub path: Option<PathBuf>,
}

impl Named {
    /// A file by its path.
    #[must_use]
    pub fn new(role: Role, path: impl Into<PathBuf>) -> Self {
        Self { role, path: Some(path.into()) }
    }
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.path {
            Some(path) => write!(f, "{} {}", self.role, path.display()),
            None if self.role == Role::StandardOutput => write!(f, "{}", self.role),
            None => write!(f, "{} on standard output", self.role),
        }
    }
}

/// Whether every output is a file of its own: no input, no other output, by whatever names and links.
///
/// Devices are no files: two reports may both go to `/dev/null`.
///
/// # Errors
/// The first two that are one file, or a path that leads nowhere.
pub fn distinct(inputs: &[Named], outputs: &[Named]) -> Result<(), String> {
    let key =
        |named: &Named| place::Key::of(named.path.as_deref()).map_err(|error| format!("cannot write {named}: {error}"));
    let mut known = Vec::new();
    for input in inputs {
        // What cannot be read is told by whoever reads it.
        known.extend(key(input).ok().map(|key| (key, input)));
    }
    let standard = Named { role: Role::StandardOutput, path: None };
    if place::standard_output_is_a_file() && outputs.iter().all(|output| output.path.is_some()) {
        known.push((key(&standard)?, &standard));
    }
    for output in outputs {
        let key = key(output)?;
        if let Some((_, other)) = known.iter().find(|(known, _)| *known == key && key != place::Key::None) {
            return Err(format!("{output} would overwrite {other}: both are the same file; name another one"));
        }
        known.push((key, output));
    }
    Ok(())
}

/// Whether the path is another name of standard output, as `/dev/stdout`.
#[must_use]
pub fn is_standard_output(path: &Path) -> bool {
    matches!(place::Place::of(path), Ok(place::Place::Descriptor(1)))
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn both(folder: &Path, input: &str, output: &str) -> Result<(), String> {
        distinct(&[Named::new(Role::Suite, folder.join(input))], &[Named::new(Role::Report, folder.join(output))])
    }

    #[test]
    fn one_file_is_known_by_every_name_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("d")).unwrap();
        for name in ["a", "other"] {
            std::fs::write(at(name), "").unwrap();
        }
        std::fs::hard_link(at("a"), at("hard")).unwrap();
        symlink("a", at("soft")).unwrap();
        symlink("soft", at("twice")).unwrap();
        symlink(".", at("here")).unwrap();
        symlink("../a", at("d/up")).unwrap();
        for name in ["a", "./a", "d/../a", "hard", "soft", "twice", "here/a", "here/here/hard", "d/up"] {
            let error = both(folder.path(), "a", name).unwrap_err();
            assert!(error.contains("would overwrite the suite") && error.contains("the report"), "{name}: {error}");
            assert!(both(folder.path(), name, "a").is_err(), "{name}");
            both(folder.path(), "other", name).unwrap();
        }
    }

    #[test]
    fn outputs_that_do_not_exist_yet_are_told_apart_by_where_they_would_be() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("d")).unwrap();
        symlink("d", at("link")).unwrap();
        symlink("d/new", at("dangling")).unwrap();
        let pair = |a: &str, b: &str| {
            distinct(&[], &[Named::new(Role::Report, at(a)), Named::new(Role::SavedBaseline, at(b))])
        };
        for (a, b) in [("new", "./new"), ("d/new", "link/new"), ("dangling", "d/new"), ("link/../new", "new")] {
            assert!(pair(a, b).is_err(), "{a} {b}");
            assert!(pair(b, a).is_err(), "{b} {a}");
        }
        for (a, b) in [("new", "d/new"), ("d/new", "d/newer"), ("dangling", "new")] {
            pair(a, b).unwrap();
        }
    }

    #[test]
    fn devices_may_take_more_than_one_report_and_standard_output_only_one() {
        let named = |path: Option<&str>| Named { role: Role::Report, path: path.map(PathBuf::from) };
        distinct(&[], &[named(Some("/dev/null")), named(Some("/dev/null"))]).unwrap();
        for other in ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"] {
            assert!(is_standard_output(Path::new(other)), "{other}");
            assert!(distinct(&[], &[named(None), named(Some(other))]).is_err(), "{other}");
        }
        assert!(!is_standard_output(Path::new("/dev/stderr")) && !is_standard_output(Path::new("1")));
    }

    #[test]
    fn links_that_lead_round_in_circles_are_an_error() {
        let folder = tempfile::tempdir().unwrap();
        symlink("b", folder.path().join("a")).unwrap();
        symlink("a", folder.path().join("b")).unwrap();
        let error = distinct(&[], &[Named::new(Role::Report, folder.path().join("a"))]).unwrap_err();
        assert!(error.contains("links"), "{error}");
    }
}
