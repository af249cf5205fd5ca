//! The shell command that sends a recorded request once more, for a reader to paste.
//!
//! It is POSIX shell with curl 7.88 or later, on one line, and puts the same request on the wire as errdrift's own
//! client. It knows templates and never a secret: the shell expands the variables. It runs nothing.

use std::fmt::Write as _;

use crate::model::exchange::Request;
use crate::model::printable::hides;
use crate::model::secret::Template;
use crate::plan::Probe;

/// Linux takes 128 KiB in one argument of a process; beyond, the body comes through a pipe.
const MAX_ARGUMENT: usize = 100_000;
/// As many equal bytes in a row are written as a count.
const MIN_RUN: usize = 256;
/// curl asks for leave (`Expect: 100-continue`) to send a body of 1 MiB; errdrift never does.
const SENT_WITHOUT_LEAVE: usize = 1_000_000;

/// The command that sends the request to the URL, whose end is the request's target.
#[must_use]
pub fn command(request: &Request, url: &str, insecure: bool) -> String {
    let mut words = vec!["curl -sS -i -g --path-as-is".to_owned()];
    if insecure {
        words.push("-k".to_owned());
    }
    if url.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https:")) {
        words.push("--http1.1".to_owned());
    }
    match (request.method.as_str(), &request.body) {
        ("GET", None) => {}
        ("HEAD", None) => words.push("-I".to_owned()),
        // curl takes no `-I` with a body, and waits for the reply's body where it does not know HEAD.
        ("HEAD", Some(_)) => words.push("-X HEAD -m 10".to_owned()),
        (method, _) if !method.is_empty() && method.bytes().all(|b| b.is_ascii_alphanumeric()) => {
            words.push(format!("-X {method}"));
        }
        (method, _) => words.push(format!("-X {}", word(method.as_bytes(), Letters::Ascii))),
    }
    let body = request.body.as_deref();
    let defaults = [
        ("User-Agent", true),
        ("Accept", true),
        ("Content-Type", body.is_some()),
        ("Expect", body.is_some_and(|body| body.len() > SENT_WITHOUT_LEAVE)),
    ];
    for (name, sent) in defaults {
        if sent && request.header(name).is_none() {
            words.push(format!("-H '{name}:'"));
        }
    }
    words.extend(request.headers.iter().map(|(name, value)| format!("-H {}", header(name, value))));
    let mut pipe = String::new();
    match body {
        None => {}
        Some(body) if body.len() <= MAX_ARGUMENT && is_plain(body, Letters::All) => {
            let option = if body.starts_with(b"@") { "--data-raw" } else { "--data-binary" };
            words.push(format!("{option} {}", word(body, Letters::All)));
        }
        Some(body) => {
            pipe = format!("{} | ", producer(body));
            words.push("--data-binary @-".to_owned());
        }
    }
    words.push(address(request, url));
    pipe + &words.join(" ")
}

/// The command by which errdrift sends one probe again, for what curl cannot send; its report shows request and reply.
#[must_use]
pub fn again(probe: &Probe, target: &str, insecure: bool) -> String {
    let plain = |text: &str| word(text.as_bytes(), Letters::Ascii);
    let insecure = if insecure { " --insecure" } else { "" };
    format!(
        "errdrift run {} --target {} --fault {} --exact --filter {}{insecure} --quiet --report json=-",
        plain(&probe.api.name),
        plain(target),
        plain(probe.fault.id),
        plain(&probe.id)
    )
}

/// The URL; where curl would rewrite or refuse its path, the target stands beside it.
fn address(request: &Request, url: &str) -> String {
    let origin = url.strip_suffix(&request.target).unwrap_or(url);
    let authority = origin.find("://").map_or(0, |at| at + 3);
    let end = origin[authority..].find(['/', '?', '#']).map_or(origin.len(), |at| authority + at);
    let (origin, target) = url.split_at(end);
    let untouched = |b: u8| b.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%/?[]".contains(&b);
    if target.is_empty() || (target.starts_with('/') && target.bytes().all(untouched)) {
        return word(url.as_bytes(), Letters::Ascii);
    }
    let origin = format!("{origin}/");
    format!("--request-target {} {}", word(target.as_bytes(), Letters::Ascii), word(origin.as_bytes(), Letters::Ascii))
}

/// A header field as curl takes it, as one word.
fn header(name: &str, value: &Template) -> String {
    let literal = value.masked();
    if !value.variables().is_empty() {
        let name = Template::literal(format!("{name}: ")).shell();
        return format!("\"{}{}\"", quoted_twice(&name), quoted_twice(&value.shell()));
    }
    // curl drops a field without a value unless a semicolon stands for the colon.
    if literal.trim_ascii().is_empty() {
        return word(format!("{name};").as_bytes(), Letters::Ascii);
    }
    word(&[name.as_bytes(), b": ", &literal].concat(), Letters::Ascii)
}

/// The letters that stand as they are; others are written in octal.
#[derive(Clone, Copy, PartialEq)]
enum Letters {
    Ascii,
    All,
}

impl Letters {
    /// Whether the letter can be pasted into a terminal, and read there.
    fn hold(self, c: char) -> bool {
        !hides(c) && (self == Self::All || c.is_ascii())
    }
}

fn is_plain(bytes: &[u8], letters: Letters) -> bool {
    std::str::from_utf8(bytes).is_ok_and(|text| text.chars().all(|c| letters.hold(c)))
}

/// Bytes as they come, or one byte many times.
enum Part<'b> {
    Rest(&'b [u8]),
    Run(u8, usize),
}

fn parts(bytes: &[u8]) -> Vec<Part<'_>> {
    let (mut parts, mut start, mut at) = (Vec::new(), 0, 0);
    for equal in bytes.chunk_by(|a, b| a == b) {
        if equal.len() >= MIN_RUN {
            if start < at {
                parts.push(Part::Rest(&bytes[start..at]));
            }
            parts.push(Part::Run(equal[0], equal.len()));
            start = at + equal.len();
        }
        at += equal.len();
    }
    if start < at || bytes.is_empty() {
        parts.push(Part::Rest(&bytes[start..]));
    }
    parts
}

/// One word of the shell that expands to the bytes, none of which is NUL or a line feed.
fn word(bytes: &[u8], letters: Letters) -> String {
    let part = |part| match part {
        Part::Rest(rest) if is_plain(rest, letters) => single_quoted(&String::from_utf8_lossy(rest)),
        Part::Rest(rest) => format!("\"$(printf {})\"", octal(rest, letters)),
        Part::Run(byte, count) => format!("\"$({})\"", run(byte, count)),
    };
    parts(bytes).into_iter().map(part).collect()
}

/// A command that prints the bytes, whatever they are.
fn producer(bytes: &[u8]) -> String {
    let part = |part| match part {
        Part::Rest(rest) if is_plain(rest, Letters::All) => {
            format!("printf %s {}", single_quoted(&String::from_utf8_lossy(rest)))
        }
        Part::Rest(rest) => format!("printf {}", octal(rest, Letters::All)),
        Part::Run(byte, count) => run(byte, count),
    };
    let mut commands: Vec<_> = parts(bytes).into_iter().map(part).collect();
    if commands.len() == 1 { commands.remove(0) } else { format!("{{ {}; }}", commands.join("; ")) }
}

/// A command that prints one byte many times.
fn run(byte: u8, count: usize) -> String {
    match byte {
        b'0' => format!("printf '%0{count}d' 0"),
        b' ' => format!("printf '%{count}s' ''"),
        byte if byte.is_ascii_alphanumeric() => format!("printf '%{count}s' '' | tr ' ' {}", char::from(byte)),
        byte => format!("printf '%{count}s' '' | tr ' ' '\\{byte:03o}'"),
    }
}

fn single_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The format of a `printf` that prints the bytes.
fn octal(bytes: &[u8], letters: Letters) -> String {
    let mut format = String::from("'");
    let escape = |format: &mut String, bytes: &[u8]| {
        for byte in bytes {
            let _ = write!(format, "\\{byte:03o}");
        }
    };
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\n' => format.push_str("\\n"),
                '\r' => format.push_str("\\r"),
                '\t' => format.push_str("\\t"),
                '%' => format.push_str("%%"),
                '\\' => format.push_str("\\\\"),
                // An interactive bash expands `!` even here, a leading `-` would begin an option.
                '\'' | '!' | '-' => escape(&mut format, &[c as u8]),
                c if letters.hold(c) => format.push(c),
                c => escape(&mut format, c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        escape(&mut format, chunk.invalid());
    }
    format.push('\'');
    format
}

/// The inside of double quotes, with what cannot stand there as substitutions, which nest.
fn quoted_twice(inside: &str) -> String {
    let letters: Vec<char> = inside.chars().collect();
    let mut quoted = String::new();
    for equal in letters.chunk_by(|a, b| a == b) {
        match equal[0] {
            // Half of the backslashes escape the other half.
            c if equal.len() >= MIN_RUN && c.is_ascii() && c != '\\' => {
                let _ = write!(quoted, "$({})", run(c as u8, equal.len()));
            }
            c if c != '!' && Letters::Ascii.hold(c) => quoted.extend(equal),
            _ => {
                let text: String = equal.iter().collect();
                let _ = write!(quoted, "$(printf {})", octal(text.as_bytes(), Letters::Ascii));
            }
        }
    }
    quoted
}
