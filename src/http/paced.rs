//! A connection whose peer must take what is sent to it.

use std::future::Future;
use std::io::{Error, ErrorKind, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use super::places::Place;

/// How much a peer must take in the time that it has. Time in which nothing waits to be sent does
/// not count.
const BYTES: usize = 4096;

/// A connection that ends with an error when its peer takes what is sent too slowly, or not at all.
/// It keeps its place among the connections whoever holds it: HTTP, or the WebSocket that it
/// became.
pub struct Paced<S> {
    stream: S,
    _place: Option<Place>,
    patience: Duration,
    /// How long the server has waited since the last so many bytes, and how many were taken
    /// meanwhile.
    waited: Duration,
    taken: usize,
    /// Since when the server waits, and until when it does.
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl<S> Paced<S> {
    pub fn new(stream: S, place: Option<Place>, patience: Duration) -> Self {
        Self { stream, _place: place, patience, waited: Duration::ZERO, taken: 0, waiting: None }
    }

    /// Counts what was written, or that nothing could be.
    fn count(
        &mut self,
        written: Poll<Result<usize, Error>>,
        context: &mut Context<'_>,
    ) -> Poll<Result<usize, Error>> {
        match written {
            Poll::Ready(Ok(bytes)) => {
                if let Some((since, _)) = self.waiting.take() {
                    self.waited += since.elapsed();
                }
                if self.waited > Duration::ZERO {
                    self.taken += bytes;
                    if self.taken >= BYTES {
                        (self.waited, self.taken) = (Duration::ZERO, 0);
                    }
                }
                written
            }
            Poll::Ready(Err(_)) => written,
            Poll::Pending => {
                let left = self.patience.saturating_sub(self.waited);
                let (_, until) = self.waiting.get_or_insert_with(|| {
                    let now = Instant::now();
                    (now, Box::pin(sleep_until(now + left)))
                });
                until
                    .as_mut()
                    .poll(context)
                    .map(|()| Err(Error::new(ErrorKind::TimedOut, "the peer reads too slowly")))
            }
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Paced<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Paced<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<Result<usize, Error>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.count(written, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<Result<usize, Error>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.count(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
    use tokio::time::sleep;

    use super::*;

    /// Reads a byte at a time, with rests.
    async fn trickle(mut peer: DuplexStream, rest: Duration) {
        while peer.read_u8().await.is_ok() {
            sleep(rest).await;
        }
    }

    #[tokio::test]
    async fn a_peer_that_takes_next_to_nothing_is_not_waited_for() {
        for rest in [Duration::from_millis(2), Duration::from_secs(1000)] {
            let (stream, peer) = duplex(64);
            let peer = tokio::spawn(trickle(peer, rest));
            let mut paced = Paced::new(stream, None, Duration::from_millis(200));
            let error = paced.write_all(&[0; 200 << 10]).await.expect_err("it takes too long");
            assert_eq!(error.kind(), ErrorKind::TimedOut);
            peer.abort();
        }
    }

    #[tokio::test]
    async fn silence_of_the_server_does_not_count() {
        let patience = Duration::from_secs(2);
        let (stream, mut peer) = duplex(16);
        let mut paced = Paced::new(stream, None, patience);
        for _ in 0..3 {
            let mut into = [0; 32];
            let (sent, read) = tokio::join!(paced.write_all(&[0; 32]), peer.read_exact(&mut into));
            sent.expect("it is taken at once");
            read.expect("all of it");
            sleep(patience).await;
        }
    }
}
