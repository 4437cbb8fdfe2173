use std::future::{Ready, ready};
use std::io;

use replywire_std::{Incoming, Listen};
use smol::net::unix::{UnixListener, UnixStream};

use crate::Smol;

impl Listen<Smol> for UnixListener {
    type Stream = UnixStream;
    type Opening = Ready<io::Result<Incoming<Smol, UnixStream>>>;

    async fn accept(&mut self) -> io::Result<Self::Opening> {
        let (stream, _) = UnixListener::accept(self).await?;
        Ok(ready(Ok(Incoming::of_other_socket(stream))))
    }
}
