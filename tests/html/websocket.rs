//! As much of a WebSocket's client (RFC 6455) as a browser's debugger needs: text there and back.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// The longest wait for a frame. The browser answers at once, but other tests may have the machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// Of clients all frames are masked (section 5.3). Nobody stands between us.
const MASK: [u8; 4] = [0x5a, 0xa5, 0x0f, 0xf0];

/// A connection that is open.
pub(crate) struct WebSocket {
    stream: BufReader<TcpStream>,
}

impl WebSocket {
    /// Connects to a `ws://` URL of loopback.
    pub(crate) fn connect(url: &str) -> Self {
        let (authority, path) = url.strip_prefix("ws://").unwrap().split_once('/').unwrap();
        let mut stream = TcpStream::connect(authority).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let head = format!(
            "GET /{path} HTTP/1.1\r\nHost: {authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ZXJyZHJpZnQgZXJyZHJpZg==\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut stream = BufReader::new(stream);
        let mut lines = Vec::new();
        while lines.last().is_none_or(|line: &String| line != "\r\n") {
            let mut line = String::new();
            assert!(stream.read_line(&mut line).unwrap() > 0, "closed behind {lines:?}");
            lines.push(line);
        }
        assert!(lines[0].starts_with("HTTP/1.1 101 "), "{lines:?}");
        Self { stream }
    }

    /// Sends text in one frame.
    pub(crate) fn send(&mut self, text: &str) {
        let mut frame = vec![0x81];
        match (u8::try_from(text.len()), u16::try_from(text.len())) {
            (Ok(length @ 0..126), _) => frame.push(0x80 | length),
            (_, Ok(length)) => {
                frame.push(0xfe);
                frame.extend(length.to_be_bytes());
            }
            _ => {
                frame.push(0xff);
                frame.extend((text.len() as u64).to_be_bytes());
            }
        }
        frame.extend(MASK);
        frame.extend(text.bytes().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        self.stream.get_mut().write_all(&frame).unwrap();
    }

    /// The next text, whatever frames it came in.
    pub(crate) fn receive(&mut self) -> String {
        let mut text = Vec::new();
        loop {
            let [first, second] = self.bytes();
            let length = match second & 0x7f {
                126 => u64::from(u16::from_be_bytes(self.bytes())),
                127 => u64::from_be_bytes(self.bytes()),
                length => u64::from(length),
            };
            let mut payload = vec![0; usize::try_from(length).unwrap()];
            self.stream.read_exact(&mut payload).unwrap();
            match first & 0x0f {
                // Text, and what goes on with it.
                0 | 1 => text.extend(payload),
                8 => panic!("the browser closed the connection"),
                // A ping: that we are there shows soon enough.
                _ => continue,
            }
            if first & 0x80 != 0 {
                return String::from_utf8(text).unwrap();
            }
        }
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.stream.read_exact(&mut bytes).expect("a frame in time");
        bytes
    }
}
