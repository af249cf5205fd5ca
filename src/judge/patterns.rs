//! Texts that give a server away.

use std::sync::LazyLock;

use regex::Regex;

use super::internals::{self, INTERNALS_DISCLOSED};
use super::rule::{Rule, rules};

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
    Class { rule: &INTERNALS_DISCLOSED, patterns: internals::PATTERNS },
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

/// The pattern with words and digits of ASCII: those of Unicode are slow to search and large in memory.
fn ascii(pattern: &str) -> String {
    pattern.replace(r"\b", r"(?-u:\b)").replace(r"\w", "[0-9A-Za-z_]").replace(r"\d", "[0-9]")
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

/// Whether the text holds any of them.
pub(super) fn match_any(text: &str) -> bool {
    ANY.as_ref().is_some_and(|any| any.is_match(text))
}

/// The patterns that the text holds.
pub(super) fn matching(text: &str) -> impl Iterator<Item = &'static (&'static Rule, &'static str, Regex)> {
    let matches: Vec<usize> = ANY.as_ref().map_or_else(Vec::new, |any| any.matches(text).into_iter().collect());
    matches.into_iter().filter_map(|index| PATTERNS.get(index))
}

/// Replies that fire these rules: severity, rule and place, the probe, and what came. All are silent on what is promised.
#[cfg(test)]
pub(super) fn fires() -> Vec<super::tests::prelude::Row> {
    use super::tests::prelude::*;

    vec![
        (
            "error stack-trace-disclosed /error_message",
            OFFSET,
            message("Traceback (most recent call last):\n  File \"x.py\", line 10, in get"),
        ),
        ("error sql-disclosed /error_message", OFFSET, message("ERROR: syntax error at or near \"'\"")),
        ("warning path-disclosed /error_message", OFFSET, message("No such file: /srv/app/config.ini")),
        ("warning version-disclosed header:server", OFFSET, Outcome::Reply(with(oz(400, 4), "server", "nginx/1.22.1"))),
        ("warning version-disclosed /error_message", OFFSET, message("Werkzeug/2.3.4 is not amused")),
    ]
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
        assert_eq!(samples.len(), patterns - internals::PATTERNS.len(), "every pattern has a sample");
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
