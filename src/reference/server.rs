//! The sockets: connections, keep-alive, and replies that may end in the wrong place. Knows no API.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::api::Api;
use super::deployment::Deployment;
use super::draft::Delivery;
use super::drift::Drift;
use super::reply::Reply;
use super::request::Next;
use super::{answer, request};

/// A buffer that grew beyond this for one upload is given back.
const KEPT_CAPACITY: usize = 1024 * 1024;
/// How much of an unread upload is taken off the wire, so that its sender sees the reply rather than a reset.
const LINGER_LIMIT: usize = 128 * 1024 * 1024;
const LINGER: Duration = Duration::from_secs(2);

impl Deployment {
    /// Answers every connection of `listener` until `shutdown` completes; by then every connection has ended.
    pub async fn serve(&self, listener: TcpListener, shutdown: impl Future<Output = ()> + Send) {
        let mut connections = JoinSet::new();
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            tokio::select! {
                biased;
                () = &mut shutdown => break,
                Some(_) = connections.join_next() => {}
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        connections.spawn(connection(self.clone(), stream));
                    }
                    // Most likely too many open files: others must close first.
                    Err(_) => tokio::time::sleep(Duration::from_millis(5)).await,
                },
            }
        }
        connections.shutdown().await;
    }
}

/// Answers every connection of `listener` until `shutdown` completes, when nobody asks what was seen.
pub async fn serve(
    listener: TcpListener,
    api: Api,
    drift: Option<&'static Drift>,
    shutdown: impl Future<Output = ()> + Send,
) {
    Deployment::new(api, drift).serve(listener, shutdown).await;
}

async fn connection(deployment: Deployment, mut stream: TcpStream) {
    // A socket without it is slower, nothing else.
    let _ = stream.set_nodelay(true);
    let (mut buffer, mut out) = (Vec::with_capacity(8 * 1024), Vec::with_capacity(1024));
    loop {
        let next = request::read(&mut stream, &mut buffer, deployment.patience).await;
        let (reply, head_only, end, keep_alive) = match &next {
            Next::Gone => return,
            Next::Malformed(malformed) => (answer::to_malformed(&deployment, *malformed), false, buffer.len(), false),
            Next::Whole(extent) => match request::view(&buffer, extent) {
                Ok(request) => {
                    let reply = answer::to_request(&deployment, &request);
                    (reply, request.method == "HEAD", extent.end, extent.keep_alive)
                }
                Err(malformed) => (answer::to_malformed(&deployment, malformed), false, extent.end, false),
            },
        };
        let lasts = matches!(reply.delivery, Delivery::Whole | Delivery::Slip) && keep_alive;
        let slips = reply.delivery == Delivery::Slip && end < buffer.len();
        let end = end + usize::from(slips);
        out.clear();
        reply.write(head_only, !lasts, &mut out);
        if !deliver(&mut stream, &reply, &out).await {
            return;
        }
        if !lasts {
            return linger(&mut stream).await;
        }
        if end == buffer.len() {
            buffer.clear();
            buffer.shrink_to(KEPT_CAPACITY);
        } else {
            buffer.drain(..end);
        }
        out.shrink_to(KEPT_CAPACITY);
    }
}

/// Whether the connection still stands.
async fn deliver(stream: &mut TcpStream, reply: &Reply, out: &[u8]) -> bool {
    match reply.delivery {
        Delivery::Reset => {
            // Without the option the caller sees an orderly end, which is as wrong.
            let _ = stream.set_zero_linger();
            false
        }
        Delivery::Close => false,
        Delivery::Hang => {
            drain(stream, usize::MAX).await;
            false
        }
        _ => stream.write_all(out).await.is_ok(),
    }
}

/// Ends a connection so that what was written arrives, though its peer may still be sending.
async fn linger(stream: &mut TcpStream) {
    if stream.shutdown().await.is_ok() {
        // Whoever neither reads nor closes is left alone.
        let _ = tokio::time::timeout(LINGER, drain(stream, LINGER_LIMIT)).await;
    }
}

async fn drain(stream: &mut TcpStream, limit: usize) {
    let mut sink = vec![0; 16 * 1024];
    let mut taken = 0_usize;
    while let Ok(count @ 1..) = stream.read(&mut sink).await {
        taken = taken.saturating_add(count);
        if taken > limit {
            return;
        }
    }
}
