//! The executor of the world: tasks of one thread, which run when they were woken by the waker of
//! their last poll.

use std::any::Any;
use std::cell::RefCell;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};

use super::trace;

/// A panic of a handler that its request asked for.
#[derive(Debug)]
pub(super) struct Planned;

type Work = Pin<Box<dyn Future<Output = ()>>>;

#[derive(Default)]
struct Executor {
    tasks: Vec<Task>,
    /// A waker counts for one poll alone.
    has_fresh_wakers: bool,
}

struct Task {
    work: Option<Work>,
    is_alive: bool,
    is_woken: bool,
    /// The number of the waker that counts.
    poll: u64,
    waker: Option<Waker>,
}

thread_local!(static EXECUTOR: RefCell<Executor> = RefCell::default());

fn with<R>(look: impl FnOnce(&mut Executor) -> R) -> R {
    EXECUTOR.with_borrow_mut(look)
}

/// Begins a run without tasks.
pub(super) fn begin(has_fresh_wakers: bool) {
    let before = EXECUTOR.replace(Executor {
        tasks: Vec::new(),
        has_fresh_wakers,
    });
    drop(before);
}

/// Adds a task; returns its number.
pub(super) fn spawn(work: impl Future<Output = ()> + 'static) -> usize {
    let work: Work = Box::pin(work);
    with(|executor| {
        executor.tasks.push(Task {
            work: Some(work),
            is_alive: true,
            is_woken: true,
            poll: 0,
            waker: None,
        });
        executor.tasks.len() - 1
    })
}

/// The number of tasks that have not ended.
pub(super) fn alive() -> usize {
    with(|executor| executor.tasks.iter().filter(|task| task.is_alive).count())
}

/// The number of tasks that there ever were.
pub(super) fn count() -> usize {
    with(|executor| executor.tasks.len())
}

pub(super) fn is_alive(id: usize) -> bool {
    with(|executor| executor.tasks[id].is_alive)
}

/// Adds the tasks that were woken to `found`.
pub(super) fn woken(found: &mut Vec<usize>) {
    with(|executor| {
        let tasks = executor.tasks.iter().enumerate();
        found.extend(
            tasks
                .filter(|(_, task)| task.is_alive && task.is_woken)
                .map(|(id, _)| id),
        );
    });
}

/// Drops a task, wherever it stands.
pub(super) fn cancel(id: usize) {
    let work = with(|executor| {
        executor.tasks[id].is_alive = false;
        executor.tasks[id].work.take()
    });
    drop(work);
}

/// Polls a task once, whether or not it was woken.
pub(super) fn poll(id: usize) {
    let taken = with(|executor| {
        let fresh = executor.has_fresh_wakers;
        let task = &mut executor.tasks[id];
        task.is_woken = false;
        let work = task.work.take()?;
        if fresh || task.waker.is_none() {
            task.poll += 1;
            task.waker = Some(Waker::from(Arc::new(Alarm {
                id,
                poll: task.poll,
            })));
        }
        Some((work, task.waker.clone()?))
    });
    let Some((mut work, waker)) = taken else {
        return;
    };
    let cx = &mut Context::from_waker(&waker);
    let polled = catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx)));
    if matches!(&polled, Ok(poll) if poll.is_pending()) {
        with(|executor| executor.tasks[id].work = Some(work));
        return;
    }
    drop(work);
    with(|executor| {
        executor.tasks[id].is_alive = false;
        executor.tasks[id].waker = None;
    });
    if let Err(panic) = polled {
        if panic.is::<Planned>() {
            trace::note(|| format!("task {id} panicked, as was asked for"));
        } else {
            trace::wrong(|| format!("task {id} panicked: {}", text(&*panic)));
        }
    }
}

fn text(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("no text")
}

#[derive(Debug)]
struct Alarm {
    id: usize,
    poll: u64,
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        with(|executor| {
            // Those of the run before are none of this one.
            if let Some(task) = executor.tasks.get_mut(self.id)
                && task.poll == self.poll
            {
                task.is_woken = true;
            }
        });
    }
}
