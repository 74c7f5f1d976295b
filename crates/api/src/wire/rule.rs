//! The calling rules, and what is asked of them.

use serde::{Deserialize, Serialize};
use switchboard::{
    CallRequest, RulesChecked,
    rules::{self, Tables},
};
use utoipa::ToSchema;

use crate::{
    problem::Result,
    wire::{
        AgreedTime, CalleeKind, CalleeLine, Consent, NewCall, Purpose, RuleDecision, RuleOverride,
    },
};

/// What the calling rules are asked: a call and a time. Only `to` is required.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RuleCheckRequest)]
pub struct CheckRules {
    /// The number to call, in E.164. With a `default_country` it may also be written as it is
    /// dialled there.
    #[schema(examples("+442079460123"))]
    pub to: String,
    /// The time of the call: RFC 3339, or with a `timezone` the local time there. Left out: now.
    #[schema(examples("2026-12-01T09:00:00Z"))]
    pub at: Option<String>,
    /// The tenant that the call would belong to. Only operators' keys need it, and have to name it.
    pub tenant: Option<String>,
    /// The country in which numbers without `+` are dialled, for example `GB`.
    pub default_country: Option<String>,
    /// The agent profile. Left out: the default of the configuration.
    pub agent: Option<String>,
    /// The language to speak, for example `en` or `es-MX`.
    pub language: Option<String>,
    /// On whose behalf the agent calls, as it should say it.
    pub on_behalf_of: Option<String>,
    /// The number that the callee can call back, written like `to`.
    pub callback_number: Option<String>,
    /// The first sentence that the agent says. At most 2,000 characters.
    pub first_message: Option<String>,
    /// An IANA time zone, for example `America/New_York`.
    pub timezone: Option<String>,
    /// Labels that routes can match. At most 32.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Why the callee is called. The rules need it, unless the route or the agent profile says it.
    pub purpose: Option<Purpose>,
    /// Who is called. Left out: a consumer, except for a reservation.
    pub callee_kind: Option<CalleeKind>,
    /// The kind of line, where the number does not show it. Left out: mobile.
    pub callee_line: Option<CalleeLine>,
    /// The IANA time zone in which the callee is known to be. It replaces the zones of the number.
    #[schema(examples("America/New_York"))]
    pub callee_timezone: Option<String>,
    /// The IANA time zone in which the callee may be. It is added to the zones of the number.
    pub callee_timezone_guess: Option<String>,
    /// The country, state or province in which the callee is known to be, as ISO 3166.
    #[schema(examples("US-FL"))]
    pub callee_region: Option<String>,
    /// The callee's consent to be called by an artificial voice.
    pub consent: Option<Consent>,
    /// When the callee asked to be called: RFC 3339, or with a `timezone` the local time there.
    pub requested_at: Option<String>,
    /// Where the business publishes this number for this matter, for example a web address. At most
    /// 500 characters.
    pub published_number: Option<String>,
    /// The existing relationship: a reference to the order, contract or appointment. At most 200
    /// characters.
    pub relationship: Option<String>,
    /// The time that the callee chose for the call.
    pub agreed_time: Option<AgreedTime>,
    /// True if the call is recorded. Left out: what the route or the agent profile says.
    pub recording: Option<bool>,
    /// The policy rules that an operator lifts for this call. Needs the scope `calls:override`. At
    /// most 32.
    #[serde(default)]
    pub overrides: Vec<RuleOverride>,
}

impl std::fmt::Debug for CheckRules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CheckRules").finish_non_exhaustive()
    }
}

impl CheckRules {
    /// The request of the library, without a tenant.
    ///
    /// # Errors
    /// `invalid_request` for a time that is none.
    pub fn to_request(&self) -> Result<CallRequest> {
        let call = NewCall {
            default_country: self.default_country.clone(),
            agent: self.agent.clone(),
            language: self.language.clone(),
            on_behalf_of: self.on_behalf_of.clone(),
            callback_number: self.callback_number.clone(),
            first_message: self.first_message.clone(),
            timezone: self.timezone.clone(),
            tags: self.tags.clone(),
            purpose: self.purpose,
            callee_kind: self.callee_kind,
            callee_line: self.callee_line,
            callee_timezone: self.callee_timezone.clone(),
            callee_timezone_guess: self.callee_timezone_guess.clone(),
            callee_region: self.callee_region.clone(),
            consent: self.consent.clone(),
            requested_at: self.requested_at.clone(),
            published_number: self.published_number.clone(),
            relationship: self.relationship.clone(),
            agreed_time: self.agreed_time.clone(),
            recording: self.recording,
            overrides: self.overrides.clone(),
            // What is not part of it does not matter to the rules.
            ..NewCall::new(self.to.clone(), "Ask.".to_owned())
        };
        call.to_request()
    }
}

/// What the calling rules say about a call. Nothing was sent and nothing was written.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RuleCheck {
    /// What they decide, also where they are turned off.
    pub decision: RuleDecision,
    /// Why they are turned off, if they are. Calls are not held to the decision then, unless the
    /// callee asked not to be called again.
    #[schema(required)]
    pub off: Option<String>,
}

impl From<&RulesChecked> for RuleCheck {
    fn from(checked: &RulesChecked) -> Self {
        Self { decision: (&checked.decision).into(), off: checked.off.clone() }
    }
}

/// A rule, as its row in the tables states it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CallingRule)]
pub struct Rule {
    /// Its id.
    #[schema(examples("US-FL-HOURS"))]
    pub id: String,
    /// Where it holds: a country or a part of one as ISO 3166, `EU`, or `*` for everywhere.
    #[schema(examples("US-FL"))]
    pub jurisdiction: String,
    /// What it is about. More may be added.
    #[schema(examples("quiet_hours"))]
    pub kind: String,
    /// The purposes of calls that it is about.
    pub purposes: Vec<Purpose>,
    /// The callees that it is about. Null: all.
    #[schema(required)]
    pub callee: Option<CalleeKind>,
    /// The lines that it is about. Empty: all.
    pub lines: Vec<String>,
    /// What it asks for, as written in the table.
    #[schema(examples("mon-sun 08:00-20:00"))]
    pub rule: String,
    /// What it asks for, in one sentence.
    pub in_words: String,
    /// The facts that lift it: any one of them does.
    #[schema(examples("consent"))]
    pub unless: Vec<String>,
    /// What it does to a call that does not meet it: `gate` stops it, `say` must be in the first
    /// words, `warn` stops nothing, `info` is not applied. More may be added.
    #[schema(examples("gate"))]
    pub effect: String,
    /// The first day on which it is in force, where the callee is. Null: its start was not looked
    /// up.
    #[schema(required, value_type = Option<String>, format = Date)]
    pub from: Option<String>,
    /// The last day on which it is in force, where the callee is.
    #[schema(required, value_type = Option<String>, format = Date)]
    pub until: Option<String>,
    /// Where it is written, and what was read.
    pub source: String,
    /// What was read: `yes` the text itself or an official page, `secondary` what others say about
    /// it, `known` nothing, `policy` nothing, because it is a default of this product.
    #[schema(examples("secondary"))]
    pub checked: String,
    /// The date of the row.
    #[schema(format = Date)]
    pub as_of: String,
    /// Anything else that people should know.
    pub note: String,
    /// True if it comes from a table of this installation.
    pub is_own: bool,
    /// True if an operator may lift it for a call.
    pub may_be_lifted: bool,
}

impl Rule {
    /// A row of these tables.
    pub fn new(tables: &Tables, row: &rules::Row) -> Self {
        Self {
            id: row.id.clone(),
            jurisdiction: row.jurisdiction.to_string(),
            kind: row.kind.as_str().to_owned(),
            purposes: row.purposes.iter().copied().map(Into::into).collect(),
            callee: row.callee.map(Into::into),
            lines: row.lines.iter().map(|one| one.as_str().to_owned()).collect(),
            rule: row.rule.clone(),
            in_words: tables.in_words(&row.id).unwrap_or_default(),
            unless: row.unless.iter().map(|one| one.as_str().to_owned()).collect(),
            effect: row.effect.as_str().to_owned(),
            from: row.from.map(|day| day.to_string()),
            until: row.until.map(|day| day.to_string()),
            source: row.source.clone(),
            checked: row.checked.as_str().to_owned(),
            as_of: row.as_of.to_string(),
            note: row.note.clone(),
            is_own: row.is_own,
            may_be_lifted: tables.may_be_lifted(&row.id),
        }
    }
}

/// Rules, in the order of the tables.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CallingRulePage)]
pub struct RulePage {
    /// The version of the tables.
    #[schema(examples("2026-11-29"))]
    pub tables: String,
    /// How old the tables are, in days, if they should be renewed.
    #[schema(required)]
    pub tables_are_old: Option<u32>,
    /// Why the rules are turned off, if they are.
    #[schema(required)]
    pub off: Option<String>,
    /// The rules.
    pub data: Vec<Rule>,
    /// True if there are more.
    pub has_more: bool,
    /// The cursor of the next page.
    #[schema(required)]
    pub next_cursor: Option<String>,
}
