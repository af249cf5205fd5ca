//! Numbers as people read them. Knows no report.

/// The number with a comma between thousands.
#[must_use]
pub fn number(value: usize) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The number with its noun, which gets an `s` unless there is one.
#[must_use]
pub fn count(value: usize, noun: &str) -> String {
    format!("{} {noun}{}", number(value), if value == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_told_apart() {
        let numbers = [(0, "0"), (999, "999"), (1000, "1,000"), (1_204_000, "1,204,000"), (12_345, "12,345")];
        for (value, text) in numbers {
            assert_eq!(number(value), text);
        }
    }

    #[test]
    fn one_is_singular_and_none_is_plural() {
        assert_eq!([0, 1, 2].map(|n| count(n, "drift")), ["0 drifts", "1 drift", "2 drifts"]);
    }
}
