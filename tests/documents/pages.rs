//! The pages of `docs/`: every example is a whole file, and right.

use std::fs;
use std::path::Path;

use errdrift::cli::check;

/// The examples of a page: the file's name, and what it says.
fn examples(page: &str) -> Vec<(String, String)> {
    let blocks = page.split("\n```").skip(1).step_by(2);
    let named = |block: &str| {
        let (_, text) = block.split_once('\n')?;
        let (first, rest) = text.split_once('\n')?;
        Some((first.strip_prefix("# FILE: ")?.to_owned(), rest.to_owned()))
    };
    blocks.filter_map(named).collect()
}

#[test]
fn every_example_of_the_pages_is_right() {
    let folder = tempfile::tempdir().unwrap();
    let mut names = Vec::new();
    for page in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/docs")).unwrap() {
        let page = fs::read_to_string(page.unwrap().path()).unwrap();
        let opened = page.matches("\n```toml").count() + page.matches("\n```json").count();
        let examples = examples(&page);
        // Other pages have parts of files.
        assert!(examples.is_empty() || opened == examples.len(), "each block says which file it is");
        for (name, text) in examples {
            fs::write(folder.path().join(&name), text).unwrap();
            names.push(name);
        }
    }
    names.sort_unstable();
    assert_eq!(names, ["errdrift.toml", "things.body.schema.json", "things.contract.toml", "things.toml"]);
    for name in names.iter().filter(|name| Path::new(name).extension().is_some_and(|ending| ending == "toml")) {
        let what = check::check(&folder.path().join(name)).unwrap_or_else(|problems| panic!("{name}: {problems}"));
        assert!(!what.contains("warning:"), "{name}: {what}");
    }
}
