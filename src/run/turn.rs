//! Several sessions one after the other, none of which sends before all are known to be able to.

use std::sync::mpsc;

use super::failure::Failure;
use super::progress::Live;
use super::session::Session;
use crate::report::{Closing, Opening, ProbeResult};

/// Runs the sessions in their order; `watch` gets every result with the place of its session. Behind one that somebody ended,
/// none is begun.
///
/// # Errors
/// As [`Session::run`]; what makes no sense of any session is found out before anything is sent.
pub(crate) fn in_turn(
    sessions: Vec<Session>,
    mut watch: impl FnMut(usize, &ProbeResult) + Send,
) -> Result<Vec<(Opening, Closing)>, Failure> {
    let prepare = |session: Session| {
        let bar = matches!(session.live, Live::Bar);
        session.prepare(bar)
    };
    let prepared = sessions.into_iter().map(prepare).collect::<Result<Vec<_>, _>>()?;
    // Nobody watches single lines.
    let (lines, _) = mpsc::channel();
    let mut ended = Vec::new();
    for (place, prepared) in prepared.into_iter().enumerate() {
        let ends = prepared.run(&lines, &mut |result| watch(place, result))?;
        let interrupted = ends.1.interrupted.is_some();
        ended.push(ends);
        if interrupted {
            break;
        }
    }
    Ok(ended)
}
