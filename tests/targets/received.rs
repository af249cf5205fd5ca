//! Messages as a target or a front of the tests' own receives them.

use std::io::Read;
use std::net::TcpStream;

/// A request with its content; its head. `None` at the end of the connection.
pub(crate) fn request(stream: &mut TcpStream) -> Option<String> {
    message(stream, false).map(|(head, _)| head)
}

/// A message with a Content-Length or none: its head with its end, and all its bytes. `None` at the end of the connection.
pub(crate) fn message(stream: &mut TcpStream, bodiless: bool) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let end = loop {
        // A bare LF ends a line as well (RFC 9112, section 2.2).
        let ends = [&b"\r\n\r\n"[..], b"\n\n"];
        let end = ends
            .iter()
            .filter_map(|end| Some(bytes.windows(end.len()).position(|window| window == *end)? + end.len()))
            .min();
        if let Some(end) = end {
            break end;
        }
        read(stream, &mut bytes)?;
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let length: Option<usize> =
        head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    while bytes.len() < end + length.filter(|_| !bodiless).unwrap_or(0) {
        read(stream, &mut bytes)?;
    }
    Some((head, bytes))
}

fn read(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<()> {
    let mut buffer = [0; 8192];
    match stream.read(&mut buffer) {
        Ok(read @ 1..) => bytes.extend_from_slice(&buffer[..read]),
        _ => return None,
    }
    Some(())
}
