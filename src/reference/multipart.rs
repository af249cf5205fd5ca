//! Form data, as RFC 7578 frames it. Knows no API.

/// A part of a form.
pub(super) struct Part<'a> {
    pub(super) name: String,
    pub(super) content: &'a [u8],
}

/// The parts of a form; none when a boundary, a header or the end is not where it must be.
pub(super) fn parts<'a>(body: &'a [u8], boundary: &str) -> Option<Vec<Part<'a>>> {
    let delimiter = format!("\r\n--{boundary}").into_bytes();
    let opening = &delimiter[2..];
    let mut rest = match body.strip_prefix(opening) {
        Some(rest) => rest,
        None => &body[find(body, &delimiter)? + delimiter.len()..],
    };
    let mut parts = Vec::new();
    loop {
        if rest.starts_with(b"--") {
            return Some(parts);
        }
        rest = rest.strip_prefix(b"\r\n")?;
        let end = find(rest, &delimiter)?;
        parts.push(part(&rest[..end])?);
        rest = &rest[end + delimiter.len()..];
    }
}

fn part(part: &[u8]) -> Option<Part<'_>> {
    let end = find(part, b"\r\n\r\n")?;
    let head = std::str::from_utf8(&part[..end]).ok()?;
    let disposition = head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-disposition").then_some(value)
    })?;
    let name = disposition.split(';').find_map(|piece| {
        let (key, value) = piece.trim().split_once('=')?;
        key.eq_ignore_ascii_case("name").then(|| value.trim_matches('"').to_owned())
    })?;
    Some(Part { name, content: &part[end + 4..] })
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    let first = *wanted.first()?;
    let mut at = 0;
    loop {
        at += text[at..].iter().position(|byte| *byte == first)?;
        if text[at..].starts_with(wanted) {
            return Some(at);
        }
        at += 1;
    }
}
