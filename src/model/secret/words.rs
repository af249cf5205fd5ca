//! How well a value can be told from other text: a long token can be found anywhere, a login like `admin` or `4217` only
//! where it stands alone, and one of two characters not at all.

use super::environment::Environment;

/// A shorter value cannot be masked: it is in every text.
const MIN_LENGTH: usize = 3;
/// A value of one kind of character that is as long is found within other text, too.
const LONG: usize = 8;
/// The same for a value of several kinds.
const MIXED: usize = 5;

/// Words that stand in any error message, in lower case.
const COMMON: &str = "access account admin administrator anonymous api app application array auth authentication authorization bad \
    basic bearer body boolean cause client close code company config content context credential credentials data database date \
    debug default demo deny denied description detail details dev development digest email empty encoding error error_code \
    error_description error_message errors event exception expired fail failed failure false field fields file filter forbidden format found \
    gateway get group guest head header headers hello hidden home host html http https id index info input instance integer internal \
    invalid item items json kind language length level limit link list local location log login member message messages meta \
    method missing mode model name new nobody none not null number oauth object offset ok operator options order origin page param \
    parameter parse pass passed password patch path pending plain post private problem production property public put query \
    read reason reference refused reject rejected remote request required resource response result role root route schema scope secret \
    server service session size source staging state status string success support system tag target test tester testing text time \
    timeout timestamp title token total trace true type undefined unauthorized unknown unsupported update uri url user username users \
    utf value values version warning wrong xml";

/// Whether the word is one of any error message.
pub(super) fn is_common(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    COMMON.split_ascii_whitespace().any(|common| common == word)
}

/// Whether the value is likely to stand in a text that does not tell it.
pub(super) fn is_weak(value: &str) -> bool {
    let kinds = [
        value.bytes().any(|byte| byte.is_ascii_alphabetic()),
        value.bytes().any(|byte| byte.is_ascii_digit()),
        value.bytes().any(|byte| byte.is_ascii_punctuation() || byte == b' '),
        !value.is_ascii(),
    ];
    let mixed = kinds.into_iter().filter(|kind| *kind).count() > 1;
    value.len() < if mixed { MIXED } else { LONG } || is_common(value)
}

/// Why a value cannot be masked, where one of these variables has such a value; with what to do.
#[must_use]
pub fn unmaskable<'n>(
    names: impl IntoIterator<Item = &'n str>,
    environment: &Environment,
) -> Option<(&'n str, String)> {
    let hopeless = |name: &&str| environment.get(name).is_some_and(|value| value.chars().count() < MIN_LENGTH);
    names.into_iter().find(hopeless).map(|name| {
        let why = format!(
            "has fewer than {MIN_LENGTH} characters, which stand in any text and cannot be masked in reports; nothing was sent; use an account with a longer one"
        );
        (name, why)
    })
}

/// What is to be said of those of the variables whose value is a common word.
pub fn advice<'n>(names: impl IntoIterator<Item = &'n str>, environment: &Environment) -> Vec<String> {
    let common = |name: &&str| environment.get(name).is_some_and(is_common);
    let said = |name: &str| {
        format!(
            "${{{name}}} is a common word: it is masked only where it stands alone in what the target sends; a credential of its own for the tests is better"
        )
    };
    names.into_iter().filter(common).map(said).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_any_text_is_weak_and_a_token_is_not() {
        for weak in
            ["json", "error", "Error", "admin", "4217", "100500", "abc", "secret", "error_message", "bob", "a-b"]
        {
            assert!(is_weak(weak), "{weak}");
        }
        for strong in ["pa55w", "Zq7Xw2Kp", "open sesame", "79991234567", "correcthorse", "пароль", "e6a1-44"] {
            assert!(!is_weak(strong), "{strong}");
        }
    }

    #[test]
    fn what_no_mask_can_hide_is_refused_with_advice() {
        let environment =
            Environment::new([("A".into(), "7".into()), ("B".into(), "abc".into()), ("C".into(), "яя".into())]);
        assert_eq!(unmaskable(["B", "D"], &environment), None);
        for name in ["A", "C"] {
            let (named, why) = unmaskable(["B", name], &environment).unwrap();
            assert!(
                named == name && why.starts_with("has fewer than 3") && why.contains("use an account"),
                "{named} {why}"
            );
        }
    }
}
