//! What the target itself says of a path's methods, asked before a method is sent that only the target can rule out.
//!
//! The questions change nothing: OPTIONS, and a method that nobody has registered, whose 405 owes an `Allow` (RFC 9110,
//! sections 9.3.7 and 15.5.6). Each path is asked once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use crate::model::exchange::{Reply, Request};
use crate::plan::{Probe, RuledOut};
use crate::run::unsent::Unsent;

/// Whoever can be asked.
pub(crate) trait Ask {
    /// What the target replies to a harmless request, by which nothing is judged; `None` where it does not.
    fn ask(&self, request: &Request) -> impl Future<Output = Option<Reply>> + Send;
}

/// What the answers to the questions about a path said.
#[derive(Debug, Default)]
struct Answers {
    /// Every `Allow` that they had.
    allow: Vec<String>,
    /// Whether a read without a credential was refused for want of one.
    wants_credential: bool,
}

type Said = Arc<OnceCell<Answers>>;

/// What the target has said so far, by the path that was asked for and whether it was asked without a credential.
#[derive(Debug, Default)]
pub(crate) struct Allowed(Mutex<BTreeMap<(String, bool), Said>>);

impl Allowed {
    /// Why the probe is not sent; `None` where it needs nobody's word, or has it.
    pub(crate) async fn against(&self, probe: &Probe, target: &impl Ask) -> Option<Unsent> {
        let ruled_out = probe.ruled_out.as_ref()?;
        let path = format!("{}{}", probe.api.suite.id, ruled_out.questions[0].target);
        let key = (path, ruled_out.anonymous.is_some());
        let said = Arc::clone(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default());
        let said = said.get_or_init(|| ask(ruled_out, target)).await;
        match said.allow.iter().find_map(|allow| ruled_out.has(allow)) {
            Some(false) => None,
            Some(true) => Some(Unsent::Listed(ruled_out.method.clone())),
            None if said.wants_credential => None,
            None => Some(Unsent::NotRuledOut(ruled_out.method.clone())),
        }
    }
}

async fn ask(ruled_out: &RuledOut, target: &impl Ask) -> Answers {
    let mut answers = Answers::default();
    for question in ruled_out.questions.iter().chain(&ruled_out.anonymous) {
        let Some(reply) = target.ask(question).await else { continue };
        // A success to a method that nobody has is no word on methods, and an error to OPTIONS may be a gateway's.
        let tells = match question.method.as_str() {
            "OPTIONS" => reply.status < 300,
            "GET" => {
                answers.wants_credential = (400..=403).contains(&reply.status);
                false
            }
            _ => reply.status == 405,
        };
        if tells {
            let values: Vec<_> = reply.all("allow").map(|value| String::from_utf8_lossy(value).into_owned()).collect();
            if !values.is_empty() {
                answers.allow.push(values.join(","));
            }
        }
    }
    answers
}
