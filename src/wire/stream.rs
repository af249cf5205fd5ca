//! What a connection is to those who read and write it.

use tokio::io::{AsyncRead, AsyncWrite};

/// A connection, whatever it is made of.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}
