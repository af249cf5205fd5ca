//! Where a path leads once its links are followed, and which file that is.
//!
//! It opens nothing: a path may lead to a FIFO, or to nothing yet.

use std::ffi::{OsStr, OsString};
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};

/// Links that are followed one after the other, as Linux does.
const MAX_LINKS: usize = 40;

/// Where a path leads.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Place {
    /// What this process has open under that number, as `/dev/stdout`.
    Descriptor(u32),
    /// A path without links, of which all but the last part exists.
    File(PathBuf),
}

impl Place {
    /// Follows the links of a path.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        let mut path = path.to_owned();
        for _ in 0..MAX_LINKS {
            let Some(name) = path.file_name() else { return Ok(Self::File(fs::canonicalize(path)?)) };
            let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
            let parent = fs::canonicalize(parent).map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => io::Error::new(error.kind(), "its directory does not exist"),
                _ => error,
            })?;
            if let Some(number) = descriptor(&parent, name) {
                return Ok(Self::Descriptor(number));
            }
            let whole = parent.join(name);
            match fs::symlink_metadata(&whole) {
                Ok(metadata) if metadata.is_symlink() => path = parent.join(fs::read_link(&whole)?),
                _ => return Ok(Self::File(whole)),
            }
        }
        Err(io::Error::other("its links lead round in circles"))
    }
}

/// The number of what this process has open, where the path is one of its names.
fn descriptor(parent: &Path, name: &OsStr) -> Option<u32> {
    let own = Path::new("/proc").join(std::process::id().to_string());
    if parent != "/dev/fd" && !(parent.starts_with(own) && parent.ends_with("fd")) {
        return None;
    }
    name.to_str()?.parse().ok()
}

/// What tells one file from another.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Key {
    /// Standard output, where that is no file.
    Standard,
    /// A file or a pipe that exists.
    There(Identity),
    /// A file that does not exist yet: its directory, and its name there.
    Missing(Identity, OsString),
    /// No file: a device, which takes as much as one likes.
    None,
}

impl Key {
    /// The key of what a path leads to; without a path, of standard output.
    pub(super) fn of(path: Option<&Path>) -> io::Result<Self> {
        let place = path.map(Place::of).transpose()?.unwrap_or(Place::Descriptor(1));
        let path = match place {
            Place::Descriptor(1) => return Ok(standard().map_or(Self::Standard, Self::There)),
            Place::Descriptor(number) => Path::new("/dev/fd").join(number.to_string()),
            Place::File(path) => path,
        };
        match fs::metadata(&path) {
            Ok(metadata) if holds_bytes(&metadata) => Ok(Self::There(identity(&path, &metadata)?)),
            Ok(_) => Ok(Self::None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let directory = path.parent().unwrap_or(Path::new("/"));
                let name = path.file_name().unwrap_or_default().to_owned();
                Ok(Self::Missing(identity(directory, &fs::metadata(directory)?)?, name))
            }
            Err(error) => Err(error),
        }
    }
}

/// Which file or pipe standard output is, if any.
fn standard() -> Option<Identity> {
    let path = Path::new("/dev/fd/1");
    let metadata = fs::metadata(path).ok().filter(holds_bytes)?;
    identity(path, &metadata).ok()
}

/// Whether standard output is a regular file, so that it can be overwritten.
pub(super) fn standard_output_is_a_file() -> bool {
    fs::metadata("/dev/fd/1").is_ok_and(|metadata| metadata.is_file())
}

#[cfg(unix)]
fn holds_bytes(metadata: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    metadata.is_file() || metadata.is_dir() || metadata.file_type().is_fifo()
}

#[cfg(not(unix))]
fn holds_bytes(metadata: &Metadata) -> bool {
    metadata.is_file() || metadata.is_dir()
}

/// Device and number of a file.
#[cfg(unix)]
type Identity = (u64, u64);

#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "other systems have to ask for it")]
fn identity(_: &Path, metadata: &Metadata) -> io::Result<Identity> {
    Ok(of(metadata))
}

/// Device and number of a file.
#[cfg(unix)]
pub(super) fn of(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.dev(), metadata.ino())
}

/// The path without links.
#[cfg(not(unix))]
type Identity = PathBuf;

#[cfg(not(unix))]
fn identity(path: &Path, _: &Metadata) -> io::Result<Identity> {
    fs::canonicalize(path)
}

/// What a file is that is no regular file, as the end of "it is …".
pub(super) fn kind(metadata: &Metadata) -> Option<&'static str> {
    if metadata.is_file() {
        return None;
    }
    if metadata.is_dir() {
        return Some("a directory");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        let kind = metadata.file_type();
        if kind.is_fifo() {
            return Some("a FIFO");
        } else if kind.is_socket() {
            return Some("a socket");
        }
    }
    Some("a device")
}
