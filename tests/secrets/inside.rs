//! Every place with every form, without a process: what is told and kept of each single reply.

use std::sync::Arc;
use std::time::Duration;

use crate::secrets::decoded::finds;
use crate::secrets::echo::{PLACES, place};
use crate::secrets::everywhere::{SUITE, credentials};
use crate::secrets::forms::{Chance, FORMS};
use errdrift::judge::Settings;
use errdrift::model::exchange::{Defect, Exchange, Flaw, Outcome};
use errdrift::model::masked;
use errdrift::model::quote::Quote;
use errdrift::model::secret::{Environment, Mask, Template};
use errdrift::plan::{Plan, Selection};
use errdrift::report::record;
use errdrift::wire::reply::{End, Reader};
use errdrift::{catalog, judge};

/// What a connection that sends these bytes comes to.
fn came(bytes: &[u8]) -> Outcome {
    let mut reader = Reader::new("GET", bytes.to_vec());
    if !reader.advance() {
        return reader.end(End::Closed);
    }
    let (mut outcome, rest, _) = reader.finish();
    if let Outcome::Reply(reply) = &mut outcome
        && !rest.is_empty()
    {
        reply.defects.push(Defect { kind: Flaw::After, what: Quote::of("bytes: ", &rest) });
    }
    outcome
}

/// A mask as a run has it.
fn mask(values: &[(&str, &str)]) -> Mask {
    let template = |name: &str| Template::parse(&format!("${{{name}}}")).unwrap();
    let environment = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let pair = Template::basic(template("LOGIN"), template("PASSWORD"));
    Mask::new([&template("TOKEN"), &pair], &Environment::new(environment))
}

#[test]
fn nothing_that_is_told_or_kept_of_a_reply_holds_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("s.toml");
    std::fs::write(&file, SUITE).unwrap();
    let api = Arc::new(catalog::load(file.to_str().unwrap()).unwrap());
    let plan = Plan::new(&[api], &Selection::default());
    let probe = plan.probes.iter().find(|probe| probe.id == "s/b/path-ill-typed-id/id").unwrap();
    let mut problems = Vec::new();
    for (set, [token, login, password]) in credentials().iter().enumerate() {
        let mask = mask(&[("TOKEN", token), ("LOGIN", login), ("PASSWORD", password)]);
        let settings = Settings { mask: mask.clone(), ..Settings::default() };
        for number in 0..PLACES * FORMS {
            // Each place and form has its turn with each kind of secret.
            let secret = [token, login, password][(number + set) % 3];
            let (where_, form) = (number / FORMS, number % FORMS);
            let bytes = place(secret, where_, form, &mut Chance(number as u64));
            let exchange = Exchange { outcome: came(&bytes), duration: Duration::ZERO };
            let judgement = judge::judge(probe, &exchange, &[], &settings);
            let kept = match &exchange.outcome {
                Outcome::Reply(reply) => {
                    let shown = masked::reply(&mask, reply);
                    serde_json::to_string(&record::reply(reply, shown.as_ref())).unwrap()
                }
                Outcome::Silence(silence) => masked::silence(&mask, silence).to_string(),
            };
            let (received, _) = match &exchange.outcome {
                Outcome::Reply(reply) => masked::message::received(&mask, &bytes, Some(reply)),
                Outcome::Silence(_) => masked::message::received(&mask, &bytes, None),
            };
            let findings = format!("{:?}", judgement.findings);
            let answer = serde_json::to_string(&judgement.answer).unwrap();
            let evidence = format!("{:?}", judgement.origin.map(|origin| origin.evidence));
            for (what, text) in [
                ("findings", findings.as_bytes()),
                ("answer", answer.as_bytes()),
                ("evidence", evidence.as_bytes()),
                ("kept", kept.as_bytes()),
                ("received", &received),
            ] {
                if let Some(found) = finds(text, std::slice::from_ref(secret)) {
                    problems.push(format!(
                        "place {where_} form {form} {what} {secret}: …{found}…\n{}",
                        String::from_utf8_lossy(text).chars().take(700).collect::<String>()
                    ));
                }
            }
        }
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems[..problems.len().min(25)].join("\n\n"));
}
