//! The rules that hold for every connection when a run is over.

use super::app::{self, FAREWELL, Fate, body_of, fate};
use super::client::{Client, Ended};
use super::clock::SECOND;
use super::decode::{Seen, replies};
use super::kernel;
use super::openings;
use super::routes::{Asked, Coding, PING, Route};
use super::script::{Going, Place};

/// The facts of a run that excuse what would be wrong in another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Excuses {
    /// The server was dropped, or its grace time was over.
    pub(super) was_cut: bool,
    /// The server began to shut down at this time.
    pub(super) shut_down_at: Option<u64>,
    /// An idle connection may have to make room for another.
    pub(super) is_crowded: bool,
    /// The time that a handler has after its client has ended its half.
    pub(super) half_closed: u64,
    /// The process may have fewer descriptors than there are clients.
    pub(super) lacks_descriptors: bool,
    /// The time that a server lingers after its last reply.
    pub(super) linger: u64,
}

/// Tells what is wrong with a client's connection, if anything is.
pub(super) fn client(client: &Client, excuses: &Excuses) -> Result<(), String> {
    if openings::has_failed(client.id) && !client.received.is_empty() {
        return Err("something came over a connection that was not opened".into());
    }
    let seen = seen(client)?;
    for (index, reply) in seen.iter().enumerate() {
        answer(client, index, reply, &seen).map_err(|why| format!("reply {index}: {why}"))?;
    }
    // A shutdown excuses those who were there.
    let closed_at = kernel::on(client.id, |connection, _| connection.closed_at);
    let excuses = &Excuses {
        shut_down_at: excuses
            .shut_down_at
            .filter(|told| closed_at.is_none_or(|at| at >= *told)),
        ..*excuses
    };
    // From here on: what should have come and did not.
    let had_fault = kernel::on(client.id, |connection, _| connection.had_fault);
    let was_refused = kernel::on(client.id, |connection, _| connection.begun_at.is_none());
    if had_fault || was_refused || excuses.was_cut || !client.script.reads_to_the_end() {
        return Ok(());
    }
    // Over a stream that is no socket, no one tries to write before the runtime says so.
    let is_wrapped = kernel::on(client.id, |connection, _| connection.is_wrapped);
    if is_wrapped && client.script.reading.every > 0 {
        return Ok(());
    }
    if client.ended.is_none() {
        return Err("the client still waits".into());
    }
    // Whoever sends for longer than a server lingers may lose what it has not read.
    let (was_late, lingered) = kernel::on(client.id, |connection, _| {
        let end = connection.shut_at.zip(connection.closed_at);
        let lingered = end.map_or(0, |(shut, closed)| closed.saturating_sub(shut));
        (connection.was_late, lingered)
    });
    let lingers = match seen.last() {
        Some(reply) if reply.closes => excuses.linger,
        // The descriptor of one that makes room for another is needed at once.
        _ if excuses.lacks_descriptors => 0,
        // An idle one waits for what crosses its end.
        _ => SECOND,
    };
    if was_late && lingered >= lingers {
        return Ok(());
    }
    let came = all_came(client, &seen, excuses);
    match was_late {
        true => came.map_err(|why| format!("{why}, as the server did not linger")),
        false => came,
    }
}

/// The replies that a client has received.
pub(super) fn seen(client: &Client) -> Result<Vec<Seen>, String> {
    // Of a request that was not read to its end, the server knows no method.
    let is_head = |index: usize| {
        let asked = client.script.asked.get(index);
        asked.is_some_and(|asked| asked.is_head) && fate(client.id, index).is_some()
    };
    let in_order = client.ended == Some(Ended::InOrder);
    replies(&client.received, is_head, in_order)
}

/// One reply is right, as far as it came.
fn answer(client: &Client, index: usize, reply: &Seen, all: &[Seen]) -> Result<(), String> {
    let is_last = index + 1 == all.len();
    let asked = client.script.asked.get(index);
    if reply.status == 200 {
        let asked = asked.ok_or("no such request")?;
        interim(asked, reply)?;
        if fate(client.id, index).is_none() {
            return Err("no handler made it".into());
        }
        return body(asked, reply);
    }
    if reply.status == 101 {
        let asked = asked.filter(|asked| asked.route == Route::Upgrade);
        echoed(asked.ok_or("no such upgrade")?, reply)?;
        // A stream that is no socket cannot be reset.
        let ends_as_it_may = kernel::on(client.id, |connection, _| {
            connection.is_wrapped || connection.had_fault
        });
        let was_answered = fate(client.id, index) == Some(Fate::Answered);
        return match !reply.is_complete || was_answered || ends_as_it_may {
            true => Ok(()),
            false => Err("an upgrade that broke off looks complete".into()),
        };
    }
    if !matches!(
        reply.status,
        400 | 408 | 411 | 413 | 414 | 417 | 431 | 500 | 501 | 503 | 505
    ) {
        return Err(format!("status {}", reply.status));
    }
    if !reply.closes || !is_last {
        return Err(format!("a page of status {} does not close", reply.status));
    }
    if let Some(asked) = asked {
        interim(asked, reply)?;
    }
    let fate = fate(client.id, index);
    match reply.status {
        500 if fate == Some(Fate::Unanswered) => Ok(()),
        500 if asked.is_some_and(|asked| asked.route == Route::PanicBefore) => Ok(()),
        503 if fate == Some(Fate::Dropped) => Ok(()),
        408 => match &client.script {
            script if script.stop.is_some() || script.is_garbled || script.trickles.is_some() => {
                Ok(())
            }
            _ => Err("the client did not take long".into()),
        },
        400 | 505 if client.script.is_garbled && index >= client.script.whole => Ok(()),
        400 if client.script.going == Going::HalfCloses && client.script.stop.is_some() => Ok(()),
        400 if client.script.stop == Some(Place::Content) => Ok(()),
        status => Err(format!("status {status} with the handler {fate:?}")),
    }
}

fn interim(asked: &Asked, reply: &Seen) -> Result<(), String> {
    let count = |status| {
        reply
            .interim
            .iter()
            .filter(|interim| **interim == status)
            .count()
    };
    let (most_hints, most_continue) = match asked.is_old {
        true => (0, 0),
        false => (
            usize::from(asked.route == Route::Hints),
            usize::from(asked.expects),
        ),
    };
    let other = reply
        .interim
        .iter()
        .any(|interim| !matches!(interim, 100 | 103));
    if other || count(103) > most_hints || count(100) > most_continue {
        return Err(format!("interim replies {:?}", reply.interim));
    }
    if reply.status == 200 && count(103) < most_hints {
        return Err("no hints".into());
    }
    Ok(())
}

/// Each byte after an upgrade has come back, or those before, and a word of farewell.
fn echoed(asked: &Asked, reply: &Seen) -> Result<(), String> {
    let sent = asked.body();
    let is_echo = |at: usize| {
        let (echo, rest) = reply.body.split_at(at);
        sent.starts_with(echo) && FAREWELL.starts_with(rest)
    };
    match (0..=reply.body.len()).any(is_echo) {
        true => Ok(()),
        false => Err(format!(
            "\"{}\" after an upgrade",
            reply.body.escape_ascii()
        )),
    }
}

/// A body is what it should be, or the beginning of it.
fn body(asked: &Asked, reply: &Seen) -> Result<(), String> {
    let want = body_of(asked);
    let (mut got, mut is_whole) = (&reply.body[..], reply.body.len() == want.len());
    if asked.is_head {
        return match got.is_empty() {
            true => Ok(()),
            false => Err("content in a reply to HEAD".into()),
        };
    }
    if asked.route == Route::Silent && got.is_empty() {
        // The server may have begun to shut down before the first event.
        return Ok(());
    }
    if asked.route == Route::Silent && got.len() >= want.len() {
        let mut rest = &got[want.len()..];
        while let Some(after) = rest.strip_prefix(PING) {
            rest = after;
        }
        if !PING.starts_with(rest) || reply.is_complete && !rest.is_empty() {
            return Err(format!("in a silent stream: \"{}\"", rest.escape_ascii()));
        }
        got = &got[..want.len()];
        is_whole = true;
    }
    if !want.starts_with(got) {
        let differs = got
            .iter()
            .zip(&want)
            .take_while(|(got, want)| got == want)
            .count();
        return Err(format!(
            "{} bytes differ from the {differs}th of {} on",
            got.len(),
            want.len()
        ));
    }
    let is_broken = asked.route == Route::Breaks && asked.size > 1;
    if reply.is_complete && (!is_whole || is_broken) {
        return Err(format!(
            "{} of {} bytes look complete",
            got.len(),
            want.len()
        ));
    }
    Ok(())
}

/// All that was written whole has come, and each request has an answer.
fn all_came(client: &Client, seen: &[Seen], excuses: &Excuses) -> Result<(), String> {
    let script = &client.script;
    let complete = seen.iter().filter(|reply| reply.is_complete).count();
    let closes = seen
        .last()
        .is_some_and(|reply| reply.closes && reply.is_complete);
    // The reset for a reply that broke off may take those before it from a client that is slow.
    let fin_at = kernel::on(client.id, |connection, _| connection.fin_at);
    let half_closed = fin_at.map(|at| at + excuses.half_closed);
    let half_closed = half_closed.unwrap_or(u64::MAX);
    let broke = |(index, asked): (usize, &Asked)| {
        let may_break = match asked.route {
            Route::Breaks => asked.size > 1,
            Route::Never | Route::Silent | Route::Upgrade => true,
            // Whoever has ended its half is waited for as long as the settings say.
            _ => app::ended_at(client.id, index) >= half_closed,
        };
        let fate = fate(client.id, index);
        may_break && fate.is_some_and(|fate| !matches!(fate, Fate::Answered | Fate::Replied))
    };
    let asked = || script.asked.iter().enumerate();
    if client.ended == Some(Ended::Reset) && asked().any(broke) {
        return Ok(());
    }
    for (index, asked) in asked() {
        let fate = fate(client.id, index);
        if matches!(fate, Some(Fate::Answered | Fate::Replied)) && index >= complete {
            return Err(format!("reply {index} was written whole and did not come"));
        }
        if broke((index, asked)) && index >= complete {
            return Ok(());
        }
        // Work that fails after a reply closes the connection.
        if fate == Some(Fate::Replied) {
            break;
        }
        let was_evicted = fate.is_none() && excuses.is_crowded;
        let is_excused =
            closes || was_evicted || excuses.shut_down_at.is_some() || script.trickles.is_some();
        if index >= complete && index < script.whole && !is_excused {
            return Err(format!(
                "request {index} has no answer; its handler: {fate:?}"
            ));
        }
    }
    let fates = || (0..script.asked.len()).filter_map(|index| fate(client.id, index));
    // Whoever was never read is reset by the kernel.
    let was_unwanted = excuses.is_crowded || excuses.shut_down_at.is_some();
    let was_not_read = was_unwanted && fates().next().is_none();
    if client.ended == Some(Ended::Reset) && !was_not_read {
        return Err("a reset, although no reply broke".into());
    }
    if fates().any(|fate| fate == Fate::Replied) || excuses.is_crowded || script.trickles.is_some()
    {
        return Ok(());
    }
    stalled(client, seen, closes, excuses)
}

/// A client that stops in mid-way is told why its connection ends.
fn stalled(client: &Client, seen: &[Seen], closes: bool, excuses: &Excuses) -> Result<(), String> {
    let script = &client.script;
    let status = seen.last().map(|reply| reply.status);
    if excuses.shut_down_at.is_some() || seen.len() > script.whole && status == Some(200) {
        return Ok(());
    }
    let want: &[u16] = match (script.stop, script.going) {
        (Some(_), Going::Stalls) => &[408],
        // It may wait before it ends its half.
        (Some(Place::Content), Going::HalfCloses) => &[400, 408],
        _ => return Ok(()),
    };
    let stopped = &script.asked[script.whole];
    let earlier = seen.len() <= script.whole;
    if earlier && closes {
        return Ok(());
    }
    // Only who reads content waits for it.
    if script.stop == Some(Place::Content)
        && (stopped.route != Route::Echo || stopped.coding == Coding::None)
    {
        return Ok(());
    }
    match status {
        Some(status) if want.contains(&status) && !earlier => Ok(()),
        status => Err(format!(
            "the client should be told {want:?}, not {status:?}"
        )),
    }
}
