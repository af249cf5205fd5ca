//! A connection, whatever it is made of.

use tokio::io::{AsyncRead, AsyncWrite};

/// A connection, whatever it is made of.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}
