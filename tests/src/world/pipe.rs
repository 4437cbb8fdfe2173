//! One direction of a connection: a queue to send, and a queue that was received.

use std::collections::VecDeque;

#[derive(Debug)]
pub(super) struct Pipe {
    /// Bytes that the sender has handed over, and the receiver's kernel does not have yet.
    sending: VecDeque<u8>,
    /// Bytes that the receiver's kernel has, and the receiver has not read yet.
    received: VecDeque<u8>,
    send_room: usize,
    receive_room: usize,
    pub(super) fin: Fin,
    /// A reset is under way to the receiver.
    pub(super) is_reset: bool,
    /// All bytes that the sender has handed over.
    pub(super) handed: u64,
    /// All bytes that the receiver's kernel was given.
    pub(super) arrived: u64,
}

/// The end of the bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Fin {
    None,
    /// It stands after the bytes to send.
    Sent,
    Arrived,
}

impl Pipe {
    pub(super) fn new(send_room: usize, receive_room: usize) -> Self {
        Self {
            sending: VecDeque::new(),
            received: VecDeque::new(),
            send_room,
            receive_room,
            fin: Fin::None,
            is_reset: false,
            handed: 0,
            arrived: 0,
        }
    }

    /// Has no more wait to be sent than this.
    pub(super) fn limit_sending(&mut self, most: usize) {
        self.send_room = self.send_room.min(most);
    }

    /// The bytes that may yet be handed over.
    pub(super) fn free(&self) -> usize {
        self.send_room.saturating_sub(self.sending.len())
    }

    /// Linux reports a socket writable only when a third of its queue is free.
    pub(super) fn is_worth_a_write(&self) -> bool {
        self.free() * 3 >= self.send_room
    }

    pub(super) fn send(&mut self, bytes: &[u8]) {
        self.sending.extend(bytes);
        self.handed += bytes.len() as u64;
    }

    /// Forgets what has not arrived.
    pub(super) fn purge(&mut self) {
        self.sending.clear();
        if self.fin == Fin::Sent {
            self.fin = Fin::None;
        }
    }

    /// Forgets what arrived and was not read.
    pub(super) fn forget(&mut self) {
        self.received.clear();
    }

    /// The bytes that the network can carry now, into a queue that is read or not.
    pub(super) fn can_move(&self, is_open: bool) -> usize {
        match is_open {
            true => self
                .sending
                .len()
                .min(self.receive_room - self.received.len()),
            false => self.sending.len(),
        }
    }

    /// Tells whether the network has something to carry.
    pub(super) fn is_moving(&self, is_open: bool) -> bool {
        self.is_reset
            || self.can_move(is_open) > 0
            || self.sending.is_empty() && self.fin == Fin::Sent
    }

    /// Carries so many bytes.
    pub(super) fn carry(&mut self, n: usize) {
        self.received.extend(self.sending.drain(..n));
        self.arrived += n as u64;
    }

    pub(super) fn has_sent_all(&self) -> bool {
        self.sending.is_empty()
    }

    /// The bytes that wait to be read.
    pub(super) fn unread(&self) -> usize {
        self.received.len()
    }

    /// Reads into `buf`, which is no longer than what there is.
    pub(super) fn read(&mut self, buf: &mut [u8]) {
        let n = buf.len();
        for (to, from) in buf.iter_mut().zip(self.received.drain(..n)) {
            *to = from;
        }
    }
}
