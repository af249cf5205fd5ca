//! No more drift than last time: the count of each signature, in a file that is compared line by line.
//!
//! Pure: it knows the text of the file, not the file. Notes are not counted, since they fail nothing, nor is what is waived or old.

use std::collections::BTreeMap;

use crate::model::printable::printable;
use crate::model::verdict::Severity;
use crate::report::{Drift, signature};

/// The first line, which says what the file is.
const HEAD: &str =
    "# errdrift ratchet 2: the probes of each drift of the last run, `count signature`, sorted by signature";

/// How many probes showed which drift.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Ratchet {
    counts: BTreeMap<String, usize>,
    /// Whether its signatures are those of errdrift 0.1.
    is_earlier: bool,
}

impl Ratchet {
    /// What a run found.
    #[must_use]
    pub fn of<'d>(drifts: impl Iterator<Item = &'d Drift>) -> Self {
        // A target chooses a part of the signature, and one is a line.
        let line = |drift: &Drift| (printable(&drift.signature, usize::MAX), drift.standing());
        Self { counts: counting(drifts).map(line).collect(), is_earlier: false }
    }

    /// What a run found, as this ratchet counts it.
    #[must_use]
    pub fn counted<'d>(&self, drifts: impl Iterator<Item = &'d Drift>) -> Self {
        if !self.is_earlier {
            return Self::of(drifts);
        }
        let mut counts = BTreeMap::new();
        for (signature, count) in counting(drifts).flat_map(|drift| &drift.earlier) {
            *counts.entry(printable(signature, usize::MAX)).or_default() += count;
        }
        Self { counts, is_earlier: true }
    }

    /// Whether it is one of errdrift 0.1, whose signatures say neither what came nor how grave it is.
    #[must_use]
    pub fn is_earlier(&self) -> bool {
        self.is_earlier
    }

    /// Reads the file's text.
    ///
    /// # Errors
    /// The number of the first invalid line, and what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, (usize, String)> {
        let mut counts = BTreeMap::new();
        for (number, line) in (1..).zip(text.lines()) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let wrong = |what: &str| {
                (number, format!("{what}; write `count signature`, as `12 oz-api:no-reply:reply:*:none:*:error`"))
            };
            let (count, signature) = line.split_once(' ').ok_or_else(|| wrong("there is no count before a space"))?;
            let count = count.parse().map_err(|_| wrong(&format!("`{count}` is no number of probes")))?;
            if counts.insert(signature.to_owned(), count).is_some() {
                return Err(wrong("this signature stands here a second time"));
            }
        }
        let is_earlier = !counts.is_empty() && counts.keys().all(|signature| signature::is_earlier(signature));
        Ok(Self { counts, is_earlier })
    }

    /// The file's text.
    #[must_use]
    pub fn text(&self) -> String {
        let lines = self.counts.iter().map(|(signature, count)| format!("{count} {signature}\n"));
        format!("{HEAD}\n{}", lines.collect::<String>())
    }

    /// What is more than before, in words.
    #[must_use]
    pub fn more_than(&self, before: &Self) -> Vec<String> {
        let more = self.counts.iter().filter_map(|(signature, count)| match before.counts.get(signature) {
            None => Some(format!("new: {signature}, shown by {count} of the probes")),
            Some(last) if count > last => Some(format!("more: {signature}, {last} probes last time, {count} now")),
            Some(_) => None,
        });
        more.collect()
    }
}

fn counting<'d>(drifts: impl Iterator<Item = &'d Drift>) -> impl Iterator<Item = &'d Drift> {
    drifts.filter(|drift| drift.severity > Severity::Note && !drift.is_accepted())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratchet(text: &str) -> Ratchet {
        Ratchet::parse(text).unwrap()
    }

    #[test]
    fn the_text_is_sorted_and_reads_back_the_same() {
        let text = format!("{HEAD}\n2 a:b\n10 c d:e\n");
        assert_eq!(ratchet("10 c d:e\n\n# a remark\n2 a:b\n").text(), text);
        assert_eq!(ratchet(&text).text(), text);
    }

    #[test]
    fn more_probes_and_new_signatures_are_more_and_fewer_are_not() {
        let (before, now) = (ratchet("2 a\n3 b\n4 c\n"), ratchet("2 a\n4 b\n1 c\n1 d\n"));
        assert_eq!(now.more_than(&before), ["more: b, 3 probes last time, 4 now", "new: d, shown by 1 of the probes"]);
        assert!(ratchet("1 a\n").more_than(&before).is_empty());
    }

    #[test]
    fn a_line_that_is_none_is_named_by_its_number() {
        for (text, number) in [("2 a\nx b\n", 2), ("# x\n\nabc\n", 3), ("1 a\n2 a\n", 2)] {
            assert_eq!(Ratchet::parse(text).unwrap_err().0, number, "{text}");
        }
    }
}
