//! The command line, as clap reads it. What it means is in `commands/`.

mod books;
mod deck;
mod experiments;
mod review;

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use switchboard::Country;
use url::Url;

pub(crate) use self::books::{
    BatchArgs, CallsArgs, CallsCommand, CancelArgs, ExportArgs, ExportFormat, LedgerArgs,
    LedgerCommand, ListArgs, ResolveArgs,
};
pub(crate) use self::deck::{DeckArgs, DeckCommand, DeckShowArgs, LayoutArgs};
pub(crate) use self::experiments::{Decided, ExperimentsArgs, ExperimentsCommand, ShowArgs};
pub(crate) use self::review::{BacktestArgs, PolicyArgs, PolicyCommand};
use crate::help;

/// Places telephone calls by voice agents through the best provider.
#[derive(Debug, Parser)]
#[command(name = "switchboard", version, long_about = help::ABOUT, after_long_help = help::EXIT_CODES, propagate_version = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Common {
    /// Print results as JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// The configuration file.
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        default_value = "switchboard.toml",
        env = "SWITCHBOARD_CONFIG",
        hide_env_values = true
    )]
    pub(crate) config: PathBuf,
    /// What to log to stderr: a level, or levels by target, as `warn,switchboard_router=debug`.
    #[arg(
        long,
        global = true,
        value_name = "FILTER",
        default_value = "error",
        env = "SWITCHBOARD_LOG",
        hide_env_values = true
    )]
    pub(crate) log: String,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show everything at work, with simulated providers and no account.
    #[command(long_about = help::DEMO, after_long_help = help::DEMO_MORE)]
    Demo(DemoArgs),
    /// Place a call.
    #[command(long_about = help::CALL, after_long_help = help::CALL_MORE)]
    Call(CallArgs),
    /// Place the calls of a table; run again, it goes on where it stopped.
    #[command(long_about = help::BATCH, after_long_help = help::BATCH_MORE)]
    Batch(BatchArgs),
    /// List, show, watch, decide and export the calls of the ledger.
    #[command(long_about = help::CALLS, after_long_help = help::CALLS_MORE)]
    Calls(CallsArgs),
    /// Verify, copy and clean the ledger.
    #[command(long_about = help::LEDGER, after_long_help = help::LEDGER_MORE)]
    Ledger(LedgerArgs),
    /// Show who would take a call, and why. Sends nothing.
    #[command(long_about = help::PLAN, after_long_help = help::PLAN_MORE)]
    Plan(PlanArgs),
    /// Check, write and explain rate decks.
    #[command(long_about = help::DECK, after_long_help = help::DECK_MORE)]
    Deck(DeckArgs),
    /// Start, grow, stop and read experiments.
    #[command(long_about = help::EXPERIMENTS, after_long_help = help::EXPERIMENTS_MORE)]
    Experiments(ExperimentsArgs),
    /// Try another policy on the calls of the ledger. Sends nothing.
    #[command(long_about = help::BACKTEST, after_long_help = help::BACKTEST_MORE)]
    Backtest(BacktestArgs),
    /// Check a configuration file: what is wrong with it, and what is probably not meant.
    #[command(long_about = help::POLICY, after_long_help = help::POLICY_MORE)]
    Policy(PolicyArgs),
    /// Ask every running process to take up its configuration file again.
    #[command(long_about = help::RELOAD, after_long_help = help::RELOAD_MORE)]
    Reload(ReloadArgs),
    /// Show how well providers did with the calls of the ledger.
    #[command(long_about = help::QUALITY, after_long_help = help::QUALITY_MORE)]
    Quality(QualityArgs),
    /// List the configured providers and ask each whether it answers.
    #[command(long_about = help::PROVIDERS, after_long_help = help::PROVIDERS_MORE)]
    Providers,
    /// List, search, rent and release telephone numbers.
    #[command(long_about = help::NUMBERS, after_long_help = help::NUMBERS_MORE)]
    Numbers(NumbersArgs),
    /// List and show voice agents.
    #[command(long_about = help::AGENTS, after_long_help = help::AGENTS_MORE)]
    Agents(AgentsArgs),
    /// Show what was used and what is left.
    #[command(long_about = help::USAGE, after_long_help = help::USAGE_MORE)]
    Usage(UsageArgs),
    /// Log in to an account that has no key, in the browser.
    #[command(long_about = help::LOGIN, after_long_help = help::LOGIN_MORE)]
    Login(LoginArgs),
    /// Forget the tokens of a login.
    #[command(long_about = help::LOGOUT, after_long_help = help::LOGOUT_MORE)]
    Logout(LogoutArgs),
    /// Show which accounts these are, and where their credentials are kept.
    #[command(long_about = help::WHOAMI, after_long_help = help::WHOAMI_MORE)]
    Whoami(WhoamiArgs),
    /// Send one request to a provider's own API.
    #[command(long_about = help::API, after_long_help = help::API_MORE)]
    Api(ApiArgs),
    /// Run a simulated provider.
    #[command(long_about = help::SIM, after_long_help = help::SIM_MORE)]
    Sim(SimArgs),
}

/// `reload`
#[derive(Debug, Args)]
pub(crate) struct ReloadArgs {
    /// Who asks, for the ledger; without it, the user that the environment names.
    #[arg(long, value_name = "NAME")]
    pub(crate) by: Option<String>,
    /// How many seconds to wait for the answers of running processes: 4.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(0..=60))]
    pub(crate) wait: Option<u64>,
}

/// `demo`
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Other calls than the built-in ones: a CSV file laid out as `examples/calls.csv`.
    #[arg(long, value_name = "FILE")]
    pub(crate) calls: Option<PathBuf>,
    /// The seed of the simulated outcomes.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// A new file that keeps the calls, for `switchboard calls --ledger FILE`; without it they are
    /// thrown away.
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
    /// Print every decision as it is made, and what became of each call.
    #[arg(long, short, conflicts_with = "json")]
    pub(crate) verbose: bool,
}

/// `call`
#[derive(Debug, Args)]
pub(crate) struct CallArgs {
    /// Whom to call, in E.164, as +442079460018; with a default country also as it is dialled
    /// there.
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    pub(crate) to: String,
    /// The country in which a number without + is dialled, as GB; without it, the configuration's.
    #[arg(long, value_name = "COUNTRY")]
    pub(crate) default_country: Option<Country>,
    /// What the agent shall accomplish, in words.
    #[arg(long, value_name = "TEXT")]
    pub(crate) task: String,
    /// The agent profile of the configuration; without it, its default.
    #[arg(long, value_name = "PROFILE")]
    pub(crate) agent: Option<String>,
    /// What to speak, as en or es-MX.
    #[arg(long, value_name = "LANGUAGE")]
    pub(crate) language: Option<String>,
    /// Your own key of this call: the same key is the same call, however often and whenever it is
    /// asked for.
    #[arg(long, value_name = "KEY")]
    pub(crate) idempotency_key: Option<String>,
    /// Call again where the same person was just called with the same task.
    #[arg(long)]
    pub(crate) again: bool,
    /// Wait until the call is over.
    #[arg(long)]
    pub(crate) wait: bool,
}

/// `plan`
#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    /// Whom to call, in E.164; with a default country also as it is dialled there. Give it more
    /// than once for several plans.
    #[arg(
        long,
        value_name = "NUMBER",
        allow_hyphen_values = true,
        required_unless_present = "to_file"
    )]
    pub(crate) to: Vec<String>,
    /// The country in which a number without + is dialled, as GB; without it, the configuration's.
    #[arg(long, value_name = "COUNTRY")]
    pub(crate) default_country: Option<Country>,
    /// A file with one number on each line; - is stdin.
    #[arg(long, value_name = "FILE")]
    pub(crate) to_file: Option<PathBuf>,
    /// What to speak, as en or es-MX.
    #[arg(long, value_name = "LANGUAGE")]
    pub(crate) language: Option<String>,
    /// The agent profile of the configuration; without it, its default.
    #[arg(long, value_name = "PROFILE")]
    pub(crate) agent: Option<String>,
    /// Measure providers on the calls of this SQLite file instead of the configuration's ledger.
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
}

/// `quality`
#[derive(Debug, Args)]
pub(crate) struct QualityArgs {
    /// This provider only.
    #[arg(long, value_name = "NAME")]
    pub(crate) provider: Option<String>,
    /// Calls to this country only, as US.
    #[arg(long)]
    pub(crate) country: Option<Country>,
    /// This SQLite file instead of the ledger of the configuration.
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
}

/// `numbers`
#[derive(Debug, Args)]
pub(crate) struct NumbersArgs {
    /// At this provider only.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) provider: Option<String>,
    #[command(subcommand)]
    pub(crate) command: NumbersCommand,
}

/// What to do with numbers.
#[derive(Debug, Subcommand)]
pub(crate) enum NumbersCommand {
    /// The numbers of the accounts.
    List,
    /// Numbers that could be rented.
    Available {
        /// In this country, as US.
        #[arg(long, default_value = "US")]
        country: Country,
        /// With this area code, as 415.
        #[arg(long, value_name = "DIGITS")]
        area_code: Option<String>,
        /// At most this many.
        #[arg(long, default_value_t = 20)]
        limit: u32,
    },
    /// Rent a number. It costs money.
    Rent {
        /// This number, as `available` shows it (KaiCalls).
        #[arg(
            long,
            value_name = "NUMBER",
            conflicts_with = "country",
            required_unless_present = "country"
        )]
        number: Option<String>,
        /// For this agent of the provider.
        #[arg(long, value_name = "ID", requires = "number")]
        agent: Option<String>,
        /// Any number in this country (KallyAI).
        #[arg(long)]
        country: Option<Country>,
        /// With this area code.
        #[arg(long, value_name = "DIGITS", requires = "country")]
        area_code: Option<String>,
        /// Really rent it.
        #[arg(long)]
        yes: bool,
    },
    /// Give a number back. It cannot be undone.
    Release {
        /// The number, or the provider's id of it.
        number: String,
        /// Really give it back.
        #[arg(long)]
        yes: bool,
    },
}

/// `agents`
#[derive(Debug, Args)]
pub(crate) struct AgentsArgs {
    /// At this provider only.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) provider: Option<String>,
    #[command(subcommand)]
    pub(crate) command: AgentsCommand,
}

/// What to do with agents.
#[derive(Debug, Subcommand)]
pub(crate) enum AgentsCommand {
    /// The agents of the accounts, and the profiles that name them.
    List,
    /// One agent.
    Show {
        /// The provider's id of it.
        id: String,
    },
}

/// `usage`
#[derive(Debug, Args)]
pub(crate) struct UsageArgs {
    /// At this provider only.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) provider: Option<String>,
    #[command(subcommand)]
    pub(crate) command: UsageCommand,
}

/// What to show of the usage.
#[derive(Debug, Subcommand)]
pub(crate) enum UsageCommand {
    /// What is left.
    Balance,
    /// The providers' usage logs, newest first.
    Records {
        /// From this moment on, as 2026-02-14T20:00:00Z.
        #[arg(long, value_name = "MOMENT")]
        since: Option<jiff::Timestamp>,
        /// Before this moment.
        #[arg(long, value_name = "MOMENT")]
        until: Option<jiff::Timestamp>,
        /// At most this many from each provider.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
}

/// `login`
#[derive(Debug, Args)]
pub(crate) struct LoginArgs {
    /// The account, as the configuration names it. Without a configuration: kallyai.
    #[arg(value_name = "PROVIDER")]
    pub(crate) provider: String,
    /// Where its API is, instead of what the configuration says.
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<Url>,
    /// Only print the address, and open no browser.
    #[arg(long)]
    pub(crate) no_browser: bool,
    /// How long to wait for the login.
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) timeout: u64,
}

/// `logout`
#[derive(Debug, Args)]
pub(crate) struct LogoutArgs {
    /// The account, as the configuration names it. Without a configuration: kallyai.
    #[arg(value_name = "PROVIDER")]
    pub(crate) provider: String,
}

/// `whoami`
#[derive(Debug, Args)]
pub(crate) struct WhoamiArgs {
    /// This account only, as the configuration names it.
    #[arg(value_name = "PROVIDER")]
    pub(crate) provider: Option<String>,
}

/// `api`
#[derive(Debug, Args)]
pub(crate) struct ApiArgs {
    /// The account, as the configuration names it.
    #[arg(value_name = "PROVIDER")]
    pub(crate) provider: String,
    /// GET, POST, PUT, PATCH or DELETE.
    #[arg(value_name = "METHOD", ignore_case = true)]
    pub(crate) method: ApiMethod,
    /// The path below the base URL, as /v1/credits/balance.
    #[arg(value_name = "PATH")]
    pub(crate) path: String,
    /// A JSON body; @FILE reads it from a file, @- from stdin.
    #[arg(long, value_name = "JSON")]
    pub(crate) data: Option<String>,
    /// A parameter behind the path, as limit=10. Give it more than once for several.
    #[arg(long, value_name = "NAME=VALUE")]
    pub(crate) query: Vec<String>,
}

/// How to send it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ApiMethod {
    /// Reads.
    Get,
    /// Creates, or acts.
    Post,
    /// Replaces.
    Put,
    /// Changes.
    Patch,
    /// Removes.
    Delete,
}

/// `sim`
#[derive(Debug, Args)]
pub(crate) struct SimArgs {
    /// Which provider.
    pub(crate) provider: SimProvider,
    /// The address to listen on; port 0 lets the system choose.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
    /// A fault script, in TOML or, where its name ends in .json, in JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) faults: Option<PathBuf>,
    /// A file that gets one line of JSON for each phone that rings, on disk before the answer
    /// leaves.
    #[arg(long, value_name = "FILE")]
    pub(crate) ring_ledger: Option<PathBuf>,
    /// The seed of outcomes, ids and the credential; without it one is drawn by chance, and the
    /// line that is printed says which.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// How much faster than the clock calls go: at 60, a minute of call takes a second.
    #[arg(long, default_value_t = 1.0)]
    pub(crate) speed: f64,
    /// Which of KallyAI's documents the answers follow.
    #[arg(long, value_enum, default_value_t = SimShape::February)]
    pub(crate) shape: SimShape,
}

/// The simulated providers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SimProvider {
    /// KallyAI.
    #[value(name = "kallyai")]
    KallyAi,
    /// KaiCalls.
    #[value(name = "kaicalls")]
    KaiCalls,
}

/// KallyAI's documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SimShape {
    /// Document 002.
    #[value(name = "2026-02", alias = "february")]
    February,
    /// Document 003.
    #[value(name = "2026-01", alias = "january")]
    January,
    /// Document 000.
    Assistant,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        super::Cli::command().debug_assert();
    }
}
