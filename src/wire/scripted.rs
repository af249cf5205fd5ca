//! Requests that no HTTP library would write: their bytes, each on a connection of its own.

use tokio::time::Instant;

use super::connection::Way;
use super::raw::Raw;
use super::roundtrip::{Behind, Received, Roundtrip, surplus};
use crate::model::exchange::{Outcome, Request, Script, Silence, Transport};
use crate::model::secret::Environment;

impl Raw {
    /// Sends the bytes of a script; its secrets come from the environment.
    pub(super) async fn scripted(
        &self,
        request: &Request,
        script: &Script,
        environment: &Environment,
        deadline: Instant,
    ) -> Outcome {
        let writes = match self.address.script(script, |template| template.resolve(environment)) {
            Ok(writes) => writes,
            Err(name) => return Outcome::Silence(Silence::Unreachable(format!("${{{name}}} is not set"))),
        };
        let way = match script.transport {
            Transport::ClearToTls => Way::Clear,
            _ if self.address.is_forwarded(Some(script)) => Way::Forwarded,
            _ => Way::Own,
        };
        let mut connection = match self.connect(way, deadline).await {
            Ok(connection) => connection,
            Err(silence) => return Outcome::Silence(silence),
        };
        let (behind, kept) = (Behind::of(script), false);
        let roundtrip =
            Roundtrip { connection: &mut connection, deadline, timeout: self.timeout, most: self.most, kept };
        let Received { mut outcome, rest, .. } =
            roundtrip.run(&request.method, writes, script.half_close, behind).await;
        if let Outcome::Reply(reply) = &mut outcome
            && !rest.is_empty()
        {
            surplus(reply, &request.method, &rest);
        }
        outcome
    }
}
