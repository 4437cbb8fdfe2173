//! Files that shrink, grow, go or cannot be read while they are sent, and clients that do not wait
//! for the end.

mod tokio_on_one_thread {
    conformance::on_disk!(conformance::runtimes::TokioOneThread);
}

mod tokio_on_many_threads {
    conformance::on_disk!(conformance::runtimes::TokioManyThreads);
}

mod smol {
    conformance::on_disk!(conformance::runtimes::Smol);
}

mod async_std {
    conformance::on_disk!(conformance::runtimes::AsyncStd);
}

#[cfg(unix)]
mod fifth {
    conformance::on_disk!(conformance::runtimes::Fifth);
}
