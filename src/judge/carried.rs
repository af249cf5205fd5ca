//! The credentials that a request carried, as texts that a reply must not hold.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

/// A credential that is shorter is found in any text.
const MIN_LENGTH: usize = 8;

/// The texts that would give the request's credential away: the field's value, the part after a scheme, a decoded password.
///
/// `is_plain`: whether a field is known to carry none.
pub(super) fn credentials(sent: &[(String, Vec<u8>)], is_plain: impl Fn(&str) -> bool) -> Vec<String> {
    const PLAIN: &[&str] = &[
        "accept",
        "accept-encoding",
        "access-control-request-headers",
        "access-control-request-method",
        "content-encoding",
        "content-type",
        "origin",
    ];
    let mut all = Vec::new();
    for (_, value) in sent.iter().filter(|(name, _)| !PLAIN.contains(&name.as_str()) && !is_plain(name)) {
        let value = String::from_utf8_lossy(value).into_owned();
        let secret = value.split_once(' ').map_or(value.as_str(), |(_, secret)| secret).to_owned();
        let is_basic = value.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("basic "));
        let pair =
            is_basic.then(|| BASE64.decode(&secret).ok().and_then(|pair| String::from_utf8(pair).ok())).flatten();
        all.extend(pair.and_then(|pair| pair.split_once(':').map(|(_, password)| password.to_owned())));
        all.push(secret);
    }
    all.retain(|credential| credential.len() >= MIN_LENGTH);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_of_a_credential_are_searched_for() {
        let sent =
            vec![("authorization".to_owned(), format!("Basic {}", BASE64.encode("42:open sesame")).into_bytes())];
        assert_eq!(credentials(&sent, |_| false), ["open sesame".to_owned(), BASE64.encode("42:open sesame")]);
        assert!(credentials(&[("accept".to_owned(), b"application/json".to_vec())], |_| false).is_empty());
        let tenant = [("X-Tenant".to_owned(), b"tenant-4711".to_vec())];
        assert!(credentials(&tenant, |name| name == "X-Tenant").is_empty());
        assert_eq!(credentials(&tenant, |_| false), ["tenant-4711"]);
    }
}
