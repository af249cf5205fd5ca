//! Runs against a target that echoes, with every output that errdrift has.

use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::thread;

use errdrift::render::format::FORMATS;
use tempfile::TempDir;

use crate::secrets::decoded::finds;
use crate::secrets::echo::{Echo, PLACES};
use crate::secrets::forms::Chance;

pub(crate) const SUITE: &str = r#"
id = "s"
title = "S"
contract = "oz-api"
prefix = "/api"
[credentials.t]
scheme = "token"
header = "X-Api-Key"
valid = { token = "${TOKEN}" }
unknown = { token = "3f1c9d70a5" }
[credentials.b]
scheme = "basic"
valid = { login = "${LOGIN}", password = "${PASSWORD}" }
unknown = { login = "nobody", password = "3f1c9d70a5" }
[[operation]]
id = "a"
method = "GET"
path = "/api/a"
effect = "none"
credential = "t"
[[operation]]
id = "b"
method = "GET"
path = "/api/b/{id}"
effect = "none"
credential = "b"
path_parameters.id = { type = "integer", example = 900000001 }
query.limit = { type = "integer" }
"#;

/// A folder with the suite, and the variables.
pub(crate) struct Bench {
    pub(crate) folder: TempDir,
    variables: Vec<(&'static str, String)>,
}

impl Bench {
    pub(crate) fn new(token: &str, login: &str, password: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("s.toml"), SUITE).unwrap();
        Self { folder, variables: Vec::new() }.with(token, login, password)
    }

    /// The same folder with other variables.
    pub(crate) fn with(self, token: &str, login: &str, password: &str) -> Self {
        let variables =
            vec![("TOKEN", token.to_owned()), ("LOGIN", login.to_owned()), ("PASSWORD", password.to_owned())];
        Self { variables, ..self }
    }

    /// What the command prints, on both streams, and its exit code.
    pub(crate) fn errdrift(&self, arguments: &[&str]) -> (Vec<u8>, i32) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_errdrift"));
        command
            .args(arguments)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .env_remove("COLUMNS")
            .env_remove("NO_COLOR");
        let output = command.envs(self.variables.iter().map(|(name, value)| (*name, value))).output().unwrap();
        let printed = [output.stdout, output.stderr].concat();
        assert!(!String::from_utf8_lossy(&printed).contains("panicked"), "{}", String::from_utf8_lossy(&printed));
        (printed, output.status.code().unwrap())
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.folder.path().join(name)).unwrap_or_default()
    }
}

/// Everything that errdrift writes of the target, by name.
fn outputs(bench: &Bench, target: &str, judged: &str) -> Vec<(String, Vec<u8>)> {
    let reports: Vec<String> = FORMATS.iter().map(|format| format!("{format:?}=r.{format:?}")).collect();
    let mut run = vec!["run", "s.toml", "--target", target, "--jobs", "1", "--timeout", "2s"];
    run.extend(reports.iter().flat_map(|report| ["--report", report.as_str()]));
    let mut outputs = vec![("the console".to_owned(), bench.errdrift(&run).0)];
    let kept = ["run", "s.toml", "--target", judged, "--jobs", "1", "--timeout", "2s", "--quiet"];
    let kept = [&kept[..], &["--save-baseline", "baseline", "--ratchet", "ratchet"]].concat();
    outputs.push(("the run that keeps its answers".to_owned(), bench.errdrift(&kept).0));
    let judge = ["judge", "r.json", "--suite", "s.toml", "--report", "json=judged.json"];
    outputs.push(("judge".to_owned(), bench.errdrift(&judge).0));
    let (waivers, _) = bench.errdrift(&["waive", "r.json"]);
    outputs.push(("waive".to_owned(), waivers));
    let compare = ["compare", "s.toml", "--left", target, "--right", target, "--jobs", "1", "--timeout", "2s"];
    outputs.push(("compare".to_owned(), bench.errdrift(&compare).0));
    for probe in ["s/a/method-invented", "s/b/path-ill-typed-id/id", "s/b/credentials-absent"] {
        let replay = ["replay", "r.json", "--probe", probe, "--target", target, "--suite", "s.toml", "--timeout", "2s"];
        outputs.push((format!("replay {probe}"), bench.errdrift(&replay).0));
    }
    let files = ["baseline", "ratchet", "judged.json"].map(str::to_owned);
    for file in FORMATS.iter().map(|format| format!("r.{format:?}")).chain(files) {
        let text = bench.read(&file);
        assert!(!text.is_empty(), "{file} was not written");
        outputs.push((file, text));
    }
    outputs
}

/// A secret of that many characters at least.
fn drawn(chance: &mut Chance) -> String {
    let letters: Vec<char> = "abcdefXYZ0123456789+/=&'\"<>\\%-_.~!;#?@пяé😀".chars().collect();
    let length = 8 + chance.below(24);
    (0..length).map(|_| letters[chance.below(letters.len())]).collect()
}

/// A token, a login and a password.
pub(crate) fn credentials() -> Vec<[String; 3]> {
    let mut chance = Chance(20_261_126);
    let mut all = vec![
        ["Zq7Xw2Kp9LmN4vRt8YbC", "1005004", "open sesame"].map(str::to_owned),
        ["aB3+dE5/fG7+hI9/jK1=", "l\"o\\g'in", "pa'ss\"wo\\rd-Xq7"].map(str::to_owned),
        ["Qw+er/ty==ui&op'as<df", "пользователь", "пароль-é-😀"].map(str::to_owned),
        ["%41%42&amp;\\u0041-Zq7", "kl4us", "x9!q7"].map(str::to_owned),
    ];
    all.extend((0..2).map(|_| [drawn(&mut chance), drawn(&mut chance), drawn(&mut chance)]));
    all
}

#[test]
fn no_output_holds_a_secret_however_it_is_decoded() {
    let problems = Mutex::new(Vec::new());
    let all: Vec<_> = credentials().into_iter().take(4).enumerate().collect();
    thread::scope(|scope| {
        for half in all.chunks(all.len().div_ceil(2)) {
            let problems = &problems;
            scope.spawn(move || {
                for (number, [token, login, password]) in half {
                    let bench = Bench::new(token, login, password);
                    let pair = format!("{login}:{password}");
                    let secrets = [token, login, password, &pair].map(String::clone);
                    let all = secrets.each_ref().map(String::as_str);
                    let seed = *number as u64 * 104_729;
                    let (echo, judged) = (Echo::of(&all, seed, PLACES), Echo::of(&all, seed, PLACES - 1));
                    let outputs = outputs(&bench, &echo.target, &judged.target);
                    assert!(echo.heads.lock().unwrap().len() > PLACES, "every place has its turn");
                    for (name, text) in outputs {
                        if let Some(found) = finds(&text, &secrets) {
                            problems.lock().unwrap().push(format!("{secrets:?} in {name}: …{found}…"));
                        }
                    }
                }
            });
        }
    });
    let problems = problems.into_inner().unwrap();
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n\n"));
}

/// What stands in a report must be what the masks say it is: the run itself has been told something.
#[test]
fn the_mask_says_which_variable_it_was() {
    let bench = Bench::new("Zq7Xw2Kp9LmN4vRt8YbC", "1005004", "open sesame");
    let echo = Echo::of(&["Zq7Xw2Kp9LmN4vRt8YbC", "1005004", "open sesame"], 1, PLACES);
    let target = echo.target.as_str();
    let (_, code) = bench.errdrift(&["run", "s.toml", "--target", target, "--quiet", "--report", "json=r.json"]);
    assert_eq!(code, 1);
    let report: serde_json::Value = serde_json::from_slice(&bench.read("r.json")).unwrap();
    let replies: Vec<_> = report["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| &result["reply"])
        .filter(|reply| !reply.is_null())
        .collect();
    for name in ["TOKEN", "LOGIN", "PASSWORD"] {
        let masked = |reply: &&&serde_json::Value| {
            reply["masked"] == true && reply.to_string().contains(&format!("${{{name}}}"))
        };
        assert!(replies.iter().any(|reply| masked(&reply)), "{name}");
    }
}
