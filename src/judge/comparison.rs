//! Rules that hold an answer against those to other probes. What finds them is above, where there are results.

use super::rule::{Needs, rules};
use crate::fault::relation::Like;

static NEEDS_CIRCUMSTANCES: Needs = Needs {
    what: "reply to the same mistake in other circumstances",
    belongs: |_| true,
    holds: |case| matches!(case.probe.like, Some(Like::Same(_))),
};

static NEEDS_EXISTENCE: Needs = Needs {
    what: "resource known to exist (the suite's `known`), asked for without rights",
    belongs: |_| true,
    holds: |case| matches!(case.probe.like, Some(Like::Unseen(_))),
};

static NEEDS_TWO_MISTAKES: Needs = Needs {
    what: "reply to two mistakes at once (--tier pairs)",
    belongs: |_| true,
    holds: |case| matches!(case.probe.like, Some(Like::Either(_))),
};

rules! {
    ANSWER_VARIES = Error "answer-varies" {
        what: "The same mistake is answered in another way because something else of the request changed: what it accepts, who asks, over what it came.",
        why: "The client that a team tests with sees another API than the browser, the proxy or the library of its customers.",
        example: "401 with code 6 under Accept: application/json, and an HTML page under Accept: text/html",
        source: "RFC 9110, section 12.1; the document has one format for all clients",
        needs: NEEDS_CIRCUMSTANCES,
        marks: [Compares],
    }
    MEMBER_RENAMED = Error "member-renamed" {
        what: "A documented member comes in no reply, and another one in its place in nine replies of ten or more.",
        why: "Every client that reads the documented name finds nothing.",
        example: "error_details in every reply, and details in none",
        source: "the contract's body schema",
        marks: [Compares],
    }
    ANSWER_INTERMITTENT = Error "answer-intermittent" {
        what: "Identical requests are answered in different ways.",
        why: "One replica of several is old or broken, or a rollout is half done: a client sees the drift now and then, and nobody can reproduce it.",
        example: "3 of 4 requests: 404 with code 10; 1 of 4: 404 with code \"10\"",
        source: "the document gives one answer to one mistake",
    }
    PRECEDENCE_DIFFERS = Warning "precedence-differs" {
        what: "Of two mistakes in one request, an operation answers another one than most operations of its API do.",
        why: "The order of the checks is usually the framework's; an operation of its own order has checks of its own, and may lack one.",
        example: "malformed body before missing token at one operation of forty",
        source: "no document says which of two mistakes is answered",
        needs: NEEDS_TWO_MISTAKES,
    }
    PRECEDENCE_VIOLATED = Error "precedence-violated" {
        what: "Of two mistakes in one request, the service answers another one than the suite declares.",
        why: "What is looked at before the credentials can be learned without them.",
        example: "404 with code 10 without a token, where credentials come before resources",
        source: "the suite's precedence",
        needs: NEEDS_TWO_MISTAKES,
    }
    EXISTENCE_DISCLOSED = Error "existence-disclosed" {
        what: "Without the right to it, a resource that exists is answered in another way than one that does not.",
        why: "Whoever has no rights can learn by trying which ids exist.",
        example: "403 for a folder of somebody else, 404 for one that nobody has",
        source: "RFC 9110, section 15.5.5; CWE-204",
        needs: NEEDS_EXISTENCE,
        marks: [Compares, Uncapped, Discloses],
    }
    MESSAGE_SHARED_BY_CODES = Note "message-shared-by-codes" {
        what: "One wording of the message comes with several codes.",
        why: "A reader of the message cannot tell what the code tells; one of the two is probably wrong.",
        example: "\"Bad request\" with the codes 3, 4 and 5",
        source: "the documents describe each code in words of its own",
    }
    MESSAGE_VARIES = Note "message-varies" {
        what: "The same mistake under the same code is worded in several ways by different operations.",
        why: "Clients that search logs by the message miss some; usually two code paths do the same check.",
        example: "\"No access token was given\" here, \"Unauthorized\" there",
        source: "the documents describe each code in words of its own",
    }
}
