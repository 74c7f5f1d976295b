//! The options that say what calling rules ask about a call.

use clap::Args;
use jiff::Timestamp;
use switchboard::{
    CallRequest,
    core::{AgreedTime, CalleeKind, Consent, ConsentKind, Error, Purpose},
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
    /// The time zone in which the callee is, for example America/New_York.
    #[arg(long, value_name = "ZONE")]
    pub(crate) callee_timezone: Option<String>,
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
    /// Sets them in a request.
    pub(crate) fn put_into(self, call: &mut CallRequest) {
        call.purpose = self.purpose;
        call.callee_kind = self.callee_kind;
        call.callee_timezone = self.callee_timezone;
        call.callee_region = self.callee_region;
        call.published_number = self.published_number;
        call.relationship = self.relationship;
        call.requested_at = self.requested_at.map(|at| at.to_string());
        call.consent = self.consent.map(|kind| {
            Consent::new(kind).with(|consent| {
                consent.at = self.consent_at;
                consent.words = self.consent_words;
            })
        });
        call.agreed_time = self.agreed;
        call.recording = self.recording;
    }
}

/// A word as requests have it; `-` may stand for `_`.
fn word<T: std::str::FromStr<Err = Error>>(word: &str) -> Result<T, String> {
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
        ]);
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
