//! Documents that people write: every mistake has its file, its line and what to write instead.

mod mutation;
mod pages;

use std::path::PathBuf;

use errdrift::catalog::document::Document;
use errdrift::cli::check;
use errdrift::judge;
use tempfile::TempDir;

const SUITE: &str = include_str!("shop.toml");
const CONTRACT: &str = include_str!("shop.contract.toml");
const BODY: &str = include_str!("shop.body.schema.json");

/// A line that says nothing for each cause, `unknown-resource` aside.
fn silent() -> String {
    let words =
        errdrift::model::cause::CAUSES.iter().map(|(_, word, _)| *word).filter(|word| *word != "unknown-resource");
    words.map(|word| format!("[cause.{word}]\nsilent = \"it says nothing\"\n\n")).collect()
}

/// The contract with a line for each cause; the last one is `unknown-resource`.
fn contract() -> String {
    let silent = silent();
    format!(
        "{CONTRACT}{silent}[cause.unknown-resource]\ncode = {{ any_of = [2], strength = \"must\", source = \"«GONE»\" }}\n"
    )
}

/// A directory with the three files, one of them changed.
fn shop(file: &str, from: &str, to: &str) -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in [("shop.toml", SUITE), ("shop.contract.toml", &contract()), ("shop.body.schema.json", BODY)] {
        let changed = if name == file {
            assert!(text.contains(from), "{name} has no {from}");
            text.replacen(from, to, 1)
        } else {
            text.to_owned()
        };
        std::fs::write(directory.path().join(name), changed).unwrap();
    }
    let path = directory.path().join("shop.toml");
    (directory, path)
}

/// What loading says, one line a problem, without the directory.
fn said(file: &str, from: &str, to: &str) -> Vec<String> {
    let (directory, path) = shop(file, from, to);
    let problems = judge::load(path.to_str().unwrap()).map(|_| ()).unwrap_err();
    let directory = format!("{}/", directory.path().display());
    problems.0.iter().map(|problem| problem.to_string().replace(&directory, "")).collect()
}

#[test]
fn files_that_are_right_are_loaded_and_named() {
    let (_directory, path) = shop("shop.toml", "id", "id");
    let api = judge::load(path.to_str().unwrap()).unwrap();
    assert_eq!(
        (api.suite.operation.len(), api.contract.file.catalogue.len(), api.contract.conventions.len()),
        (3, 2, 1)
    );
    assert_eq!(api.warnings.0, []);
    assert_eq!(check::check(&path).unwrap(), "suite shop: 3 operations");
    assert_eq!(check::check(&path.with_file_name("shop.contract.toml")).unwrap(), "contract shop: 2 codes, 16 causes");
}

#[test]
fn a_mistake_against_the_meta_schema_has_its_line_and_what_to_write_instead() {
    for (from, to, expected) in [
        (
            "method = \"POST\"",
            "methd = \"POST\"",
            "shop.toml:23: /operation/1/methd: unknown member `methd`; did you mean `method`?",
        ),
        (
            "control = true",
            "control = \"yes\"",
            "shop.toml:18: /operation/0/control: expected a boolean or an object, found a string, \"yes\"; write it as true",
        ),
        (
            "\"token\"\nheader",
            "\"tokn\"\nheader",
            "shop.toml:7: /credentials/key/scheme: \"tokn\" is not one of the values; did you mean `token`?",
        ),
        (
            "\"creates\"",
            "\"writes\"",
            "shop.toml:25: /operation/1/effect: \"writes\" is not one of the values; write one of `none`, `session`, `creates`, `upserts`, `changes`, `deletes`, `moves-money`",
        ),
        (
            "prefix = \"/api\"\n",
            "",
            "shop.toml:1: /prefix: `prefix` is missing; write `prefix = \"/api\"`: The path prefix that the contract governs. What is outside is the gateway's business.",
        ),
        (
            "\"GET\"",
            "\"get\"",
            "shop.toml:14: /operation/0/method: expected text that matches ^[!#$%&'*+.^_`|~0-9A-Z-]+$, found a string, \"get\"; write it as \"GET\": The method, in upper case.",
        ),
        (
            "minimum = 0",
            "minimum = 0.5",
            "shop.toml:19: /operation/0/query/limit/minimum: expected an integer, found a number, 0.5; write it as 0",
        ),
        (
            "example = 0",
            "example = 2024-01-01",
            "shop.toml:38: /operation/2/path_parameters/thing_id/example: JSON has no dates and times; write it in quotes, as \"2024-01-01\"",
        ),
    ] {
        let said = said("shop.toml", from, to);
        assert!(said.iter().any(|line| line == expected), "{to}: {said:#?}");
    }
}

#[test]
fn a_suite_that_disagrees_with_itself_is_told_where() {
    for (from, to, expected) in [
        (
            "credential = \"key\"",
            "credential = \"kee\"",
            ":17: /operation/0/credential: no credential is named `kee`; did you mean `key`?",
        ),
        ("header = \"X-Key\"\n", "", ":6: /credentials/key: the scheme `token` needs `header`"),
        (
            "{ token = \"${SHOP_KEY}\" }",
            "{ login = \"${SHOP_KEY}\" }",
            ":9: /credentials/key/valid/token: `token` is missing",
        ),
        ("${SHOP_KEY}", "${shop}", ":9: /credentials/key/valid/token: `${shop}` is no variable"),
        (
            "0123456789abcdef",
            "${OTHER}",
            ":10: /credentials/key/unknown: a credential that nobody has cannot come from the environment",
        ),
        ("{thing_id}", "{id}", ":36: /operation/2/path: the path parameter `id` is not declared"),
        ("{thing_id}", "{id}", ":38: /operation/2/path_parameters/thing_id: the path has no parameter `thing_id`"),
        ("{thing_id}", "a{thing_id}", ":36: /operation/2/path: `a{thing_id}` is no parameter"),
        (
            "\"things.create\"",
            "\"things.list\"",
            ":22: /operation/1/id: the operation `things.list` stands already, on line 12",
        ),
        ("\"POST\"", "\"GET\"", ":24: /operation/1/path: `things.list` has this method and path already, on line 12"),
        (
            "/api/things/",
            "/apis/things/",
            ":36: /operation/2/path: `/apis/things/{thing_id}` lies outside the suite's prefix; begin it with `/api/`",
        ),
        (
            "effect = \"none\"",
            "effect = \"deletes\"",
            ":18: /operation/0/control: a control is sent as it is, and this operation changes something",
        ),
        (
            "example = 0",
            "example = 0 }\ncontrol = true\nquery.x = { type = \"string\"",
            ":39: /operation/2/control: a control must succeed, and `thing_id` names what does not exist",
        ),
        (
            "member = \"owner\"",
            "member = \"ownr\"",
            ":29: /operation/1/body/anchor/member: the body has no member `ownr`; did you mean `owner`?",
        ),
        (
            "value = \"not-a-uuid\"",
            "value = \"b8e0fe55-a5bb-44c6-8a2a-3c4d5e6f7081\"",
            ":29: /operation/1/body/anchor/value: the value of the anchor is a right one for `owner`",
        ),
        (
            "example = \"b8e0",
            "example = \"x8e0",
            ":30: /operation/1/body/members/owner/example: the example is not of the declared type: expected a UUID",
        ),
        (
            ", example = \"b8e0fe55-a5bb-44c6-8a2a-3c4d5e6f7081\"",
            "",
            ":30: /operation/1/body/members/owner: a well-formed request needs this field, and it has no example",
        ),
        (
            "\"large\"]",
            "\"large\"], example = \"huge\"",
            ":31: /operation/1/body/members/size/example: the example is not of the declared type: expected one of small, large",
        ),
        (
            "minimum = 0",
            "minimum = 0, maximum = -1",
            ":19: /operation/0/query/limit/maximum: no number is at least 0 and at most -1",
        ),
        (
            "minimum = 0 }",
            "minimum = 0 }\nstatuses = { strength = \"must\", source = \"x\" }",
            ":20: /operation/0/statuses: nothing can break this promise",
        ),
        ("minimum = 0", "max_length = 3", ":19: /operation/0/query/limit/max_length: `max_length` is for text"),
        (
            "\"shop.contract.toml\"",
            "\"oz-pai\"",
            ":3: /contract: no built-in contract is named `oz-pai`; did you mean `oz-api`? A contract in a file needs its path",
        ),
        (
            "\"shop.contract.toml\"",
            "\"shap.contract.toml\"",
            ":3: /contract: the contract `shap.contract.toml` cannot be used",
        ),
    ] {
        let said = said("shop.toml", from, to);
        assert!(said.iter().any(|line| line.starts_with(&format!("shop.toml{expected}"))), "{to}: {said:#?}");
    }
}

#[test]
fn a_contract_that_disagrees_with_itself_is_told_where() {
    for (from, to, expected) in [
        ("envelope = \"/code\"", "envelope = \"code\"", ":5: /envelope: expected text that matches"),
        ("\"404\"", "\"4x4\"", ":31: /catalogue/1/status/any_of/0: expected text that matches"),
        ("[2]", "[3]", "/cause/unknown-resource/code/any_of/0: the catalogue has no code 3; its codes are 1, 2"),
        (
            "any_of = [2], ",
            "",
            "/cause/unknown-resource/code: nothing can break this promise; write `any_of` or `none_of`",
        ),
        ("code = 2", "code = 1", ":28: /catalogue/1/code: the code 1 with this message stands already in entry 1"),
        (
            "code = 2",
            "code = 12",
            ":28: /catalogue/1/code: the body schema rejects the code an integer, 12 at /code: expected at most 9",
        ),
        (
            "[cause.forbidden]\nsilent = \"it says nothing\"",
            "",
            "/cause/forbidden: the cause `forbidden` has no line; write `[cause.forbidden]`",
        ),
        (
            "[cause.forbidden]\nsilent = \"it says nothing\"",
            "[cause.forbidden]",
            "/cause/forbidden: the cause `forbidden` promises nothing",
        ),
        (
            "[cause.forbidden]",
            "[cause.forbiden]",
            "/cause/forbiden: unknown member `forbiden`; did you mean `forbidden`?",
        ),
        (
            "body-duplicate-member",
            "body-duplicated-member",
            ":14: /severity/body-duplicated-member: no rule is named `body-duplicated-member`; did you mean `body-duplicate-member`?",
        ),
        ("at = \"/code\"\nset", "at = \"/kode\"\nset", ":8: /code/at: no example of the body has `/kode`"),
        (
            "meaning = \"no such thing\"",
            "meaning = \"no such thing\"\ncauses = [\"forbidden\"]",
            "/cause/unknown-resource/code/any_of/0: 2 is promised for `unknown-resource`, and the catalogue gives it to other causes alone",
        ),
        (
            "[severity]",
            "[statuses]\nstrength = \"must\"\nsource = \"x\"\n\n[severity]",
            "/statuses: nothing can break this promise",
        ),
        (
            "[severity]",
            "[[reply]]\nmedia_type = \"text/plain\"\nsource = \"x\"\n\n[severity]",
            "/reply/0/media_type: no body is promised of which this could be a part",
        ),
        (
            "[severity]",
            "[[reply]]\nbody = \"none.json\"\nsource = \"x\"\n\n[severity]",
            "/reply/0/body: the body schema `none.json` cannot be used",
        ),
        (
            "[severity]",
            "[[reply]]\nsource = \"x\"\n[[reply]]\nsource = \"y\"\n\n[severity]",
            "/reply/1: an earlier `reply` is for every other status already",
        ),
        (
            "[severity]",
            "[[reply]]\nstatus = [\"4xx\"]\nsource = \"x\"\n[[reply]]\nstatus = [\"409\", \"4xx\"]\nsource = \"y\"\n\n[severity]",
            "/reply/1/status: an earlier `reply` has the status 4xx already",
        ),
        ("{ minimum = 1 }", "{ minimum = \"1\" }", ":18: /convention/0/schema: it is no valid JSON Schema"),
        ("shop.body.schema.json", "shop.schema.json", ":4: /body: the body schema `shop.schema.json` cannot be used"),
    ] {
        let said = said("shop.contract.toml", from, to);
        assert!(
            said.iter().any(|line| line.starts_with("shop.contract.toml:") && line.contains(expected)),
            "{to}: {said:#?}"
        );
    }
}

#[test]
fn a_body_schema_that_does_not_compile_or_rejects_its_own_example_is_told_where() {
    for (from, to, expected) in [
        ("\"integer\"", "\"intger\"", "shop.body.schema.json:1: "),
        (
            "\"code\": 1",
            "\"code\": \"1\"",
            "shop.body.schema.json:7: /examples/0/code: the schema rejects its own example: expected an integer, found a string, \"1\"",
        ),
        (
            "\"code\": 1 ",
            "\"code\": 1, \"code\": 2 ",
            "shop.body.schema.json:7: /examples/0/code: the member `code` stands here a second time, first on line 7",
        ),
    ] {
        let said = said("shop.body.schema.json", from, to);
        assert!(said.iter().any(|line| line.starts_with(expected)), "{to}: {said:#?}");
    }
}

#[test]
fn all_mistakes_of_all_files_are_reported_at_once_and_in_order() {
    let (directory, path) = shop("shop.toml", "method = \"GET\"", "methd = \"GET\"\ncolour = 1");
    let contract_path = directory.path().join("shop.contract.toml");
    let text =
        std::fs::read_to_string(&contract_path).unwrap().replace("code = 2", "code = 1").replace("\"404\"", "404");
    std::fs::write(&contract_path, text).unwrap();
    let problems = judge::load(path.to_str().unwrap()).unwrap_err();
    let places: Vec<_> =
        problems.0.iter().map(|p| (p.file.rsplit('/').next().unwrap(), p.line, p.pointer.as_str())).collect();
    assert_eq!(
        places,
        [
            ("shop.contract.toml", Some(31), "/catalogue/1/status/any_of/0"),
            ("shop.toml", Some(12), "/operation/0/method"),
            ("shop.toml", Some(14), "/operation/0/methd"),
            ("shop.toml", Some(15), "/operation/0/colour"),
        ]
    );
}

#[test]
fn all_mistakes_in_the_syntax_are_reported_at_once() {
    let problems = Document::parse("x.toml", "a = \nb = 1\nb = 2\nc = 'x\nd = 1\n").unwrap_err();
    let lines: Vec<_> = problems.0.iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [Some(1), Some(3), Some(4)], "{problems}");
    assert!(problems.to_string().contains("x.toml:3: duplicate key: `b`"), "{problems}");
}

#[test]
fn a_suite_in_json_has_lines_and_advice_as_well() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("shop.json");
    std::fs::write(
        &path,
        "{\n  \"id\": \"shop\",\n  \"titel\": \"Shop\",\n  \"contract\": \"oz-api\",\n  \"operation\": []\n}\n",
    )
    .unwrap();
    let said = judge::load(path.to_str().unwrap()).unwrap_err().to_string();
    for line in [
        "shop.json:3: /titel: unknown member `titel`; did you mean `title`?",
        "shop.json:1: /prefix: `prefix` is missing; write `\"prefix\": \"/api\"`",
        "shop.json:5: /operation: expected at least 1 element, found an array, []",
    ] {
        assert!(said.contains(line), "{said}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_a_problem_of_its_own() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("nosuch.toml");
    assert!(judge::load(path.to_str().unwrap()).unwrap_err().to_string().contains("nosuch.toml: cannot be read: "));
    std::fs::write(&path, b"a = 1\nb = '\xff'\n").unwrap();
    assert!(judge::load(path.to_str().unwrap()).unwrap_err().to_string().ends_with("nosuch.toml:2: is not UTF-8"));
    std::fs::write(&path, "a = 1\n").unwrap();
    assert!(check::check(&path).unwrap_err().to_string().contains("this is neither a suite nor a contract"));
}

#[test]
fn an_unknown_name_lists_the_built_in_suites() {
    let problems = judge::load("ozapi").unwrap_err().to_string();
    for word in ["escrow-box", "did you mean `oz-api`?", "needs its path, as ./ozapi.toml"] {
        assert!(problems.contains(word), "{problems}");
    }
}

#[test]
fn what_is_doubtful_is_a_warning_and_no_mistake() {
    let (_directory, path) = shop("shop.toml", "${SHOP_KEY}", "written-out");
    let said = check::check(&path).unwrap();
    assert!(said.starts_with("suite shop: 3 operations\nwarning: "), "{said}");
    assert!(said.contains("shop.toml:9: /credentials/key/valid: the credential is written out"), "{said}");
}
