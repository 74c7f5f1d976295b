//! What is remembered of a span while it is open.

use std::{borrow::Cow, fmt::Debug, time::SystemTime};

use opentelemetry::{
    KeyValue,
    trace::{SpanId, SpanKind},
};
use switchboard::{Clock, SystemClock, uuid::Uuid};
use tracing::{
    Metadata,
    field::{Field, Visit},
};

use super::ids::{Remote, first_span_of, random_span};

/// The spans that are known here, by their names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A request that places a call.
    Request,
    /// A call is accepted: the first span of its trace, unless the request is.
    Accept,
    /// Something is written to the journal.
    Commit,
    /// A call is driven: it says which call the spans in it are about, and is not sent.
    Drive,
    /// A plan is made.
    Plan,
    /// An attempt is made.
    Attempt,
    /// An event is posted to an endpoint.
    Delivery,
}

impl Kind {
    pub(super) fn of(metadata: &Metadata<'_>) -> Option<Self> {
        if !metadata.is_span() || !metadata.target().starts_with("switchboard") {
            return None;
        }
        match metadata.name() {
            "request" => Some(Self::Request),
            "accept" => Some(Self::Accept),
            "ledger.commit" => Some(Self::Commit),
            "drive" => Some(Self::Drive),
            "plan" => Some(Self::Plan),
            "attempt" => Some(Self::Attempt),
            "delivery" => Some(Self::Delivery),
            _ => None,
        }
    }

    pub(super) const fn span_kind(self) -> SpanKind {
        match self {
            Self::Request => SpanKind::Server,
            Self::Attempt | Self::Delivery => SpanKind::Client,
            Self::Accept | Self::Commit | Self::Drive | Self::Plan => SpanKind::Internal,
        }
    }
}

/// An open span.
#[derive(Debug)]
pub(super) struct Recorded {
    pub(super) kind: Kind,
    pub(super) name: &'static str,
    pub(super) began: SystemTime,
    pub(super) call: Option<Uuid>,
    /// What the client of a request sent.
    pub(super) remote: Option<Remote>,
    /// It is the first span of its call's trace.
    pub(super) is_first: bool,
    /// How many plans were made in it.
    pub(super) plans: u32,
    pub(super) attributes: Vec<KeyValue>,
    id: SpanId,
}

impl Recorded {
    pub(super) fn new(kind: Kind, name: &'static str) -> Self {
        Self {
            kind,
            name,
            began: SystemClock.now().into(),
            call: None,
            remote: None,
            is_first: false,
            plans: 0,
            attributes: Vec::new(),
            id: random_span(),
        }
    }

    /// Its id, in the trace of this call if it is part of one.
    pub(super) fn id(&self, call: Option<Uuid>) -> SpanId {
        match call.filter(|_| self.is_first) {
            Some(call) => first_span_of(call),
            None => self.id,
        }
    }

    /// True if it is in its client's trace and not in a call's.
    pub(super) const fn is_of_the_client(&self) -> bool {
        self.remote.is_some()
    }

    /// The name that is sent. That of a request is `POST /v1/calls`.
    pub(super) fn shown_name(&self) -> Cow<'static, str> {
        let value = |key: &str| self.attributes.iter().find(|one| one.key.as_str() == key);
        match (value("http.request.method"), value("http.route")) {
            (Some(method), Some(route)) if self.kind == Kind::Request => {
                format!("{} {}", method.value, route.value).into()
            }
            _ => self.name.into(),
        }
    }

    fn text(&mut self, field: &Field, value: &str) {
        match field.name() {
            "call" => self.call = Uuid::parse_str(value).ok(),
            "traceparent" => self.remote = Remote::parse(value),
            name => {
                if let Some(key) = attribute(name) {
                    self.attributes.push(KeyValue::new(key, value.to_owned()));
                }
            }
        }
    }
}

/// The attribute of a field. Fields that are not listed are not sent.
fn attribute(field: &str) -> Option<&'static str> {
    match field {
        "method" => Some("http.request.method"),
        "route" => Some("http.route"),
        "status" => Some("http.response.status_code"),
        "provider" => Some("switchboard.provider"),
        "delivery" => Some("switchboard.delivery"),
        "event" => Some("switchboard.event"),
        "result" => Some("switchboard.result"),
        _ => None,
    }
}

impl Visit for Recorded {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.text(field, &format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if let (Some(key), Ok(value)) = (attribute(field.name()), i64::try_from(value)) {
            self.attributes.push(KeyValue::new(key, value));
        }
    }
}
