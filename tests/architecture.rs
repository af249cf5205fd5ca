//! The plan of the house: which room may import which, and that no files import each other in a circle.
//!
//! Read are the `use` lines and the paths that begin with `crate::` or `super::`, as far as they are no tests.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use regex::Regex;

/// The rooms, highest first: each may import those after it. `catalog` and `wire` know nothing of each other.
const STACK: [&str; 11] =
    ["cli", "run", "policy", "render", "report", "judge", "plan", "fault", "catalog", "wire", "model"];

/// The room that is apart: it imports nothing, and only these import it.
const APART: (&str, [&str; 2]) = ("reference", ["cli", "run"]);

/// Files that import each other because the language leaves no other way, with the reason.
const CIRCLES: [(&[&str], &str); 0] = [];

/// Entries that `src/` may have.
const MAX_ENTRIES: usize = 15;

type Imports = BTreeMap<String, BTreeSet<String>>;

/// Every module with the text of its file.
fn modules() -> BTreeMap<String, String> {
    fn read(folder: &Path, module: &str, modules: &mut BTreeMap<String, String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let stem = path.file_stem().unwrap().to_str().unwrap();
            let inner = if module.is_empty() { stem.to_owned() } else { format!("{module}::{stem}") };
            if path.is_dir() {
                read(&path, &inner, modules);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let name = if stem == "mod" { module.to_owned() } else { inner };
                modules.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    let mut modules = BTreeMap::new();
    read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "", &mut modules);
    modules.retain(|name, _| name != "lib" && name != "main");
    modules
}

/// The paths of a tree of imports: `a::{b, c::{d}}` is `a::b` and `a::c::d`.
fn paths(tree: &str) -> Vec<String> {
    let Some((before, rest)) = tree.split_once('{') else { return vec![tree.trim().to_owned()] };
    let inner = rest.rsplit_once('}').unwrap().0;
    let (mut depth, mut parts) = (0, vec![String::new()]);
    for c in inner.chars() {
        depth += i32::from(c == '{') - i32::from(c == '}');
        if c == ',' && depth == 0 {
            parts.push(String::new());
        } else {
            parts.last_mut().unwrap().push(c);
        }
    }
    let parts = parts.iter().filter(|part| !part.trim().is_empty());
    parts.flat_map(|part| paths(part).into_iter().map(|path| format!("{}{path}", before.trim()))).collect()
}

/// What each module imports.
fn imports(modules: &BTreeMap<String, String>) -> Imports {
    let comment = Regex::new(r"//.*|\bpub\(in [^)]*\)").unwrap();
    let tests =
        Regex::new(r"(?s)#\[cfg\([^\]]*test[^\]]*\)\]\s*(?:pub\(\w+\) )?(?:mod|fn) \w+[^;{]*\{.*?\n\}").unwrap();
    let test_files = Regex::new(r"#\[cfg\(test\)\]\s*mod (\w+);").unwrap();
    let tree = Regex::new(r"\buse ((?:crate|super|self)::[^;]*);").unwrap();
    let path = Regex::new(r"(?:^|[^\w:])((?:crate|super)(?:::\w+)+)").unwrap();
    let is_mod = |name: &str| modules.keys().any(|other| other.starts_with(&format!("{name}::")));
    let mut only_tests: BTreeSet<String> = BTreeSet::new();
    let mut imports = Imports::new();
    for (name, text) in modules {
        only_tests.extend(test_files.captures_iter(text).map(|found| format!("{name}::{}", &found[1])));
        let text = comment.replace_all(text, "");
        let text = tests.replace_all(&text, "");
        let mut all: Vec<String> = tree.captures_iter(&text).flat_map(|found| paths(&found[1])).collect();
        let rest = tree.replace_all(&text, "");
        all.extend(path.captures_iter(&rest).map(|found| found[1].to_owned()));
        // `mod.rs` names its children as they are.
        if is_mod(name) {
            let children = modules.keys().filter_map(|other| other.strip_prefix(&format!("{name}::")));
            let named = |child: &&str| Regex::new(&format!(r"(?:^|[^\w:.]){child}::\w")).unwrap().is_match(&text);
            all.extend(
                children.filter(|child| !child.contains("::")).filter(named).map(|child| format!("self::{child}")),
            );
        }
        let resolved = all.iter().filter_map(|path| resolve(path, name, modules)).filter(|other| other != name);
        imports.insert(name.clone(), resolved.collect());
    }
    let is_test = |name: &String| only_tests.iter().any(|test| name == test || name.starts_with(&format!("{test}::")));
    imports.retain(|name, _| !is_test(name));
    for all in imports.values_mut() {
        all.retain(|other| !is_test(other));
    }
    imports
}

/// The module that a path leads into.
fn resolve(path: &str, from: &str, modules: &BTreeMap<String, String>) -> Option<String> {
    let mut absolute: Vec<&str> = Vec::new();
    for (place, word) in path.split("::").map(str::trim).enumerate() {
        match word {
            "crate" => {}
            "self" if place == 0 => absolute = from.split("::").collect(),
            "super" => {
                if place == 0 {
                    absolute = from.split("::").collect();
                }
                absolute.pop();
            }
            word => absolute.push(word.split_whitespace().next().unwrap_or_default()),
        }
    }
    while !absolute.is_empty() && !modules.contains_key(&absolute.join("::")) {
        absolute.pop();
    }
    (!absolute.is_empty()).then(|| absolute.join("::"))
}

fn room(module: &str) -> &str {
    module.split("::").next().unwrap()
}

/// Whether a room may import another one.
fn may(from: &str, to: &str) -> bool {
    let rank = |room: &str| STACK.iter().position(|other| *other == room);
    let siblings = ["catalog", "wire"];
    match (rank(from), rank(to)) {
        _ if from == to => true,
        _ if to == APART.0 => APART.1.contains(&from),
        (Some(from_rank), Some(to_rank)) => {
            from_rank < to_rank && !(siblings.contains(&from) && siblings.contains(&to))
        }
        _ => false,
    }
}

#[test]
fn no_room_imports_one_above_it() {
    let imports = imports(&modules());
    let arrows = imports.iter().flat_map(|(from, all)| all.iter().map(move |to| (from, to)));
    let wrong: Vec<_> = arrows.filter(|(from, to)| !may(room(from), room(to))).collect();
    assert!(wrong.is_empty(), "these imports run up: {wrong:?}");
    let rooms: BTreeSet<&str> = imports.keys().map(|name| room(name)).collect();
    let known: BTreeSet<&str> = STACK.into_iter().chain([APART.0]).collect();
    assert_eq!(rooms, known);
}

#[test]
fn no_files_import_each_other_in_a_circle_but_those_with_a_reason() {
    let mut left = imports(&modules());
    for (circle, why) in CIRCLES {
        assert!(!why.is_empty());
        for file in circle {
            left.get_mut(*file).unwrap().retain(|other| !circle.contains(&other.as_str()));
        }
    }
    // What imports nothing that is left, and what nothing that is left imports, is in no circle.
    loop {
        let imported: BTreeSet<String> = left.values().flatten().cloned().collect();
        let names: BTreeSet<String> = left.keys().cloned().collect();
        let before = left.len();
        left.retain(|name, all| imported.contains(name) && all.iter().any(|other| names.contains(other)));
        for all in left.values_mut() {
            all.retain(|other| names.contains(other));
        }
        if left.len() == before {
            break;
        }
    }
    assert!(left.is_empty(), "circles among {left:#?}");
}

#[test]
fn the_root_has_few_entries() {
    let entries = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap().count();
    assert!(entries <= MAX_ENTRIES, "src/ has {entries} entries");
}

#[test]
fn a_path_leads_into_its_module_from_wherever_it_is_written() {
    let modules = ["a", "a::b", "a::b::c", "d"].map(|name| (name.to_owned(), String::new())).into();
    let lead = |path: &str, from: &str| resolve(path, from, &modules);
    assert_eq!(lead("crate::a::b::Thing", "d").as_deref(), Some("a::b"));
    assert_eq!(lead("super::b::c::Thing as Other", "a::x").as_deref(), Some("a::b::c"));
    assert_eq!(lead("super::super::d", "a::b").as_deref(), Some("d"));
    assert_eq!(lead("self::b::Thing", "a").as_deref(), Some("a::b"));
    assert_eq!(paths("crate::a::{b::{Thing, self}, c}"), ["crate::a::b::Thing", "crate::a::b::self", "crate::a::c"]);
    assert!(may("judge", "model") && !may("model", "judge") && !may("wire", "catalog") && !may("reference", "model"));
    assert!(may("cli", "reference") && !may("judge", "reference"));
}

/// The files of the repository, with what they say, as far as they are text.
fn files() -> BTreeMap<String, String> {
    fn read(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            if path.is_dir() {
                read(root, &path, files);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                files.insert(name, text);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = BTreeMap::new();
    for folder in ["src", "tests", "schemas", "suites", "docs"] {
        read(root, &root.join(folder), &mut files);
    }
    for file in ["README.md", "Cargo.toml", "CONTRIBUTING.md"] {
        files.insert(file.to_owned(), std::fs::read_to_string(root.join(file)).unwrap());
    }
    files.remove("tests/architecture.rs");
    files
}

/// The files that name one of these words as a whole.
fn naming(words: &[&str]) -> Vec<String> {
    let word = Regex::new(&format!(r"(?:^|[^\w-])(?:{})(?:$|[^\w-])", words.join("|"))).unwrap();
    files().into_iter().filter(|(_, text)| word.is_match(text)).map(|(name, _)| name).collect()
}

#[test]
fn a_rule_is_its_row_beside_its_code_a_planted_drift_and_a_line_of_the_matrix() {
    let named = naming(&["allow-contradictory", "ALLOW_CONTRADICTORY"]);
    assert_eq!(named, ["src/judge/owed.rs", "src/reference/oz_reply_drifts.rs", "tests/golden/matrix.txt"]);
}

#[test]
fn a_fault_is_its_row_and_its_bytes() {
    assert_eq!(naming(&["body-deep-nesting"]), ["src/fault/json_syntax.rs", "tests/bytes/json.rs"]);
}

#[test]
fn a_built_in_suite_is_its_files_and_one_line() {
    let files = files();
    let own: Vec<_> = files.keys().filter(|name| !name.contains("tests/") && name.contains("/escrow-box.")).collect();
    assert_eq!(
        own,
        ["schemas/escrow-box.body.schema.json", "schemas/escrow-box.contract.toml", "suites/escrow-box.toml"]
    );
    // The embedded deployment is apart, and so are the commands that keep it up.
    let is_code = |name: &&String| name.starts_with("src/") && !name.contains("tests/");
    let apart = ["src/reference/api.rs", "src/cli/serve.rs"];
    let named = naming(&["escrow-box"]);
    let named: Vec<_> = named.iter().filter(is_code).filter(|name| !apart.contains(&name.as_str())).collect();
    assert_eq!(named, ["src/catalog/built_in.rs"]);
}

#[test]
fn a_report_format_is_its_file_which_is_declared_and_has_a_line_in_the_table() {
    assert!(files().contains_key("src/render/har.rs"));
    // What reads recorded traffic writes no report.
    let reads = ["src/cli/judge.rs", "src/run/recorded.rs"];
    let is_other = |name: &String| name.starts_with("src/") && !reads.contains(&name.as_str());
    let others: Vec<_> = naming(&["har"]).into_iter().filter(is_other).collect();
    assert_eq!(others, ["src/render/format.rs", "src/render/mod.rs"]);
}
