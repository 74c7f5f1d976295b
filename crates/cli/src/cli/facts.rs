//! The options that say what calling rules ask about a call.

use clap::Args;
use jiff::Timestamp;
use switchboard::{
    CallRequest,
    core::{AgreedTime, CalleeKind, CalleeLine, Consent, ConsentKind, Error, Purpose},
};

/// The heading of these options.
const HEADING: &str = "For the calling rules";

/// What calling rules ask about a call.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = HEADING)]
pub(crate) struct FactArgs {
    /// Why you call: reservation, requested, transactional, informational, survey, debt_collection,
    /// marketing, political or charity. A call that also sells is marketing.
    #[arg(long, value_name = "PURPOSE", value_parser = word::<Purpose>)]
    pub(crate) purpose: Option<Purpose>,
    /// Who is called: consumer or business.
    #[arg(long, value_name = "KIND", value_parser = word::<CalleeKind>)]
    pub(crate) callee_kind: Option<CalleeKind>,
    /// The kind of line, where the number does not show it: mobile, landline, toll_free or
    /// emergency.
    #[arg(long, value_name = "KIND", value_parser = word::<CalleeLine>)]
    pub(crate) callee_line: Option<CalleeLine>,
    /// On whose behalf the agent calls, as it should say it.
    #[arg(long, value_name = "NAME")]
    pub(crate) on_behalf_of: Option<String>,
    /// The number that the callee can call back.
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    pub(crate) callback_number: Option<String>,
    /// The time zone in which the callee is, for example America/New_York.
    #[arg(long, value_name = "ZONE")]
    pub(crate) callee_timezone: Option<String>,
    /// A time zone in which the callee may also be.
    #[arg(long, value_name = "ZONE")]
    pub(crate) callee_timezone_guess: Option<String>,
    /// The country, state or province in which the callee is, for example US-FL.
    #[arg(long, value_name = "REGION")]
    pub(crate) callee_region: Option<String>,
    /// Where the business publishes this number for this matter, for example its web page.
    #[arg(long, value_name = "TEXT")]
    pub(crate) published_number: Option<String>,
    /// The order, contract or appointment that you already have with the callee.
    #[arg(long, value_name = "TEXT")]
    pub(crate) relationship: Option<String>,
    /// When the callee asked to be called, for example 2026-02-14T20:00:00Z.
    #[arg(long, value_name = "TIME")]
    pub(crate) requested_at: Option<Timestamp>,
    /// How the callee agreed to be called by an artificial voice: express or express_written.
    #[arg(long, value_name = "KIND", value_parser = word::<ConsentKind>)]
    pub(crate) consent: Option<ConsentKind>,
    /// When the callee agreed to it.
    #[arg(long, value_name = "TIME", requires = "consent")]
    pub(crate) consent_at: Option<Timestamp>,
    /// The words that the callee agreed to.
    #[arg(long, value_name = "TEXT", requires = "consent")]
    pub(crate) consent_words: Option<String>,
    /// Where the callee agreed to it, for example a form's address.
    #[arg(long, value_name = "TEXT", requires = "consent")]
    pub(crate) consent_channel: Option<String>,
    /// The seller that the callee agreed to.
    #[arg(long, value_name = "NAME", requires = "consent")]
    pub(crate) consent_seller: Option<String>,
    /// The hours that the callee agreed to, for example 'mon-fri 08:00-22:00'.
    #[arg(long, value_name = "HOURS", requires = "consent")]
    pub(crate) consent_hours: Option<String>,
    /// When the consent expires.
    #[arg(long, value_name = "TIME", requires = "consent")]
    pub(crate) consent_expires_at: Option<Timestamp>,
    /// The time that the callee chose, for example 2026-02-14T20:00:00Z/2026-02-14T21:00:00Z.
    #[arg(long, value_name = "FROM/TO", value_parser = agreed)]
    pub(crate) agreed: Option<AgreedTime>,
    /// The call is recorded; --recording=false: it is not. By default what the route or the agent
    /// profile says.
    #[arg(
        long,
        value_name = "BOOL",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true"
    )]
    pub(crate) recording: Option<bool>,
}

impl FactArgs {
    /// Sets those that were given in a request.
    pub(crate) fn put_into(self, call: &mut CallRequest) {
        call.purpose = self.purpose.or(call.purpose);
        call.callee_kind = self.callee_kind.or(call.callee_kind);
        call.callee_line = self.callee_line.or(call.callee_line);
        call.on_behalf_of = self.on_behalf_of.or(call.on_behalf_of.take());
        call.callback_number = self.callback_number.or(call.callback_number.take());
        call.callee_timezone = self.callee_timezone.or(call.callee_timezone.take());
        call.callee_timezone_guess =
            self.callee_timezone_guess.or(call.callee_timezone_guess.take());
        call.callee_region = self.callee_region.or(call.callee_region.take());
        call.published_number = self.published_number.or(call.published_number.take());
        call.relationship = self.relationship.or(call.relationship.take());
        let requested_at = self.requested_at.map(|at| at.to_string());
        call.requested_at = requested_at.or(call.requested_at.take());
        let consent = self.consent.map(|kind| {
            Consent::new(kind).with(|consent| {
                consent.at = self.consent_at;
                consent.words = self.consent_words;
                consent.channel = self.consent_channel;
                consent.seller = self.consent_seller;
                consent.hours = self.consent_hours;
                consent.expires_at = self.consent_expires_at;
            })
        });
        call.consent = consent.or(call.consent.take());
        call.agreed_time = self.agreed.or(call.agreed_time);
        call.recording = self.recording.or(call.recording);
    }
}

/// The policy rules that an operator lifts.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "To lift policy rules")]
pub(crate) struct OverrideArgs {
    /// Lift this policy rule, for example P-HOURS-MARKETING. Rules of law are lifted by facts
    /// alone. May be repeated.
    #[arg(
        long = "override",
        value_name = "RULE",
        requires_all = ["override_reason", "override_until"]
    )]
    pub(crate) overrides: Vec<String>,
    /// Why it is lifted.
    #[arg(long, value_name = "TEXT", requires = "overrides")]
    pub(crate) override_reason: Option<String>,
    /// Until when it is lifted, for example 2026-02-14T20:00:00Z.
    #[arg(long, value_name = "TIME", requires = "overrides")]
    pub(crate) override_until: Option<Timestamp>,
    /// Who lifts it. By default the user of the operating system.
    #[arg(long, value_name = "NAME", requires = "overrides")]
    pub(crate) override_by: Option<String>,
}

/// A word as requests have it; `-` may stand for `_`.
pub(super) fn word<T: std::str::FromStr<Err = Error>>(word: &str) -> Result<T, String> {
    word.trim().replace('-', "_").parse().map_err(|error: Error| error.message().to_owned())
}

fn agreed(text: &str) -> Result<AgreedTime, String> {
    let time = |text: &str| text.trim().parse::<Timestamp>().ok();
    text.split_once('/')
        .and_then(|(from, to)| Some(AgreedTime { from: time(from)?, to: time(to)? }))
        .ok_or_else(|| {
            "is not a pair of times: write 2026-02-14T20:00:00Z/2026-02-14T21:00:00Z".to_owned()
        })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use clap::Parser as _;

    use super::*;

    #[derive(Debug, clap::Parser)]
    struct Line {
        #[command(flatten)]
        facts: FactArgs,
    }

    fn request(arguments: &[&str]) -> Result<CallRequest, clap::Error> {
        let line = Line::try_parse_from(std::iter::once(&"call").chain(arguments))?;
        Ok(CallRequest::new("+442079460018", "Ask.").with(|call| line.facts.put_into(call)))
    }

    #[test]
    fn every_option_sets_its_fact() {
        let asked = request(&[
            "--purpose",
            "debt-collection",
            "--callee-kind",
            "business",
            "--callee-timezone",
            "Europe/London",
            "--callee-region",
            "GB-SCT",
            "--published-number",
            "its page",
            "--relationship",
            "order 17",
            "--requested-at",
            "2026-02-14T20:00+01:00",
            "--consent",
            "express_written",
            "--consent-at",
            "2026-02-14T20:00:00Z",
            "--consent-words",
            "I agree.",
            "--agreed",
            "2026-02-14T20:00:00Z/2026-02-14T21:00:00Z",
            "--recording",
            "--callee-line",
            "toll-free",
            "--callee-timezone-guess",
            "Europe/Dublin",
            "--on-behalf-of",
            "Ada",
            "--callback-number",
            "+442079460019",
            "--consent-channel",
            "its form",
            "--consent-seller",
            "Acme",
            "--consent-hours",
            "mon-fri 08:00-22:00",
            "--consent-expires-at",
            "2099-02-14T20:00:00Z",
        ]);
        assert_eq!(asked.as_ref().unwrap().on_behalf_of.as_deref(), Some("Ada"));
        assert_eq!(asked.as_ref().unwrap().callback_number.as_deref(), Some("+442079460019"));
        let facts = asked.unwrap().revalidate().unwrap().facts;
        let time = |text: &str| Some(text.parse::<Timestamp>().unwrap());
        assert_eq!(facts.purpose, Some(Purpose::DebtCollection));
        assert_eq!(facts.callee_kind, Some(CalleeKind::Business));
        assert_eq!(facts.callee_timezone.as_deref(), Some("Europe/London"));
        assert_eq!(facts.callee_region.unwrap().to_string(), "GB-SCT");
        assert_eq!(facts.published_number.as_deref(), Some("its page"));
        assert_eq!(facts.relationship.as_deref(), Some("order 17"));
        assert_eq!(facts.requested_at, time("2026-02-14T19:00:00Z"));
        let consent = facts.consent.unwrap();
        assert_eq!(consent.kind, ConsentKind::ExpressWritten);
        assert_eq!(consent.at, time("2026-02-14T20:00:00Z"));
        assert_eq!(consent.words.as_deref(), Some("I agree."));
        assert_eq!(consent.channel.as_deref(), Some("its form"));
        assert_eq!(consent.seller.as_deref(), Some("Acme"));
        assert_eq!(consent.hours.as_deref(), Some("mon-fri 08:00-22:00"));
        assert_eq!(consent.expires_at, time("2099-02-14T20:00:00Z"));
        assert_eq!(facts.callee_line, Some(CalleeLine::TollFree));
        assert_eq!(facts.callee_timezone_guess.as_deref(), Some("Europe/Dublin"));
        assert_eq!(facts.agreed_time.map(|it| it.to), time("2026-02-14T21:00:00Z"));
        assert_eq!(facts.recording, Some(true));
        let silent = request(&["--recording=false"]).unwrap();
        assert_eq!(silent.recording, Some(false));
        assert_eq!(request(&[]).unwrap(), CallRequest::new("+442079460018", "Ask."));
    }

    #[test]
    fn what_does_not_fit_is_refused_with_its_fix() {
        for (arguments, told) in [
            (&["--purpose", "sales"][..], "write one of reservation, requested"),
            (&["--callee-kind", "person"], "write one of consumer, business"),
            (&["--consent", "oral"], "write one of express, express_written"),
            (&["--consent-words", "I agree."], "--consent <KIND>"),
            (&["--agreed", "2026-02-14T20:00:00Z"], "is not a pair of times"),
            (&["--agreed", "20:00/21:00"], "is not a pair of times"),
            (&["--requested-at", "yesterday"], "--requested-at"),
            (&["--recording=maybe"], "--recording"),
        ] {
            let error = request(arguments).unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
    }
}
