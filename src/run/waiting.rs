//! A target that is only just started: it is asked until it answers, for as long as the run is told to wait.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::shared::Shared;
use crate::model::exchange::{Outcome, Reply};
use crate::plan::Plan;

/// The pause between two requests.
const PAUSE: Duration = Duration::from_millis(500);

/// Asks for a suite's prefix, without a credential, until something answers that is no gateway's word for a service that is not
/// there. Once the wait is over the controls say what is wrong.
pub(crate) async fn until_it_answers(plan: &Plan, shared: &Shared) {
    let Some(probe) = plan.probes.first() else { return };
    let end = Instant::now() + shared.settings.wait;
    let (request, headers) = shared.question(&probe.api, &probe.api.suite.prefix);
    while Instant::now() < end && shared.stopped().is_none() {
        let asked = shared.sender.send(&request, &headers, &shared.environment);
        let came = timeout(end.saturating_duration_since(Instant::now()), asked).await;
        let answers = |reply: &Reply| !matches!(reply.status, 502..=504);
        if came.is_ok_and(|came| matches!(&came.outcome, Outcome::Reply(reply) if answers(reply))) {
            return;
        }
        sleep(PAUSE.min(end.saturating_duration_since(Instant::now()))).await;
    }
}
