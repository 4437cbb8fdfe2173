/// Has pointers to a handler `H` be handlers of the runtime.
#[doc(hidden)]
#[macro_export]
macro_rules! __pointers_to_handlers {
    ($($pointer:ty),+) => { $(
        impl<S, H: Handler<S> + ?Sized> Handler<S> for $pointer {
            fn handle(
                &self,
                request: &$crate::Request<'_>,
                responder: Responder<'_, S>,
            ) -> impl ::core::future::Future<Output = $crate::Answer> + ::core::marker::Send {
                (**self).handle(request, responder)
            }

            fn error_page<'b>(
                &self,
                refusal: $crate::replywire::request::Refusal,
                cause: &$crate::Unanswered,
                exchange: &$crate::replywire::request::Exchange<'b>,
                buf: &'b mut [u8],
            ) -> $crate::ErrorPage<'b> {
                (**self).error_page(refusal, cause, exchange, buf)
            }

            fn every_reply(
                &self,
                request: ::core::option::Option<&$crate::Request<'_>>,
                lines: &mut $crate::TemplateLines<'_>,
            ) -> ::core::result::Result<(), $crate::Unanswered> {
                (**self).every_reply(request, lines)
            }
        }
    )+ };
}
