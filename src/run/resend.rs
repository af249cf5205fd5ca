//! Probes of a run that is over, sent once more: to see whether an answer stays the same, or what it looks like.
//!
//! It sends and judges one probe at a time. What its answers mean is said elsewhere.

use super::brake::outcome::may_change;
use super::brake::{Brake, catch_all};
use super::control::Controls;
use super::settings::Settings;
use super::shared::Shared;
use super::{control, engine};
use crate::model::answer::Answer;
use crate::model::secret::Environment;
use crate::model::verdict::Verdict;
use crate::plan::{Plan, Probe};
use crate::report::record::Recorder;
use crate::wire::sender::Sender;
use crate::wire::settings::Settings as Wire;
use crate::wire::tap::Tap;

/// A target to which probes are sent once more.
pub(crate) struct Resender {
    pub(crate) shared: Shared,
}

impl Resender {
    /// Makes itself ready, and asks the target what it says of a path outside its APIs, as a run does. `accepted` requests
    /// may have changed it already: they count.
    ///
    /// # Errors
    /// A file of certificates that cannot be read, or a proxy URL that is not valid.
    pub(crate) async fn new(
        plan: &Plan,
        wire: &Wire,
        environment: Environment,
        settings: Settings,
        tap: Option<Tap>,
        accepted: usize,
    ) -> Result<Self, String> {
        let sender = Sender::new(wire)?;
        let sender = match tap {
            Some(tap) => sender.tapped(tap),
            None => sender,
        };
        let mut settings = settings;
        settings.judge.mask = engine::mask(plan, &environment);
        let recorder = Recorder {
            target: wire.target.as_str().to_owned(),
            insecure: wire.insecure,
            mask: settings.judge.mask.clone(),
            records_all: false,
        };
        let mut shared = Shared::new(sender, environment, recorder, settings);
        shared.brake = Brake::new(accepted);
        // One after the other, they need no more than one connection.
        shared.sender.alone(true);
        shared.settings.judge.outside = control::outside(plan, &Controls::default(), &shared).await;
        Ok(Self { shared })
    }

    /// Why the probe may not be sent: it may change something, and the target is not known to be the API.
    pub(crate) async fn against(&self, plan: &Plan, probe: &Probe) -> Option<String> {
        if !may_change(probe) {
            return None;
        }
        let mut controls = Controls::send(plan, &self.shared).await;
        catch_all::rule_out(plan, &mut controls, &self.shared).await;
        controls.against(probe).cloned()
    }

    /// What the probe is answered with now, `Some(None)` in a silence; `None` where it says nothing of the target.
    pub(crate) async fn answer(&self, probe: &Probe) -> Option<Option<Answer>> {
        let result = self.shared.once(probe).await.ok()?;
        (!matches!(result.verdict, Verdict::Inconclusive | Verdict::Error)).then_some(result.answer)
    }
}
