//! Where a suite's file stands in the repository that errdrift runs in: who reads a report there finds files by their paths
//! from its root.

use std::path::Path;

/// What most repositories have at their root. A suite that is built in has no file of its own there, and GitHub refuses a whole
/// SARIF file for one result without a file.
const INSTEAD: &[&str] = &["errdrift.toml", "README.md", "README", "Cargo.toml", "package.json"];

/// The path of a suite's file from the repository's root, and whether it is that file: of one that is not there, that of a
/// file that is. A file outside the repository has its own path.
pub(super) fn place(file: &str, is_built_in: bool) -> Option<(String, bool)> {
    let here = Path::new(".").canonicalize().ok()?;
    place_from(&here, file, is_built_in)
}

fn place_from(here: &Path, file: &str, is_built_in: bool) -> Option<(String, bool)> {
    let root = here.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(here);
    let folder = if is_built_in { root } else { here };
    match folder.join(file).canonicalize() {
        Ok(path) => Some((path.strip_prefix(root).map_or_else(|_| file.to_owned(), slashed), true)),
        Err(_) if is_built_in => {
            let there = |name: &&&str| root.join(name).is_file();
            INSTEAD.iter().find(there).map(|name| ((*name).to_owned(), false))
        }
        Err(_) => Some((file.to_owned(), true)),
    }
}

/// The path with the separators of a URI.
fn slashed(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    /// A repository with a folder, and in it a file of that name.
    fn repository(file: &str) -> (tempfile::TempDir, PathBuf) {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("api tests");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::create_dir(root.path().join(".git")).unwrap();
        std::fs::write(folder.join(file), "").unwrap();
        let folder = folder.canonicalize().unwrap();
        (root, folder)
    }

    #[test]
    fn a_file_is_found_from_the_root_wherever_the_run_stands() {
        let (_root, folder) = repository("things.toml");
        assert_eq!(place_from(&folder, "things.toml", false).unwrap().0, "api tests/things.toml");
        assert_eq!(place_from(&folder, "./things.toml", false).unwrap().0, "api tests/things.toml");
        let whole = folder.join("things.toml");
        assert_eq!(place_from(&folder, whole.to_str().unwrap(), false).unwrap().0, "api tests/things.toml");
        assert_eq!(
            place_from(folder.parent().unwrap(), "api tests/../api tests/things.toml", false).unwrap().0,
            "api tests/things.toml"
        );
    }

    #[test]
    fn a_file_outside_keeps_its_path() {
        let (_root, folder) = repository("things.toml");
        let outside = tempfile::NamedTempFile::new().unwrap();
        let path = outside.path().to_str().unwrap();
        assert_eq!(place_from(&folder, path, false), Some((path.to_owned(), true)));
    }

    #[test]
    fn a_built_in_suite_points_to_a_file_that_is_there() {
        let (root, folder) = repository("things.toml");
        assert_eq!(place_from(&folder, "suites/oz-api.toml", true), None);
        std::fs::write(root.path().join("README.md"), "").unwrap();
        assert_eq!(place_from(&folder, "suites/oz-api.toml", true), Some(("README.md".to_owned(), false)));
        std::fs::create_dir(root.path().join("suites")).unwrap();
        std::fs::write(root.path().join("suites/oz-api.toml"), "").unwrap();
        assert_eq!(place_from(&folder, "suites/oz-api.toml", true), Some(("suites/oz-api.toml".to_owned(), true)));
    }
}
