//! Who ends a run before its plan is worked off: Ctrl-C, SIGTERM, and SIGHUP where the terminal is lost.
//!
//! The first one ends the run, which still writes its reports; a second Ctrl-C or SIGTERM ends the process at once. It knows
//! nothing of what a run is.

use std::future::pending;
use std::sync::OnceLock;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::model::verdict::exit;

/// Signals that come so soon after the first are the same one: a terminal and a shell both send SIGHUP, `timeout` sends
/// SIGTERM to the process and to its group.
const SAME_SIGNAL_WINDOW: Duration = Duration::from_millis(300);

type Ended = watch::Receiver<Option<&'static str>>;

/// Listens from now on, where nobody does yet: until the end of the process a signal is no sudden death.
pub(crate) fn listen() {
    let _ = listening();
}

/// Waits until somebody ends the run, and says what by. What came since [`listen`] counts.
pub(crate) async fn ended() -> String {
    let Some(mut ended) = listening().cloned() else { return pending().await };
    match ended.wait_for(Option::is_some).await.map(|by| *by) {
        Ok(Some(by)) => by.to_owned(),
        _ => pending().await,
    }
}

/// Does some work unless somebody ends it: what came of it, or by whom it was ended.
pub(crate) async fn unless_ended<T: Default>(
    stop: &mut (impl Future<Output = String> + Unpin),
    work: impl Future<Output = T>,
) -> (T, Option<String>) {
    tokio::select! {
        biased;
        by = stop => (T::default(), Some(by)),
        done = work => (done, None),
    }
}

/// The one listener of the process; none where the system gives no such handler, so that signals end it as they always did.
fn listening() -> Option<&'static Ended> {
    static LISTENING: OnceLock<Option<Ended>> = OnceLock::new();
    let _ = LISTENING.get_or_init(|| {
        let (sender, receiver) = watch::channel(None);
        let (begun, begins) = sync_channel(1);
        // A thread of its own: it hears a second signal even where the run waits for its own output.
        thread::Builder::new().name("signals".to_owned()).spawn(move || hear(&sender, &begun)).ok()?;
        begins.recv().ok()?;
        Some(receiver)
    });
    LISTENING.get()?.as_ref()
}

/// Hears signals until the end of the process.
fn hear(sender: &watch::Sender<Option<&'static str>>, begun: &SyncSender<()>) {
    // A runtime panics where it finds no room for its sockets.
    if crate::wire::has_room().is_err() {
        return;
    }
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_io().build() else { return };
    runtime.block_on(async {
        let Some(mut signals) = Signals::new() else { return };
        let _ = begun.send(());
        let mut first = None;
        loop {
            let (name, is_urgent) = signals.next().await;
            match first {
                None => {
                    first = Some(Instant::now());
                    sender.send_replace(Some(name));
                }
                Some(at) if is_urgent && at.elapsed() > SAME_SIGNAL_WINDOW => at_once(),
                Some(_) => {}
            }
        }
    });
}

/// Ends the process as it stands: whoever asks twice does not want to wait for reports.
#[expect(clippy::exit, reason = "nothing else ends a process that waits for something")]
fn at_once() {
    std::process::exit(i32::from(exit::NOT_JUDGED));
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    /// Missing where it is ignored.
    hang_up: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    fn new() -> Option<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Some(Self {
            interrupt: signal(SignalKind::interrupt()).ok()?,
            terminate: signal(SignalKind::terminate()).ok()?,
            hang_up: if is_hang_up_heard() { signal(SignalKind::hangup()).ok() } else { None },
        })
    }

    /// The next signal, and whether it is urgent where it is not the first.
    async fn next(&mut self) -> (&'static str, bool) {
        let hang_up = async {
            let heard = match &mut self.hang_up {
                Some(signal) => signal.recv().await,
                None => None,
            };
            if heard.is_none() {
                pending::<()>().await;
            }
        };
        tokio::select! {
            Some(()) = self.interrupt.recv() => ("SIGINT (Ctrl-C)", true),
            Some(()) = self.terminate.recv() => ("SIGTERM", true),
            () = hang_up => ("SIGHUP (the terminal is gone)", false),
            else => pending().await,
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> Option<Self> {
        Some(Self)
    }

    async fn next(&mut self) -> (&'static str, bool) {
        if tokio::signal::ctrl_c().await.is_err() {
            pending::<()>().await;
        }
        ("Ctrl-C", true)
    }
}

/// Whether SIGHUP is to end a run: not where it was ignored at the start, as under `nohup`, which a handler would undo.
/// Only Linux says so without unsafe code; elsewhere SIGHUP does what it always did.
#[cfg(unix)]
fn is_hang_up_heard() -> bool {
    std::fs::read_to_string("/proc/self/status").ok().and_then(|status| is_ignored(&status)) == Some(false)
}

/// Whether a process of this status ignores SIGHUP, which is the lowest bit of the mask.
#[cfg(unix)]
fn is_ignored(status: &str) -> Option<bool> {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"))?;
    Some(u64::from_str_radix(mask.trim(), 16).ok()? & 1 == 1)
}

#[cfg(all(test, unix))]
mod tests {
    use std::future::ready;

    use super::*;

    #[test]
    fn whether_sighup_is_ignored_is_read_from_the_status() {
        for (status, ignored) in [
            ("Name:\tx\nSigIgn:\t0000000000001001\nSigCgt:\t0\n", Some(true)),
            ("SigIgn:\t0000000000001000\n", Some(false)),
            ("SigIgn:\tx\n", None),
            ("", None),
        ] {
            assert_eq!(is_ignored(status), ignored, "{status}");
        }
    }

    #[tokio::test]
    async fn work_that_is_ended_comes_to_nothing() {
        let mut never = Box::pin(pending());
        assert_eq!(unless_ended(&mut never, ready(3)).await, (3, None));
        let mut now = Box::pin(ready("SIGTERM".to_owned()));
        assert_eq!(unless_ended(&mut now, pending::<u8>()).await, (0, Some("SIGTERM".to_owned())));
    }
}
