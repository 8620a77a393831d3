//! Runs an execution in step with its statements: the next level begins when the one before is
//! answered.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, Stream};

use super::Reader;

impl Reader {
    /// Runs an execution whose resolvers read through this reader.
    pub fn drive<T>(
        self: Arc<Self>,
        execution: impl Future<Output = T> + Send,
    ) -> impl Future<Output = T> + Send {
        LevelScheduler {
            reader: self,
            execution: Box::pin(execution),
            running: FuturesUnordered::new(),
        }
    }
}

struct LevelScheduler<X> {
    reader: Arc<Reader>,
    execution: Pin<Box<X>>,
    running: FuturesUnordered<BoxFuture<'static, ()>>,
}

/// Notices whether the execution asked to be polled again, and passes that on.
struct Noticed {
    woken: AtomicBool,
    outer: Waker,
}

impl Wake for Noticed {
    fn wake(self: Arc<Self>) {
        self.woken.store(true, Ordering::SeqCst);
        self.outer.wake_by_ref();
    }
}

impl<X: Future> Future for LevelScheduler<X> {
    type Output = X::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let noticed =
            Arc::new(Noticed { woken: AtomicBool::new(false), outer: context.waker().clone() });
        let waker = Waker::from(noticed.clone());
        loop {
            // Nobody asks while a level is under way: what is known then would hang from which
            // statement is answered first.
            while let Poll::Ready(Some(())) = Pin::new(&mut self.running).poll_next(context) {}
            if !self.running.is_empty() {
                return Poll::Pending;
            }
            noticed.woken.store(false, Ordering::SeqCst);
            if let Poll::Ready(output) =
                self.execution.as_mut().poll(&mut Context::from_waker(&waker))
            {
                return Poll::Ready(output);
            }
            if noticed.woken.load(Ordering::SeqCst) {
                continue;
            }
            // All resolvers wait, and no statement is on its way: the level is complete.
            let started = self.reader.start();
            if started.is_empty() {
                return Poll::Pending;
            }
            self.running.extend(started);
        }
    }
}
