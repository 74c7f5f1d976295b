//! The arguments of `call`, `batch`, `plan` and `calls`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use switchboard::{CallStatus, Country, Outcome, core::ProviderCallId, journal::state::Verdict};

use crate::cli::{
    call_list::ListArgs,
    call_ref::CallRef,
    facts::{FactArgs, OverrideArgs},
    request::{DetailArgs, JsonRequestArgs},
    when::When,
    words::{parse_word, status},
};

/// `call`
#[derive(Debug, Args)]
pub(crate) struct CallArgs {
    /// The number to call, in E.164, for example +442079460018; with a default country also as it
    /// is dialled there.
    #[arg(
        long,
        value_name = "NUMBER",
        allow_hyphen_values = true,
        required_unless_present = "json_request"
    )]
    pub(crate) to: Option<String>,
    /// The country in which a number without + is dialled, for example GB. By default the
    /// configured one.
    #[arg(long, value_name = "COUNTRY")]
    pub(crate) default_country: Option<Country>,
    /// What the agent should accomplish, in words.
    #[arg(long, value_name = "TEXT", required_unless_present = "json_request")]
    pub(crate) task: Option<String>,
    #[command(flatten)]
    pub(crate) json_request: JsonRequestArgs,
    /// The agent profile. By default the configured one.
    #[arg(long, value_name = "PROFILE")]
    pub(crate) agent: Option<String>,
    /// The language to speak, for example en or es-MX.
    #[arg(long, value_name = "LANGUAGE")]
    pub(crate) language: Option<String>,
    /// Your own key for this call: the same key always returns the same call.
    #[arg(long, value_name = "KEY")]
    pub(crate) idempotency_key: Option<String>,
    /// Place the call even if the same person was just called with the same task.
    #[arg(long)]
    pub(crate) again: bool,
    /// Wait until the call is over.
    #[arg(long)]
    pub(crate) wait: bool,
    #[command(flatten)]
    pub(crate) details: DetailArgs,
    #[command(flatten)]
    pub(crate) facts: FactArgs,
    #[command(flatten)]
    pub(crate) lifted: OverrideArgs,
}

/// `plan`
#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    /// The number to call, in E.164; with a default country also as it is dialled there. May be
    /// repeated.
    #[arg(
        long,
        value_name = "NUMBER",
        allow_hyphen_values = true,
        required_unless_present_any = ["to_file", "json_request"]
    )]
    pub(crate) to: Vec<String>,
    #[command(flatten)]
    pub(crate) json_request: JsonRequestArgs,
    /// The country in which a number without + is dialled, for example GB. By default the
    /// configured one.
    #[arg(long, value_name = "COUNTRY")]
    pub(crate) default_country: Option<Country>,
    /// A file with one number on each line; - reads stdin.
    #[arg(long, value_name = "FILE")]
    pub(crate) to_file: Option<PathBuf>,
    /// The language to speak, for example en or es-MX.
    #[arg(long, value_name = "LANGUAGE")]
    pub(crate) language: Option<String>,
    /// The agent profile. By default the configured one.
    #[arg(long, value_name = "PROFILE")]
    pub(crate) agent: Option<String>,
    /// Measure providers on the calls of this SQLite file instead of the configured ledger.
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
}

/// `batch`
#[derive(Debug, Args)]
pub(crate) struct BatchArgs {
    /// A CSV file with a header and one call on each line; the columns to and task are required.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Read a field from a column of another name, for example to=Phone; ignore=Notes leaves a
    /// column out. May be repeated.
    #[arg(long, value_name = "FIELD=COLUMN")]
    pub(crate) column: Vec<String>,
    /// The batch's name, instead of FILE's. The same person and task in batches of the same name is
    /// the same call.
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Call people even if another batch or call reached them with the same task a short while ago.
    #[arg(long)]
    pub(crate) again: bool,
    /// If a provider is out of credit or over a budget, let the next one take the call.
    #[arg(long)]
    pub(crate) failover_on_quota: bool,
    /// The country in which numbers without + are dialled, for example GB, unless the row says it.
    /// By default the configured one.
    #[arg(long, value_name = "COUNTRY")]
    pub(crate) default_country: Option<Country>,
    /// Start at most this many rows per minute. By default only the providers' limits apply.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rate: Option<u32>,
    /// Start a row only while fewer than this many calls are undecided.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 8,
        value_parser = clap::value_parser!(u32).range(1..=64)
    )]
    pub(crate) at_once: u32,
    /// Write the rows whose phone did not ring, with reasons, to this file. By default it is next
    /// to FILE and ends in .rejected.csv.
    #[arg(long, value_name = "FILE")]
    pub(crate) rejected: Option<PathBuf>,
    /// Write what became of every row to this file: the columns of FILE and those of its call. By
    /// default it is next to FILE and ends in .results.csv.
    #[arg(long, value_name = "FILE")]
    pub(crate) results: Option<PathBuf>,
    /// Only show how each row is read, what is wrong with it, and what the batch would do: new
    /// calls, providers, cost, time, who waits. Sends nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Place more than 20 calls without asking. Needed where nobody can be asked.
    #[arg(short, long)]
    pub(crate) yes: bool,
    /// Do not pause after 20 identical refusals in a row.
    #[arg(long)]
    pub(crate) no_pause: bool,
    /// Stop when every row is decided instead of waiting until every call is over.
    #[arg(long)]
    pub(crate) no_wait: bool,
    #[command(flatten)]
    pub(crate) lifted: OverrideArgs,
}

/// `calls`
#[derive(Debug, Args)]
pub(crate) struct CallsArgs {
    /// Use this SQLite file instead of the configured ledger.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: CallsCommand,
}

/// The subcommands of `calls`.
#[derive(Debug, Subcommand)]
pub(crate) enum CallsCommand {
    /// List the latest calls, oldest first.
    List(Box<ListArgs>),
    /// Show one call and its history: who decided what, when, and on which evidence.
    Show {
        /// The call's id, or the beginning of it.
        id: CallRef,
        /// Show phone numbers in full, on a terminal only. The audit log says who did.
        #[arg(long)]
        reveal: bool,
        /// Show long texts whole: the task, the summary, the next steps.
        #[arg(long)]
        full: bool,
    },
    /// Print what was said on a call that is over.
    Transcript {
        /// The call's id, or the beginning of it.
        id: CallRef,
    },
    /// Print where the recording of a call is, or save it.
    Recording {
        /// The call's id, or the beginning of it.
        id: CallRef,
        /// Download the recording into this new file, which only you can read.
        #[arg(long, value_name = "FILE")]
        save: Option<PathBuf>,
    },
    /// Print changes until interrupted, or with an id until that call is settled.
    Watch {
        /// The call's id, or the beginning of it.
        id: Option<CallRef>,
    },
    /// Cancel calls: withdraw those not sent yet, and ask providers to end the others.
    #[command(visible_alias = "stop")]
    Cancel(CancelArgs),
    /// Decide a call that may have rung, or whose end is unknown.
    Resolve(ResolveArgs),
    /// Export every call as CSV or JSON lines, with phone numbers in full.
    Export(ExportArgs),
}

/// `top`
#[derive(Debug, Args)]
pub(crate) struct TopArgs {
    /// Print it once and end, on a terminal too.
    #[arg(long)]
    pub(crate) once: bool,
}

/// `calls cancel`
#[derive(Debug, Args)]
pub(crate) struct CancelArgs {
    /// The calls' ids, or the beginnings of them.
    #[arg(
        value_name = "ID",
        required_unless_present_any = ["batch", "status"],
        conflicts_with_all = ["batch", "status"]
    )]
    pub(crate) ids: Vec<CallRef>,
    /// Every call of this batch that is not over. A batch has the name of its file, unless it was
    /// given another one.
    #[arg(long, value_name = "NAME")]
    pub(crate) batch: Option<String>,
    /// Every call with this status, for example received or scheduled; with --batch, only those of
    /// the batch. May be repeated.
    #[arg(long, value_name = "STATUS", value_parser = open_status)]
    pub(crate) status: Vec<CallStatus>,
}

/// `calls resolve`
#[derive(Debug, Args)]
pub(crate) struct ResolveArgs {
    /// The call's id, or the beginning of it.
    pub(crate) id: CallRef,
    /// What you found out: not-placed (no phone rang), placed=ID (the provider has it under this
    /// id), or ended=OUTCOME (it rang, and ended as completed, no_answer, busy, voicemail, failed
    /// or cancelled).
    #[arg(long, value_name = "VERDICT", value_parser = verdict)]
    pub(crate) verdict: Verdict,
    /// The provider's id of a call that ended. Without it, the provider is asked once which call it
    /// may be. If that stays unclear, evidence for other unresolved calls counts for less
    /// afterwards.
    #[arg(long, value_name = "ID")]
    pub(crate) provider_call: Option<String>,
    /// The grounds for the decision. The note is kept with the call: do not put phone numbers in
    /// it.
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: String,
    /// Who decides. By default the user of the operating system.
    #[arg(long, value_name = "NAME")]
    pub(crate) by: Option<String>,
}

/// `calls export`
#[derive(Debug, Args)]
pub(crate) struct ExportArgs {
    /// Only calls received at this time or later: 2026-11-29, 2026-11-29T20:00:00Z, yesterday, or
    /// how long ago, such as 2h.
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<When>,
    /// CSV, or one JSON object on each line. The default is csv, or jsonl with --json.
    #[arg(long, value_enum)]
    pub(crate) format: Option<ExportFormat>,
    /// A new file that only you can read. By default stdout.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// The formats of `calls export`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExportFormat {
    /// One line for each call.
    Csv,
    /// One JSON object for each call, with everything that is known about it.
    Jsonl,
}

fn open_status(word: &str) -> Result<CallStatus, String> {
    status(word).ok().filter(|status| !status.is_settled()).ok_or_else(|| {
        "is not a status in which a call can be cancelled: use received, scheduled, admitted, \
         attempting or in_progress"
            .to_owned()
    })
}

fn verdict(text: &str) -> Result<Verdict, String> {
    match text.split_once('=') {
        None if text == "not-placed" => Ok(Verdict::NotPlaced),
        Some(("placed", id)) if !id.trim().is_empty() => {
            Ok(Verdict::Placed(ProviderCallId::from(id.trim())))
        }
        Some(("ended", word)) => parse_word::<Outcome>(word).map(Verdict::Ended).ok_or_else(|| {
            format!(
                "{word:?} is not an outcome: use completed, no_answer, busy, voicemail, failed or \
                 cancelled"
            )
        }),
        None | Some(_) => {
            Err("is not a verdict: use not-placed, placed=PROVIDER_CALL_ID or ended=OUTCOME"
                .to_owned())
        }
    }
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
}
