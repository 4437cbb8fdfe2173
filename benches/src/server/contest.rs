//! How servers compare.

use std::io;
use std::path::Path;

use super::Server;
use crate::chart::{Bar, draw};
use crate::dice::Dice;
use crate::measure::{median, ratios};
use crate::progress;

/// What each server costs by `N` measures in every round; less is better, and the first is
/// Replywire.
pub(crate) struct Contest<'s, const N: usize> {
    /// The group and the work, as they are printed.
    title: String,
    servers: Vec<&'s Server>,
    measures: [&'static str; N],
    costs: Vec<Vec<[f64; N]>>,
}

/// Has every server take its turns, in an order shuffled anew each round.
pub(crate) fn compete<'s, const N: usize>(
    title: String,
    servers: impl IntoIterator<Item = &'s Server>,
    measures: [&'static str; N],
    rounds: usize,
    turns: impl Fn(usize, &Server) -> io::Result<[f64; N]>,
) -> io::Result<Contest<'s, N>> {
    let servers: Vec<&Server> = servers.into_iter().collect();
    let mut costs = vec![Vec::new(); servers.len()];
    let mut order: Vec<usize> = (0..servers.len()).collect();
    let mut dice = Dice::new(0x9e37_79b9_7f4a_7c15);
    for round in 1..=rounds {
        dice.shuffle(&mut order);
        for &index in &order {
            let server = servers[index];
            progress::tell(format_args!("{title} {round}/{rounds} {}", server.name));
            let turns = turns(index, server);
            let named = |error: io::Error| {
                io::Error::new(error.kind(), format!("{title} {}: {error}", server.name))
            };
            costs[index].push(turns.map_err(named)?);
        }
    }
    progress::clear();
    Ok(Contest {
        title,
        servers,
        measures,
        costs,
    })
}

impl<const N: usize> Contest<'_, N> {
    /// Each server, and what it cost by each measure in every round.
    pub(crate) fn costs(&self) -> impl Iterator<Item = (&'static str, [Vec<f64>; N])> {
        let of = |costs: &[[f64; N]], measure: usize| -> Vec<f64> {
            costs.iter().map(|costs| costs[measure]).collect()
        };
        let servers = self.servers.iter().zip(&self.costs);
        servers.map(move |(server, costs)| {
            (server.name, std::array::from_fn(|index| of(costs, index)))
        })
    }

    /// Prints the medians to the standard error stream, as `tell` puts them, and the ratios with the
    /// least and the most of all rounds.
    pub(crate) fn report(&self, tell: impl Fn(&str, f64) -> String) {
        let title = &self.title;
        self.tell(tell);
        for (measure, bars) in self.ratios() {
            for bar in bars {
                let Bar {
                    name,
                    value,
                    spread: (least, most),
                } = bar;
                println!("ratio {title} {measure} {name} {value:.2} ({least:.2} to {most:.2})");
            }
        }
    }

    /// Prints the medians to the standard error stream.
    pub(crate) fn tell(&self, tell: impl Fn(&str, f64) -> String) {
        for (name, costs) in self.costs() {
            for (measure, costs) in self.measures.iter().zip(costs) {
                let cost = tell(measure, median(costs));
                eprintln!("{measure} {} {name} {cost}", self.title);
            }
        }
    }

    /// Draws the ratios, if there is a folder for that.
    pub(crate) fn draw(&self, folder: Option<&Path>) -> io::Result<()> {
        let Some(folder) = folder else {
            return Ok(());
        };
        let ours = self.servers.first().map(|server| Bar::one(server.name));
        self.ratios().into_iter().try_for_each(|(measure, bars)| {
            let title = format!("{} {measure}", self.title);
            let bars: Vec<Bar> = ours.iter().cloned().chain(bars).collect();
            draw(folder, &title, "ratio; above 1: Replywire is better", &bars)
        })
    }

    /// The ratios of the peers by each measure; above 1, Replywire is better.
    pub(crate) fn ratios(&self) -> Vec<(&'static str, Vec<Bar>)> {
        let costs: Vec<_> = self.costs().collect();
        let Some(((_, ours), peers)) = costs.split_first() else {
            return Vec::new();
        };
        let of = |index: usize| {
            let peers = peers.iter();
            let bars =
                peers.map(|(name, theirs)| Bar::of(name, &ratios(&ours[index], &theirs[index])));
            (self.measures[index], bars.collect())
        };
        (0..N).map(of).collect()
    }
}
