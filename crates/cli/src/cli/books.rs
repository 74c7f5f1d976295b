//! The arguments of `batch`, `calls` and `ledger`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use switchboard::{
    CallId, CallStatus, Country, Outcome, core::ProviderCallId, journal::state::Verdict,
};

/// `batch`
#[derive(Debug, Args)]
pub(crate) struct BatchArgs {
    /// The calls, one on each line below a header; at least the columns to and task.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// A column that has another name than its field, as to=Phone; ignore=Notes leaves one out.
    /// Give it more than once for several.
    #[arg(long, value_name = "FIELD=COLUMN")]
    pub(crate) column: Vec<String>,
    /// What this batch is called, instead of FILE's name: the same person and task in a batch of
    /// the same name is the same call.
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Call people again who were called for the same by something else than this batch a short
    /// while ago.
    #[arg(long)]
    pub(crate) again: bool,
    /// Where a provider is out of credit or over a budget, let the next one take the call.
    #[arg(long)]
    pub(crate) failover_on_quota: bool,
    /// The country in which numbers without + are dialled, as GB, where the row does not say it;
    /// without it, the configuration's.
    #[arg(long, value_name = "COUNTRY")]
    pub(crate) default_country: Option<Country>,
    /// At most so many rows are begun a minute; without it, as fast as the providers' limits let
    /// them go.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rate: Option<u32>,
    /// A row is begun only while fewer than so many are undecided.
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=64))]
    pub(crate) at_once: u32,
    /// Where rows go that became no ringing phone, with their reasons; without it, beside FILE,
    /// ending in .rejected.csv.
    #[arg(long, value_name = "FILE")]
    pub(crate) rejected: Option<PathBuf>,
    /// Only show how each row is read, and what is wrong with it. Sends nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Go on after any number of refusals that are alike; without it, 20 in a row pause the batch.
    #[arg(long)]
    pub(crate) no_pause: bool,
    /// End when every row is decided, and not when every call is over.
    #[arg(long)]
    pub(crate) no_wait: bool,
}

/// `calls`
#[derive(Debug, Args)]
pub(crate) struct CallsArgs {
    /// This SQLite file, instead of the ledger of the configuration.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: CallsCommand,
}

/// What to do with calls.
#[derive(Debug, Subcommand)]
pub(crate) enum CallsCommand {
    /// The latest calls, oldest first.
    List(ListArgs),
    /// One call and everything that happened to it: who decided what, when, and on which proof.
    Show {
        /// Its id.
        id: CallId,
        /// Show whole telephone numbers.
        #[arg(long)]
        reveal: bool,
    },
    /// Print what changes until interrupted, or with an id until that call is settled.
    Watch {
        /// Its id.
        id: Option<CallId>,
    },
    /// Take calls back: what was not sent never is, and of what a provider has the provider is
    /// asked to end it.
    Cancel(CancelArgs),
    /// Decide a call of which nobody knows whether it rang, or how it ended.
    Resolve(ResolveArgs),
    /// Every call as CSV or JSON lines. Numbers are whole.
    Export(ExportArgs),
}

/// `calls list`
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Only those in this state, as indeterminate. Give it more than once for several.
    #[arg(long, value_name = "STATUS", value_parser = status)]
    pub(crate) status: Vec<CallStatus>,
    /// Only those that came at this moment or later, as 2026-02-14T20:00:00Z.
    #[arg(long, value_name = "MOMENT")]
    pub(crate) since: Option<Timestamp>,
    /// At most so many.
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: u32,
}

/// `calls cancel`
#[derive(Debug, Args)]
pub(crate) struct CancelArgs {
    /// The calls' ids.
    #[arg(value_name = "ID", required_unless_present_any = ["batch", "status"], conflicts_with_all = ["batch", "status"])]
    pub(crate) ids: Vec<CallId>,
    /// Every call of this batch that is not over. Its name is the one of its file, unless the batch
    /// was given another.
    #[arg(long, value_name = "NAME")]
    pub(crate) batch: Option<String>,
    /// Every call in this state, as received or scheduled; with --batch, only those of the batch.
    /// Give it more than once for several.
    #[arg(long, value_name = "STATUS", value_parser = open_status)]
    pub(crate) status: Vec<CallStatus>,
}

/// `calls resolve`
#[derive(Debug, Args)]
pub(crate) struct ResolveArgs {
    /// The call's id.
    pub(crate) id: CallId,
    /// What you found out: not-placed (no phone rang), placed=ID (the provider has it, under this
    /// id), or ended=OUTCOME (it rang, and ended as completed, no_answer, busy, voicemail, failed
    /// or cancelled).
    #[arg(long, value_name = "VERDICT", value_parser = verdict)]
    pub(crate) verdict: Verdict,
    /// The provider's id of a call that ended. Without it the provider is asked once which call it
    /// may be; where that is not clear, evidence for other calls in doubt counts for less from then
    /// on.
    #[arg(long, value_name = "ID")]
    pub(crate) provider_call: Option<String>,
    /// On what grounds. Kept with the call: write no number into it.
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: String,
    /// Who decides; without it, the user of the operating system.
    #[arg(long, value_name = "NAME")]
    pub(crate) by: Option<String>,
}

/// `calls export`
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// Only those that came at this moment or later, as 2026-02-14T20:00:00Z.
    #[arg(long, value_name = "MOMENT")]
    pub(crate) since: Option<Timestamp>,
    /// As a table, or one JSON object on each line. Without it CSV, or with --json jsonl.
    #[arg(long, value_enum)]
    pub(crate) format: Option<ExportFormat>,
    /// A new file, which only you can read; without it, stdout.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// How calls are exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// One line for each call.
    Csv,
    /// One JSON object for each call, with everything that is known of it.
    Jsonl,
}

/// `ledger`
#[derive(Debug, Args)]
pub(crate) struct LedgerArgs {
    /// This SQLite file, instead of the ledger of the configuration.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: LedgerCommand,
}

/// What to do with the ledger.
#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    /// Verify everything that can be verified without a provider.
    Check,
    /// Write a consistent copy into a new file, while calls go on (SQLite).
    Backup {
        /// The new file.
        #[arg(value_name = "COPY")]
        file: PathBuf,
    },
    /// Destroy what is known of a person: the number, the task and all that was said. It cannot be
    /// undone.
    Erase {
        /// The person's number, in E.164.
        #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
        person: String,
        /// Really destroy it.
        #[arg(long)]
        yes: bool,
    },
    /// Destroy what is older than `[ledger.retention]` allows.
    Sweep,
}

fn status(word: &str) -> Result<CallStatus, String> {
    read_word(word).ok_or_else(|| {
        "is no status: write received, scheduled, admitted, attempting, in_progress, closed, refused, needs_approval, indeterminate or stalled"
            .to_owned()
    })
}

fn open_status(word: &str) -> Result<CallStatus, String> {
    status(word).ok().filter(|status| !status.is_settled()).ok_or_else(|| {
        "is no state in which a call can be taken back: write received, scheduled, admitted, attempting or in_progress".to_owned()
    })
}

fn verdict(text: &str) -> Result<Verdict, String> {
    let wrong =
        || "is no verdict: write not-placed, placed=PROVIDER_CALL_ID, or ended=OUTCOME".to_owned();
    match text.split_once('=') {
        None if text == "not-placed" => Ok(Verdict::NotPlaced),
        Some(("placed", id)) if !id.trim().is_empty() => Ok(Verdict::Placed(ProviderCallId::from(id.trim()))),
        Some(("ended", word)) => read_word::<Outcome>(word)
            .map(Verdict::Ended)
            .ok_or_else(|| format!("{word:?} is no outcome: write completed, no_answer, busy, voicemail, failed or cancelled")),
        None | Some(_) => Err(wrong()),
    }
}

/// A word as JSON and tables show it; `-` stands for `_`.
fn read_word<T: serde::de::DeserializeOwned>(word: &str) -> Option<T> {
    serde_json::from_value(word.trim().replace('-', "_").into()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_are_read_and_nonsense_is_not() {
        assert_eq!(verdict("not-placed"), Ok(Verdict::NotPlaced));
        assert_eq!(verdict("placed=call_7"), Ok(Verdict::Placed(ProviderCallId::from("call_7"))));
        assert_eq!(verdict("ended=no-answer"), Ok(Verdict::Ended(Outcome::NoAnswer)));
        for wrong in [
            "",
            "placed",
            "placed=",
            "placed= ",
            "ended=",
            "ended=great",
            "not-placed=1",
            "notplaced",
        ] {
            assert!(verdict(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn states_are_read_as_they_are_shown() {
        assert_eq!(status("in_progress"), Ok(CallStatus::InProgress));
        assert_eq!(status("needs-approval"), Ok(CallStatus::NeedsApproval));
        assert!(status("ringing").is_err());
    }
}
