//! `[telemetry]`: where traces of a server go.

use serde::Deserialize;
use url::Url;

use crate::config::problem::{KeyPath, Problems};

/// `[telemetry]`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TelemetryConfig {
    /// The collector, as `http://127.0.0.1:4318`: OTLP over HTTP. The path `v1/traces` is added.
    pub otlp_endpoint: Url,
    /// How many calls of a hundred are traced, 1 to 100: 5.
    #[serde(default = "usual_percent")]
    pub sample_percent: u8,
}

const fn usual_percent() -> u8 {
    5
}

/// Finds what is wrong, and what can have no effect.
pub(crate) fn check(
    telemetry: Option<&TelemetryConfig>,
    has_server: bool,
    problems: &mut Problems,
) {
    let Some(telemetry) = telemetry else { return };
    let at = KeyPath::of("telemetry");
    if !cfg!(feature = "otel") {
        problems.push(
            &at,
            "has no effect, because this program was built without traces: build it with the feature otel (cargo build --features otel), or take this out",
        );
        return;
    }
    if !has_server {
        problems.push(
            &at,
            "has no effect without [server], because only switchboard serve sends traces: add it, or take this out",
        );
    }
    let endpoint = &telemetry.otlp_endpoint;
    let is_plain = endpoint.query().is_none()
        && endpoint.fragment().is_none()
        && endpoint.username().is_empty()
        && endpoint.password().is_none();
    if !matches!(endpoint.scheme(), "http" | "https") || !is_plain {
        problems.push(
            &at.key("otlp_endpoint"),
            "is not the address of a collector: write it as http://127.0.0.1:4318, without a query and without a password",
        );
    }
    let percent = telemetry.sample_percent;
    if !(1..=100).contains(&percent) {
        problems.push(
            &at.key("sample_percent"),
            format!("{percent} is not between 1 and 100: to send no traces, take [telemetry] out"),
        );
    }
}
