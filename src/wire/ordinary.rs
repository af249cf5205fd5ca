//! Requests that any HTTP library would write, on connections that serve several of them.
//!
//! What came on such a connection is a probe's own only where nothing came after the replies before it: see
//! [`super::sequence`].

use std::time::Duration;

use tokio::time::Instant;

use super::lanes::Lane;
use super::pool;
use super::raw::Raw;
use super::reply::Reader;
use super::roundtrip::{Behind, Connection, Received, Roundtrip, Writes, collect, surplus};
use super::sequence::{Aftermath, Hold, LINGER, LONGEST};
use super::tails::Tails;
use crate::exchange::{Ending, Outcome, Over, Reply, Request, Silence};

/// How a request shares connections with others.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Conduct<'a> {
    /// On a kept connection if there is one.
    Pooled {
        /// Whether it can change nothing, so that it may be sent again whatever came.
        harmless: bool,
    },
    /// On one of its own, which lingers after the finished reply.
    Alone {
        /// Whose probe it is: what is late once is late again.
        place: &'a str,
    },
}

impl Raw {
    /// Sends a request that a library would write the same way, over a connection that is open if there is one.
    pub(super) async fn well_formed(
        &self,
        request: &Request,
        bytes: &[u8],
        conduct: Conduct<'_>,
        (deadline, lane): (Instant, &mut Lane<'_>),
    ) -> (Outcome, Option<Aftermath>) {
        let mut shares = matches!(conduct, Conduct::Pooled { .. }) && request.over == Over::Any;
        loop {
            lane.enter().await;
            let open = if shares { self.pool.take().await } else { None };
            let kept = open.is_some();
            let (mut connection, hold) = match open {
                Some(open) => open,
                None => match self.connect(false, deadline).await {
                    Ok(connection) => (connection, Hold::begin()),
                    Err(silence) => return (Outcome::Silence(silence), None),
                },
            };
            let start = Instant::now();
            let roundtrip = Roundtrip { connection: &mut connection, deadline, timeout: self.timeout, kept };
            let writes: Writes = vec![(Duration::ZERO, bytes.to_vec())];
            let received = roundtrip.run(&request.method, writes, false, Behind::Nothing).await;
            let linger = start.elapsed().clamp(LINGER, LONGEST);
            let done = Done { connection, hold, received, kept, linger, method: &request.method };
            let ended = match conduct {
                Conduct::Alone { place } => return (self.alone(done, place, lane).await, None),
                Conduct::Pooled { harmless } => {
                    self.pooled(done, harmless, request.over == Over::Any, lane).await
                }
            };
            match ended {
                Some(ended) => return ended,
                // What it met belongs to the probe before.
                None => shares = false,
            }
        }
    }

    /// What came on a connection of its own, with what comes after it.
    async fn alone(&self, done: Done<'_>, place: &str, lane: &mut Lane<'_>) -> Outcome {
        let Done { mut connection, hold, received, linger, method, .. } = done;
        hold.quiet();
        let Received { mut outcome, rest, .. } = received;
        if let Outcome::Reply(reply) = &mut outcome
            && reply.ending == Ending::Complete
        {
            lane.leave();
            let kind = Tails::kind(place, method, reply.status);
            let linger = linger.max(self.tails.linger());
            let mut tail = collect(&mut connection, rest, linger).await;
            if tail.bytes.is_empty() && self.tails.expects(&kind) {
                tail = collect(&mut connection, tail.bytes, LONGEST).await;
                tail.after += linger;
            }
            if !tail.bytes.is_empty() && !pool::is_farewell(&tail.bytes) {
                surplus(reply, method, &tail.bytes);
                self.tails.came(kind, tail.after);
            }
        }
        outcome
    }

    /// What came on a connection that may serve others; `None` where it is not to be told from what came after the reply
    /// before, and the request may be sent again.
    async fn pooled(
        &self,
        done: Done<'_>,
        harmless: bool,
        may_keep: bool,
        lane: &mut Lane<'_>,
    ) -> Option<(Outcome, Option<Aftermath>)> {
        let Received { outcome, stray, .. } = &done.received;
        let accepted = matches!(outcome, Outcome::Reply(reply) if !harmless && reply.status < 400);
        if accepted {
            lane.leave();
            return self.accepted(done).await;
        }
        if *stray || done.kept && matches!(outcome, Outcome::Silence(Silence::NotHttp(_))) {
            done.hold.disturb();
            return None;
        }
        let Done { connection, hold, received, kept, linger, method } = done;
        match received.outcome {
            Outcome::Reply(mut reply) if reply.ending == Ending::Complete => {
                if kept && !received.reusable && reply.status == 408 {
                    // The connection was idle for too long; the request was not looked at.
                    hold.quiet();
                    return None;
                }
                let aftermath = hold.aftermath(&self.pool);
                if !received.rest.is_empty() {
                    hold.disturb();
                    surplus(&mut reply, method, &received.rest);
                } else if received.reusable && may_keep {
                    self.pool.keep(connection, hold, linger);
                } else {
                    pool::watch(connection, hold, linger);
                }
                Some((Outcome::Reply(reply), aftermath))
            }
            outcome => {
                // It may have been closed under us: the others that were idle, too.
                if kept && matches!(outcome, Outcome::Silence(Silence::Closed(_))) {
                    self.pool.clear();
                }
                let waits = matches!(
                    outcome,
                    Outcome::Silence(Silence::Stalled(..)) | Outcome::Reply(Reply { ending: Ending::TimedOut, .. })
                );
                let aftermath = if kept && waits { hold.aftermath(&self.pool) } else { None };
                let oversized = matches!(
                    outcome,
                    Outcome::Reply(Reply { ending: Ending::Oversized(_) | Ending::OversizedHead(_), .. })
                );
                if !kept || oversized || !received.began {
                    hold.quiet();
                } else {
                    hold.disturb();
                }
                Some((outcome, aftermath))
            }
        }
    }

    /// A success or a redirect for a request that may have changed something: it is never sent again, so that it must be known
    /// here and now whether the answer is its own.
    async fn accepted(&self, done: Done<'_>) -> Option<(Outcome, Option<Aftermath>)> {
        let Done { mut connection, hold, received, kept, linger, method } = done;
        let Outcome::Reply(mut reply) = received.outcome else { return None };
        if reply.ending != Ending::Complete {
            hold.quiet();
            return Some((Outcome::Reply(reply), None));
        }
        let tail = collect(&mut connection, received.rest, linger).await.bytes;
        if tail.is_empty() || pool::is_farewell(&tail) {
            if received.stray { hold.disturb() } else { hold.quiet() }
            return Some((Outcome::Reply(reply), None));
        }
        let sequence = hold.release();
        sequence.disturb();
        // Where a probe before it has a tail that looks like a reply, its own is the last that came.
        if kept && sequence.tailed(self.timeout * 2).await > 0
            && let Some(own) = last_reply(method, &tail)
        {
            return (own.status < 400).then_some((Outcome::Reply(own), None));
        }
        surplus(&mut reply, method, &tail);
        Some((Outcome::Reply(reply), None))
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

/// The last whole reply of some bytes.
fn last_reply(method: &str, bytes: &[u8]) -> Option<Reply> {
    let (mut rest, mut last) = (bytes.to_vec(), None);
    loop {
        let mut reader = Reader::new(method, rest);
        reader.pass_over();
        if !reader.advance() {
            return last;
        }
        let (outcome, behind, _) = reader.finish();
        let Outcome::Reply(reply) = outcome else { return last };
        (rest, last) = (behind, Some(reply));
    }
}
