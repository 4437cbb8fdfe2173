use std::future::poll_fn;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};
use std::thread;

/// Runs `work` on a thread of its own, and resumes a panic of it here.
///
/// # Errors
///
/// Those of `work`, and that there is no thread for it.
pub(crate) async fn run<T, F>(work: F) -> io::Result<T>
where
    T: Send + 'static,
    F: FnOnce() -> io::Result<T> + Send + 'static,
{
    let here = Arc::new(Mutex::new(Progress::Begun(None)));
    let there = Arc::clone(&here);
    thread::Builder::new().spawn(move || {
        // Whoever waits sees the panic.
        let done = catch_unwind(AssertUnwindSafe(work));
        let mut progress = there.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *progress, Progress::Done(Some(done)));
        drop(progress);
        if let Progress::Begun(Some(waker)) = before {
            waker.wake();
        }
    })?;
    let done = poll_fn(|cx| {
        let mut progress = here.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *progress {
            Progress::Done(done) => done.take().map_or(Poll::Pending, Poll::Ready),
            Progress::Begun(waker) => {
                *waker = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    });
    done.await.unwrap_or_else(|panic| resume_unwind(panic))
}

/// The progress of some work.
enum Progress<T> {
    /// The work goes on, and this waits for it.
    Begun(Option<Waker>),
    /// The result, until it is taken.
    Done(Option<thread::Result<io::Result<T>>>),
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::task::Context;
    use std::time::Duration;

    use async_io::block_on;

    use super::*;

    #[test]
    fn work_runs_elsewhere_and_its_result_comes_back() {
        let here = thread::current().id();
        for pause in [0, 20] {
            let ran = block_on(run(move || {
                thread::sleep(Duration::from_millis(pause));
                Ok(thread::current().id())
            }));
            assert_ne!(ran.unwrap(), here);
        }
        let failed = block_on(run(|| Err::<(), _>(io::ErrorKind::NotFound.into())));
        assert_eq!(failed.unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn a_panic_of_the_work_is_one_of_whoever_waits() {
        let work = run(|| -> io::Result<()> { resume_unwind(Box::new("wrong")) });
        let panic = catch_unwind(AssertUnwindSafe(|| block_on(work))).unwrap_err();
        assert_eq!(panic.downcast_ref(), Some(&"wrong"));
    }

    #[test]
    fn work_that_no_one_waits_for_any_more_comes_to_its_end() {
        let (done, is_done) = mpsc::channel();
        let (begin, begun) = mpsc::channel();
        let mut work = Box::pin(run(move || {
            begun.recv().unwrap();
            done.send(()).unwrap();
            Ok(())
        }));
        let polled = work.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(polled.is_pending());
        drop(work);
        begin.send(()).unwrap();
        is_done.recv().unwrap();
    }
}
