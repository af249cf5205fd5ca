//! A file that is there as a whole or not at all: written beside its place, then put there.

use std::io;
use std::path::{Path, PathBuf};

/// A file to be written once the run is over.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Writing {
    /// Where.
    pub path: PathBuf,
    /// What.
    pub text: String,
}

impl Writing {
    /// Writes it.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&self) -> io::Result<()> {
        let beside = beside(&self.path);
        let written = std::fs::write(&beside, &self.text).and_then(|()| std::fs::rename(&beside, &self.path));
        if written.is_err() {
            // It may not even be there.
            let _ = std::fs::remove_file(&beside);
        }
        written
    }
}

/// The name beside a file's place, of this process alone, under which it is written.
pub(crate) fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.partial", std::process::id()));
    name.into()
}

/// Why nothing could be written there; found out before anything is sent.
#[must_use]
pub fn obstacle(path: &Path) -> Option<&'static str> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    if path.is_dir() {
        Some("it is a directory")
    } else if directory.is_some_and(|directory| !directory.is_dir()) {
        Some("its directory does not exist")
    } else {
        None
    }
}
