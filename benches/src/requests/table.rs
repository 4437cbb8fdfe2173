//! A row's table: each contender's medians, with their spread.

use std::io;
use std::iter::once;
use std::path::Path;

use crate::chart::{Bar, draw};
use crate::server::Contest;

/// A column.
#[derive(Clone, Copy)]
pub(super) struct Column {
    pub(super) name: &'static str,
    /// What it is, for a reader of its picture.
    pub(super) axis: &'static str,
    /// What a cost is in the column's unit.
    pub(super) tell: fn(f64) -> f64,
    pub(super) decimals: usize,
}

/// Prints the table in Markdown. The first column is CPU time: before it is the part of it that is
/// the process's own, and after the others are its system calls, and the ratio to Replywire's.
pub(super) fn print<const N: usize>(
    contest: &Contest<'_, N>,
    columns: &[Column; N],
    user: &[f64],
    calls: &[String],
) {
    let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
    println!(
        "| contender | user µs | {} | calls | CPU ratio |",
        names.join(" | ")
    );
    println!("| --- | ---{} | --- | --- |", " | ---".repeat(N));
    let ratios = contest.ratios();
    let ratios = ratios.first().map_or(&[][..], |(_, bars)| bars);
    let ratios = ratios
        .iter()
        .map(|Bar { value, spread, .. }| format!("{value:.2} ({:.2}–{:.2})", spread.0, spread.1));
    // Replywire's own comes first.
    let ratios = once("1".to_owned()).chain(ratios);
    let contenders = contest.costs().zip(user).zip(calls).zip(ratios);
    for ((((name, costs), user), calls), ratio) in contenders {
        let bars = columns.iter().zip(&costs);
        let bars: Vec<Bar> = bars
            .map(|(column, costs)| bar(name, column, costs))
            .collect();
        let user = bars.first().map_or(0.0, |cpu| cpu.value * user);
        let cells = columns.iter().zip(&bars).map(|(column, bar)| {
            let (decimals, (least, most)) = (column.decimals, bar.spread);
            format!(
                "{:.decimals$} ({least:.decimals$}–{most:.decimals$})",
                bar.value
            )
        });
        let cells: Vec<String> = cells.collect();
        println!(
            "| {name} | {user:.2} | {} | {calls} | {ratio} |",
            cells.join(" | ")
        );
    }
}

/// Draws each column, if there is a folder for that.
pub(super) fn draw_columns<const N: usize>(
    contest: &Contest<'_, N>,
    columns: &[Column; N],
    title: &str,
    folder: Option<&Path>,
) -> io::Result<()> {
    let Some(folder) = folder else {
        return Ok(());
    };
    for (index, column) in columns.iter().enumerate() {
        let bars: Vec<Bar> = contest
            .costs()
            .map(|(name, costs)| bar(name, column, &costs[index]))
            .collect();
        draw(
            folder,
            &format!("{title} {}", column.name),
            column.axis,
            &bars,
        )?;
    }
    Ok(())
}

fn bar(name: &str, column: &Column, costs: &[f64]) -> Bar {
    let told: Vec<f64> = costs.iter().copied().map(column.tell).collect();
    Bar::of(name, &told)
}
