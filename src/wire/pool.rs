//! Kept connections between two exchanges. What comes meanwhile is told of the sequence before, never of the next request.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::io::AsyncReadExt as _;
use tokio::time::{Instant, sleep_until};

use super::head::tokens;
use super::reply::{End, Reader};
use super::roundtrip::{Connection, collect};
use super::sequence::{Hold, Sequence};
use super::tails::{Kind, Tails};
use crate::model::exchange::{Outcome, Reply};

/// What came on a socket is known only once the runtime has turned to it, which a timer waits for.
pub(super) const CLAIM_INTERVAL: Duration = Duration::from_millis(2);

/// Kept connections that nobody uses.
#[derive(Default)]
pub(super) struct Pool {
    idle: Mutex<Vec<Idle>>,
    pub(super) tails: Tails,
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool").field("idle", &self.idle().len()).finish()
    }
}

/// A connection with the sequence of replies that was read on it last.
struct Idle {
    connection: Connection,
    sequence: Arc<Sequence>,
    /// The kind of its last reply.
    kind: Kind,
    linger: Duration,
    /// When the sequence is over if nothing comes.
    quiet_at: Instant,
}

/// What an idle connection shows.
enum Seen {
    Nothing,
    /// It was closed, rightly.
    End,
    /// What no reply announced.
    Bytes(Vec<u8>),
}

impl Idle {
    fn look(&mut self) -> Seen {
        let mut waiting = vec![0; 4 * 1024];
        match self.connection.read.read(&mut waiting).now_or_never() {
            None => Seen::Nothing,
            Some(Ok(count @ 1..)) if !is_farewell(&waiting[..count]) => {
                waiting.truncate(count);
                Seen::Bytes(waiting)
            }
            Some(_) => Seen::End,
        }
    }

    /// Something waits: the rest of it is waited for.
    fn disturbed(self, bytes: Vec<u8>) {
        self.sequence.idle(None);
        gather(self.connection, Hold::on(self.sequence), bytes, self.linger);
    }
}

impl Pool {
    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An open connection on which nothing waits, with its sequence. Where all that are open have served for long, it waits until
    /// one of them has been quiet.
    pub(super) async fn take(&self) -> Option<(Connection, Hold)> {
        loop {
            let quiet_at = match self.try_take() {
                Ok(taken) => return taken,
                Err(quiet_at) => quiet_at,
            };
            sleep_until(quiet_at.max(Instant::now() + CLAIM_INTERVAL)).await;
            self.look(None);
        }
    }

    /// The same; where it is to be waited for one, until when.
    fn try_take(&self) -> Result<Option<(Connection, Hold)>, Instant> {
        let mut all = self.idle();
        while let Some(place) = all.iter().rposition(|idle| !idle.sequence.is_long(idle.linger)) {
            let mut idle = all.remove(place);
            match idle.look() {
                Seen::Nothing => {
                    idle.sequence.idle(None);
                    return Ok(Some((idle.connection, Hold::on(idle.sequence))));
                }
                Seen::End => idle.sequence.quiet(),
                Seen::Bytes(bytes) => idle.disturbed(bytes),
            }
        }
        all.iter().map(|idle| idle.quiet_at).min().map_or(Ok(None), Err)
    }

    /// Keeps a connection whose reply is whole.
    pub(super) fn keep(&self, connection: Connection, hold: Hold, linger: Duration, kind: Kind) {
        let sequence = hold.release();
        let quiet_at = Instant::now() + linger;
        sequence.idle(Some(quiet_at));
        self.idle().push(Idle { connection, sequence, kind, linger, quiet_at });
    }

    /// Ends a sequence after which nothing came; where such a reply had a tail before, that is not believed so soon.
    fn end(&self, idle: &Idle) {
        if self.tails.expects(&idle.kind) { idle.sequence.disturb(&[]) } else { idle.sequence.quiet() }
    }

    /// Ends a sequence, or all of them, if the time has come. Whoever asks has waited for a [`CLAIM_INTERVAL`] at least: only then is it
    /// known what has come.
    pub(super) fn look(&self, sequence: Option<&Arc<Sequence>>) {
        let is_due = |idle: &Idle| {
            sequence.is_none_or(|sequence| Arc::ptr_eq(&idle.sequence, sequence)) && idle.quiet_at <= Instant::now()
        };
        let mut all = self.idle();
        let mut quiet = Vec::new();
        while let Some(place) = all.iter().position(is_due) {
            let mut idle = all.remove(place);
            match idle.look() {
                Seen::Nothing => {
                    self.end(&idle);
                    // What comes later than that is nobody's, and still not the next one's.
                    idle.sequence = Sequence::new();
                    quiet.push(idle);
                }
                Seen::End => idle.sequence.quiet(),
                Seen::Bytes(bytes) => idle.disturbed(bytes),
            }
        }
        all.append(&mut quiet);
    }

    /// Gives up every connection that nobody uses: none serves another request.
    pub(super) fn give_up(&self) {
        let idle = std::mem::take(&mut *self.idle());
        for Idle { connection, sequence, linger, .. } in idle {
            sequence.idle(None);
            watch(connection, Hold::on(sequence), linger);
        }
    }

    /// Closes every connection that nobody uses, at once.
    pub(super) fn close(&self) {
        let idle = std::mem::take(&mut *self.idle());
        for mut idle in idle {
            match idle.look() {
                Seen::Nothing => idle.sequence.disturb(&[]),
                Seen::Bytes(bytes) => idle.sequence.disturb(&bytes),
                Seen::End => idle.sequence.quiet(),
            }
        }
    }
}

/// Waits for what comes on a connection that serves no other request.
pub(super) fn watch(connection: Connection, hold: Hold, linger: Duration) {
    gather(connection, hold, Vec::new(), linger);
}

/// The same, where some of it came already.
pub(super) fn gather(mut connection: Connection, hold: Hold, begun: Vec<u8>, linger: Duration) {
    tokio::spawn(async move {
        let tail = collect(&mut connection, begun, linger).await.bytes;
        if tail.is_empty() || is_farewell(&tail) {
            hold.quiet();
        } else {
            hold.disturb(&tail);
        }
    });
}

/// Whether these bytes are a 408 with which a server takes its leave of an idle connection (RFC 9110, section 15.5.9).
pub(super) fn is_farewell(bytes: &[u8]) -> bool {
    let mut reader = Reader::new("GET", bytes.to_vec());
    reader.advance();
    match reader.end(End::Closed) {
        Outcome::Reply(reply) => closes(&reply) && reply.status == 408,
        Outcome::Silence(_) => false,
    }
}

/// Whether a server says that it closes the connection after this reply.
fn closes(reply: &Reply) -> bool {
    tokens(reply, "connection").iter().any(|token| token.eq_ignore_ascii_case("close"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_408_that_closes_is_a_farewell() {
        assert!(is_farewell(b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n"));
        assert!(is_farewell(
            b"HTTP/1.0 408 Request Time-out\r\nConnection: Close\r\nContent-Type: text/html\r\n\r\n<html>"
        ));
        assert!(!is_farewell(b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"));
        assert!(!is_farewell(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"));
        assert!(!is_farewell(b"}"));
    }
}
