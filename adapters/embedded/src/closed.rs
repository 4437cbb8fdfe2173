/// The end of a connection, and how its transport is to be closed.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Closed {
    /// A reply broke off, and the handler was told why. The peer must see the connection reset, not
    /// ended, where its body was marked by the end of the connection.
    Broken,
    /// The peer sent no further request.
    Peer,
    /// The last reply said that the connection closes, or the peer is not waited for any longer. It
    /// may still be sending: stop sending, then read a while before closing, or it may lose that
    /// reply.
    Server,
}
