//! A server that keeps the bytes of each request, and the sender that is tested.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use errdrift::model::exchange::{Outcome, Request};
use errdrift::model::secret::Environment;
use errdrift::model::target::Target;
use errdrift::wire::sender::Sender;
use errdrift::wire::settings::Settings;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// A server on a port of its own with a sender to it.
pub(crate) struct Capture {
    pub(crate) address: SocketAddr,
    pub(crate) sender: Sender,
    requests: mpsc::UnboundedReceiver<Vec<u8>>,
}

impl Capture {
    /// Starts on the runtime of the test.
    pub(crate) async fn start() -> Self {
        Self::reached(|address| (target(address), None)).await
    }

    /// The same, of a target below a path.
    pub(crate) async fn below(prefix: &str) -> Self {
        Self::reached(|address| (Target::parse(&format!("http://{address}{prefix}")).unwrap(), None)).await
    }

    /// The same, as the proxy before a target elsewhere.
    pub(crate) async fn before(elsewhere: &str, credentials: &str) -> Self {
        let target = Target::parse(elsewhere).unwrap();
        Self::reached(|address| (target, Some(format!("http://{credentials}{address}")))).await
    }

    async fn reached(from: impl FnOnce(SocketAddr) -> (Target, Option<String>)) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, requests) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, sender.clone()));
            }
        });
        let (target, proxy) = from(address);
        let settings = Settings { target, timeout: Duration::from_secs(30), insecure: false, ca: None, proxy };
        Self { address, sender: Sender::new(&settings).unwrap(), requests }
    }

    /// Sends the request and hands back the bytes that arrived.
    pub(crate) async fn bytes(&mut self, request: &Request) -> Vec<u8> {
        let headers = resolved(request);
        let exchange = self.sender.send(request, &headers, &environment()).await;
        let Outcome::Reply(reply) = &exchange.outcome else { panic!("{request:?}: {:?}", exchange.outcome) };
        assert_eq!(reply.status, 400);
        let bytes = self.requests.recv().await.unwrap();
        assert!(self.requests.try_recv().is_err(), "sent twice: {request:?}");
        bytes
    }
}

pub(crate) fn target(address: SocketAddr) -> Target {
    Target::parse(&format!("http://{address}")).unwrap()
}

/// The values of the variables in these tests.
const VARIABLES: &[(&str, &str)] = &[
    ("OZ_TOKEN", "0123456789abcdef"),
    ("OZ_WEAK_TOKEN", "weak-token"),
    ("OZ_EXPIRED_TOKEN", "expired-token"),
    ("ESCROW_LOGIN", "42"),
    ("ESCROW_PASSWORD", "open sesame"),
    ("ESCROW_INACTIVE_LOGIN", "43"),
    ("ESCROW_INACTIVE_PASSWORD", "closed sesame"),
    ("CONSTRAINTS_TOKEN", "bearer-token"),
];

/// The header fields as they are to leave.
pub(crate) fn resolved(request: &Request) -> Vec<(String, Vec<u8>)> {
    let environment = environment();
    request.headers.iter().map(|(name, value)| (name.clone(), value.resolve(&environment).unwrap())).collect()
}

pub(crate) fn environment() -> Environment {
    Environment::new(VARIABLES.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
}

/// Answers every request of a connection, which stays open.
async fn serve(mut stream: TcpStream, sender: mpsc::UnboundedSender<Vec<u8>>) {
    let mut bytes = Vec::new();
    let mut chunk = vec![0; 65_536];
    loop {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4);
        if let Some(end) = end
            && bytes.len() >= end + content_length(&bytes[..end])
        {
            // All that has come, so that a byte too many would be seen.
            let _ = sender.send(std::mem::take(&mut bytes));
            if stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n").await.is_err() {
                return;
            }
            continue;
        }
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return,
            Ok(count) => bytes.extend_from_slice(&chunk[..count]),
        }
    }
}

fn content_length(head: &[u8]) -> usize {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    head.split("\r\n").find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok()).unwrap_or(0)
}
