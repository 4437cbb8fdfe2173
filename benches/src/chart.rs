//! Tables as pictures.

use std::error::Error;
use std::fs;
use std::io;
use std::path::Path;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::server::is_ours;

/// A number of a contender.
#[derive(Clone, Debug)]
pub struct Bar {
    /// Who has it.
    pub name: String,
    /// The median.
    pub value: f64,
    /// The least and the most of all rounds.
    pub spread: (f64, f64),
}

impl Bar {
    /// Replywire's own in a table of ratios to it.
    pub fn one(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            value: 1.0,
            spread: (1.0, 1.0),
        }
    }

    /// The median and the spread of what was measured.
    pub fn of(name: &str, measured: &[f64]) -> Self {
        let least = measured.iter().copied().fold(f64::INFINITY, f64::min);
        let most = measured.iter().copied().fold(0.0, f64::max);
        Self {
            name: name.to_owned(),
            value: crate::measure::median(measured.iter().copied()),
            spread: (least, most),
        }
    }
}

/// Draws bars, the first at the top, to a file of the folder that has the title's name.
///
/// # Errors
///
/// When the file cannot be written.
pub fn draw(folder: &Path, title: &str, unit: &str, bars: &[Bar]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '.';
    let title_in_ascii = title.replace('µ', "u");
    let name: Vec<&str> = title_in_ascii
        .split(|c| !is_plain(c))
        .filter(|part| !part.is_empty())
        .collect();
    let file = folder.join(format!("{}.svg", name.join("-")));
    picture(&file, title, unit, bars).map_err(|error| io::Error::other(error.to_string()))
}

const WIDTH: u32 = 720;
/// The height of a bar with what is around it, and of all that is not bars.
const BAR: u32 = 26;
const REST: u32 = 110;
const OURS: RGBColor = RGBColor(0x1f, 0x77, 0xb4);
const THEIRS: RGBColor = RGBColor(0xb0, 0xb8, 0xc0);

fn picture(file: &Path, title: &str, unit: &str, bars: &[Bar]) -> Result<(), Box<dyn Error>> {
    // An axis of rows has two at least.
    let rows = bars.len().max(2) as i32;
    let height = REST + BAR * rows.cast_unsigned();
    let area = SVGBackend::new(file, (WIDTH, height)).into_drawing_area();
    area.fill(&WHITE)?;
    let most = bars.iter().map(|bar| bar.value.max(bar.spread.1));
    let most = most.fold(f64::MIN_POSITIVE, f64::max);
    // The first row is at the top, and the axis begins at the bottom.
    let mut chart = ChartBuilder::on(&area)
        .caption(title, ("sans-serif", 18))
        .margin(12)
        .x_label_area_size(40)
        .y_label_area_size(190)
        .build_cartesian_2d(0.0..most * 1.15, (0..rows - 1).into_segmented())?;
    let label = |row: &SegmentValue<i32>| match row {
        SegmentValue::CenterOf(row) => usize::try_from(rows - 1 - row)
            .ok()
            .and_then(|row| bars.get(row))
            .map_or_else(String::new, |bar| bar.name.clone()),
        _ => String::new(),
    };
    chart
        .configure_mesh()
        .disable_y_mesh()
        .light_line_style(TRANSPARENT)
        .x_desc(format!("{unit}; black: least to most"))
        .x_labels(8)
        .x_label_formatter(&|value| plain(*value))
        .y_labels(bars.len())
        .label_style(("sans-serif", 12))
        .axis_desc_style(("sans-serif", 12))
        .y_label_formatter(&label)
        .draw()?;
    for (bar, row) in bars.iter().zip((0..rows).rev()) {
        let color = match is_ours(&bar.name) {
            true => OURS,
            false => THEIRS,
        };
        let corners = [
            (0.0, SegmentValue::Exact(row)),
            (bar.value, SegmentValue::Exact(row + 1)),
        ];
        let mut rectangle = Rectangle::new(corners, color.filled());
        rectangle.set_margin(4, 4, 0, 0);
        let middle = SegmentValue::CenterOf(row);
        let spread = [
            (bar.spread.0, middle.clone()),
            (bar.spread.1, middle.clone()),
        ];
        let at_middle = Pos::new(HPos::Left, VPos::Center);
        let style = ("sans-serif", 12).into_text_style(&area).pos(at_middle);
        let number = Text::new(number(bar.value), (most * 1.03, middle), style);
        chart.draw_series([rectangle])?;
        chart.draw_series([PathElement::new(spread, BLACK)])?;
        chart.draw_series([number])?;
    }
    area.present()?;
    Ok(())
}

/// A number at an axis, without zeros at its end.
fn plain(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Three digits, or all of those before the point.
fn number(value: f64) -> String {
    match value {
        ..10.0 => format!("{value:.2}"),
        ..100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}
