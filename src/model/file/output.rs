//! Where something is written: standard output, what this process was given open, a device that only takes, or a file that is
//! put in its place when it is whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::atomic::AtomicFile;
use super::place::{Place, kind};

/// Something that is written.
#[derive(Debug)]
pub enum Output {
    /// Standard output.
    Standard(io::Stdout),
    /// Standard error.
    Error(io::Stderr),
    /// A pipe or a device, which takes what comes and is never replaced.
    Stream(BufWriter<File>),
    /// A file.
    File(AtomicFile),
}

impl Output {
    /// Opens a path, and without one standard output. Links are followed; what they lead to is replaced in the end.
    ///
    /// # Errors
    /// Nothing can be written there.
    pub fn open(path: Option<&Path>) -> io::Result<Self> {
        let Some(path) = path else { return Ok(Self::Standard(io::stdout())) };
        if path.as_os_str().to_string_lossy().ends_with(['/', std::path::MAIN_SEPARATOR]) {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a directory"));
        }
        match Place::of(path)? {
            Place::Descriptor(1) => Ok(Self::Standard(io::stdout())),
            Place::Descriptor(2) => Ok(Self::Error(io::stderr())),
            Place::Descriptor(_) => {
                let metadata = fs::metadata(path)?;
                if kind(&metadata).is_some_and(|kind| ["a directory", "a socket"].contains(&kind)) {
                    return Err(refused(&metadata));
                }
                Ok(Self::Stream(BufWriter::new(OpenOptions::new().append(true).open(path)?)))
            }
            Place::File(place) => match fs::metadata(&place) {
                Ok(metadata) if !metadata.is_file() => {
                    if !TAKES.iter().any(|device| place == Path::new(device)) && !is_terminal(&place) {
                        return Err(refused(&metadata));
                    }
                    Ok(Self::Stream(BufWriter::new(OpenOptions::new().write(true).open(&place)?)))
                }
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                _ => Ok(Self::File(AtomicFile::create(place)?)),
            },
        }
    }

    /// Writes what is left, and puts a file in its place.
    ///
    /// # Errors
    /// It could not be written.
    pub fn close(self) -> io::Result<()> {
        match self {
            Self::Standard(mut output) => output.flush(),
            Self::Error(mut output) => output.flush(),
            Self::Stream(mut output) => output.flush(),
            Self::File(file) => file.commit(),
        }
    }
}

/// Devices that take what is written, and do nothing else with it. To open another one may wait, or act.
const TAKES: [&str; 5] = ["/dev/null", "/dev/full", "/dev/zero", "/dev/tty", "/dev/console"];

/// Whether the path is that of a terminal that is open already.
fn is_terminal(place: &Path) -> bool {
    place.parent() == Some(Path::new("/dev/pts")) && !place.ends_with("ptmx")
}

fn refused(metadata: &fs::Metadata) -> io::Error {
    let why = match kind(metadata) {
        Some("a directory") => "it is a directory".to_owned(),
        Some("a FIFO") => {
            "it is a FIFO, not a regular file, and would be waited for; write to `-` and redirect that".to_owned()
        }
        other => format!("it is {}, not a regular file", other.unwrap_or("a device")),
    };
    io::Error::new(io::ErrorKind::InvalidInput, why)
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Standard(output) => output.write(bytes),
            Self::Error(output) => output.write(bytes),
            Self::Stream(output) => output.write(bytes),
            Self::File(output) => output.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Standard(output) => output.flush(),
            Self::Error(output) => output.flush(),
            Self::Stream(output) => output.flush(),
            Self::File(output) => output.flush(),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;
    use std::process::Command;

    use super::*;

    fn written(path: &Path) -> io::Result<()> {
        let mut output = Output::open(Some(path))?;
        output.write_all(b"new")?;
        output.close()
    }

    #[test]
    fn a_link_stays_and_what_it_leads_to_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("d")).unwrap();
        fs::write(at("d/there"), "old").unwrap();
        for (link, to) in [("a", "d/there"), ("b", "d/missing"), ("c", "b")] {
            symlink(to, at(link)).unwrap();
            written(&at(link)).unwrap();
            assert!(fs::symlink_metadata(at(link)).unwrap().is_symlink(), "{link}");
            assert_eq!(fs::read_to_string(at(link)).unwrap(), "new", "{link}");
        }
        assert_eq!(fs::read_dir(at("d")).unwrap().count(), 2);
    }

    #[test]
    fn a_device_is_never_replaced_and_only_harmless_ones_are_opened() {
        use std::os::unix::fs::FileTypeExt as _;
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("link");
        symlink("/dev/null", &link).unwrap();
        written(&link).unwrap();
        assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(written(Path::new("/dev/full")).unwrap_err().kind(), io::ErrorKind::StorageFull);
        for device in ["/dev/random", "/dev/ptmx"] {
            let error = written(Path::new(device)).unwrap_err().to_string();
            assert_eq!(error, "it is a device, not a regular file", "{device}");
        }
    }

    #[test]
    fn what_cannot_be_written_is_refused_by_name_and_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        assert!(Command::new("mkfifo").arg(at("fifo")).status().unwrap().success());
        for (name, words) in [
            ("fifo", "it is a FIFO"),
            (".", "it is a directory"),
            ("new/", "it is a directory"),
            ("none/new", "its directory does not exist"),
        ] {
            let error = written(&at(name)).unwrap_err().to_string();
            assert!(error.contains(words), "{name}: {error}");
        }
    }
}
