//! The credentials that a request carried, as texts that a reply must not hold.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::model::secret::Template;

/// A credential that is shorter is found in any text.
const MIN_LENGTH: usize = 8;

/// The texts that would give the request's credential away: the field's value, the part after a scheme, a decoded password.
///
/// `common` are the fields of every request of the suite: one that is written out is a tenant, not a secret.
pub(super) fn credentials(sent: &[(String, Vec<u8>)], common: &[(String, Template)]) -> Vec<String> {
    const PLAIN: &[&str] = &["accept", "accept-encoding", "content-type", "content-encoding"];
    let is_written_out = |name: &str| common.iter().any(|(other, value)| other == name && !value.has_variables());
    let mut all = Vec::new();
    for (_, value) in sent.iter().filter(|(name, _)| !PLAIN.contains(&name.as_str()) && !is_written_out(name)) {
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
        assert_eq!(credentials(&sent, &[]), ["open sesame".to_owned(), BASE64.encode("42:open sesame")]);
        assert!(credentials(&[("accept".to_owned(), b"application/json".to_vec())], &[]).is_empty());
        let tenant = [("X-Tenant".to_owned(), b"tenant-4711".to_vec())];
        let common = |text| vec![("X-Tenant".to_owned(), Template::parse(text).unwrap())];
        assert!(credentials(&tenant, &common("tenant-4711")).is_empty());
        assert_eq!(credentials(&tenant, &common("${TENANT}")), ["tenant-4711"]);
    }
}
