use std::future::{Ready, ready};
use std::io;

use async_std::os::unix::net::{UnixListener, UnixStream};
use replywire_std::{Incoming, Listen};

use crate::AsyncStd;

impl Listen<AsyncStd> for UnixListener {
    type Stream = UnixStream;
    type Opening = Ready<io::Result<Incoming<AsyncStd, UnixStream>>>;

    async fn accept(&mut self) -> io::Result<Self::Opening> {
        let (stream, _) = UnixListener::accept(self).await?;
        Ok(ready(Ok(Incoming::of_other_socket(stream))))
    }
}
