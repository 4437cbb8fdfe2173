/// Has pointers to a handler `H` be handlers of the runtime.
#[doc(hidden)]
#[macro_export]
macro_rules! __pointers_to_handlers {
    ($($pointer:ty),+) => { $(
        impl<S, H: Handler<S> + ?Sized> Handler<S> for $pointer {
            $crate::__forwarded!(self to (**self) => handle error_page every_reply);
        }
    )+ };
}
