//! The ids of a call's trace, `traceparent`, and which calls are traced.

use opentelemetry::trace::{SpanContext, SpanId, TraceFlags, TraceId, TraceState};
use switchboard::uuid::Uuid;

/// The trace of a call: its id.
pub(super) fn trace_of(call: Uuid) -> TraceId {
    TraceId::from_bytes(*call.as_bytes())
}

/// The first span of a call's trace: the last eight bytes of its id, which are never zero. Only the
/// ids of one trace have to differ.
pub(super) fn first_span_of(call: Uuid) -> SpanId {
    SpanId::from_bytes(call.as_u64_pair().1.to_be_bytes())
}

/// A new id.
pub(super) fn random_span() -> SpanId {
    SpanId::from_bytes(getrandom::u64().unwrap_or(1).max(1).to_be_bytes())
}

/// The context of a span that is sent.
pub(super) fn context(trace: TraceId, span: SpanId) -> SpanContext {
    SpanContext::new(trace, span, TraceFlags::SAMPLED, false, TraceState::NONE)
}

/// True for so many calls of a hundred: the same ones in every process, by the last four bytes of
/// their ids. What is before them counts up within a millisecond.
pub(super) fn is_sampled(call: Uuid, percent: u8) -> bool {
    let random = call.as_u64_pair().1 & u64::from(u32::MAX);
    random * 100 < u64::from(percent) << 32
}

/// The span of a client that sent `traceparent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Remote {
    pub(super) trace: TraceId,
    pub(super) span: SpanId,
    pub(super) is_sampled: bool,
}

impl Remote {
    /// Reads `00-<trace>-<span>-<flags>` in lower-case hexadecimal digits. A later version may have
    /// more behind it. `None` if it is anything else.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().splitn(5, '-');
        let mut hex = |length: usize| {
            let part = parts.next().filter(|part| part.len() == length)?;
            let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
            part.bytes().all(digit).then_some(part)
        };
        let (version, trace, span, flags) = (hex(2)?, hex(32)?, hex(16)?, hex(2)?);
        if version == "ff" || version == "00" && parts.next().is_some() {
            return None;
        }
        let trace = TraceId::from_hex(trace).ok().filter(|id| *id != TraceId::INVALID)?;
        let span = SpanId::from_hex(span).ok().filter(|id| *id != SpanId::INVALID)?;
        let flags = u8::from_str_radix(flags, 16).ok()?;
        Some(Self { trace, span, is_sampled: flags & 1 == 1 })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
    const SPAN: &str = "b7ad6b7169203331";

    #[test]
    fn a_traceparent_is_read_as_the_recommendation_says() {
        let read = Remote::parse(&format!("00-{TRACE}-{SPAN}-01")).unwrap();
        assert_eq!((read.trace.to_string(), read.span.to_string()), (TRACE.into(), SPAN.into()));
        assert!(read.is_sampled);
        assert!(!Remote::parse(&format!("00-{TRACE}-{SPAN}-02")).unwrap().is_sampled);
        assert!(Remote::parse(&format!("01-{TRACE}-{SPAN}-01-what-comes-later")).is_some());
        for wrong in [
            String::new(),
            format!("00-{TRACE}-{SPAN}"),
            format!("00-{TRACE}-{SPAN}-01-more"),
            format!("ff-{TRACE}-{SPAN}-01"),
            format!("00-{}-{SPAN}-01", TRACE.to_uppercase()),
            format!("00-{}-{SPAN}-01", "0".repeat(32)),
            format!("00-{TRACE}-{}-01", "0".repeat(16)),
            format!("00-{TRACE}-{SPAN}-0"),
            format!("00-+{}-{SPAN}-01", &TRACE[1..]),
        ] {
            assert_eq!(Remote::parse(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn so_many_calls_of_a_hundred_are_sampled() {
        let calls: Vec<Uuid> = (0..2_000).map(|_| Uuid::now_v7()).collect();
        let sampled = |percent| calls.iter().filter(|call| is_sampled(**call, percent)).count();
        assert_eq!((sampled(0), sampled(100)), (0, 2_000));
        assert!((400..=600).contains(&sampled(25)), "{}", sampled(25));
        // Whoever samples more samples the same ones, too.
        assert!(calls.iter().all(|call| is_sampled(*call, 30) || !is_sampled(*call, 20)));
    }

    #[test]
    fn the_ids_of_a_call_are_valid_and_its_own() {
        let (one, other) = (Uuid::now_v7(), Uuid::now_v7());
        assert_eq!(trace_of(one).to_string(), one.simple().to_string());
        assert_ne!(first_span_of(one), first_span_of(other));
        assert_ne!(first_span_of(one), SpanId::INVALID);
    }
}
