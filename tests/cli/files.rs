//! Files that are no files, too large ones, and outputs that would overwrite an input: told before anything is sent.

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::support::{Ran, against, deployment, errdrift};
use errdrift::reference::Api;

/// A folder with a suite of its own, its contract and its body schema.
fn suite() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (from, to) in [
        ("suites/oz-api.toml", "suite.toml"),
        ("schemas/oz-api.contract.toml", "contract.toml"),
        ("schemas/oz-api.body.schema.json", "oz-api.body.schema.json"),
    ] {
        let text = fs::read_to_string(from).unwrap();
        let text = text.replace("contract = \"oz-api\"", "contract = \"./contract.toml\"");
        fs::write(folder.path().join(to), text).unwrap();
    }
    folder
}

fn within(folder: &Path, arguments: &[&str]) -> Ran {
    let mut command = errdrift(arguments);
    command.current_dir(folder).env("OZ_TOKEN", "a-token-of-a-test");
    Ran::of(&command.output().unwrap())
}

#[test]
fn no_output_overwrites_what_a_run_reads_or_writes_elsewhere() {
    let folder = suite();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("file"), "as it was").unwrap();
    fs::create_dir(at("d")).unwrap();
    symlink("../suite.toml", at("d/link")).unwrap();
    fs::hard_link(at("contract.toml"), at("hard")).unwrap();
    let before = |name: &str| fs::read(at(name)).unwrap();
    let files = ["suite.toml", "contract.toml", "oz-api.body.schema.json", "file"];
    let untouched: Vec<_> = files.iter().map(|name| before(name)).collect();
    for (arguments, roles) in [
        (&["--report", "json=suite.toml"][..], ["the report suite.toml", "the suite ./suite.toml"]),
        (&["--report", "json=d/link"], ["the report d/link", "the suite ./suite.toml"]),
        (&["--save-baseline", "hard"], ["the new baseline hard", "the contract ./contract.toml"]),
        (&["--report", "html=d/../oz-api.body.schema.json"], ["the report d/", "the body schema ./oz-api.body"]),
        (&["--ratchet", "suite.toml"], ["the ratchet suite.toml", "the suite ./suite.toml"]),
        (&["--waivers", "file", "--report", "json=./file"], ["the report ./file", "the waivers file"]),
        (&["--baseline", "file", "--report", "json=file"], ["the report file", "the baseline file"]),
        (&["--baseline", "file", "--save-baseline", "./file"], ["the new baseline ./file", "the baseline file"]),
        (&["--ca", "file", "--report", "json=file"], ["the report file", "the certificates file"]),
        (&["--ratchet", "file", "--report", "json=file"], ["the report file", "the ratchet file"]),
        (&["--report", "json=new", "--report", "junit=./new"], ["the report ./new", "the report new"]),
        (&["--report", "json=new", "--save-baseline", "d/../new"], ["the report new", "the new baseline d/../new"]),
    ] {
        let run = ["run", "./suite.toml", "--target", "http://127.0.0.1:1", "--quiet"];
        let ran = within(folder.path(), &[&run[..], arguments].concat()).exits(2).says("nothing was sent");
        for role in roles {
            assert!(ran.stderr.contains(role), "{arguments:?}: no `{role}` in {}", ran.stderr);
        }
        assert_eq!(ran.stdout, "");
    }
    assert_eq!(files.iter().map(|name| before(name)).collect::<Vec<_>>(), untouched);
    assert!(!at("new").exists());
}

#[test]
fn a_report_goes_to_standard_output_once_by_whatever_name() {
    let running = deployment(Api::OzApi, None);
    let few = ["--operation", "version", "--quiet"];
    for other in ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"] {
        let junit = format!("junit={other}");
        let both = [&few[..], &["--report", "json=-", "--report", &junit]].concat();
        Ran::of(&against(&running, Api::OzApi, &both).output().unwrap()).exits(2).says("standard output");
        let json = format!("json={other}");
        let one = [&few[..], &["--report", &json]].concat();
        let ran = Ran::of(&against(&running, Api::OzApi, &one).output().unwrap()).exits(0);
        serde_json::from_str::<serde_json::Value>(&ran.stdout).unwrap();
    }
    // Standard output is a file as any other.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out");
    let json = format!("json={}", path.display());
    let mut command = against(&running, Api::OzApi, &[&few[..], &["--report", &json]].concat());
    let output = command.stdout(File::create(&path).unwrap()).output().unwrap();
    Ran::of(&output).exits(2).says("would overwrite standard output");
}

#[test]
fn special_files_are_refused_by_name_and_never_waited_for() {
    let folder = suite();
    let at = |name: &str| folder.path().join(name);
    assert!(Command::new("mkfifo").arg(at("fifo.toml")).status().unwrap().success());
    let _socket = UnixListener::bind(at("socket.toml")).unwrap();
    symlink("/dev/zero", at("zero.toml")).unwrap();
    fs::create_dir(at("folder.toml")).unwrap();
    File::create(at("big.toml")).unwrap().set_len(1 << 30).unwrap();
    let text = fs::read_to_string(at("suite.toml")).unwrap();
    let contract = fs::read_to_string(at("contract.toml")).unwrap();
    let run = |name: &str, more: &[&str]| {
        let run = ["run", name, "--target", "http://127.0.0.1:1", "--quiet", "--operation", "version"];
        within(folder.path(), &[&run[..], more].concat())
    };
    for (file, words) in [
        ("fifo.toml", "is a FIFO, not a regular file"),
        ("socket.toml", "is a socket, not a regular file"),
        ("zero.toml", "is a device, not a regular file"),
        ("folder.toml", "is a directory, not a regular file"),
        ("big.toml", "64 MiB"),
    ] {
        within(folder.path(), &["check", file]).exits(2).says(file).says(words);
        within(folder.path(), &["check", "--mutate", file]).exits(2).says(words);
        within(folder.path(), &["list", file]).exits(2).says(words);
        run(file, &[]).exits(2).says(words);
        for option in ["--waivers", "--baseline", "--ratchet", "--ca"] {
            run("oz-api", &[option, file]).exits(2).says(file).says(words);
        }
        fs::write(at("of.toml"), text.replace("./contract.toml", &format!("./{file}"))).unwrap();
        run("./of.toml", &[]).exits(2).says(words);
        fs::write(at("body.contract.toml"), contract.replace("oz-api.body.schema.json", file)).unwrap();
        within(folder.path(), &["check", "body.contract.toml"]).exits(2).says(words);
        if file != "big.toml" {
            for command in [&["waive", file][..], &["diff", file, file], &["judge", file]] {
                within(folder.path(), command).exits(2).says(file).says(words);
            }
        }
    }
    within(folder.path(), &["waive", "big.toml"]).exits(2).says("is no report in JSON").says("line 1 column 1");
    for option in [&["--report", "json=fifo.toml"][..], &["--save-baseline", "fifo.toml"]] {
        run("oz-api", option).exits(2).says("is a FIFO").says("nothing was sent");
    }
}

#[test]
fn a_report_is_read_from_a_pipe_by_whatever_name() {
    let running = deployment(Api::OzApi, None);
    let few = ["--operation", "version", "--quiet", "--report", "json=-"];
    let report = Ran::of(&against(&running, Api::OzApi, &few).output().unwrap()).exits(0).stdout;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    fs::write(&path, report).unwrap();
    for name in ["-", "/dev/stdin", "/dev/fd/0"] {
        let mut cat = Command::new("cat").arg(&path).stdout(Stdio::piped()).spawn().unwrap();
        let mut command = errdrift(&["waive", name]);
        let ran = Ran::of(&command.stdin(cat.stdout.take().unwrap()).output().unwrap());
        ran.exits(0).says("nothing in this report needs a waiver");
        cat.wait().unwrap();
    }
}

#[test]
fn what_cannot_be_written_is_told_before_anything_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("kept"), "as it was").unwrap();
    fs::set_permissions(folder.path().join("kept"), fs::Permissions::from_mode(0o444)).unwrap();
    for (path, words) in [
        ("none/file", "its directory does not exist"),
        (".", "is a directory"),
        ("kept", "is write-protected"),
        ("/dev/random", "is a device, not a regular file"),
        ("/proc/none", "/proc/none"),
    ] {
        let report = format!("json={path}");
        for option in [["--report", &report], ["--save-baseline", path]] {
            let run = ["run", "oz-api", "--target", "http://127.0.0.1:1", "--quiet"];
            within(folder.path(), &[&run[..], &option].concat()).exits(2).says(words).says("nothing was sent");
        }
    }
}

#[test]
fn no_control_character_of_a_file_reaches_the_terminal() {
    let folder = suite();
    let at = |name: &str| folder.path().join(name);
    let hostile = "\u{9b}2J\u{202e}\u{200b}\u{7f}";
    fs::write(at("ratchet"), format!("x {hostile}\n")).unwrap();
    fs::write(at("escape"), "1 \u{1b}]0;owned\u{7}\n").unwrap();
    fs::write(at("key.toml"), format!("\"{hostile}\\u001b[2J\\n::error::x\" = 1\n[[waiver]]\n")).unwrap();
    let body = fs::read_to_string(at("oz-api.body.schema.json")).unwrap();
    let required = format!("\"required\": [\"{hostile}\\u001b\\n##[error]\", ");
    fs::write(at("oz-api.body.schema.json"), body.replacen("\"required\": [", &required, 1)).unwrap();
    let named = format!("{hostile}\u{1b}[2J\n::error::.toml");
    fs::write(at(&named), "x = 1\n").unwrap();
    let run = |file| ["run", "oz-api", "--target", "http://127.0.0.1:1", "--quiet", "--ratchet", file];
    for arguments in [
        &run("ratchet")[..],
        &run("escape"),
        &["check", "key.toml"],
        &["check", "contract.toml"],
        &["check", &named],
        &["list", &named],
        &["waive", &named],
        &["explain", &named],
        &[&named],
    ] {
        let ran = within(folder.path(), arguments).exits(2);
        let out = ran.stdout + &ran.stderr;
        let shown = |c: char| (c.is_control() && c != '\n') || ['\u{202e}', '\u{200b}'].contains(&c);
        assert!(!out.contains(shown), "{arguments:?}: {out:?}");
        assert!(!out.lines().any(|line| line.starts_with("::")) && !out.contains("##["), "{arguments:?}: {out}");
    }
}

#[test]
fn schemas_and_documents_that_explode_are_told_at_once() {
    let folder = suite();
    let at = |name: &str| folder.path().join(name);
    let body = fs::read_to_string(at("oz-api.body.schema.json")).unwrap();
    let begin = |more: &str| body.replacen('{', &format!("{{ {more},"), 1);
    let twice = |n: usize| {
        format!("\"d{n}\": {{\"allOf\": [{{\"$ref\": \"#/$defs/d{0}\"}}, {{\"$ref\": \"#/$defs/d{0}\"}}]}}", n + 1)
    };
    let parts: Vec<_> = (0..30).map(twice).collect();
    let doubling = format!("\"$ref\": \"#/$defs/d0\", \"$defs\": {{{}, \"d30\": {{}}}}", parts.join(", "));
    for (more, words) in [
        (doubling.as_str(), "/$defs/d"),
        ("\"$ref\": \"#\"", "/$ref: leads back"),
        ("\"allOf\": [{\"$ref\": \"#\"}]", "/allOf/0/$ref: leads back"),
    ] {
        fs::write(at("oz-api.body.schema.json"), begin(more)).unwrap();
        within(folder.path(), &["check", "contract.toml"]).exits(2).says("oz-api.body.schema.json").says(words);
        within(folder.path(), &["run", "./suite.toml", "--target", "http://127.0.0.1:1"]).exits(2).says(words);
    }
    for (name, text) in [
        ("deep.json", "{\"a\":".repeat(100_000)),
        ("array.toml", format!("a = {}", "[".repeat(100_000))),
        ("table.toml", format!("a = {}", "{a = ".repeat(100_000))),
        ("dots.toml", format!("{}a = 1", "a.".repeat(100_000))),
        ("head.toml", format!("[{}a]", "a.".repeat(100_000))),
    ] {
        fs::write(at(name), text).unwrap();
        within(folder.path(), &["check", name]).exits(2).says("recur");
    }
    let suite = fs::read_to_string(at("suite.toml")).unwrap();
    let pattern = "production = ['(a{1000}){1000}']\n";
    let kept: String =
        suite.lines().filter(|line| !line.starts_with("production")).map(|line| format!("{line}\n")).collect();
    fs::write(at("pattern.toml"), format!("{pattern}{kept}")).unwrap();
    within(folder.path(), &["check", "pattern.toml"]).exits(2).says("/production/0").says("size limit");
}
