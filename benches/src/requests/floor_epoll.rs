//! A loop over epoll, which answers what it reads.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;

use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::io::Errno;

use super::bare::Bare;
use crate::server::{announce, end_when_released};

/// The number of the listener; connections have those from 0 on.
const LISTENER: u64 = u64::MAX;

pub(super) fn serve(_: &Path) -> io::Result<()> {
    end_when_released();
    let listener = TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let epoll = epoll::create(CreateFlags::CLOEXEC)?;
    epoll::add(
        &epoll,
        &listener,
        EventData::new_u64(LISTENER),
        EventFlags::IN,
    )?;
    announce(listener.local_addr()?)?;
    let mut connections: Vec<Option<(TcpStream, Bare)>> = Vec::new();
    let mut events = Vec::with_capacity(1024);
    loop {
        match epoll::wait(&epoll, spare_capacity(&mut events), None) {
            Err(error) if error != Errno::INTR => return Err(error.into()),
            _ => {}
        }
        for event in events.drain(..) {
            if event.data.u64() == LISTENER {
                while let Ok((stream, _)) = listener.accept() {
                    stream.set_nonblocking(true)?;
                    stream.set_nodelay(true)?;
                    let place = connections.iter().position(Option::is_none);
                    let place = place.unwrap_or(connections.len());
                    let data = EventData::new_u64(place as u64);
                    epoll::add(&epoll, &stream, data, EventFlags::IN)?;
                    match connections.get_mut(place) {
                        Some(free) => *free = Some((stream, Bare::default())),
                        None => connections.push(Some((stream, Bare::default()))),
                    }
                }
                continue;
            }
            let place = &mut connections[event.data.u64() as usize];
            let stays = place
                .as_mut()
                .is_some_and(|(stream, bare)| turn(stream, bare));
            if !stays {
                *place = None;
            }
        }
    }
}

/// Reads once, and answers; whether the connection stays.
fn turn(stream: &mut TcpStream, bare: &mut Bare) -> bool {
    let mut room = [0; 4096];
    match stream.read(&mut room) {
        Ok(len @ 1..) => bare.input.extend_from_slice(&room[..len]),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => return true,
        _ => return false,
    }
    let is_right = bare.answer().is_some();
    // The replies are short, so the socket has room for them.
    let is_written = bare.output.is_empty() || stream.write_all(&bare.output).is_ok();
    bare.output.clear();
    is_right && is_written
}
