//! A table with a name in front and figures behind.

use std::fmt;

/// Rows of figures under a line of headings.
#[derive(Debug, Clone)]
pub struct Table {
    headings: Vec<String>,
    rows: Vec<(String, Vec<String>)>,
}

impl Table {
    /// A table with these headings; the first stands over the names.
    pub fn new(headings: &[&str]) -> Self {
        Self {
            headings: headings.iter().map(|heading| (*heading).to_owned()).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub fn row(&mut self, name: impl Into<String>, figures: impl IntoIterator<Item = String>) {
        self.rows.push((name.into(), figures.into_iter().collect()));
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.rows.iter().map(|(name, _)| name.chars().count());
        let wide =
            names.chain(self.headings.first().map(|heading| heading.len())).max().unwrap_or(0);
        let mut headings = self.headings.iter();
        write!(f, "{:<wide$}", headings.next().map_or("", String::as_str))?;
        for heading in headings {
            write!(f, "  {heading:>12}")?;
        }
        writeln!(f)?;
        for (name, figures) in &self.rows {
            write!(f, "{name:<wide$}")?;
            for figure in figures {
                write!(f, "  {figure:>12}")?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
