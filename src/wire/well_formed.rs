//! Requests that any HTTP library would write, on connections that serve several of them.
//!
//! What came on such a connection is a probe's own only where nothing came after the replies before it: see
//! [`super::sequence`].

use std::time::Duration;

use tokio::time::Instant;

use super::aftermath::Aftermath;
use super::conduct::{Conduct, Sent};
use super::connection::Way;
use super::head::accepts;
use super::lanes::Lane;
use super::pool;
use super::raw::Raw;
use super::reply::several::replies;
use super::roundtrip::{Behind, Connection, Received, Roundtrip, collect, surplus};
use super::sequence::Hold;
use super::tails::{LINGER, LONGEST, kind};
use crate::model::exchange::{ConnectionUse, Ending, Outcome, Reply, Request, Silence};

impl Raw {
    /// Sends a request that a library would write the same way, over a connection that is open if there is one.
    pub(super) async fn well_formed(
        &self,
        request: &Request,
        headers: &[(String, Vec<u8>)],
        conduct: Conduct<'_>,
        (deadline, lane): (Instant, &mut Lane<'_>),
    ) -> Sent {
        let bytes = self.address.request(request, headers);
        let way = if self.address.is_forwarded(None) { Way::Forwarded } else { Way::Own };
        let mut shares = match conduct {
            // Where such requests are accepted, each has a connection of its own: the answer on it is its own at once.
            Conduct::Pooled { harmless, .. } => {
                request.connection == ConnectionUse::Any && (harmless || !self.pool.tails.accepts())
            }
            Conduct::Alone { .. } => false,
        };
        // A sequence after which something came that is no HTTP, and that.
        let mut doubted: Option<(Hold, Vec<u8>)> = None;
        loop {
            lane.enter().await;
            let open = if shares { self.pool.take().await } else { None };
            let kept = open.is_some();
            let (mut connection, hold) = match open {
                Some(open) => open,
                None => match self.connect(way, deadline).await {
                    Ok(connection) => (connection, Hold::begin()),
                    Err(silence) => return Outcome::Silence(silence).into(),
                },
            };
            let start = Instant::now();
            let roundtrip =
                Roundtrip { connection: &mut connection, deadline, timeout: self.timeout, most: self.most, kept };
            let writes = vec![(Duration::ZERO, bytes.clone())];
            let received = roundtrip.run(&request.method, writes, false, Behind::Nothing).await;
            self.pool.tails.took(start.elapsed());
            let linger = self.pool.tails.linger();
            let done = Done { connection, hold, received, kept, linger, method: &request.method };
            let ended = match conduct {
                Conduct::Alone { place } => return self.alone(done, place, lane).await,
                Conduct::Pooled { harmless, .. } if !harmless && kept && done.is_to_be_sure_of() => {
                    lane.leave();
                    self.pool.tails.accepted();
                    self.accepted(done).await.ok_or(None)
                }
                Conduct::Pooled { place, .. } => self.pooled(done, place, request.connection == ConnectionUse::Any),
            };
            if let Some((hold, bytes)) = doubted.take() {
                // What comes on a connection of its own as well is its own.
                match &ended {
                    Ok(Sent { outcome: Outcome::Silence(Silence::NotHttp(_)), .. }) => hold.quiet(),
                    _ => hold.disturb(&bytes),
                }
            }
            match ended {
                Ok(ended) => return ended,
                // What it met may belong to the probe before.
                Err(doubt) => (shares, doubted) = (false, doubt),
            }
        }
    }

    /// What came on a connection of its own, with what comes after it.
    async fn alone(&self, done: Done<'_>, place: &str, lane: &mut Lane<'_>) -> Sent {
        let mut shift = 0;
        let Done { mut connection, hold, received, method, .. } = done;
        hold.quiet();
        let Received { mut outcome, rest, .. } = received;
        if let Outcome::Reply(reply) = &mut outcome
            && reply.ending == Ending::Complete
        {
            lane.leave();
            let kind = kind(place, method, reply.status);
            let linger = self.pool.tails.long_linger();
            let mut tail = collect(&mut connection, rest, linger).await;
            if tail.bytes.is_empty() && self.pool.tails.expects(&kind) {
                tail = collect(&mut connection, tail.bytes, LONGEST).await;
                tail.after += linger;
            }
            if !tail.bytes.is_empty() && !pool::is_farewell(&tail.bytes) {
                surplus(reply, method, &tail.bytes);
                shift = replies(method, &tail.bytes).0.len();
                self.pool.tails.came(kind, tail.after);
            }
        }
        Sent { shift, ..outcome.into() }
    }

    /// What came on a connection that may serve others; an error where it is not to be told from what came after the reply
    /// before, and the request may be sent again: with the sequence of that, if this decides whether it was disturbed.
    fn pooled(&self, done: Done<'_>, place: &str, may_keep: bool) -> Result<Sent, Option<(Hold, Vec<u8>)>> {
        let Received { outcome, stray, .. } = &done.received;
        if let Outcome::Reply(reply) = outcome {
            done.hold.read(reply.status);
        }
        if *stray || done.kept && matches!(outcome, Outcome::Silence(Silence::NotHttp(_))) {
            if matches!(outcome, Outcome::Silence(_)) {
                return Err(Some((done.hold, done.received.rest)));
            }
            done.hold.disturb(&done.received.rest);
            return Err(None);
        }
        let Done { connection, hold, received, kept, linger, method } = done;
        match received.outcome {
            Outcome::Reply(mut reply) if reply.ending == Ending::Complete => {
                if kept && !received.reusable && reply.status == 408 {
                    // The connection was idle for too long; the request was not looked at.
                    hold.quiet();
                    return Err(None);
                }
                let aftermath = Aftermath::of(&hold, &self.pool);
                if !received.rest.is_empty() {
                    surplus(&mut reply, method, &received.rest);
                    pool::gather(connection, hold, received.rest, linger.max(LINGER * 2));
                } else if received.reusable && may_keep {
                    self.pool.keep(connection, hold, linger, kind(place, method, reply.status));
                } else {
                    pool::watch(connection, hold, linger);
                }
                Ok(Sent { aftermath, ..Outcome::Reply(reply).into() })
            }
            outcome => {
                let aftermath = if kept && was_waited_for(&outcome) { Aftermath::of(&hold, &self.pool) } else { None };
                let mut doubt = None;
                match &outcome {
                    // It may have been closed under us: the others that were idle, too.
                    Outcome::Silence(Silence::Closed(_)) if kept => {
                        self.pool.give_up();
                        if received.began {
                            doubt = Some(hold);
                        } else {
                            hold.quiet();
                        }
                    }
                    Outcome::Reply(Reply { ending: Ending::Truncated(_), .. }) if kept => doubt = Some(hold),
                    Outcome::Reply(Reply { ending: Ending::Oversized(_) | Ending::OversizedHead(_), .. })
                    | Outcome::Silence(Silence::TimedOut(_)) => hold.quiet(),
                    _ if kept => hold.disturb(&[]),
                    _ => hold.quiet(),
                }
                Ok(Sent { aftermath, doubt, ..outcome.into() })
            }
        }
    }

    /// A success or a redirect, on a connection that served others, for a request that may have changed something: it is never
    /// sent again, so that it must be known here and now whether the answer is its own.
    async fn accepted(&self, done: Done<'_>) -> Option<Sent> {
        let Done { mut connection, hold, received, method, .. } = done;
        let Outcome::Reply(mut reply) = received.outcome else { return None };
        let place = hold.read(reply.status);
        if reply.ending != Ending::Complete {
            hold.quiet();
            return Some(Outcome::Reply(reply).into());
        }
        // Its own may be on its way still, if what came is another's.
        let tail = collect(&mut connection, received.rest, LONGEST).await.bytes;
        if received.stray && !accepts(reply.status) {
            // Behind what was passed over, it is its own unless another reply follows.
            let (others, rest) = replies(method, &tail);
            hold.disturb(&tail);
            return match others.into_iter().rfind(|reply| accepts(reply.status)) {
                Some(own) => Some(Outcome::Reply(own).into()),
                None => rest.starts_with(b"HTTP/").then(|| Outcome::Reply(reply).into()),
            };
        }
        if tail.is_empty() || pool::is_farewell(&tail) {
            if received.stray {
                hold.disturb(&[]);
            } else {
                hold.quiet();
            }
            return Some(Outcome::Reply(reply).into());
        }
        let sequence = hold.release();
        sequence.disturb(&tail);
        // Where probes before it have tails that look like replies, its own came as many replies later.
        let shift = sequence.shift(place).await.unwrap_or_default();
        if let Some(own) = shift.checked_sub(1).and_then(|place| replies(method, &tail).0.into_iter().nth(place)) {
            return accepts(own.status).then(|| Outcome::Reply(own).into());
        }
        surplus(&mut reply, method, &tail);
        Some(Outcome::Reply(reply).into())
    }
}

/// An exchange that is over, with what it was had on.
struct Done<'m> {
    connection: Connection,
    hold: Hold,
    received: Received,
    kept: bool,
    linger: Duration,
    method: &'m str,
}

impl Done<'_> {
    /// Whether a reply says that the request was accepted, or came after something after which the right one may come still.
    fn is_to_be_sure_of(&self) -> bool {
        matches!(&self.received.outcome, Outcome::Reply(reply) if self.received.stray || accepts(reply.status))
    }
}

/// Whether something came, and more of it was waited for in vain: it may be the beginning of what is no reply.
fn was_waited_for(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Silence(Silence::Stalled(..)) | Outcome::Reply(Reply { ending: Ending::TimedOut, .. }))
}
