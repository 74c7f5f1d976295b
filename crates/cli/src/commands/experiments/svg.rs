//! Draws a report as SVG: the differences over time, each with its confidence band.
//!
//! Three panels of lines and bands need no drawing library, and text in an SVG needs no font file.

use std::fmt::Write;

use jiff::{SignedDuration, Timestamp};
use switchboard::experiments::{ArmComparison, Report, sequential::Point};

const WIDTH: f64 = 880.0;
const PANEL: f64 = 240.0;
const TOP: f64 = 64.0;
const LEFT: f64 = 76.0;
const RIGHT: f64 = 24.0;
/// Space between panels, for the times below and the title above.
const GAP: f64 = 66.0;
/// Distinguishable with colour blindness and in print.
const COLOURS: [&str; 5] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9"];

/// The lines of one metric.
struct Panel<'a> {
    title: String,
    scale: f64,
    lines: Vec<(&'a str, &'a [Point])>,
}

/// Draws the whole report.
pub(super) fn draw(report: &Report) -> String {
    let panels = panels(report);
    let height = TOP + panels.len().max(1) as f64 * (PANEL + GAP);
    let mut svg = String::new();
    let title = escape(&format!("{}, version {}", report.experiment, report.version));
    // Writing to a string cannot fail.
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" viewBox=\"0 0 {WIDTH} {height}\" \
         font-family=\"sans-serif\" font-size=\"12\" fill=\"#222\">\n<title>{title}</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"{LEFT}\" y=\"24\" font-size=\"16\" font-weight=\"bold\">{title}</text>\n"
    );
    let confidence = report.comparisons.first().map_or(0.95, |versus| versus.confidence) * 100.0;
    let _ = writeln!(
        svg,
        "<text x=\"{LEFT}\" y=\"42\">{} people by {:.0}; bands have {confidence:.1} % confidence at every look</text>",
        report.people, report.at
    );
    if panels.is_empty() {
        let _ =
            writeln!(svg, "<text x=\"{LEFT}\" y=\"{}\">Nothing to compare yet.</text>", TOP + 40.0);
    }
    for (index, panel) in panels.iter().enumerate() {
        panel.draw(index, &mut svg);
    }
    svg.push_str("</svg>\n");
    svg
}

fn panels(report: &Report) -> Vec<Panel<'_>> {
    type Pick = fn(&ArmComparison) -> &[Point];
    let metrics: [(String, f64, Pick); 3] = [
        ("Success rate: difference in percentage points".to_owned(), 100.0, |versus| {
            &versus.points.success
        }),
        (format!("Cost per success: difference in {}", report.currency), 1.0, |versus| {
            &versus.points.cost_per_success
        }),
        ("Mean duration: difference in seconds".to_owned(), 1.0, |versus| &versus.points.duration),
    ];
    let control = report.comparisons.first().map_or("", |versus| versus.control.as_str());
    metrics
        .into_iter()
        .map(|(title, scale, pick)| Panel {
            title: format!("{title}, against {control}"),
            scale,
            lines: report
                .comparisons
                .iter()
                .map(|versus| (versus.arm.as_str(), pick(versus)))
                .collect(),
        })
        .filter(|panel| panel.lines.iter().any(|(_, points)| !points.is_empty()))
        .collect()
}

/// Maps times and values to coordinates.
struct Frame {
    top: f64,
    times: [Timestamp; 2],
    values: [f64; 2],
}

impl Frame {
    fn x(&self, at: Timestamp) -> f64 {
        let [first, last] = self.times;
        let whole = last.duration_since(first).as_secs_f64();
        let share = if whole > 0.0 { at.duration_since(first).as_secs_f64() / whole } else { 0.5 };
        LEFT + share * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, value: f64) -> f64 {
        let [low, high] = self.values;
        // A band that leaves the frame is drawn slightly beyond its edge and clipped.
        let share = ((value - low) / (high - low)).clamp(-0.1, 1.1);
        self.top + PANEL * (1.0 - share)
    }
}

impl Panel<'_> {
    fn draw(&self, index: usize, svg: &mut String) {
        let top = TOP + 20.0 + index as f64 * (PANEL + GAP);
        let (Some(times), values) = (self.times(), self.values()) else {
            return;
        };
        let frame = Frame { top, times, values };
        let (right, bottom) = (WIDTH - RIGHT, top + PANEL);
        let _ = write!(
            svg,
            "<clipPath id=\"panel{index}\"><rect x=\"{LEFT}\" y=\"{top}\" width=\"{}\" height=\"{PANEL}\"/></clipPath>\n\
             <text x=\"{LEFT}\" y=\"{}\" font-weight=\"bold\">{}</text>\n",
            right - LEFT,
            top - 8.0,
            escape(&self.title)
        );
        let step = step(frame.values);
        let mut tick = (frame.values[0] / step).ceil() * step;
        while tick <= frame.values[1] {
            let y = frame.y(tick);
            let is_zero = tick.abs() < step / 2.0;
            let colour = if is_zero { "#222" } else { "#ddd" };
            let digits =
                usize::try_from((-step.log10()).ceil().max(0.0) as i64).unwrap_or_default();
            let label = if is_zero { "0".to_owned() } else { format!("{tick:+.digits$}") };
            let _ = writeln!(
                svg,
                "<line x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{right}\" y2=\"{y:.1}\" stroke=\"{colour}\"/>\
                 <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>",
                LEFT - 6.0,
                y + 4.0
            );
            tick += step;
        }
        for (x, label, anchor) in labels(&frame) {
            let _ = writeln!(
                svg,
                "<text x=\"{x:.1}\" y=\"{}\" text-anchor=\"{anchor}\">{label}</text>",
                bottom + 18.0
            );
        }
        for (line, (arm, points)) in self.lines.iter().enumerate() {
            let colour = COLOURS.get(line % COLOURS.len()).copied().unwrap_or("#222");
            self.line(points, &frame, (index, colour), svg);
            let _ = writeln!(
                svg,
                "<text x=\"{}\" y=\"{}\" text-anchor=\"end\" fill=\"{colour}\">{}</text>",
                right - 6.0,
                top + 18.0 + line as f64 * 16.0,
                escape(arm)
            );
        }
    }

    fn line(
        &self,
        points: &[Point],
        frame: &Frame,
        (index, colour): (usize, &str),
        svg: &mut String,
    ) {
        let place = |at: Timestamp, value: f64| {
            format!("{:.1},{:.1}", frame.x(at), frame.y(value * self.scale))
        };
        let known: Vec<_> =
            points.iter().filter_map(|point| Some((point.at, point.interval?))).collect();
        let lower = known.iter().map(|(at, interval)| place(*at, interval.low));
        let upper = known.iter().rev().map(|(at, interval)| place(*at, interval.high));
        let band: Vec<String> = lower.chain(upper).collect();
        let estimates: Vec<String> =
            points.iter().map(|point| place(point.at, point.estimate)).collect();
        let _ = writeln!(
            svg,
            "<g clip-path=\"url(#panel{index})\"><polygon points=\"{}\" fill=\"{colour}\" fill-opacity=\"0.15\"/>\
             <polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/></g>",
            band.join(" "),
            estimates.join(" ")
        );
    }

    fn times(&self) -> Option<[Timestamp; 2]> {
        let all = || self.lines.iter().flat_map(|(_, points)| points.iter().map(|point| point.at));
        Some([all().min()?, all().max()?])
    }

    /// The range of the vertical axis. The first third is left out, because its wide bands would
    /// flatten everything else.
    fn values(&self) -> [f64; 2] {
        let (mut low, mut high) = (0.0_f64, 0.0_f64);
        for (_, points) in &self.lines {
            for point in points.iter().skip(points.len() / 3) {
                let interval = point.interval.map(|interval| [interval.low, interval.high]);
                for value in interval
                    .into_iter()
                    .flatten()
                    .chain([point.estimate])
                    .filter(|value| value.is_finite())
                {
                    low = low.min(value * self.scale);
                    high = high.max(value * self.scale);
                }
            }
        }
        let margin = ((high - low) * 0.06).max(1e-6);
        [low - margin, high + margin]
    }
}

/// A round step, so that there are four to ten ticks.
fn step([low, high]: [f64; 2]) -> f64 {
    let rough = (high - low) / 5.0;
    let power = 10_f64.powf(rough.log10().floor());
    let steps = [1.0, 2.0, 5.0, 10.0];
    steps.into_iter().map(|step| step * power).find(|step| *step >= rough).unwrap_or(rough)
}

/// The times below a panel.
fn labels(frame: &Frame) -> Vec<(f64, String, &'static str)> {
    const PARTS: i32 = 4;
    let [first, last] = frame.times;
    let whole = last.duration_since(first);
    let format = if whole > SignedDuration::from_hours(72) {
        "%Y-%m-%d"
    } else if whole > SignedDuration::from_hours(1) {
        "%m-%d %H:%M"
    } else {
        "%H:%M:%S"
    };
    (0..=PARTS)
        .filter(|part| *part == 0 || !whole.is_zero())
        .map(|part| {
            let at = first + whole * part / PARTS;
            let anchor = match part {
                0 => "start",
                PARTS => "end",
                _between => "middle",
            };
            (frame.x(at), at.strftime(format).to_string(), anchor)
        })
        .collect()
}

fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, one| {
        match one {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            one => out.push(one),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round() {
        let steps = [[-100.0, 100.0], [-0.03, 0.05], [0.0, 7.0], [-14.9, 25.1]].map(step);
        for (step, expected) in steps.into_iter().zip([50.0, 0.02, 2.0, 10.0]) {
            assert!((step - expected).abs() < 1e-9, "{step} is not {expected}");
        }
    }

    #[test]
    fn names_are_escaped() {
        assert_eq!(escape("<b & \"c\">"), "&lt;b &amp; &quot;c&quot;&gt;");
    }
}
