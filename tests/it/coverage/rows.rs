//! The two tables that coverage is counted against: what can be asked for, and what the documents
//! name in a request.

use switchboard_testkit::RequestRecord;

const ENDPOINTS: &str = include_str!("../../data/endpoints.tsv");
const REQUEST_FIELDS: &str = include_str!("../../data/request_fields.tsv");

/// One method and path of the reference documents.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) provider: &'static str,
    pub(crate) method: &'static str,
    /// A template; at KaiCalls with the query that tells two rows of one path apart, as
    /// `?id={call_id}`.
    pub(crate) path: &'static str,
    pub(crate) section: &'static str,
    pub(crate) documents: &'static str,
    /// Says, among other things, which of request and query the documents describe.
    pub(crate) notes: &'static str,
}

impl Row {
    /// As the driving code names it: `GET /v1/calls`.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// How many placeholders the match needs, where the request is one of this row.
    fn fits(&self, request: &RequestRecord) -> Option<usize> {
        let (path, query) = self
            .path
            .split_once('?')
            .map_or((self.path, None), |(path, query)| (path, Some(query)));
        let (wanted, found): (Vec<_>, Vec<_>) =
            (path.split('/').collect(), request.path.split('/').collect());
        let same = self.method == request.method
            && wanted.len() == found.len()
            && wanted
                .iter()
                .zip(&found)
                .all(|(wanted, found)| wanted.starts_with('{') || wanted == found)
            && query
                .and_then(|query| query.split_once('='))
                .is_none_or(|(name, _)| request.query_names.contains(name));
        // A query that a row asks for is the better match of two.
        let placeholders = path.matches('{').count() * 2 + usize::from(query.is_none());
        same.then_some(placeholders)
    }
}

/// The table of endpoints.
pub(crate) fn rows() -> Vec<Row> {
    table(ENDPOINTS, |[provider, method, path, section, documents, _, notes]| Row {
        provider,
        method,
        path,
        section,
        documents,
        notes,
    })
}

/// The row of a request.
pub(crate) fn row_of(rows: &[Row], provider: &str, request: &RequestRecord) -> Option<usize> {
    let of_provider = rows.iter().enumerate().filter(|(_, row)| row.provider == provider);
    let fitting = of_provider.filter_map(|(index, row)| Some((row.fits(request)?, index)));
    fitting.min().map(|(_, index)| index)
}

/// Where in a request something is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Query,
    Body,
    Header,
}

/// What the documents name in the requests of one row.
#[derive(Debug)]
pub(crate) struct Named {
    pub(crate) provider: &'static str,
    pub(crate) row: String,
    pub(crate) place: Place,
    /// One entry for each field, with the names that it may have: `name` or `customer_name`.
    pub(crate) fields: Vec<Vec<&'static str>>,
    pub(crate) documents: &'static str,
}

/// The table of request fields.
pub(crate) fn named() -> Vec<Named> {
    table(REQUEST_FIELDS, |[provider, method, path, place, fields, documents]| Named {
        provider,
        row: format!("{method} {path}"),
        place: match place {
            "query" => Place::Query,
            "body" => Place::Body,
            "header" => Place::Header,
            other => panic!("{other} is no place of a request"),
        },
        fields: fields.split(' ').map(|field| field.split('|').collect()).collect(),
        documents,
    })
}

fn table<const COLUMNS: usize, T>(
    text: &'static str,
    row: impl Fn([&'static str; COLUMNS]) -> T,
) -> Vec<T> {
    let lines = text.lines().skip(1);
    lines
        .map(|line| {
            let columns: Vec<_> = line.split('\t').collect();
            row(columns.try_into().unwrap_or_else(|_| panic!("{line} has not {COLUMNS} columns")))
        })
        .collect()
}

#[test]
fn the_tables_are_whole_and_agree() {
    let rows = rows();
    let of = |provider| rows.iter().filter(|row| row.provider == provider).count();
    assert_eq!((rows.len(), of("kallyai"), of("kaicalls")), (157, 146, 11));
    let named = named();
    for row in &rows {
        let has = |place| {
            named.iter().any(|one| {
                (one.provider, &one.row, one.place) == (row.provider, &row.name(), place)
            })
        };
        if row.notes.contains("req:doc") {
            assert!(has(Place::Body), "{}: no field of its body is listed", row.name());
        }
        if row.notes.contains("query:doc") {
            assert!(has(Place::Query), "{}: no parameter of its query is listed", row.name());
        }
    }
    for one in &named {
        let row =
            rows.iter().find(|row| (row.provider, row.name()) == (one.provider, one.row.clone()));
        let documents = row.unwrap_or_else(|| panic!("{} is no row", one.row)).documents;
        let unknown = one.documents.split(' ').find(|document| !documents.contains(document));
        assert_eq!(unknown, None, "{}", one.row);
    }
}
