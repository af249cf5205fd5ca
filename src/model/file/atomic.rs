//! A file that is there as a whole or not at all: written beside its place, and put there when it is whole.
//!
//! What is under way is locked. So what a killed process left is told from what a living one writes, whatever its number and
//! whichever container it runs in, and goes when the next one writes to the same place.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A file under way.
#[derive(Debug)]
pub struct AtomicFile {
    place: PathBuf,
    partial: PathBuf,
    file: BufWriter<File>,
    is_whole: bool,
}

/// Names that are tried before it is given up.
const MAX_ATTEMPTS: usize = 1_000;

impl AtomicFile {
    /// Begins a file for a place, which is followed no further: a link there would be replaced.
    ///
    /// # Errors
    /// Nothing can be written there.
    pub fn create(place: PathBuf) -> io::Result<Self> {
        let before = existing(&place)?;
        let directory = place.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !directory.is_dir() {
            return Err(io::Error::new(io::ErrorKind::NotFound, "its directory does not exist"));
        }
        sweep(directory, &place);
        for attempt in 0..MAX_ATTEMPTS {
            let partial = partial(&place, attempt);
            let file = match begin(&partial, before.as_ref()) {
                Ok(file) => file,
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => continue,
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                    let why = format!("nothing can be written in its directory: {error}");
                    return Err(io::Error::new(error.kind(), why));
                }
                Err(error) => return Err(error),
            };
            // Between its birth and its lock somebody may have taken it for left behind.
            let is_ours = match file.try_lock() {
                Ok(()) => is_at(&file, &partial),
                Err(TryLockError::WouldBlock) => false,
                // A file system without locks: then nothing there is ever taken for left behind.
                Err(TryLockError::Error(_)) => true,
            };
            if is_ours {
                return Ok(Self { place, partial, file: BufWriter::new(file), is_whole: false });
            }
        }
        Err(io::Error::new(io::ErrorKind::AlreadyExists, "there is no free name beside it"))
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// It could not be written, or not be put there.
    pub fn commit(mut self) -> io::Result<()> {
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        match fs::rename(&self.partial, &self.place) {
            Ok(()) => self.is_whole = true,
            // A place on which a file system is mounted, as containers do with single files, can only be written to.
            Err(error) if matches!(error.kind(), io::ErrorKind::ResourceBusy | io::ErrorKind::CrossesDevices) => {
                let mut place = OpenOptions::new().write(true).truncate(true).open(&self.place)?;
                io::copy(&mut File::open(&self.partial)?, &mut place)?;
                place.sync_all()?;
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        if !self.is_whole {
            // The lock is still held, so it is still ours.
            let _ = fs::remove_file(&self.partial);
        }
    }
}

/// What stands at the place, if it may be replaced.
fn existing(place: &Path) -> io::Result<Option<fs::Metadata>> {
    let metadata = match fs::symlink_metadata(place) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if metadata.permissions().readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is write-protected"));
    }
    // Whoever may not write to the file may not replace it either, though the directory would let them.
    OpenOptions::new().write(true).open(place)?;
    Ok(Some(metadata))
}

/// The name beside a file's place under which it is written.
fn partial(place: &Path, attempt: usize) -> PathBuf {
    let mut name = place.as_os_str().to_owned();
    match attempt {
        0 => name.push(format!(".{}.partial", std::process::id())),
        _ => name.push(format!(".{}-{attempt}.partial", std::process::id())),
    }
    name.into()
}

/// Makes the file, as open to others as the one that it will replace, and never more.
fn begin(partial: &Path, before: Option<&fs::Metadata>) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if let Some(before) = before {
        use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, fchown};
        let file = options.mode(before.mode() & 0o700).open(partial)?;
        let own = file.metadata()?;
        if (own.uid(), own.gid()) != (before.uid(), before.gid()) {
            // Only root may give a file away; else it is the writer's, as any new file.
            let _ = fchown(&file, Some(before.uid()), Some(before.gid()));
        }
        file.set_permissions(before.permissions())?;
        return Ok(file);
    }
    let _ = before;
    options.open(partial)
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    let at = |metadata: io::Result<fs::Metadata>| metadata.ok().map(|metadata| super::place::of(&metadata));
    at(file.metadata()).is_some_and(|own| at(fs::symlink_metadata(path)) == Some(own))
}

#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

/// Removes what killed processes left beside the place.
fn sweep(directory: &Path, place: &Path) {
    let Some(name) = place.file_name().and_then(|name| name.to_str()) else { return };
    let Ok(entries) = fs::read_dir(directory) else { return };
    let is_partial = |other: &str| {
        let middle = other.strip_prefix(name)?.strip_prefix('.')?.strip_suffix(".partial")?;
        let (process, attempt) = middle.split_once('-').unwrap_or((middle, "0"));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        (is_number(process) && is_number(attempt)).then_some(())
    };
    for entry in entries.flatten() {
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && entry.file_name().to_str().and_then(is_partial).is_some() {
            remove_if_left(&entry.path());
        }
    }
}

/// Removes a partial file that nobody writes any more: whoever gets its lock, and still finds it there.
fn remove_if_left(partial: &Path) {
    let Ok(file) = File::open(partial) else { return };
    if file.try_lock().is_ok() && is_at(&file, partial) {
        let _ = fs::remove_file(partial);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_there_as_a_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("r");
        fs::write(&place, "old").unwrap();
        let mut file = AtomicFile::create(place.clone()).unwrap();
        file.write_all(b"new").unwrap();
        file.flush().unwrap();
        assert_eq!(fs::read_to_string(&place).unwrap(), "old");
        drop(file);
        assert_eq!(names(folder.path()), ["r"]);
        assert_eq!(fs::read_to_string(&place).unwrap(), "old");
        let mut file = AtomicFile::create(place.clone()).unwrap();
        file.write_all(b"new").unwrap();
        file.commit().unwrap();
        assert_eq!(fs::read_to_string(&place).unwrap(), "new");
        assert_eq!(names(folder.path()), ["r"]);
    }

    #[test]
    fn what_a_killed_process_left_goes_and_what_a_living_one_writes_stays() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("r");
        for left in ["r.1.partial", "r.999999999.partial", "r.12-3.partial"] {
            fs::write(folder.path().join(left), "left").unwrap();
        }
        let others = ["q.1.partial", "r.partial", "r.1.partial.txt", "r.x.partial", "r.s.1.partial"];
        for other in others {
            fs::write(folder.path().join(other), "another's").unwrap();
        }
        let first = AtomicFile::create(place.clone()).unwrap();
        let second = AtomicFile::create(place.clone()).unwrap();
        let own = std::process::id();
        let mut expected: Vec<_> = others.iter().map(|name| (*name).to_owned()).collect();
        expected.extend([format!("r.{own}.partial"), format!("r.{own}-1.partial")]);
        expected.sort();
        assert_eq!(names(folder.path()), expected);
        first.commit().unwrap();
        second.commit().unwrap();
        assert!(place.exists());
    }

    #[test]
    fn many_at_once_take_nothing_from_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("r");
        std::thread::scope(|scope| {
            for number in 0..8 {
                let place = &place;
                scope.spawn(move || {
                    for _ in 0..100 {
                        let mut file = AtomicFile::create(place.clone()).unwrap();
                        file.write_all(format!("{number}").repeat(100).as_bytes()).unwrap();
                        file.commit().unwrap();
                        let text = fs::read_to_string(place).unwrap();
                        assert!(text.len() == 100 && text.bytes().all(|byte| byte == text.as_bytes()[0]), "{text}");
                    }
                });
            }
        });
        assert_eq!(names(folder.path()), ["r"]);
    }

    #[cfg(unix)]
    #[test]
    fn who_may_read_a_file_stays_as_it_was() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("r");
        fs::write(&place, "old").unwrap();
        fs::set_permissions(&place, fs::Permissions::from_mode(0o640)).unwrap();
        let file = AtomicFile::create(place.clone()).unwrap();
        assert_eq!(fs::metadata(&file.partial).unwrap().permissions().mode() & 0o777, 0o640);
        file.commit().unwrap();
        assert_eq!(fs::metadata(&place).unwrap().permissions().mode() & 0o777, 0o640);
        fs::set_permissions(&place, fs::Permissions::from_mode(0o444)).unwrap();
        assert_eq!(AtomicFile::create(place).unwrap_err().to_string(), "it is write-protected");
        assert_eq!(names(folder.path()), ["r"]);
    }
}
