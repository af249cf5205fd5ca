//! What a run writes: opened before anything is sent, closed when it is over.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::PathBuf;

use super::error::Error;
use super::writer::{Request, Sink};
use crate::model::file::Output;
use crate::policy::gate::{Policies, Writing};
use crate::report::Opening;

/// The reports that are asked for, opened, each with its name.
pub(crate) fn reports(requests: &[Request], opening: &Opening) -> Result<Vec<(Sink, String)>, Error> {
    let open = |request: &Request| {
        let name = request.path.as_ref().map_or_else(|| "-".to_owned(), |path| path.display().to_string());
        let sink = Sink::open(request, opening)
            .map_err(|error| Error::Unwritable(format!("cannot write the report {name}: {error}")))?;
        Ok((sink, name))
    };
    requests.iter().map(open).collect()
}

/// The files that the gates may write in the end.
pub(crate) fn of_gates(gates: &Policies) -> Result<BTreeMap<PathBuf, Output>, Error> {
    let ratchet = gates.ratchet.as_ref().map(|(path, _)| path);
    let open = |path: &PathBuf| {
        let why = |error| Error::Unwritable(format!("cannot write {}: {error}", path.display()));
        Ok((path.clone(), Output::open(Some(path)).map_err(why)?))
    };
    gates.save.iter().chain(ratchet).map(open).collect()
}

/// Writes what a gate hands back.
pub(crate) fn write(writing: &Writing, opened: Option<Output>) -> io::Result<()> {
    let mut output = opened.map_or_else(|| Output::open(Some(&writing.path)), Ok)?;
    output.write_all(writing.text.as_bytes())?;
    output.close()
}
