//! `GET /v1/inbound/events`: a stream where the provider streams, a list where it does not.
//!
//! Document 002 says "SSE-capable" and nothing of names or framing. So the content type decides how
//! the body is read, and an event is read under every name that the rest of the API uses.

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
        /// What happened, in the provider's word.
        kind: String = ["event", "type", "event_type"],
        /// Of which call.
        call_id: String = ["call_id", "/call/call_id", "/call/id", "/data/call_id", "/data/id"],
        /// Where the call stands.
        status: String = ["status", "/call/status", "/data/status"],
        /// When.
        at: Timestamp = ["timestamp", "occurred_at", "created_at", "at", "/data/timestamp"],
        /// How long the call lasted, in seconds.
        duration_seconds: Decimal = ["duration_seconds", "/call/duration_seconds", "/data/duration_seconds"],
        /// In words.
        summary: String = ["summary", "message", "/call/summary", "/data/summary"],
    }
}

listed!(InboundEvent = ["events", "items", "data"]);

/// What the endpoint answered.
pub enum InboundEvents {
    /// Events as they happen, until the provider or a broken connection ends it.
    Live(BoxStream<'static, Result<InboundEvent>>),
    /// Events that happened: the provider does not stream here, so ask again.
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

/// One block of the stream. A heartbeat has nothing, and a wish about reconnecting has no event.
#[derive(Default)]
pub(super) struct Block {
    pub(super) event: Option<InboundEvent>,
    /// Where to go on after this block; empty text takes the earlier place back.
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

/// [`read`], with what whoever reconnects has to know.
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
            "expected a list, at the top or under events, items, data",
        )),
    }
}

fn live(answer: StreamAnswer) -> BoxStream<'static, Result<Block>> {
    // The parser bounds nothing: a block without an end would fill the memory.
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
            Err(error) => Err(Error::new(ErrorKind::Decode, "the stream is no stream of events")
                .with_source(error)),
        }
    });
    read.boxed()
}

/// An event, or `None` for a block without data: a heartbeat, or a wish about reconnecting.
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

/// The namespace of ids that are made of content.
const CONTENT: Uuid = Uuid::from_u128(0x6f1a_3c57_8e0b_4d92_a4c6_52d7_18f3_b09e);

/// An id for what the provider gives none: the same content has the same id.
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
