//! How servers compare.

use std::io;

use super::Server;
use crate::dice::Dice;
use crate::measure::{median, ratio};

/// What each server costs by `N` measures in every round; less is better, and the first is
/// Replywire.
pub(crate) struct Contest<'s, const N: usize> {
    /// The group and the work, as they are printed.
    title: String,
    servers: &'s [Server],
    measures: [&'static str; N],
    costs: Vec<Vec<[f64; N]>>,
}

/// Has every server take its turns, in an order shuffled anew each round.
pub(crate) fn compete<'s, const N: usize>(
    title: String,
    servers: &'s [Server],
    measures: [&'static str; N],
    rounds: usize,
    turns: impl Fn(usize, &Server) -> io::Result<[f64; N]>,
) -> io::Result<Contest<'s, N>> {
    let mut costs = vec![Vec::new(); servers.len()];
    let mut order: Vec<usize> = (0..servers.len()).collect();
    let mut dice = Dice::new(0x9e37_79b9_7f4a_7c15);
    for _ in 0..rounds {
        dice.shuffle(&mut order);
        for &index in &order {
            costs[index].push(turns(index, &servers[index])?);
        }
    }
    Ok(Contest {
        title,
        servers,
        measures,
        costs,
    })
}

impl<const N: usize> Contest<'_, N> {
    /// Prints the ratios with the least and the most of all rounds, and the medians as
    /// [`report`](Self::report) does.
    pub(crate) fn report_spread(&self, tell: impl Fn(&str, f64) -> String) {
        self.print(tell, |ours, theirs| {
            let rounds = ours.iter().zip(theirs);
            let ratios: Vec<f64> = rounds.map(|(ours, theirs)| theirs / ours).collect();
            let least = ratios.iter().copied().fold(f64::INFINITY, f64::min);
            let most = ratios.iter().copied().fold(0.0, f64::max);
            format!("{:.2} ({least:.2} to {most:.2})", median(ratios))
        });
    }

    /// Prints the ratios, and the medians to the standard error stream as `tell` puts them.
    pub(crate) fn report(&self, tell: impl Fn(&str, f64) -> String) {
        self.print(tell, |ours, theirs| format!("{:.2}", ratio(ours, theirs)));
    }

    fn print(
        &self,
        tell: impl Fn(&str, f64) -> String,
        compared: impl Fn(&[f64], &[f64]) -> String,
    ) {
        let Self {
            title,
            servers,
            measures,
            costs,
        } = self;
        let by = |costs: &[[f64; N]], measure: usize| -> Vec<f64> {
            costs.iter().map(|costs| costs[measure]).collect()
        };
        for (server, costs) in servers.iter().zip(costs) {
            for (index, measure) in measures.iter().enumerate() {
                let cost = tell(measure, median(by(costs, index)));
                eprintln!("{measure} {title} {} {cost}", server.name);
            }
        }
        let Some((ours, theirs)) = costs.split_first() else {
            return;
        };
        for (peer, theirs) in servers.iter().skip(1).zip(theirs) {
            for (index, measure) in measures.iter().enumerate() {
                let ratio = compared(&by(ours, index), &by(theirs, index));
                println!("ratio {title} {measure} {} {ratio}", peer.name);
            }
        }
    }
}
