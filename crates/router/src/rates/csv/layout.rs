//! How carriers' files differ from a deck of the trade.

use switchboard_table::{Header, Meaning, alike, nearest};

use super::{
    column::{Column, Named},
    fault::Gathered,
};

/// As the column of a map: leaves out what it names.
const IGNORE: &str = "ignore";

/// How a file is laid out: by a name, and by a map from columns to what the file calls them.
///
/// | name | what it reads |
/// |---|---|
/// | `trade` | the columns of [`read_deck`](crate::read_deck), and nothing else; the usual one |
/// | `carrier` | the names that carriers use, as `Dial Code`, `Price per Minute`, `Effective Date` and `Billing Increment`; the prefix in two columns, `country code` and `area code`; several prefixes in a cell, `4420; 4421`, and ranges, `4420-4429` |
/// | `carrier-comma` | the same with decimal commas, `0,0123` |
/// | `us` | as `carrier`, for North America alone: `NPANXX`, or `NPA` and `NXX`, with or without the leading 1, and `201-555` is one prefix |
///
/// ```
/// use switchboard_core::{Currency, Destination};
/// use switchboard_router::{DeckFile, DeckLayout, read_deck};
///
/// let layout = DeckLayout::named("carrier")?.with("rate", "Interstate")?.with("ignore", "LATA")?;
/// let csv = "Dial Code;Interstate;LATA\n4420, 4421;0.01;\n";
/// let file = DeckFile::new("uk.csv").in_layout(&layout);
/// let rows = read_deck(csv.as_bytes(), file, Currency::USD)?;
/// assert_eq!(rows[1].destination, Destination::Prefix("4421".to_owned()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeckLayout {
    named: Named,
    map: Vec<(Target, String)>,
}

/// What a column of the file is by the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    Column(Column),
    Ignored,
}

static TRADE: DeckLayout = DeckLayout { named: Named::Trade, map: Vec::new() };

impl DeckLayout {
    /// Names of layouts.
    pub const NAMES: [&str; 4] = ["trade", "carrier", "carrier-comma", "us"];

    /// A layout by its name.
    ///
    /// # Errors
    /// A name that none has, with those that there are.
    pub fn named(name: &str) -> Result<Self, String> {
        match Named::ALL.iter().find(|(known, _)| alike(known, name)) {
            Some((_, named)) => Ok(Self { named: *named, map: Vec::new() }),
            None => {
                Err(format!("{name:?} is no layout of a deck: write {}", Self::NAMES.join(", ")))
            }
        }
    }

    /// This layout, in which `column` is what the file calls `name`; `ignore` as the column leaves
    /// it out.
    ///
    /// # Errors
    /// A column that no deck has, and a name that is there already.
    pub fn with(mut self, column: &str, name: &str) -> Result<Self, String> {
        let known = Column::ALL.map(Column::name);
        let target = if alike(column, IGNORE) {
            Target::Ignored
        } else {
            let found = Column::ALL.into_iter().find(|known| alike(known.name(), column));
            Target::Column(found.ok_or_else(|| {
                let names = format!("write {IGNORE}, {}", known.join(", "));
                match nearest(column, known) {
                    Some(near) => format!(
                        "{column:?} is no column of a deck: did you mean {near:?}? ({names})"
                    ),
                    None => format!("{column:?} is no column of a deck: {names}"),
                }
            })?)
        };
        if name.trim().is_empty() {
            return Err(format!("{column} has no name: write what the file calls the column"));
        }
        if self.map.iter().any(|(_, mapped)| alike(mapped, name)) {
            return Err(format!("{name:?} is mapped twice: keep one of them"));
        }
        self.map.push((target, name.to_owned()));
        Ok(self)
    }

    pub(super) fn kind(&self) -> Named {
        self.named
    }

    /// What each column of the file is; whatever is wrong with it is said.
    pub(super) fn columns(
        &self,
        header: &Header,
        faults: &mut Gathered<'_>,
    ) -> Option<Vec<Option<Column>>> {
        let before = faults.count();
        for (_, name) in &self.map {
            if header.find(name).is_none() {
                let message =
                    format!("the map names a column {name:?}, which the file does not have");
                faults.say(header.line(), None, message);
            }
        }
        let known = Column::ALL.into_iter().take(if self.named == Named::Trade {
            Column::WRITTEN
        } else {
            Column::ALL.len()
        });
        let columns = header.columns(known.map(Column::name), |name| self.meaning(name));
        match columns {
            Ok(columns) => (faults.count() == before).then_some(columns),
            Err(wrong) => {
                for fault in wrong {
                    let name = fault.cell.and_then(|at| header.names().nth(at)).unwrap_or_default();
                    match self.meaning(name) {
                        Meaning::Is(column) => faults.say(fault.line, Some(column), fault.message),
                        Meaning::Ignored => {}
                        Meaning::Unknown => {
                            faults.say(fault.line, None, format!("{}{}", fault.message, hint(name)))
                        }
                    }
                }
                None
            }
        }
    }

    fn meaning(&self, name: &str) -> Meaning<Column> {
        if let Some((target, _)) = self.map.iter().find(|(_, mapped)| alike(mapped, name)) {
            return match target {
                Target::Column(column) => Meaning::Is(*column),
                Target::Ignored => Meaning::Ignored,
            };
        }
        known(name, self.named).map_or(Meaning::Unknown, Meaning::Is)
    }
}

fn known(name: &str, layout: Named) -> Option<Column> {
    let called = |column: &Column| column.names(layout).any(|known| alike(known, name));
    Column::ALL.into_iter().find(called)
}

/// How a column that is not known can be read all the same.
fn hint(name: &str) -> String {
    let layouts = [("carrier", Named::Carrier), ("us", Named::Us)];
    let found = layouts.iter().find_map(|(layout, named)| Some((layout, known(name, *named)?)));
    match found {
        Some((layout, column)) => format!("; the layout {layout:?} reads it as {}", column.name()),
        None => "; or say which column it is, or that it is to be ignored, with a map".to_owned(),
    }
}

/// A deck's file: what faults call it, and how it is laid out.
#[derive(Debug, Clone, Copy)]
pub struct DeckFile<'a> {
    pub(super) name: &'a str,
    pub(super) layout: &'a DeckLayout,
}

impl<'a> DeckFile<'a> {
    /// A file in the layout of the trade.
    pub fn new(name: &'a str) -> Self {
        Self { name, layout: &TRADE }
    }

    /// What faults call it.
    pub fn name(&self) -> &'a str {
        self.name
    }

    /// The same in another layout.
    pub fn in_layout(self, layout: &'a DeckLayout) -> Self {
        Self { layout, ..self }
    }
}

impl<'a> From<&'a str> for DeckFile<'a> {
    fn from(name: &'a str) -> Self {
        Self::new(name)
    }
}

impl<'a> From<&'a String> for DeckFile<'a> {
    fn from(name: &'a String) -> Self {
        Self::new(name)
    }
}
