//! Requests as a target of the tests' own receives them.

use std::io::Read;
use std::net::TcpStream;

/// A request with its content; its head. `None` at the end of the connection.
pub(crate) fn request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        read(stream, &mut bytes)?;
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let length =
        head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    while bytes.len() < end + length.unwrap_or(0) {
        read(stream, &mut bytes)?;
    }
    Some(head)
}

fn read(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<()> {
    let mut buffer = [0; 8192];
    match stream.read(&mut buffer) {
        Ok(read @ 1..) => bytes.extend_from_slice(&buffer[..read]),
        _ => return None,
    }
    Some(())
}
