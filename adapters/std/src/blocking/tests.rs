use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use async_io::block_on;
use replywire::request::Refusal;
use replywire_embedded::Cause;

use super::*;
use crate::threads::{Threads, alone, poll, until};

#[test]
fn work_is_done_elsewhere_and_its_result_error_or_panic_comes_back() {
    let _alone = alone(8);
    let here = thread::current().id();
    let there = blocking::<Threads, _, _, _>(|| Ok::<_, ()>(thread::current().id()));
    assert_ne!(block_on(there).unwrap(), here);
    let failed = block_on(blocking::<Threads, (), _, _>(|| Err("failed"))).unwrap_err();
    assert!(matches!(failed, BlockingError::Work("failed")));
    let work = blocking::<Threads, (), (), _>(|| resume_unwind(Box::new("wrong")));
    let panic = catch_unwind(AssertUnwindSafe(|| block_on(work))).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"wrong"));
}

#[test]
fn in_work_whose_failure_is_the_handlers_every_error_and_a_refusal_is_taken() {
    let _alone = alone(8);
    let work = |text: &'static str| {
        try_blocking::<Threads, _, _>(move || {
            let number: u64 = text.parse()?;
            Ok(u64::checked_sub(number, 7).ok_or(Refusal::BadRequest)?)
        })
    };
    assert_eq!(block_on(work("10")).unwrap(), 3);
    let failure = block_on(work("x")).unwrap_err();
    assert_eq!(
        failure.to_string(),
        "handler failed: invalid digit found in string"
    );
    let refused = block_on(work("6")).unwrap_err();
    assert_eq!(refused.cause(), Cause::Refused(Refusal::BadRequest));
}

#[test]
fn work_that_has_begun_comes_to_its_end_and_other_work_is_not_done_when_it_is_dropped() {
    let _alone = alone(1);
    let (go_on, gone_on) = mpsc::channel::<()>();
    let done = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&done);
    let mut first = Box::pin(blocking::<Threads, _, _, _>(move || {
        gone_on.recv().unwrap();
        count.fetch_add(1, Ordering::SeqCst);
        Ok::<_, ()>(())
    }));
    let count = Arc::clone(&done);
    let mut second = Box::pin(blocking::<Threads, _, _, _>(move || {
        count.fetch_add(10, Ordering::SeqCst);
        Ok::<_, ()>(())
    }));
    assert!(poll(first.as_mut()).is_pending());
    assert!(poll(second.as_mut()).is_pending());
    // The thread has begun.
    thread::sleep(Duration::from_millis(50));
    drop(second);
    drop(first);
    go_on.send(()).unwrap();
    until(|| done.load(Ordering::SeqCst) == 1);
    block_on(blocking::<Threads, _, (), _>(|| Ok(()))).unwrap();
    assert_eq!(done.load(Ordering::SeqCst), 1);
}
