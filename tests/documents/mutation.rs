//! How strong a contract is: what it would not notice of its own examples, broken.

use std::path::PathBuf;

use crate::documents::silent;
use errdrift::cli::check;
use tempfile::TempDir;

/// The files of a contract that notices little, and explains what is added to it.
fn weak(explanations: &str) -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let contract = include_str!("weak.contract.toml");
    let last = "[cause.unknown-resource]\nsilent = \"it says nothing\"\n";
    let path = directory.path().join("weak.contract.toml");
    std::fs::write(&path, format!("{contract}{}{last}{explanations}", silent())).unwrap();
    let body = include_str!("weak.body.schema.json");
    std::fs::write(directory.path().join("weak.body.schema.json"), body).unwrap();
    (directory, path)
}

/// What it says of its explanations, from the line on.
fn misexplained(explanations: &str) -> String {
    let (_directory, path) = weak(explanations);
    let said = check::examine(path.to_str().unwrap()).unwrap_err().to_string();
    said.split_once("weak.contract.toml:").unwrap().1.to_owned()
}

#[test]
fn the_built_in_contracts_explain_all_that_they_would_not_notice() {
    for name in ["oz-api", "escrow-box"] {
        let (_, examination) = check::examine(name).unwrap_or_else(|problems| panic!("{problems}"));
        assert_eq!((&examination.unexplained[..], &examination.idle[..]), (&[][..], &[][..]), "{name}");
        assert!(examination.noticed > 100 && examination.explained > 0, "{name}: {examination:?}");
    }
}

#[test]
fn a_weak_contract_lists_exactly_its_holes() {
    let (_directory, path) = weak("");
    let (name, examination) = check::examine(path.to_str().unwrap()).unwrap();
    let line = |survivor: &errdrift::judge::mutation::Survivor| {
        format!("{} {} {}", survivor.at, survivor.kind.word(), survivor.body)
    };
    let holes: Vec<_> = examination.unexplained.iter().map(line).collect();
    assert_eq!(
        holes,
        [
            r#" extra {"code":1,"text":"no","errdrift_extra":"errdrift_extra"}"#,
            r#"/code as-string {"code":"1","text":"no"}"#,
            r#"/code empty-string {"code":"","text":"no"}"#,
            r#"/text dropped {"code":1}"#,
            r#"/text renamed {"code":1,"tex":"no"}"#,
            r#"/text empty-string {"code":1,"text":""}"#,
        ]
    );
    assert_eq!((name.as_str(), examination.explained, examination.noticed), ("weak", 0, examination.mutants - 6));
}

#[test]
fn an_explanation_takes_a_hole_off_the_list_and_an_idle_one_is_a_mistake() {
    let explained = "[[unnoticed]]\nat = \"/*\"\nmutation = \"empty-string\"\nwhy = \"it may be\"\n";
    let (_directory, path) = weak(explained);
    let (_, examination) = check::examine(path.to_str().unwrap()).unwrap();
    assert_eq!((examination.explained, examination.unexplained.len()), (2, 4));
    let again = misexplained(&format!("{explained}{explained}"));
    assert!(again.contains(": /unnoticed/1: `empty-string` at /* explains nothing"), "{again}");
    let noticed = misexplained(&explained.replace("empty-string", "as-null"));
    assert!(noticed.contains(": /unnoticed/0: `as-null` at /* explains nothing"), "{noticed}");
}

#[test]
fn an_unknown_kind_of_mutation_has_its_line_and_the_closest_one() {
    for (written, pointer) in [("\"emty-string\"", "mutation"), ("[\"dropped\", \"emty-string\"]", "mutation/1")] {
        let said = misexplained(&format!("[[unnoticed]]\nat = \"/a\"\nmutation = {written}\nwhy = \"w\"\n"));
        let expected = format!(
            "56: /unnoticed/0/{pointer}: \"emty-string\" is not one of the values; did you mean `empty-string`?"
        );
        assert_eq!(said, expected);
    }
}
