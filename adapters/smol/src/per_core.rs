//! Executors of one thread each, for a server with a thread for each core. They share smol's one
//! reactor: whichever thread waits takes the events of all, and wakes those whose they are.

use std::cell::RefCell;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;

use smol::LocalExecutor;
use smol::future::FutureExt;

type Executor = Rc<LocalExecutor<'static>>;

thread_local! {
    /// The executor of this thread, while it runs a core.
    static CORE: RefCell<Option<Executor>> = const { RefCell::new(None) };
}

/// Spawns a task on the executor of this thread, or else on the global one.
pub(crate) fn spawn(task: impl Future<Output = ()> + Send + 'static) {
    match CORE.with_borrow(Option::clone) {
        // A panic is one of this task alone.
        Some(core) => core.spawn(AssertUnwindSafe(task).catch_unwind()).detach(),
        None => smol::spawn(task).detach(),
    }
}

/// Runs a future to its end on an executor of this thread.
pub(crate) fn run<F: Future>(future: F) -> F::Output {
    let core = Rc::new(LocalExecutor::new());
    let _end = End(CORE.replace(Some(Rc::clone(&core))));
    smol::block_on(core.run(future))
}

/// Gives the thread back what it had before it ran a core, also where that panics.
struct End(Option<Executor>);

impl Drop for End {
    fn drop(&mut self) {
        CORE.set(self.0.take());
    }
}
