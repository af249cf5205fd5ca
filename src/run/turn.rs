//! Sessions from their plans to their closings: one, or several one after the other.

use super::error::Error;
use super::event::Event;
use super::prepared::Prepared;
#[cfg(feature = "cli")]
use super::progress::Bar;
use super::progress::Live;
use super::session::Session;
use super::signal;
use crate::report::{Closing, Opening, ProbeResult};

impl Session {
    /// Runs, and hands back what is known at both ends.
    ///
    /// # Errors
    /// What makes no sense, before anything is sent; [`Error::Report`] when a report could not be written.
    pub fn run(mut self) -> Result<(Opening, Closing), Error> {
        let live = std::mem::replace(&mut self.live, Live::Nothing);
        signal::listen();
        self.prepare()?.shown(live, &mut |_| {})
    }
}

impl Prepared {
    /// Runs, and shows what happens.
    #[cfg_attr(
        not(feature = "harness"),
        expect(clippy::needless_pass_by_value, reason = "the arguments of the harness are in it")
    )]
    fn shown(self, live: Live, watch: &mut (dyn FnMut(&ProbeResult) + Send)) -> Result<(Opening, Closing), Error> {
        let mut result = |event: &Event| {
            if let Event::Result(result) = event {
                watch(result);
            }
        };
        match live {
            #[cfg(feature = "harness")]
            Live::Lines(arguments) => self.in_lines(&arguments, &mut result),
            #[cfg(feature = "cli")]
            Live::Bar => {
                let bar = Bar::new(self.plan.probes.len());
                self.run(signal::ended(), &mut |event| {
                    bar.show(event);
                    result(event);
                })
            }
            _ => self.run(signal::ended(), &mut result),
        }
    }
}

/// Runs the sessions in their order; `watch` gets every result with the place of its session. After one that somebody ended,
/// none is begun.
///
/// # Errors
/// As [`Session::run`]; what makes no sense of any session is found out before anything is sent.
pub(crate) fn in_turn(
    sessions: Vec<Session>,
    mut watch: impl FnMut(usize, &ProbeResult) + Send,
) -> Result<Vec<(Opening, Closing)>, Error> {
    signal::listen();
    let prepare = |mut session: Session| {
        let live = std::mem::replace(&mut session.live, Live::Nothing);
        Ok((live, session.prepare()?))
    };
    let prepared = sessions.into_iter().map(prepare).collect::<Result<Vec<_>, Error>>()?;
    let mut ended = Vec::new();
    for (place, (live, prepared)) in prepared.into_iter().enumerate() {
        let ends = prepared.shown(live, &mut |result| watch(place, result))?;
        let interrupted = ends.1.interrupted.is_some();
        ended.push(ends);
        if interrupted {
            break;
        }
    }
    Ok(ended)
}
