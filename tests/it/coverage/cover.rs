//! What was reached: which row by which typed method, with which of the names that the documents
//! give its request.

use std::collections::{BTreeMap, BTreeSet};

use switchboard_testkit::{RequestRecord, SimHandle};

use super::rows::{Place, Row, named, row_of, rows};

/// The table, and what was reached of it.
pub(crate) struct Cover {
    pub(crate) rows: Vec<Row>,
    /// By row: the typed methods that reached it, as a caller writes them.
    methods: BTreeMap<usize, BTreeSet<String>>,
    /// By row: what its requests named.
    sent: BTreeMap<usize, BTreeSet<(Place, String)>>,
}

impl Cover {
    pub(crate) fn new() -> Self {
        Self { rows: rows(), methods: BTreeMap::new(), sent: BTreeMap::new() }
    }

    /// Takes note of one typed call and of the requests that arrived meanwhile. At least one of
    /// them must be of this row, and answered as the documents have it.
    pub(crate) fn reached(
        &mut self,
        provider: &str,
        row: &str,
        expression: &str,
        requests: &[RequestRecord],
        wanted: Wanted,
    ) {
        let index = self.rows.iter().position(|one| one.provider == provider && one.name() == row);
        let index = index.unwrap_or_else(|| panic!("{row} is no row of {provider}"));
        let method = method(expression);
        let of_row =
            requests.iter().filter(|request| row_of(&self.rows, provider, request) == Some(index));
        let mut arrived = 0;
        for request in of_row {
            arrived += 1;
            let status = request.status;
            assert!(wanted.holds(status), "{method}: {row} was answered with {status:?}");
            let sent = self.sent.entry(index).or_default();
            sent.extend(request.query_names.iter().map(|name| (Place::Query, name.clone())));
            sent.extend(request.body_names.iter().map(|name| (Place::Body, name.clone())));
            sent.extend(request.headers.keys().map(|name| (Place::Header, name.clone())));
        }
        assert!(arrived > 0, "{method} did not reach {row}: {requests:?}");
        self.methods.entry(index).or_default().insert(method);
    }

    /// Adds what another drive reached.
    pub(crate) fn join(&mut self, other: Self) {
        for (row, methods) in other.methods {
            self.methods.entry(row).or_default().extend(methods);
        }
        for (row, sent) in other.sent {
            self.sent.entry(row).or_default().extend(sent);
        }
    }

    /// The rows of a provider that no typed method reached.
    pub(crate) fn missing(&self, provider: &str) -> Vec<String> {
        let rows = self.rows.iter().enumerate();
        rows.filter(|(index, row)| row.provider == provider && !self.methods.contains_key(index))
            .map(|(_, row)| row.name())
            .collect()
    }

    /// The names that the documents give a request and that none carried, and how many were looked
    /// for.
    pub(crate) fn never_sent(&self) -> (Vec<String>, usize) {
        let (mut missing, mut count) = (Vec::new(), 0);
        for one in named() {
            let row = self
                .rows
                .iter()
                .position(|row| row.provider == one.provider && row.name() == one.row);
            let sent = row.and_then(|row| self.sent.get(&row));
            for names in one.fields {
                count += 1;
                let carried = |name: &&str| {
                    sent.is_some_and(|sent| sent.contains(&(one.place, (*name).to_owned())))
                };
                if !names.iter().any(carried) {
                    missing.push(format!(
                        "{} {:?} {} (document {})",
                        one.row,
                        one.place,
                        names.join(" or "),
                        one.documents
                    ));
                }
            }
        }
        (missing, count)
    }

    /// By provider and section, in the order of the table: how many rows were reached, and of how
    /// many.
    pub(crate) fn sections(&self) -> Vec<Section> {
        let mut sections: Vec<Section> = Vec::new();
        for (index, row) in self.rows.iter().enumerate() {
            let at = sections
                .iter()
                .position(|one| (one.provider, one.name) == (row.provider, row.section))
                .unwrap_or_else(|| {
                    sections.push(Section {
                        provider: row.provider,
                        name: row.section,
                        reached: 0,
                        rows: Vec::new(),
                    });
                    sections.len() - 1
                });
            sections[at].reached += usize::from(self.methods.contains_key(&index));
            sections[at].rows.push(index);
        }
        sections
    }

    /// The typed methods of a row.
    pub(crate) fn methods(&self, row: usize) -> impl Iterator<Item = &str> {
        self.methods.get(&row).into_iter().flatten().map(String::as_str)
    }
}

/// Some rows of the table.
pub(crate) struct Section {
    pub(crate) provider: &'static str,
    pub(crate) name: &'static str,
    pub(crate) reached: usize,
    pub(crate) rows: Vec<usize>,
}

/// What a request must have been answered with.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wanted {
    /// Any 2xx.
    Success,
    /// A redirect, which is what the documents have there.
    Redirect,
}

impl Wanted {
    fn holds(self, status: Option<u16>) -> bool {
        match (self, status) {
            (_, None) => false,
            (Self::Success, Some(status)) => (200..300).contains(&status),
            (Self::Redirect, Some(status)) => (300..400).contains(&status),
        }
    }
}

/// One provider's simulator and the cover that its requests are counted in.
pub(crate) struct Drive<'a> {
    pub(crate) provider: &'static str,
    pub(crate) cover: &'a mut Cover,
    pub(crate) sim: &'a SimHandle,
}

impl Drive<'_> {
    /// Awaits one typed call and takes note of what arrived.
    pub(crate) async fn take<T>(
        &mut self,
        row: &str,
        expression: &str,
        wanted: Wanted,
        call: impl Future<Output = T>,
    ) -> T {
        let before = self.sim.requests().len();
        let answer = call.await;
        self.cover.reached(self.provider, row, expression, &self.sim.requests()[before..], wanted);
        answer
    }
}

/// One row by one typed method: the answer where it is a success.
macro_rules! reach {
    ($drive:expr, $row:literal, $call:expr) => {
        match $drive
            .take($row, stringify!($call), $crate::coverage::cover::Wanted::Success, $call)
            .await
        {
            Ok(answer) => answer,
            Err(error) => panic!("{}: {error}", $row),
        }
    };
}

/// One row whose answer is no success: the result as it is.
macro_rules! look_at {
    ($drive:expr, $wanted:expr, $row:literal, $call:expr) => {
        $drive.take($row, stringify!($call), $wanted, $call).await
    };
}

pub(crate) use {look_at, reach};

/// The methods of an expression without what they are given: `client.calls().get()` of
/// `client.calls().get(&id)`.
fn method(expression: &str) -> String {
    let mut depth = 0_usize;
    let mut text = String::new();
    for character in expression.chars().filter(|character| !character.is_whitespace()) {
        match character {
            '(' => {
                depth += 1;
                if depth == 1 {
                    text.push_str("()");
                }
            }
            ')' => depth = depth.saturating_sub(1),
            other if depth == 0 => text.push(other),
            _ => {}
        }
    }
    text.trim_end_matches(".try_for_each()").to_owned()
}

#[test]
fn a_method_is_named_without_what_it_is_given() {
    assert_eq!(
        method("client.phone_numbers()\n    .set_forwarding(&id, &parse(\"(1)\"))"),
        "client.phone_numbers().set_forwarding()"
    );
}
