//! Limits of the machine that errdrift runs on, told from what the target does.

use std::io;
use std::net::{Ipv4Addr, UdpSocket};

use crate::model::exchange::LocalLimit;

/// The limit of this machine that an error of the system names; `None` where it is another's doing.
pub(crate) fn limit(error: &io::Error) -> Option<LocalLimit> {
    match error.kind() {
        io::ErrorKind::AddrNotAvailable => return Some(LocalLimit::Ports),
        io::ErrorKind::PermissionDenied => return Some(LocalLimit::Forbidden),
        io::ErrorKind::OutOfMemory => return Some(LocalLimit::Memory),
        _ => {}
    }
    // The numbers of <errno.h>: ENFILE and EMFILE everywhere, ENOBUFS of Linux, and of BSD and macOS.
    match error.raw_os_error()? {
        23 if cfg!(unix) => Some(LocalLimit::SystemFiles),
        24 if cfg!(unix) => Some(LocalLimit::OpenFiles(open_files())),
        105 if cfg!(target_os = "linux") => Some(LocalLimit::Memory),
        55 if cfg!(unix) && !cfg!(target_os = "linux") => Some(LocalLimit::Memory),
        // WSAEMFILE and WSAENOBUFS.
        10_024 if cfg!(windows) => Some(LocalLimit::OpenFiles(None)),
        10_055 if cfg!(windows) => Some(LocalLimit::Memory),
        _ => None,
    }
}

/// The same where a name was not resolved: the resolver opens files, and says only that it found nothing.
pub(super) fn limit_of_resolver(error: &io::Error) -> Option<LocalLimit> {
    limit(error).or_else(|| UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).err().as_ref().and_then(limit))
}

/// As many files a run needs at least: its runtime and its signals, and a connection or two.
const RESERVED_FILES: usize = 12;

/// Whether this machine has room for a run.
///
/// # Errors
/// The limit that leaves none.
pub(crate) fn has_room() -> Result<(), LocalLimit> {
    prepare();
    let socket = |_| UdpSocket::bind((Ipv4Addr::LOCALHOST, 0));
    match (0..RESERVED_FILES).map(socket).collect::<io::Result<Vec<_>>>() {
        Ok(_) => Ok(()),
        // What keeps sockets of that kind from being made need not keep connections from it.
        Err(error) => match limit(&error) {
            Some(limit @ (LocalLimit::OpenFiles(_) | LocalLimit::SystemFiles)) => Err(limit),
            _ => Ok(()),
        },
    }
}

/// How many files this process may have open, where the system says so.
fn open_files() -> Option<u64> {
    let limits = LIMITS.get_or_init(|| std::fs::read_to_string("/proc/self/limits").unwrap_or_default());
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Read while there is still a file to read it with.
static LIMITS: std::sync::OnceLock<String> = std::sync::OnceLock::new();

/// Reads what can no longer be read once a limit is met.
pub(super) fn prepare() {
    open_files();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn each_limit_of_this_machine_is_known_by_its_number_and_no_doing_of_the_target_is() {
        let of = |number| limit(&io::Error::from_raw_os_error(number));
        assert!(matches!(of(24), Some(LocalLimit::OpenFiles(Some(1..)))));
        assert_eq!(of(23), Some(LocalLimit::SystemFiles));
        assert_eq!((of(12), of(105)), (Some(LocalLimit::Memory), Some(LocalLimit::Memory)));
        assert_eq!(of(99), Some(LocalLimit::Ports));
        assert_eq!((of(1), of(13)), (Some(LocalLimit::Forbidden), Some(LocalLimit::Forbidden)));
        // ECONNREFUSED, ECONNRESET, EPIPE, ETIMEDOUT, EHOSTUNREACH, ENETUNREACH.
        assert!([111, 104, 32, 110, 113, 101].into_iter().all(|number| of(number).is_none()));
    }
}
