/// Has another handler do these parts of a handler's work.
#[doc(hidden)]
#[macro_export]
macro_rules! __forwarded {
    ($this:ident to $handler:expr => $($part:ident)+) => {
        $($crate::__forwarded!(@$part $this $handler);)+
    };
    (@handle $this:ident $handler:expr) => {
        fn handle(
            &$this,
            request: &$crate::Request<'_>,
            responder: Responder<'_, S>,
        ) -> impl ::core::future::Future<Output = $crate::Answer> + ::core::marker::Send {
            $handler.handle(request, responder)
        }
    };
    (@error_page $this:ident $handler:expr) => {
        fn error_page<'b>(
            &$this,
            refusal: $crate::replywire::request::Refusal,
            cause: &$crate::Unanswered,
            exchange: &$crate::replywire::request::Exchange<'b>,
            buf: &'b mut [u8],
        ) -> $crate::ErrorPage<'b> {
            $handler.error_page(refusal, cause, exchange, buf)
        }
    };
    (@every_reply $this:ident $handler:expr) => {
        fn every_reply(
            &$this,
            request: ::core::option::Option<&$crate::Request<'_>>,
            lines: &mut $crate::TemplateLines<'_>,
        ) -> ::core::result::Result<(), $crate::Unanswered> {
            $handler.every_reply(request, lines)
        }
    };
}
