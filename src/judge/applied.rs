//! Which rules a reply put to the test: a rule that asks for something that never came has not been kept, it has not been
//! asked.

use super::Case;
use crate::catalog::contract::Contract;
use crate::fault::relation::Like;
use crate::model::pointer::pointed;

/// A condition of one or more rules.
pub(crate) struct Condition {
    /// The rules.
    pub(crate) rules: &'static [&'static str],
    /// What there must be.
    pub(crate) needs: &'static str,
    /// Whether a contract has the rules at all.
    pub(crate) belongs: fn(&Contract) -> bool,
    /// Whether a reply puts them to the test.
    holds: fn(&Case<'_>) -> bool,
}

/// The conditions; at most 32. Rules that every reply puts to the test have none.
pub(crate) static CONDITIONS: &[Condition] = &[
    Condition {
        rules: &["allow-missing", "allow-contradictory"],
        needs: "reply with the status 405",
        belongs: |_| true,
        holds: |case| case.reply.status == 405,
    },
    Condition {
        rules: &["schema-violation", "member-undocumented", "body-duplicate-member", "body-integer-not-plain"],
        needs: "reply with a body in JSON",
        belongs: |_| true,
        holds: |case| case.json.is_some(),
    },
    Condition {
        rules: &["code-unexpected", "code-contradicts-status"],
        needs: "reply with the contract's code",
        belongs: |contract| contract.file.code.is_some(),
        holds: |case| case.envelope,
    },
    Condition {
        rules: &["fields-mirror-nothing"],
        needs: "reply with mirrored fields",
        belongs: |contract| contract.file.fields.is_some(),
        holds: |case| {
            let fields = case.contract.file.fields.as_ref();
            fields.is_some_and(|place| case.json.is_some_and(|json| pointed(json, &place.at).is_some()))
        },
    },
    Condition {
        rules: &["message-unexpected"],
        needs: "reply of the contract to a cause with a documented message",
        belongs: |contract| contract.file.cause.values().any(|promise| promise.message.is_some()),
        holds: |case| {
            let promise = case.contract.promise(case.probe.cause);
            case.envelope && promise.is_some_and(|promise| promise.message.is_some())
        },
    },
    Condition {
        rules: &["credentials-checked-late"],
        needs: "reply to wrong credentials",
        belongs: |contract| contract.file.cause.values().any(|promise| promise.outranked.is_some()),
        holds: |case| case.probe.cause.is_about_credentials(),
    },
    Condition {
        rules: &["credential-disclosed"],
        needs: "reply to a request with a real credential",
        belongs: |_| true,
        holds: |case| case.probe.request.templates().any(crate::model::secret::Template::has_variables),
    },
    Condition {
        rules: &["charset-unexpected"],
        needs: "Content-Type with a charset",
        belongs: |_| true,
        holds: |case| case.reply.header("content-type").is_some_and(|value| value.contains("charset")),
    },
    Condition {
        rules: &["body-forbidden"],
        needs: "reply to HEAD, and none with 204 or 304",
        belongs: |_| true,
        holds: |case| case.probe.request.method == "HEAD" || matches!(case.reply.status, 204 | 304),
    },
    Condition {
        rules: &["next-request-corrupted"],
        needs: "reply to a request behind which another stands (--tier wire)",
        belongs: |_| true,
        holds: |case| case.probe.request.script.as_ref().is_some_and(|script| script.good_follows),
    },
    Condition {
        rules: &["answer-varies"],
        needs: "reply to the same mistake in other circumstances",
        belongs: |_| true,
        holds: |case| matches!(case.probe.like, Some(Like::Same(_))),
    },
    Condition {
        rules: &["existence-disclosed"],
        needs: "resource known to exist (the suite's `known`), asked for without rights",
        belongs: |_| true,
        holds: |case| matches!(case.probe.like, Some(Like::Unseen(_))),
    },
    Condition {
        rules: &["precedence-differs", "precedence-violated"],
        needs: "reply to two mistakes at once (--tier pairs)",
        belongs: |_| true,
        holds: |case| matches!(case.probe.like, Some(Like::Either(_))),
    },
];

/// The conditions that hold, one bit each in the order of the table.
pub(crate) fn of(case: &Case<'_>) -> u32 {
    let bit = |(index, condition): (usize, &Condition)| u32::from((condition.holds)(case)) << index;
    CONDITIONS.iter().enumerate().map(bit).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::rules;

    #[test]
    fn every_condition_is_of_known_rules() {
        assert!(CONDITIONS.len() <= 32);
        for rule in CONDITIONS.iter().flat_map(|condition| condition.rules) {
            assert!(rules::find(rule).is_some(), "{rule}");
        }
    }
}
