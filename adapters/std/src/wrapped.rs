/// Has what wraps a function or another handler be handlers of the runtime.
#[doc(hidden)]
#[macro_export]
macro_rules! __wrapped_handlers {
    () => {
        /// An async function, or an async closure that borrows nothing of what it captures, made a
        /// handler by [`handler_fn`](replywire_std::handler_fn).
        impl<S: 'static, F> Handler<S> for $crate::HandlerFn<F>
        where
            F: for<'r, 'c> $crate::SendFn<'r, 'c, Conn<S>>
                + ::core::marker::Send
                + ::core::marker::Sync,
        {
            fn handle(
                &self,
                request: &$crate::Request<'_>,
                responder: Responder<'_, S>,
            ) -> impl ::core::future::Future<Output = $crate::Answer> + ::core::marker::Send {
                (self.function())(request, responder)
            }
        }

        /// A handler all of whose replies have more lines, made by
        /// [`every_reply`](replywire_std::every_reply).
        impl<S, H, F> Handler<S> for $crate::EveryReply<H, F>
        where
            H: Handler<S>,
            F: ::core::ops::Fn(
                    ::core::option::Option<&$crate::Request<'_>>,
                    &mut $crate::TemplateLines<'_>,
                ) + ::core::marker::Send
                + ::core::marker::Sync,
        {
            $crate::__forwarded!(self to self.handler() => handle error_page);

            fn every_reply(
                &self,
                request: ::core::option::Option<&$crate::Request<'_>>,
                lines: &mut $crate::TemplateLines<'_>,
            ) -> ::core::result::Result<(), $crate::Unanswered> {
                self.handler().every_reply(request, lines)?;
                self.write(request, lines);
                ::core::result::Result::Ok(())
            }
        }

        /// A handler with error pages of another's making, made by
        /// [`error_pages`](replywire_std::error_pages).
        impl<S, H, F> Handler<S> for $crate::ErrorPages<H, F>
        where
            H: Handler<S>,
            F: for<'b> ::core::ops::Fn(
                    $crate::replywire::request::Refusal,
                    &$crate::Unanswered,
                    $crate::replywire::Response<'b>,
                ) -> ::core::result::Result<
                    $crate::replywire::Reply<'b>,
                    $crate::replywire::Error,
                > + ::core::marker::Send
                + ::core::marker::Sync,
        {
            $crate::__forwarded!(self to self.handler() => handle every_reply);

            fn error_page<'b>(
                &self,
                refusal: $crate::replywire::request::Refusal,
                cause: &$crate::Unanswered,
                exchange: &$crate::replywire::request::Exchange<'b>,
                buf: &'b mut [u8],
            ) -> $crate::ErrorPage<'b> {
                self.page(refusal, cause, exchange, buf)
            }
        }
    };
}
