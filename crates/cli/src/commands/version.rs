//! `switchboard version`: what was built, and the versions of its data.

use std::collections::BTreeMap;

use serde::Serialize;
use switchboard::{Ledger, rules::Tables};

use crate::{
    exit::Exit,
    failure::Outcome,
    output::{Output, or_dash},
};

/// The versions, as JSON prints them.
#[derive(Debug, Serialize)]
struct Versions {
    version: &'static str,
    /// The commit and its day; `None` where neither git nor the environment said them.
    commit: Option<&'static str>,
    date: Option<&'static str>,
    /// By database, for those that this program was built with.
    ledger_schema: BTreeMap<&'static str, usize>,
    rules: String,
    time_zones: &'static str,
    features: Vec<&'static str>,
}

pub(crate) fn run(output: Output) -> Outcome {
    let features = [
        ("sqlite", cfg!(feature = "sqlite")),
        ("postgres", cfg!(feature = "postgres")),
        ("keyring", cfg!(feature = "keyring")),
        ("otel", cfg!(feature = "otel")),
    ];
    let versions = Versions {
        version: env!("CARGO_PKG_VERSION"),
        commit: option_env!("SWITCHBOARD_COMMIT"),
        date: option_env!("SWITCHBOARD_DATE"),
        ledger_schema: Ledger::schema_versions().collect(),
        rules: Tables::builtin().as_of().to_string(),
        time_zones: Tables::time_zones(),
        features: features.into_iter().filter(|(_, on)| *on).map(|(name, _)| name).collect(),
    };
    if output.json {
        output.object(&versions);
        return Ok(Exit::Done);
    }
    let schema: Vec<String> = versions
        .ledger_schema
        .iter()
        .map(|(database, version)| format!("{version} ({database})"))
        .collect();
    let rows = [
        ("switchboard", versions.version.to_owned()),
        ("commit", or_dash(versions.commit)),
        ("date", or_dash(versions.date)),
        ("ledger schema", schema.join(", ")),
        ("calling rules", versions.rules),
        ("time zones", versions.time_zones.to_owned()),
        ("features", versions.features.join(", ")),
    ];
    for (name, value) in rows {
        output.line(format!("{name:<14} {value}"));
    }
    Ok(Exit::Done)
}
