//! Makes spans of OpenTelemetry from spans of `tracing`.

use std::time::SystemTime;

use opentelemetry::{
    InstrumentationScope, KeyValue,
    trace::{Link, SpanId, Status},
};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};
use switchboard::{Clock, SystemClock, uuid::Uuid};
use tracing::{
    Subscriber,
    level_filters::LevelFilter,
    span::{Attributes, Id, Record},
    subscriber::Interest,
};
use tracing_subscriber::{
    Layer,
    filter::dynamic_filter_fn,
    layer::Context,
    registry::{LookupSpan, SpanRef},
};

use super::{
    export,
    ids::{context, first_span_of, is_sampled, trace_of},
    recorded::{Kind, Recorded},
};

/// A call that waits is planned again and again: more plans than these are not sent.
const PLANS: u32 = 16;

/// The layer. It does nothing before [`start`](super::start).
pub(crate) fn layer<S: Subscriber + for<'a> LookupSpan<'a>>() -> impl Layer<S> {
    let filter = dynamic_filter_fn(|metadata, _: &Context<'_, S>| {
        Kind::of(metadata).is_some() && export::is_started()
    });
    // Whether a span is wanted changes when the export starts, so that no answer is kept.
    let filter = filter
        .with_callsite_filter(|metadata| match Kind::of(metadata) {
            Some(_) => Interest::sometimes(),
            None => Interest::never(),
        })
        .with_max_level_hint(LevelFilter::DEBUG);
    Spans.with_filter(filter)
}

#[derive(Debug)]
struct Spans;

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, ctx: Context<'_, S>) {
        let metadata = attributes.metadata();
        let (Some(kind), Some(span)) = (Kind::of(metadata), ctx.span(id)) else {
            return;
        };
        let mut recorded = Recorded::new(kind, metadata.name());
        attributes.record(&mut recorded);
        recorded.is_first = match kind {
            Kind::Request => !recorded.is_of_the_client(),
            Kind::Accept => {
                around(&span, |one| one.kind == Kind::Request && !one.is_of_the_client()).is_none()
            }
            Kind::Commit | Kind::Drive | Kind::Plan | Kind::Attempt | Kind::Delivery => false,
        };
        span.extensions_mut().insert(recorded);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, ctx: Context<'_, S>) {
        if let Some(span) = ctx.span(id)
            && let Some(recorded) = span.extensions_mut().get_mut::<Recorded>()
        {
            values.record(recorded);
            // What the client sent is recorded after the beginning.
            if recorded.kind == Kind::Request {
                recorded.is_first = !recorded.is_of_the_client();
            }
        }
    }

    fn on_close(&self, id: Id, ctx: Context<'_, S>) {
        let ended = SystemTime::from(SystemClock.now());
        let Some(span) = ctx.span(&id) else {
            return;
        };
        let Some(mut recorded) = span.extensions_mut().remove::<Recorded>() else {
            return;
        };
        let call = recorded.call.or_else(|| {
            around(&span, |one| one.call.is_some()).and_then(|span| with(&span, |one| one.call)?)
        });
        match recorded.kind {
            Kind::Drive => return,
            Kind::Plan if !is_early_plan(&span) => return,
            Kind::Accept => tell_the_request(&span, call),
            _ => {}
        }
        recorded.call = call;
        if let Some(data) = made(&span, recorded, ended) {
            export::send(data);
        }
    }
}

/// The nearest span around this one for which this holds.
fn around<'a, S: LookupSpan<'a>>(
    span: &SpanRef<'a, S>,
    holds: impl Fn(&Recorded) -> bool,
) -> Option<SpanRef<'a, S>> {
    span.scope().skip(1).find(|one| one.extensions().get::<Recorded>().is_some_and(&holds))
}

fn with<'a, S: LookupSpan<'a>, T>(
    span: &SpanRef<'a, S>,
    read: impl FnOnce(&Recorded) -> T,
) -> Option<T> {
    span.extensions().get::<Recorded>().map(read)
}

/// Counts the plans of a call.
fn is_early_plan<'a, S: LookupSpan<'a>>(span: &SpanRef<'a, S>) -> bool {
    let Some(drive) = around(span, |one| one.kind == Kind::Drive) else {
        return false;
    };
    let mut extensions = drive.extensions_mut();
    extensions.get_mut::<Recorded>().is_some_and(|drive| {
        drive.plans = drive.plans.saturating_add(1);
        drive.plans <= PLANS
    })
}

/// Tells the request which call it made.
fn tell_the_request<'a, S: LookupSpan<'a>>(span: &SpanRef<'a, S>, call: Option<Uuid>) {
    if let Some(request) = around(span, |one| one.kind == Kind::Request)
        && let Some(request) = request.extensions_mut().get_mut::<Recorded>()
    {
        request.call = call;
    }
}

/// The span that is sent; `None` if it is not sampled, or belongs to no trace.
fn made<'a, S: LookupSpan<'a>>(
    span: &SpanRef<'a, S>,
    recorded: Recorded,
    ended: SystemTime,
) -> Option<SpanData> {
    let call = recorded.call;
    let mut links = SpanLinks::default();
    let traced = call.filter(|call| is_sampled(*call, export::percent()));
    let (trace, parent) = match (recorded.remote, traced) {
        (Some(remote), _) if remote.is_sampled => {
            let first = traced.map(|call| context(trace_of(call), first_span_of(call)));
            links.links.extend(first.map(Link::with_context));
            (remote.trace, remote.span)
        }
        (Some(_), _) | (None, None) => return None,
        (None, Some(call)) => {
            links.links.extend(link_to_the_client(span).filter(|_| recorded.is_first));
            (trace_of(call), parent(span, &recorded, call))
        }
    };
    let mut attributes = recorded.attributes.clone();
    attributes.extend(call.map(|call| KeyValue::new("switchboard.call", call.to_string())));
    Some(SpanData {
        span_context: context(trace, recorded.id(call)),
        parent_span_id: parent,
        parent_span_is_remote: recorded.is_of_the_client(),
        span_kind: recorded.kind.span_kind(),
        name: recorded.shown_name(),
        start_time: recorded.began,
        end_time: ended,
        attributes,
        dropped_attributes_count: 0,
        events: SpanEvents::default(),
        links,
        status: Status::Unset,
        instrumentation_scope: InstrumentationScope::builder("switchboard").build(),
    })
}

/// The span around it in the trace of its call, or else the first one of the trace.
fn parent<'a, S: LookupSpan<'a>>(span: &SpanRef<'a, S>, recorded: &Recorded, call: Uuid) -> SpanId {
    if recorded.is_first {
        return SpanId::INVALID;
    }
    let outer = around(span, |one| one.kind != Kind::Drive && !one.is_of_the_client());
    let outer = outer.and_then(|outer| with(&outer, |one| one.id(Some(call))));
    outer.unwrap_or_else(|| first_span_of(call))
}

/// A link from a call's first span to the request that made it, in its client's trace.
fn link_to_the_client<'a, S: LookupSpan<'a>>(span: &SpanRef<'a, S>) -> Option<Link> {
    let request = around(span, |one| one.kind == Kind::Request)?;
    with(&request, |one| {
        let remote = one.remote.filter(|remote| remote.is_sampled)?;
        Some(Link::with_context(context(remote.trace, one.id(None))))
    })?
}
