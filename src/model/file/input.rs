//! Files that are read: regular ones of a bounded size, and never one that is waited for.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use super::place::{Place, kind};

/// The largest suite, contract, schema, waivers, ratchet, baseline or file of certificates.
const DOCUMENT: Bound = Bound { bytes: 64 << 20, words: "64 MiB" };
/// The largest report.
const REPORT: Bound = Bound { bytes: 4 << 30, words: "4 GiB" };

#[derive(Clone, Copy)]
struct Bound {
    bytes: u64,
    words: &'static str,
}

impl Bound {
    fn exceeded(self) -> io::Error {
        io::Error::new(io::ErrorKind::FileTooLarge, format!("it is larger than {}, which is the most", self.words))
    }
}

/// What a file of at most 64 MiB says. It must be a regular file: a FIFO would be waited for, a device never ends.
///
/// # Errors
/// It cannot be read, it is no regular file, or it is too large.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    opened(path, DOCUMENT)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A report of at most 4 GiB, to be read as a stream: a regular file, standard input (`-`), or a pipe that this process was
/// given, as `<(…)` does.
///
/// # Errors
/// As [`read`].
pub fn report(path: &Path) -> io::Result<Box<dyn Read>> {
    let is_given = path.as_os_str() == "-" || matches!(Place::of(path), Ok(Place::Descriptor(0)));
    if is_given {
        return Ok(Box::new(Bounded { inner: io::stdin().lock(), left: REPORT.bytes, bound: REPORT }));
    }
    Ok(Box::new(opened(path, REPORT)?))
}

fn opened(path: &Path, bound: Bound) -> io::Result<Bounded<File>> {
    // Asked before it is opened, since to open a FIFO waits for whoever writes to it, and to open a device may do anything.
    check(path, &fs::metadata(path)?, bound)?;
    let file = File::open(path)?;
    check(path, &file.metadata()?, bound)?;
    Ok(Bounded { inner: file, left: bound.bytes, bound })
}

fn check(path: &Path, metadata: &fs::Metadata, bound: Bound) -> io::Result<()> {
    match kind(metadata) {
        None if metadata.len() > bound.bytes => Err(bound.exceeded()),
        None => Ok(()),
        // Only reports are read from a pipe: what they say does not depend on where they are.
        Some("a FIFO") if bound.bytes == REPORT.bytes && is_inherited(path) => Ok(()),
        Some(kind) => Err(io::Error::new(io::ErrorKind::InvalidInput, format!("it is {kind}, not a regular file"))),
    }
}

/// Whether the path is a pipe without a name: one that was opened for this process and ends when its writer does.
fn is_inherited(path: &Path) -> bool {
    matches!(Place::of(path), Ok(Place::Descriptor(_)))
        && match fs::canonicalize(path) {
            Ok(real) => real.starts_with("/dev/fd"),
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        }
}

/// A reader that fails where there is more than was promised.
struct Bounded<R> {
    inner: R,
    left: u64,
    bound: Bound,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| self.bound.exceeded())?;
        Ok(read)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;
    use std::process::Command;

    use super::*;

    #[test]
    fn what_is_no_regular_file_is_refused_by_name_and_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        assert!(Command::new("mkfifo").arg(at("fifo")).status().unwrap().success());
        let _socket = UnixListener::bind(at("socket")).unwrap();
        symlink("/dev/zero", at("zero")).unwrap();
        symlink("fifo", at("link")).unwrap();
        for (name, words) in [
            ("fifo", "it is a FIFO, not a regular file"),
            ("link", "it is a FIFO, not a regular file"),
            ("socket", "it is a socket, not a regular file"),
            ("zero", "it is a device, not a regular file"),
            (".", "it is a directory, not a regular file"),
        ] {
            assert_eq!(read(&at(name)).unwrap_err().to_string(), words, "{name}");
            assert_eq!(report(&at(name)).err().unwrap().to_string(), words, "{name}");
        }
        assert_eq!(read(&at("none")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn a_file_is_refused_by_its_size_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("big");
        let file = File::create(&path).unwrap();
        file.set_len(DOCUMENT.bytes + 1).unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("64 MiB"));
        report(&path).unwrap();
        file.set_len(REPORT.bytes + 1).unwrap();
        assert!(report(&path).err().unwrap().to_string().contains("4 GiB"));
        file.set_len(DOCUMENT.bytes).unwrap();
        assert_eq!(read(&path).unwrap().len() as u64, DOCUMENT.bytes);
    }

    #[test]
    fn a_file_that_grows_while_it_is_read_stays_bounded() {
        let bound = Bound { bytes: 10, words: "ten" };
        let mut bounded = Bounded { inner: io::repeat(1), left: bound.bytes, bound };
        let error = bounded.read_to_end(&mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
    }
}
