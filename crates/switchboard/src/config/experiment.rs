//! `[[experiments]]`: people split between ways to call them.

use serde::Deserialize;
use switchboard_core::{Country, Language};

use crate::config::amount::Amount;

pub(super) const EVERYBODY: u32 = 100;

/// One of `[[experiments]]`: a split of people between providers or agent profiles. A person keeps
/// the arm that he was given.
///
/// The first experiment that holds for a call, and has the person in its share of its group, is the
/// call's, whether or not it runs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExperimentConfig {
    /// Its name. Renaming it assigns all people again.
    pub name: String,
    /// Another version is another split and begins with no result: 1.
    #[serde(default = "first")]
    pub version: u32,
    /// As in a route.
    #[serde(default)]
    pub countries: Vec<Country>,
    /// As in a route.
    #[serde(default)]
    pub prefixes: Vec<String>,
    /// As in a route.
    #[serde(default)]
    pub languages: Vec<Language>,
    /// As in a route.
    #[serde(default)]
    pub agents: Vec<String>,
    /// As in a route.
    #[serde(default)]
    pub tags: Vec<String>,
    /// At least two, or one and a holdout. The first is what the others are compared to.
    #[serde(default)]
    pub arms: Vec<ArmConfig>,
    /// When it begins: `at_once`.
    #[serde(default)]
    pub start: StartName,
    /// How many of its people are in it, 0 to 100: 100. Raising it never moves anybody who is in.
    #[serde(default = "everybody")]
    pub ramp_percent: u32,
    /// How many of those are kept out of every arm, to be compared with, 0 to 99: 0.
    #[serde(default)]
    pub holdout_percent: u32,
    /// Experiments of one group share people: each person is in at most one of them.
    pub group: Option<String>,
    /// With `group`: its share of the group's people, 1 to 100.
    pub share_percent: Option<u32>,
    /// With `group`: where its share begins, in percent. Written down, it keeps people where they
    /// are when another experiment is taken out. Default: after the group's earlier experiments.
    pub share_from_percent: Option<u32>,
    /// What stops an arm by itself.
    #[serde(default)]
    pub guardrails: Vec<GuardrailConfig>,
}

const fn first() -> u32 {
    1
}

const fn everybody() -> u32 {
    EVERYBODY
}

/// When an experiment begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StartName {
    /// As soon as it stands here.
    #[default]
    AtOnce,
    /// With `switchboard experiments start`.
    Manual,
}

/// One arm of an experiment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArmConfig {
    /// Its name, as reports show it.
    pub name: String,
    /// Who is asked first; this, or `agent`.
    pub provider: Option<String>,
    /// The agent profile that serves its calls, whatever profile they name.
    pub agent: Option<String>,
    /// Its share of the sum of all weights. An arm with weight zero gets no calls.
    pub weight: u32,
}

/// A rule that stops an arm which certainly breaks it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuardrailConfig {
    /// What is watched.
    pub metric: MetricName,
    /// It has to stay at or above this.
    pub at_least: Option<Amount>,
    /// It has to stay at or below this.
    pub at_most: Option<Amount>,
    /// Before so many people of an arm were called it is not looked at: 30.
    #[serde(default = "few")]
    pub minimum_calls: u32,
}

const fn few() -> u32 {
    30
}

/// What a guardrail watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MetricName {
    /// The share of people with whom somebody talked, between 0 and 1.
    SuccessRate,
    /// The share of people whose call failed for a technical reason, was refused or got lost,
    /// between 0 and 1.
    ErrorRate,
    /// What a success costs, failures included, in `routing.currency`.
    CostPerSuccess,
    /// The mean duration, in seconds.
    Duration,
}
