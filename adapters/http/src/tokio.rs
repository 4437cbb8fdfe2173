use std::error::Error as StdError;

use http_body::Body;
use replywire_std::{Answer, Request};
use replywire_tokio::{Handler, Responder};
use tokio::io::{AsyncRead, AsyncWrite};
use tower_service::Service;

use crate::{RequestBody, ServiceHandler};

impl<S, V, B> Handler<S> for ServiceHandler<V>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    V: Service<http::Request<RequestBody>, Response = http::Response<B>> + Clone + Send + Sync,
    V::Error: Into<Box<dyn StdError + Send + Sync>>,
    V::Future: Send,
    B: Body<Data: Send, Error: Into<Box<dyn StdError + Send + Sync>>> + Send,
{
    async fn handle(&self, request: &Request<'_>, responder: Responder<'_, S>) -> Answer {
        self.answer(request, responder).await
    }
}
