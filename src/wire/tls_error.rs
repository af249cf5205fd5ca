//! Why there is no TLS connection, in words that say what to do.

use std::error::Error;
use std::io;
use std::time::{Duration, UNIX_EPOCH};

use rustls::CertificateError;
use rustls::pki_types::UnixTime;

/// Why, where the TLS library says it. I/O errors carry its word inside, and their sources pass over it.
pub(super) fn why(error: &(dyn Error + 'static)) -> Option<String> {
    if let Some(rustls) = error.downcast_ref::<rustls::Error>() {
        return Some(words(rustls));
    }
    why(error.downcast_ref::<io::Error>()?.get_ref()?)
}

fn words(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InvalidCertificate(why) => certificate(why).unwrap_or_else(|| error.to_string()),
        rustls::Error::InvalidMessage(_) => {
            format!("the port does not speak TLS: is --target to begin with http://, or is it another port? ({error})")
        }
        _ => error.to_string(),
    }
}

/// What is wrong with a certificate; `None` where the library says it best.
fn certificate(why: &CertificateError) -> Option<String> {
    const AT_NONE: &str = "--insecure looks at no certificate";
    Some(match why {
        CertificateError::Expired => format!("the certificate has expired; {AT_NONE}"),
        CertificateError::ExpiredContext { not_after, .. } => {
            format!("the certificate expired at {}; {AT_NONE}", time(*not_after))
        }
        CertificateError::NotValidYet => format!("the certificate is not valid yet; {AT_NONE}"),
        CertificateError::NotValidYetContext { not_before, .. } => {
            format!("the certificate is valid from {} on; {AT_NONE}", time(*not_before))
        }
        CertificateError::UnknownIssuer => format!(
            "the certificate is self-signed, or of an authority that this machine does not trust: --ca FILE trusts it; {AT_NONE}"
        ),
        CertificateError::NotValidForName => format!("the certificate is for another host; {AT_NONE}"),
        CertificateError::NotValidForNameContext { expected, presented } => {
            let names = if presented.is_empty() { "no host".to_owned() } else { presented.join(", ") };
            format!("the certificate is for {names}, not for {}; {AT_NONE}", expected.to_str())
        }
        _ => return None,
    })
}

fn time(time: UnixTime) -> String {
    humantime::format_rfc3339_seconds(UNIX_EPOCH + Duration::from_secs(time.as_secs())).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_certificate_says_what_to_do() {
        let day = UnixTime::since_unix_epoch(Duration::from_secs(1_700_000_000));
        let rows = [
            (CertificateError::ExpiredContext { time: day, not_after: day }, "expired at 2023-11-14T22:13:20Z"),
            (CertificateError::NotValidYetContext { time: day, not_before: day }, "valid from 2023-11-14T22:13:20Z on"),
            (CertificateError::UnknownIssuer, "--ca FILE trusts it"),
            (CertificateError::NotValidForName, "another host"),
        ];
        for (error, expected) in rows {
            let error = io::Error::new(io::ErrorKind::InvalidData, rustls::Error::InvalidCertificate(error));
            let said = why(&error).unwrap();
            assert!(said.contains(expected) && said.contains("--insecure"), "{said}");
        }
        assert_eq!(why(&io::Error::other("something else")), None);
    }
}
