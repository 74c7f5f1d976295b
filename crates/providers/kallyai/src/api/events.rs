//! `GET /v1/inbound/events`: a stream if the provider streams, otherwise a list.
//!
//! Document 002 only says "SSE-capable", without names or framing. So the content type decides how
//! the body is read, and the fields of an event are read under every name that the rest of the API
//! uses.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use futures::{StreamExt, stream::BoxStream};
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use sse_stream::{Sse, SseByteStream};
use switchboard_core::{Error, ErrorKind, Result};
use switchboard_http::{Redactor, StreamAnswer, from_json, usable_id};
use uuid::Uuid;

use crate::wire::{Listing, ReadJson, listed, record};

/// The most bytes of one event, and of a list of events.
const LARGEST: usize = 1 << 20;

record! {
    /// Something that happened to an inbound call.
    InboundEvent {
        /// The event's own id.
        id: String = ["event_id", "id"],
        /// The provider's name of the event, for example `call.completed`.
        kind: String = ["event", "type", "event_type"],
        /// The id of the call.
        call_id: String = ["call_id", "/call/call_id", "/call/id", "/data/call_id", "/data/id"],
        /// The call's status, in the provider's word.
        status: String = ["status", "/call/status", "/data/status"],
        /// When it happened.
        at: Timestamp = ["timestamp", "occurred_at", "created_at", "at", "/data/timestamp"],
        /// How long the call lasted, in seconds.
        duration_seconds: Decimal = ["duration_seconds", "/call/duration_seconds", "/data/duration_seconds"],
        /// A summary in plain text.
        summary: String = ["summary", "message", "/call/summary", "/data/summary"],
    }
}

listed!(InboundEvent = ["events", "items", "data"]);

/// The answer of the endpoint.
pub enum InboundEvents {
    /// Events as they happen, until the provider closes the connection or it breaks.
    Live(BoxStream<'static, Result<InboundEvent>>),
    /// Recent events: the provider does not stream, so poll.
    Recent(Vec<InboundEvent>),
}

impl std::fmt::Debug for InboundEvents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            InboundEvents::Live(_) => f.write_str("Live(..)"),
            InboundEvents::Recent(recent) => write!(f, "Recent({})", recent.len()),
        }
    }
}

/// One block of the stream. A heartbeat is empty, and a block that only sets the reconnection time
/// has no event.
#[derive(Default)]
pub(super) struct Block {
    pub(super) event: Option<InboundEvent>,
    /// The id to resume after; an empty one clears the previous id.
    pub(super) resume: Option<String>,
    /// How long to wait before connecting again.
    pub(super) retry: Option<Duration>,
}

/// The answer, block by block where it streams.
pub(super) enum Blocks {
    Live(BoxStream<'static, Result<Block>>),
    Recent(Vec<InboundEvent>),
}

/// Reads the answer as its content type says.
pub(super) async fn read(answer: StreamAnswer) -> Result<InboundEvents> {
    match blocks(answer).await? {
        Blocks::Recent(recent) => Ok(InboundEvents::Recent(recent)),
        Blocks::Live(live) => {
            let events = live
                .filter_map(|block| std::future::ready(block.map(|block| block.event).transpose()));
            Ok(InboundEvents::Live(events.boxed()))
        }
    }
}

/// As [`read`], with what is needed to reconnect.
pub(super) async fn blocks(answer: StreamAnswer) -> Result<Blocks> {
    if answer.is_event_stream() {
        return Ok(Blocks::Live(live(answer)));
    }
    let redactor = answer.redactor();
    let mut bytes = Vec::new();
    let mut pieces = answer.into_stream();
    while let Some(piece) = pieces.next().await {
        bytes.extend_from_slice(&piece?);
        if bytes.len() > LARGEST {
            return Err(too_large());
        }
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Blocks::Recent(Vec::new()));
    }
    let value = redactor.value(from_json(&bytes)?);
    match Listing::of(&value) {
        Some(listing) => Ok(Blocks::Recent(listing.items)),
        None => Err(Error::new(
            ErrorKind::Decode,
            "expected a list, at the top level or under events, items or data",
        )),
    }
}

fn live(answer: StreamAnswer) -> BoxStream<'static, Result<Block>> {
    // The parser has no limit: a block without an end would fill the memory.
    let pending = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&pending);
    let redactor = answer.redactor();
    let bytes = answer.into_stream().map(move |piece| {
        let piece = piece?;
        if counted.fetch_add(piece.len(), Ordering::Relaxed) > LARGEST {
            return Err(too_large());
        }
        Ok(piece)
    });
    let blocks = SseByteStream::new(bytes.map(|piece| piece.map_err(Broken)));
    let read = blocks.map(move |block| {
        pending.store(0, Ordering::Relaxed);
        match block {
            Ok(block) => Ok(Block {
                resume: block.id.clone(),
                retry: block.retry.map(Duration::from_millis),
                event: event(block, &redactor),
            }),
            Err(sse_stream::Error::Body(cause)) => Err(match cause.downcast::<Broken>() {
                Ok(broken) => broken.0,
                Err(cause) => {
                    Error::new(ErrorKind::Transport, "the stream broke off").with_source(cause)
                }
            }),
            Err(error) => {
                Err(Error::new(ErrorKind::Decode, "the stream is not a valid event stream")
                    .with_source(error))
            }
        }
    });
    read.boxed()
}

/// An event, or `None` for a block without data, such as a heartbeat.
fn event(block: Sse, redactor: &Redactor) -> Option<InboundEvent> {
    let data = block.data.filter(|data| !data.trim().is_empty())?;
    let value = match serde_json::from_str::<Value>(&data) {
        Ok(value) if value.is_object() => value,
        Ok(other) => json!({"data": other}),
        Err(_) => json!({"data": data}),
    };
    let clean = |text: String| redactor.text(&text).into_owned();
    let mut event = InboundEvent::read_json(&redactor.value(value))?;
    event.kind = event.kind.or(block.event.map(clean));
    event.id = usable_id(block.id.map(clean)).or(event.id);
    Some(event)
}

/// The namespace of ids derived from content.
const CONTENT: Uuid = Uuid::from_u128(0x6f1a_3c57_8e0b_4d92_a4c6_52d7_18f3_b09e);

/// An id for an event to which the provider gives none: the same content has the same id.
pub(crate) fn content_id(words: &[&str], content: &Value) -> String {
    let text = format!("{}\n{content}", words.join("\n"));
    Uuid::new_v5(&CONTENT, text.as_bytes()).to_string()
}

fn too_large() -> Error {
    Error::new(ErrorKind::Decode, format!("an event is larger than {LARGEST} bytes"))
}

/// Carries our error through the parser.
#[derive(Debug)]
struct Broken(Error);

impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Broken {}
