//! What an error reply should not tell: traces, SQL, credentials, paths, versions.
//!
//! Tables of linear-time patterns. What the request itself carried is subtracted, credentials aside: an echo is no leak.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::case::Case;
use super::finding::Finding;
use super::found::Found;
use super::origin::pages;
use super::rule::{Needs, Rule, rules};
use super::{carried, describe};
use crate::model::exchange::Ending;
use crate::model::secret::Mask;

static NEEDS_CREDENTIAL: Needs = Needs {
    what: "reply to a request with a real credential",
    belongs: |_| true,
    holds: |case| case.probe.request.templates().any(crate::model::secret::Template::has_variables),
};

rules! {
    STACK_TRACE_DISCLOSED = Error "stack-trace-disclosed" {
        what: "The reply holds a stack trace.",
        why: "It tells an attacker the language, the framework and the code's layout, and the client nothing.",
        example: "Traceback (most recent call last): File \"/srv/app.py\", line 10",
        source: "OWASP ASVS 16.5.1; CWE-209",
        marks: [Uncapped, Discloses],
    }
    SQL_DISCLOSED = Error "sql-disclosed" {
        what: "The reply holds SQL or a database's own error.",
        why: "It tells an attacker the tables and whether injection works.",
        example: "ERROR: syntax error at or near \"'\"",
        source: "OWASP ASVS 16.5.1; CWE-209",
        marks: [Uncapped, Discloses],
    }
    CREDENTIAL_DISCLOSED = Error "credential-disclosed" {
        what: "The reply holds the credential that the request carried.",
        why: "Error replies are logged by clients, proxies and monitors.",
        example: "{\"error_message\": \"token 3f5a… does not exist\"}",
        source: "CWE-532; OWASP ASVS 16.2.5",
        needs: NEEDS_CREDENTIAL,
        marks: [Unrecorded, Uncapped, Discloses],
    }
    PATH_DISCLOSED = Warning "path-disclosed" {
        what: "The reply holds a path of the server's file system.",
        why: "It tells an attacker the system's layout.",
        example: "No such file: /srv/app/config.py",
        source: "OWASP ASVS 16.5.1; CWE-209",
        marks: [Uncapped, Discloses],
    }
    VERSION_DISCLOSED = Warning "version-disclosed" {
        what: "The reply names the version of the server's software.",
        why: "It tells an attacker which known holes to try.",
        example: "Server: nginx/1.22.1",
        source: "RFC 9110, section 10.2.4; OWASP ASVS 13.4.6",
        marks: [Uncapped, Discloses],
    }
}

/// A class of disclosure: the rule, what it is, and the patterns that tell it.
struct Class {
    rule: &'static Rule,
    patterns: &'static [(&'static str, &'static str)],
}

/// Patterns by class, each with the name of what it finds.
static CLASSES: &[Class] = &[
    Class {
        rule: &STACK_TRACE_DISCLOSED,
        patterns: &[
            ("Python", r#"Traceback \(most recent call last\)|File "[^"\n]+", line \d+, in "#),
            (
                "Java",
                r"\bat [\w$.<>/]+\((?:[\w$]+\.(?:java|kt|scala|groovy):\d+|Native Method|Unknown Source)\)|\b(?:java|javax|jakarta|org\.springframework)\.[\w.]+(?:Exception|Error)\b",
            ),
            (".NET", r"\bat [\w.`<>\[\]]+\([^)\n]*\) in [^\n]+:line \d+|\bSystem\.(?:\w+\.)*\w+Exception\b"),
            (
                "Node.js",
                r"\bat (?:[\w.<>\[\] ]+ \()?(?:/|[A-Za-z]:\\|file://|node:)[^\s:()]*:\d+:\d+\)?|\bnode_modules/",
            ),
            (
                "Go",
                r"goroutine \d+ \[\w+|\bpanic: |runtime error: (?:invalid memory|index out of)|cannot unmarshal \w+ into Go ",
            ),
            ("Ruby", r"\b[\w/.-]+\.rb:\d+:in "),
            (
                "PHP",
                r"#\d+ \{main\}|PHP (?:Fatal error|Warning|Notice|Stack trace)|(?:Fatal error|Warning|Notice)</b>?: .+ on line <?b?>?\d+|\bin /[\w./-]+\.php(?: on line |:)\d+|Uncaught (?:Error|\w*Exception)\b.* in ",
            ),
            ("Rust", r"thread '[^']+' (?:\(\d+\) )?panicked at|stack backtrace:"),
            ("Perl", r" at [\w/.-]+\.p[lm] line \d+\."),
            ("Elixir", r"\*\* \(\w+(?:\.\w+)*(?:Error|Exception)\)"),
            ("C++", r"AddressSanitizer|terminate called after throwing"),
        ],
    },
    Class {
        rule: &SQL_DISCLOSED,
        patterns: &[
            ("SQLSTATE", r"SQLSTATE\b"),
            ("Oracle", r"\bORA-\d{5}\b"),
            (
                "PostgreSQL",
                r#"syntax error at or near|violates (?:unique|foreign key|not-null|check|exclusion) constraint|\b(?:relation|column) "[^"]+" (?:of relation "[^"]+" )?does not exist|psycopg2?\.|\bpg_catalog\b|duplicate key value violates"#,
            ),
            (
                "MySQL",
                r"You have an error in your SQL syntax|Unknown column '|Duplicate entry '.*' for key|Table '[^']+' doesn't exist|\bER_[A-Z]+_[A-Z_]+\b",
            ),
            (
                "SQLite",
                r"\bSQLITE_[A-Z]+\b|sqlite3?\.(?:Operational|Integrity|Database)Error|no such (?:table|column): |UNIQUE constraint failed",
            ),
            (
                "SQL Server",
                r"Unclosed quotation mark|Incorrect syntax near '|Cannot insert duplicate key row in object",
            ),
            (
                "a database library",
                r"sqlalchemy\.exc|PDOException|SequelizeDatabaseError|QueryFailedError|\bSqlException\b|PSQLException|MongoServerError|\bE11000 duplicate key",
            ),
            (
                "a statement",
                r"(?i)\bselect\s+[\w*\x22`.,\s()]+\sfrom\s+[\w\x22`.\[\]]+\s+(?:where|limit|order by|join)\b|\binsert\s+into\s+[\w\x22`.\[\]]+\s*(?:\(|values)|\bupdate\s+[\w\x22`.\[\]]+\s+set\s+[\w\x22`.]+\s*=|\bdelete\s+from\s+[\w\x22`.\[\]]+\s+where\b",
            ),
        ],
    },
    Class {
        rule: &PATH_DISCLOSED,
        patterns: &[
            (
                "a Unix path",
                r"(?:^|[\s\x22'`(=:>\[])/(?:home|root|usr|var|opt|srv|etc|tmp|app|mnt|proc|Users|workspace)/[\w.-]+(?:/[\w.-]+)*",
            ),
            ("a Windows path", r"\b[A-Za-z]:\\(?:[\w .-]+\\)+[\w .-]+|\\\\[\w.-]+\\[\w$.-]+\\"),
        ],
    },
    Class {
        rule: &VERSION_DISCLOSED,
        patterns: &[(
            "a product",
            r"\b(?i:nginx|openresty|Apache|Apache Tomcat|Tomcat|Jetty|lighttpd|IIS|Microsoft-IIS|PHP|Python|OpenSSL|gunicorn|uvicorn|hypercorn|Werkzeug|Django|Flask|Express|Kestrel|Phusion Passenger|WEBrick|Puma|waitress|TwistedWeb|Werkzeug|ASP\.NET|CherryPy|BaseHTTP|SimpleHTTP|WSGIServer|aiohttp|Node\.js|WildFly|WebLogic|GlassFish|PostgreSQL|MySQL|MariaDB)[ /(]v?\d+(?:\.\d+)+",
        )],
    },
];

/// The pattern with boundaries of ASCII words: those of Unicode would make every text that is not ASCII slow to search.
fn ascii(pattern: &str) -> String {
    pattern.replace(r"\b", r"(?-u:\b)")
}

/// The patterns, compiled once: class, name, pattern.
static PATTERNS: LazyLock<Vec<(&'static Rule, &'static str, Regex)>> = LazyLock::new(|| {
    let all =
        CLASSES.iter().flat_map(|class| class.patterns.iter().map(|(name, pattern)| (class.rule, *name, *pattern)));
    all.filter_map(|(rule, name, pattern)| Some((rule, name, Regex::new(&ascii(pattern)).ok()?))).collect()
});

/// One pattern of all, to pass over a clean text in one go.
static ANY: LazyLock<Option<regex::RegexSet>> = LazyLock::new(|| {
    regex::RegexSet::new(CLASSES.iter().flat_map(|class| class.patterns.iter().map(|(_, pattern)| ascii(pattern)))).ok()
});

/// Header fields that name software by their purpose, whatever stands in them.
const BANNERS: &[&str] = &["server", "x-powered-by", "x-aspnet-version", "x-aspnetmvc-version", "via", "x-generator"];

/// As many findings of one reply are told.
const TOLD: usize = 60;

/// The most of a body that is searched, in bytes.
const SEARCHED: usize = 262_144;

/// What the reply tells and should not.
pub(crate) fn findings(case: &Case<'_>, sent: &[(String, Vec<u8>)]) -> Vec<Finding> {
    let mut findings = banners(case);
    let mut credentials = carried::credentials(sent);
    credentials.retain(|credential| !case.mask().is_word(credential));
    if tells_nothing(case, &credentials) {
        return findings;
    }
    places(case, &mut |at, came| {
        let text = &plain(came);
        if findings.len() >= TOLD {
            return;
        }
        for (rule, name, pattern) in matching(text) {
            // A banner's place has a finding of its own.
            let Some(found) = pattern.find_iter(text).find(|found| !echoed(case, found.as_str())) else { continue };
            push(
                &mut findings,
                Found::new(rule, spot(at))
                    .facet(*name)
                    .expected("no such text in an error")
                    .actual(format!("{name}: {}", excerpt(case, came, text, found.range(), pattern))),
            );
        }
        if credentials.iter().any(|credential| text.contains(credential)) {
            let found = Found::new(&CREDENTIAL_DISCLOSED, spot(at)).expected("the credential nowhere in a reply");
            push(&mut findings, found.actual("the credential that the request carried"));
        }
    });
    findings
}

/// Versions in fields that are there to name software.
fn banners(case: &Case<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, value) in case.reply.headers.iter().filter(|(name, _)| is_banner(name)) {
        let value = String::from_utf8_lossy(value);
        if value.split([' ', ',']).any(is_version) {
            let at = format!("header:{}", name.to_ascii_lowercase());
            let shown = case.mask().field(name, value.as_bytes());
            let shown = shown.map_or_else(|| value.to_string(), |shown| String::from_utf8_lossy(&shown).into_owned());
            // A gateway names itself on what it passes on, too.
            let author = pages::named(name, &value).map(|mark| (mark.layer, mark.name));
            let found = Found::new(&VERSION_DISCLOSED, at).author(author).expected("no version");
            push(&mut findings, found.actual(describe::quoted(&shown)));
        }
    }
    findings
}

fn is_banner(name: &str) -> bool {
    BANNERS.iter().any(|banner| banner.eq_ignore_ascii_case(name))
}

/// Whether one search through everything that the reply says finds nothing, as in most replies.
fn tells_nothing(case: &Case<'_>, credentials: &[String]) -> bool {
    let mut whole = String::with_capacity(512);
    if let Some(json) = case.json {
        gather(json, &mut whole);
    } else {
        whole.push_str(&String::from_utf8_lossy(&case.reply.body[..case.reply.body.len().min(SEARCHED)]));
    }
    for (_, value) in case.reply.headers.iter().filter(|(name, _)| !is_banner(name)) {
        whole.push('\n');
        whole.push_str(&String::from_utf8_lossy(value));
    }
    // Marks of HTML may hide what would be found without them.
    !whole.contains(['&', '<'])
        && !ANY.as_ref().is_some_and(|any| any.is_match(&whole))
        && !credentials.iter().any(|credential| whole.contains(credential))
}

/// Every name and string of a JSON value, a line each.
fn gather(json: &Value, whole: &mut String) {
    match json {
        Value::String(text) => {
            whole.push_str(text);
            whole.push('\n');
        }
        Value::Array(elements) => elements.iter().for_each(|element| gather(element, whole)),
        Value::Object(members) => {
            for (name, value) in members {
                whole.push_str(name);
                whole.push('\n');
                gather(value, whole);
            }
        }
        _ => {}
    }
}

/// One finding a rule and place is enough.
fn push(findings: &mut Vec<Finding>, finding: Finding) {
    let same = |other: &Finding| other.rule == finding.rule && other.at == finding.at && other.facet == finding.facet;
    if !findings.iter().any(same) {
        findings.push(finding);
    }
}

/// Shows the texts of a reply with where they stand: every string of a JSON body, else the body as it is; header values.
fn places(case: &Case<'_>, look: &mut impl FnMut(&str, &str)) {
    if let Some(json) = case.json {
        strings(json, &mut String::new(), case.mask(), look);
    } else {
        let body = &case.reply.body[..case.reply.body.len().min(SEARCHED)];
        look("", &String::from_utf8_lossy(body));
    }
    for (name, value) in case.reply.headers.iter().filter(|(name, _)| !is_banner(name)) {
        look(&format!("header:{}", case.mask().name(name).to_ascii_lowercase()), &String::from_utf8_lossy(value));
    }
}

/// One place is written over and over: a target may nest long names as it likes.
fn strings(json: &Value, at: &mut String, mask: &Mask, look: &mut impl FnMut(&str, &str)) {
    let length = at.len();
    match json {
        Value::String(text) => look(at, text),
        Value::Array(elements) => {
            // A trace may come as an array of lines, one meaningless without the other.
            let lines: Vec<_> = elements.iter().filter_map(Value::as_str).collect();
            if !lines.is_empty() {
                look(at, &lines.join("\n"));
            }
            at.push_str("/*");
            elements.iter().filter(|element| !element.is_string()).for_each(|element| strings(element, at, mask, look));
        }
        Value::Object(members) => {
            for (name, value) in members {
                look(at, name);
                crate::model::pointer::push(at, &mask.name(name));
                strings(value, at, mask, look);
                at.truncate(length);
            }
        }
        _ => {}
    }
    at.truncate(length);
}

/// Text without the marks of HTML that hide frames of a trace.
fn plain(text: &str) -> String {
    if !text.contains(['&', '<']) {
        return text.to_owned();
    }
    let text = text.replace("&nbsp;", " ").replace("&#39;", "'").replace("&#x27;", "'").replace("&quot;", "\"");
    text.replace("&lt;", "<").replace("&gt;", ">").replace("<br>", "\n").replace("<br/>", "\n").replace("&amp;", "&")
}

/// The patterns that the text holds.
fn matching(text: &str) -> impl Iterator<Item = &'static (&'static Rule, &'static str, Regex)> {
    let matches: Vec<usize> = ANY.as_ref().map_or_else(Vec::new, |any| any.matches(text).into_iter().collect());
    matches.into_iter().filter_map(|index| PATTERNS.get(index))
}

/// Whether the request itself carried the text.
fn echoed(case: &Case<'_>, found: &str) -> bool {
    let found = found.trim_matches([' ', '"', '\'', '`', '(', '=', ':', '>', '[']);
    let request = &case.probe.request;
    let body = request.body.as_deref().unwrap_or_default();
    request.target.contains(found) || String::from_utf8_lossy(body).contains(found)
}

/// What stands around the match, without secrets: they are looked for in the whole text, and the match in what is left.
fn excerpt(case: &Case<'_>, came: &str, text: &str, range: Range<usize>, pattern: &Regex) -> String {
    let Some(shown) = case.mask().masked(came.as_bytes(), case.reply.ending != Ending::Complete) else {
        return describe::quoted(around(text, range));
    };
    let shown = plain(&String::from_utf8_lossy(&shown));
    let found = pattern.find(&shown).map(|found| describe::quoted(around(&shown, found.range())));
    found.unwrap_or_else(|| format!("within {}", describe::quoted(&shown)))
}

fn around(text: &str, range: Range<usize>) -> &str {
    let start =
        (range.start.saturating_sub(20)..=range.start).find(|&at| text.is_char_boundary(at)).unwrap_or(range.start);
    let end =
        (range.end..=(range.end + 60).min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(range.end);
    &text[start..end]
}

/// Where it stands, as far as it tells one drift from another: the array and the header, not the element.
fn spot(at: &str) -> String {
    if at.is_empty() { "body".to_owned() } else { describe::begin(at).to_owned() }
}

fn is_version(product: &str) -> bool {
    let version = product.rsplit(['/', '-']).next().unwrap_or(product);
    let digits = version.trim_start_matches(['v', '(']);
    digits.contains('.')
        && digits.split('.').next().is_some_and(|major| !major.is_empty() && major.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        let patterns: usize = CLASSES.iter().map(|class| class.patterns.len()).sum();
        assert_eq!(PATTERNS.len(), patterns);
        assert!(ANY.is_some());
    }

    #[test]
    fn each_language_has_a_sample_that_its_pattern_finds() {
        let samples = [
            ("Python", "Traceback (most recent call last):\n  File \"/srv/app.py\", line 10, in get"),
            ("Java", "at com.oz.api.Folders.get(Folders.java:42)"),
            (".NET", "at Oz.Api.Get(String id) in C:\\src\\Api.cs:line 12"),
            ("Node.js", "TypeError: x\n    at Object.get (/srv/app/index.js:10:5)"),
            ("Go", "goroutine 12 [running]:\nmain.main()"),
            ("Ruby", "app/controllers/folders_controller.rb:12:in `show'"),
            ("PHP", "#0 /var/www/index.php(12): get()\n#1 {main}"),
            ("Rust", "thread 'main' panicked at src/main.rs:2:5"),
            ("Perl", "died at /srv/app.pl line 12."),
            ("Elixir", "** (FunctionClauseError) no function clause"),
            ("C++", "terminate called after throwing an instance"),
            ("SQLSTATE", "SQLSTATE[42000]: Syntax error"),
            ("Oracle", "ORA-00933: SQL command not properly ended"),
            ("PostgreSQL", "ERROR: syntax error at or near \"'\""),
            ("MySQL", "You have an error in your SQL syntax; check"),
            ("SQLite", "sqlite3.OperationalError: no such table: folders"),
            ("SQL Server", "Unclosed quotation mark after the character string"),
            ("a database library", "sqlalchemy.exc.ProgrammingError"),
            ("a statement", "SELECT id, name FROM folders WHERE id = 'x'"),
            ("a Unix path", "No such file: /srv/app/config.py"),
            ("a Windows path", "C:\\inetpub\\wwwroot\\api\\web.config"),
            ("a product", "Werkzeug/2.3.4"),
        ];
        for (name, sample) in samples {
            assert!(matching(sample).any(|(_, found, _)| *found == name), "{name}: {sample}");
        }
        let patterns: usize = CLASSES.iter().map(|class| class.patterns.len()).sum();
        assert_eq!(samples.len(), patterns, "every pattern has a sample");
    }

    #[test]
    fn ordinary_messages_disclose_nothing() {
        for text in [
            "Select a folder from the list where it belongs",
            "Update the value and set it to at least 1",
            "Method PATCH is not allowed at line 3",
            "error at offset 12: expected `,` or `}` at line 1 column 12",
            "Wrong authorization credentials have been passed to headers",
            "The panic button is not available. Insert into the slot.",
            "expected /api/folders/ or /api/users/",
            "Exception: folder 5b1f0c52-9d3e-4f7a-8c61-e2d4a7b90f36 does not exist",
            "Column must not be null; relation to folder does not exist",
            "Version 1.2.3 of the API is not supported",
        ] {
            let found: Vec<_> = matching(text).map(|(_, name, _)| *name).collect();
            assert!(found.is_empty(), "{text}: {found:?}");
        }
    }
}
