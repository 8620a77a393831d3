//! The operations that go on on one socket.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures::future::BoxFuture;

use super::{FrameStream, LiveFrame};

/// How far an operation has come.
enum Progress {
    /// What is sent of it is not known yet. In a box, which is gone once it is.
    Beginning(BoxFuture<'static, FrameStream>),
    Streaming(FrameStream),
}

impl Progress {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<LiveFrame>> {
        loop {
            match self {
                Self::Beginning(frames) => {
                    *self = Self::Streaming(ready!(frames.as_mut().poll(context)))
                }
                Self::Streaming(frames) => return frames.as_mut().poll_next(context),
            }
        }
    }
}

/// The operations that go on on one socket, in the order of their turns. There are few: whatever
/// wakes the socket, all are looked at.
#[derive(Default)]
pub(super) struct Operations(VecDeque<(Arc<str>, Progress)>);

impl Operations {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.0.iter().any(|(of, _)| **of == *id)
    }

    /// Lets one more go on.
    pub(super) fn begin(&mut self, id: String, frames: BoxFuture<'static, FrameStream>) {
        self.0.push_back((id.into(), Progress::Beginning(frames)));
    }

    /// Ends one, if it goes on.
    pub(super) fn end(&mut self, id: &str) {
        self.0.retain(|(of, _)| **of != *id);
    }

    /// What is sent next, and of which; nothing more where that one is complete, and gone. Whoever
    /// has been heard waits until all others have. Waits for ever where none goes on.
    pub(super) async fn next(&mut self) -> (Arc<str>, Option<LiveFrame>) {
        poll_fn(|context| {
            for place in 0..self.0.len() {
                let Poll::Ready(frame) = self.0[place].1.poll(context) else { continue };
                let Some((id, progress)) = self.0.remove(place) else { continue };
                if frame.is_some() {
                    self.0.push_back((id.clone(), progress));
                }
                return Poll::Ready((id, frame));
            }
            Poll::Pending
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use futures::{FutureExt, StreamExt, stream};

    use super::super::slots::Slots;
    use super::*;

    #[tokio::test]
    async fn each_has_its_turn() {
        let slots = Slots::default();
        let frames = |of: &'static str, count| {
            let slots = slots.clone();
            let all =
                stream::iter(0..count).then(move |number| {
                    let slots = slots.clone();
                    async move {
                        LiveFrame::Next(format!("{of}{number}").into(), None, slots.take().await)
                    }
                });
            async { all.boxed() }.boxed()
        };
        let mut operations = Operations::default();
        for (id, count) in [("a", 3), ("b", 1), ("c", 2)] {
            operations.begin(id.to_owned(), frames(id, count));
        }
        assert!(operations.has("b") && !operations.has("d"));
        operations.end("c");
        let mut heard = Vec::new();
        while !operations.is_empty() {
            let (id, frame) = operations.next().await;
            heard.push(match frame {
                Some(LiveFrame::Next(json, ..)) => json.to_string(),
                _ => format!("{id} is complete"),
            });
        }
        assert_eq!(heard, ["a0", "b0", "a1", "b is complete", "a2", "a is complete"]);
        assert!(operations.next().now_or_never().is_none());
    }
}
