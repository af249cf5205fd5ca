//! What a rule is: one way in which a reply can be wrong, with the explanation that `explain` prints. Each stands beside the
//! code that finds it.
//!
//! A rule's id names the bad state and never changes. Its severity is the one where no contract says otherwise.

use std::fmt;

use serde::{Serialize, Serializer};

use super::case::Case;
use crate::catalog::Api;
use crate::model::verdict::Severity;

/// One way in which a reply can be wrong.
#[derive(Debug)]
pub struct Rule {
    /// The stable id, in kebab case.
    pub id: &'static str,
    /// The severity where the contract's promise does not give one.
    pub severity: Severity,
    /// What the bad state is.
    pub what: &'static str,
    /// Why it matters to a client.
    pub why: &'static str,
    /// A reply that is in it.
    pub example: &'static str,
    /// Where it is written that it is bad.
    pub source: &'static str,
    /// What must be there for the rule to be put to the test; `None` where every reply is enough.
    pub needs: Option<&'static Needs>,
    /// What else is to be known of it.
    pub marks: &'static [Mark],
}

/// What there is to know of some rules.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mark {
    /// No contract takes it lightly where another layer than the service answers.
    Uncapped,
    /// A reply gives something away by it, whatever else it says.
    Discloses,
    /// It looks at what a report does not hold: the message as it came, or credentials.
    Unrecorded,
    /// It holds answers against each other, which a report has.
    Compares,
    /// By it a reply did not come whole.
    Partial,
}

impl Rule {
    /// Whether that is to be known of it.
    #[must_use]
    pub fn is(&self, mark: Mark) -> bool {
        self.marks.contains(&mark)
    }
}

/// What must be there for a rule to be put to the test. What asks for something that never came has not been kept, it has
/// not been asked.
#[derive(Debug)]
pub struct Needs {
    /// What it is, as the end of "there was no …".
    pub what: &'static str,
    /// Whether an API has the rule at all.
    pub belongs: fn(&Api) -> bool,
    /// Whether a reply puts it to the test.
    pub(crate) holds: fn(&Case<'_>) -> bool,
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Rule {}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id)
    }
}

/// The rules of a family, each by its name in code, and the list of them. `needs` and `marks` may be left out.
macro_rules! rules {
    (@or $default:expr,) => {
        $default
    };
    (@or $default:expr, $value:expr) => {
        $value
    };
    ($($name:ident = $severity:ident $id:literal {
        what: $what:literal, why: $why:literal, example: $example:literal, source: $source:literal,
        $(needs: $needs:ident,)? $(marks: [$($mark:ident),*],)?
    })*) => {
        $(pub(crate) static $name: $crate::judge::rule::Rule = $crate::judge::rule::Rule {
            id: $id,
            severity: $crate::model::verdict::Severity::$severity,
            what: $what,
            why: $why,
            example: $example,
            source: $source,
            needs: $crate::judge::rule::rules!(@or None, $(Some(&$needs))?),
            marks: &[$($($crate::judge::rule::Mark::$mark),*)?],
        };)*

        /// The rules of this family.
        pub(super) static RULES: &[&$crate::judge::rule::Rule] = &[$(&$name),*];
    };
}
pub(super) use rules;
