//! Work in a task of its own, for what holds a connection.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::task::JoinHandle;
use tracing::Instrument;

/// The result of work that runs in a task of its own; the work is cancelled when this is dropped.
#[must_use = "the work is cancelled when this is dropped"]
pub struct OwnTask<T>(JoinHandle<T>);

/// Runs `work` in a task of its own.
///
/// A stream is not polled while its client does not read, and a socket polls none of its operations
/// while it waits for one message to be written. A connection that such a future held would be
/// withheld from everybody else, as would its turn in the queue for one. So whatever reads from the
/// database on behalf of a stream runs here, and the stream awaits the result.
pub fn in_own_task<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> OwnTask<T> {
    OwnTask(tokio::spawn(work.in_current_span()))
}

impl<T> Future for OwnTask<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        match ready!(Pin::new(&mut self.0).poll(context)) {
            Ok(result) => Poll::Ready(result),
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // Only the end of the runtime cancels it before this is dropped, and that ends
                // whoever waits here as well.
                Err(_) => Poll::Pending,
            },
        }
    }
}

impl<T> Drop for OwnTask<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures::FutureExt;
    use tokio::sync::oneshot;
    use tokio::time::timeout;

    use super::*;

    const LONG: Duration = Duration::from_secs(20);

    #[tokio::test]
    async fn it_runs_though_nobody_polls_it() {
        let (tell, told) = oneshot::channel();
        let work = in_own_task(async move {
            tell.send(()).expect("somebody listens");
            7
        });
        timeout(LONG, told).await.expect("it runs").expect("it says so");
        assert_eq!(work.await, 7);
    }

    #[tokio::test]
    async fn it_is_cancelled_with_whoever_waits_for_it() {
        let (tell, told) = oneshot::channel::<()>();
        let mut work = in_own_task(async move {
            let _tell = tell;
            std::future::pending::<()>().await;
        });
        assert!((&mut work).now_or_never().is_none());
        drop(work);
        timeout(LONG, told).await.expect("it ends").expect_err("before it could tell anything");
    }
}
