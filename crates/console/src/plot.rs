//! Plots as SVG, without a script. Each has a title, a unit, a description, and its numbers as a
//! table.

use askama::Template;

/// The height of the drawing, in its own units.
const HEIGHT: f64 = 64.0;
const STEP: f64 = 20.0;
const GAP: f64 = 4.0;

/// A bar.
#[derive(Debug, Clone)]
pub(crate) struct Bar {
    pub(crate) label: String,
    pub(crate) value: f64,
    /// The value in words.
    pub(crate) shown: String,
}

/// Bars side by side.
#[derive(Template)]
#[template(path = "bars.html")]
pub(crate) struct Bars {
    pub(crate) title: String,
    /// What is counted, as `calls`.
    pub(crate) unit: &'static str,
    /// What a bar stands for, as the head of the table's first column.
    pub(crate) each: &'static str,
    pub(crate) bars: Vec<Bar>,
}

impl Bars {
    fn most(&self) -> f64 {
        self.bars.iter().map(|bar| bar.value).fold(0.0, f64::max)
    }

    fn most_shown(&self) -> &str {
        let most = self.bars.iter().max_by(|one, other| one.value.total_cmp(&other.value));
        most.map_or("0", |bar| bar.shown.as_str())
    }

    fn is_empty(&self) -> bool {
        self.most() <= 0.0
    }

    fn width(&self) -> f64 {
        self.bars.len() as f64 * STEP
    }

    fn height(&self) -> f64 {
        HEIGHT
    }

    fn x(&self, at: &usize) -> f64 {
        *at as f64 * STEP + GAP / 2.0
    }

    fn bar_width(&self) -> f64 {
        STEP - GAP
    }

    fn tall(&self, bar: &Bar) -> f64 {
        let most = self.most();
        let tall = if most > 0.0 { bar.value / most * HEIGHT } else { 0.0 };
        // What is there is seen.
        if bar.value > 0.0 { tall.max(2.0) } else { 0.0 }
    }

    fn y(&self, bar: &Bar) -> f64 {
        HEIGHT - self.tall(bar)
    }

    fn first(&self) -> &str {
        self.bars.first().map_or("", |bar| bar.label.as_str())
    }

    fn last(&self) -> &str {
        self.bars.last().map_or("", |bar| bar.label.as_str())
    }
}
