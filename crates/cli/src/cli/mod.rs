//! The command line, as clap parses it. The commands themselves are in `commands/`.

mod accounts;
mod call_list;
mod call_ref;
mod calls;
mod deck;
mod demo;
mod doctor;
mod experiments;
mod facts;
mod ledger;
mod lists;
mod people;
mod policy;
mod request;
mod rules;
mod serve;
mod start;
mod when;
mod words;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub(crate) use self::accounts::{
    AgentsArgs, AgentsCommand, ApiArgs, ApiMethod, LoginArgs, LogoutArgs, NumbersArgs,
    NumbersCommand, UsageArgs, UsageCommand, WhoamiArgs,
};
pub(crate) use self::call_list::{ListArgs, ListColumn, ListFormat};
pub(crate) use self::call_ref::CallRef;
pub(crate) use self::calls::{
    BatchArgs, CallArgs, CallsArgs, CallsCommand, CancelArgs, ExportArgs, ExportFormat, PlanArgs,
    ResolveArgs, TopArgs,
};
pub(crate) use self::deck::{DeckArgs, DeckCommand, DeckShowArgs, LayoutArgs};
pub(crate) use self::demo::{DemoArgs, SimArgs, SimShape};
pub(crate) use self::doctor::DoctorArgs;
pub(crate) use self::experiments::{DecisionArgs, ExperimentsArgs, ExperimentsCommand, ShowArgs};
pub(crate) use self::facts::OverrideArgs;
pub(crate) use self::ledger::{LedgerArgs, LedgerCommand, QualityArgs, ReloadArgs};
pub(crate) use self::lists::{ImportArgs, ListsArgs, ListsCommand};
pub(crate) use self::people::{ConsentArgs, OptOutArgs, PeopleArgs, PeopleCommand, TakeBackArgs};
pub(crate) use self::policy::{BacktestArgs, PolicyArgs, PolicyCommand};
pub(crate) use self::rules::{CheckArgs, ListRulesArgs, RulesArgs, RulesCommand};
pub(crate) use self::serve::{
    CreateKeyArgs, KeysArgs, KeysCommand, ListenArgs, McpArgs, OpenApiArgs, ServeArgs,
};
pub(crate) use self::start::{CompletionsArgs, InitArgs, ManArgs, WordsArgs};
use crate::{config_file, help};

/// Places phone calls by voice agents through the best provider.
#[derive(Debug, Parser)]
#[command(
    name = "switchboard",
    version,
    long_about = help::ABOUT,
    after_long_help = help::EXIT_CODES,
    propagate_version = true,
    max_term_width = 100
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The heading of the options that every command has.
const COMMON: &str = "Common options";

/// The options that every command has.
#[derive(Debug, Clone, Args)]
pub(crate) struct Common {
    /// Print results as JSON.
    #[arg(long, global = true, help_heading = COMMON)]
    pub(crate) json: bool,
    /// The configuration file. By default switchboard.toml in the working directory, then in your
    /// configuration folder, then in the system's.
    #[arg(
        long = "config",
        global = true,
        help_heading = COMMON,
        value_name = "FILE",
        env = "SWITCHBOARD_CONFIG",
        hide_env_values = true
    )]
    pub(crate) given: Option<PathBuf>,
    /// The file that is read: the given one, or what was found.
    #[arg(skip)]
    pub(crate) config: PathBuf,
    /// What to log to stderr: a level, or levels by target, such as
    /// `warn,switchboard_engine=debug` [default: error; serve: warn and each request].
    #[arg(
        long,
        global = true,
        help_heading = COMMON,
        value_name = "FILTER",
        env = "SWITCHBOARD_LOG",
        hide_env_values = true
    )]
    pub(crate) log: Option<String>,
}

impl Common {
    /// The same, with the configuration file that is read.
    pub(crate) fn located(self) -> Self {
        let config = self.given.clone().unwrap_or_else(config_file::find);
        Self { config, ..self }
    }

    /// True if no configuration was named, and none was found.
    pub(crate) fn has_no_configuration(&self) -> bool {
        self.given.is_none() && !self.config.exists()
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a first configuration.
    #[command(long_about = help::start::INIT, after_long_help = help::start::INIT_MORE)]
    Init(InitArgs),
    /// Show routing and failover with simulated providers.
    #[command(long_about = help::demo::DEMO, after_long_help = help::demo::DEMO_MORE)]
    Demo(DemoArgs),
    /// Serve the HTTP API.
    #[command(long_about = help::serve::SERVE, after_long_help = help::serve::SERVE_MORE)]
    Serve(ServeArgs),
    /// Make, list, revoke and rotate API keys.
    #[command(long_about = help::serve::KEYS, after_long_help = help::serve::KEYS_MORE)]
    Keys(KeysArgs),
    /// Serve one agent over standard input and output, by the Model Context Protocol.
    #[command(long_about = help::serve::MCP, after_long_help = help::serve::MCP_MORE)]
    Mcp(McpArgs),
    /// Forward a server's events to a webhook receiver on this machine.
    #[command(long_about = help::serve::LISTEN, after_long_help = help::serve::LISTEN_MORE)]
    Listen(ListenArgs),
    /// Print the OpenAPI document of the HTTP API.
    #[command(long_about = help::serve::OPENAPI, after_long_help = help::serve::OPENAPI_MORE)]
    Openapi(OpenApiArgs),
    /// Place a call.
    #[command(long_about = help::calls::CALL, after_long_help = help::calls::CALL_MORE)]
    Call(Box<CallArgs>),
    /// Place the calls of a CSV table, each row once.
    #[command(long_about = help::calls::BATCH, after_long_help = help::calls::BATCH_MORE)]
    Batch(BatchArgs),
    /// List, show, watch, cancel, resolve and export the calls of the ledger.
    #[command(long_about = help::calls::CALLS, after_long_help = help::calls::CALLS_MORE)]
    Calls(CallsArgs),
    /// Show every provider and what waits, over all processes.
    #[command(long_about = help::calls::TOP, after_long_help = help::calls::TOP_MORE)]
    Top(TopArgs),
    /// Check and back up the ledger, and delete personal data from it.
    #[command(long_about = help::ledger::LEDGER, after_long_help = help::ledger::LEDGER_MORE)]
    Ledger(LedgerArgs),
    /// Import lists of numbers that must not be called, and show what they say.
    #[command(long_about = help::lists::LISTS, after_long_help = help::lists::LISTS_MORE)]
    Lists(ListsArgs),
    /// Ask the calling rules about a call, and show the rules. Sends nothing.
    #[command(long_about = help::rules::RULES, after_long_help = help::rules::RULES_MORE)]
    Rules(RulesArgs),
    /// Record who must not be called and who consented, and show what is known of a person.
    #[command(long_about = help::people::PEOPLE, after_long_help = help::people::PEOPLE_MORE)]
    People(PeopleArgs),
    /// Show which providers would be asked for a call, and why. Sends nothing.
    #[command(long_about = help::calls::PLAN, after_long_help = help::calls::PLAN_MORE)]
    Plan(PlanArgs),
    /// Check, export and explain rate decks.
    #[command(long_about = help::deck::DECK, after_long_help = help::deck::DECK_MORE)]
    Deck(DeckArgs),
    /// Start, ramp, stop and report experiments.
    #[command(
        long_about = help::experiments::EXPERIMENTS,
        after_long_help = help::experiments::EXPERIMENTS_MORE
    )]
    Experiments(ExperimentsArgs),
    /// Replay the calls of the ledger under another policy. Sends nothing.
    #[command(long_about = help::policy::BACKTEST, after_long_help = help::policy::BACKTEST_MORE)]
    Backtest(BacktestArgs),
    /// Check a configuration file for errors and likely mistakes.
    #[command(long_about = help::policy::POLICY, after_long_help = help::policy::POLICY_MORE)]
    Policy(PolicyArgs),
    /// Ask every running process to reload its configuration file.
    #[command(long_about = help::ledger::RELOAD, after_long_help = help::ledger::RELOAD_MORE)]
    Reload(ReloadArgs),
    /// Show how well each provider did.
    #[command(long_about = help::ledger::QUALITY, after_long_help = help::ledger::QUALITY_MORE)]
    Quality(QualityArgs),
    /// Check the whole setup: accounts, clock, ledger, rules. Places no call.
    #[command(long_about = help::doctor::DOCTOR, after_long_help = help::doctor::DOCTOR_MORE)]
    Doctor(DoctorArgs),
    /// List the configured providers and check that they answer.
    #[command(
        long_about = help::accounts::PROVIDERS,
        after_long_help = help::accounts::PROVIDERS_MORE
    )]
    Providers,
    /// List, search, rent and release phone numbers.
    #[command(long_about = help::accounts::NUMBERS, after_long_help = help::accounts::NUMBERS_MORE)]
    Numbers(NumbersArgs),
    /// List and show voice agents.
    #[command(long_about = help::accounts::AGENTS, after_long_help = help::accounts::AGENTS_MORE)]
    Agents(AgentsArgs),
    /// Show what was used and what is left.
    #[command(long_about = help::accounts::USAGE, after_long_help = help::accounts::USAGE_MORE)]
    Usage(UsageArgs),
    /// Log in to an account with the browser.
    #[command(long_about = help::accounts::LOGIN, after_long_help = help::accounts::LOGIN_MORE)]
    Login(LoginArgs),
    /// Delete the tokens of a login.
    #[command(long_about = help::accounts::LOGOUT, after_long_help = help::accounts::LOGOUT_MORE)]
    Logout(LogoutArgs),
    /// Show the accounts, and where their credentials are stored.
    #[command(long_about = help::accounts::WHOAMI, after_long_help = help::accounts::WHOAMI_MORE)]
    Whoami(WhoamiArgs),
    /// Send one request to a provider's own API.
    #[command(long_about = help::accounts::API, after_long_help = help::accounts::API_MORE)]
    Api(ApiArgs),
    /// Run a simulated provider.
    #[command(long_about = help::demo::SIM, after_long_help = help::demo::SIM_MORE)]
    Sim(SimArgs),
    /// Say what the words of this program mean.
    #[command(long_about = help::start::WORDS, after_long_help = help::start::WORDS_MORE)]
    Words(WordsArgs),
    /// Show the version, the commit and the versions of the data.
    #[command(long_about = help::start::VERSION, after_long_help = help::start::VERSION_MORE)]
    Version,
    /// Print the completions of a shell.
    #[command(
        long_about = help::start::COMPLETIONS,
        after_long_help = help::start::COMPLETIONS_MORE
    )]
    Completions(CompletionsArgs),
    /// Print the manual page, or write the pages of all commands.
    #[command(long_about = help::start::MAN, after_long_help = help::start::MAN_MORE)]
    Man(ManArgs),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_arguments_do_not_contradict_each_other() {
        super::Cli::command().debug_assert();
    }
}
