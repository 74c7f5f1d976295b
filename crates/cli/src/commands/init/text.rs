//! The text of a first configuration.

use switchboard::{Country, Currency};

use super::{kinds::Kind, simulated::Simulated};

/// What was chosen.
#[derive(Debug)]
pub(super) struct Choices {
    pub(super) providers: Vec<&'static Kind>,
    /// The simulated provider, instead of others.
    pub(super) simulated: Option<Simulated>,
    pub(super) country: Option<Country>,
    /// An amount that was checked.
    pub(super) budget: Option<String>,
    pub(super) currency: Currency,
    /// Keep calls beside the file, rather than in the user's data directory.
    pub(super) ledger_beside: bool,
}

const HEAD: &str = "\
# The configuration of Switchboard. switchboard.example.toml explains every
# setting. Check this file with `switchboard policy check FILE` after a change.

[routing]
# Providers are asked in the order of this file. \"cheapest\" asks the cheapest
# first.
strategy = \"priority\"
# The profile below, for calls that name none.
default_agent = \"assistant\"
";

const LEDGER: &str = "
[ledger]
# Every call is written here before anything is sent; relative to this file.
path = \"switchboard.db\"
";

const PROFILE: &str = "
# One name for what is a different agent at each provider.
[agents.assistant]
# Why its calls are made, for the calling rules: reservation, requested,
# transactional, informational, survey, debt_collection, marketing, political or
# charity.
purpose = \"reservation\"
# On whose behalf it calls, as it should say it: your name or your company's.
on_behalf_of = \"Example Company\"
# For a reservation: where the business publishes the number that is called.
published_number = \"its own website\"
";

const RULES: &str = "
[rules]
# Only because nobody is called here: no phone is behind a simulated provider.
off = \"only simulated phones are called\"
";

impl Choices {
    /// The file.
    pub(super) fn text(&self) -> String {
        let mut text = HEAD.to_owned();
        text += &match self.country {
            Some(country) => format!(
                "# Where numbers without + are dialled.\ndefault_country = \"{}\"\n",
                country.as_str()
            ),
            None => "# Where numbers without + are dialled; without it every number needs its +.\n\
                     # default_country = \"GB\"\n"
                .to_owned(),
        };
        text += &format!(
            "# Of every price and budget in this file.\ncurrency = \"{}\"\n",
            self.currency.code()
        );
        if self.simulated.is_some() {
            text += RULES;
        }
        if self.ledger_beside {
            text += LEDGER;
        }
        text += &match &self.budget {
            Some(limit) => format!(
                "\n[[budgets]]\n# The most that all calls of a month may cost. A call that would pass it is not\n\
                 # sent.\nname = \"everything\"\nlimit = \"{limit}\"\nper = \"month\"\n"
            ),
            None => "\n# The most that all calls of a month may cost:\n# [[budgets]]\n# name = \"everything\"\n\
                     # limit = \"50\"\n# per = \"month\"\n"
                .to_owned(),
        };
        for provider in &self.providers {
            text.push('\n');
            text += &provider.table();
        }
        if let Some(simulated) = &self.simulated {
            text += &simulated.table();
        }
        text += PROFILE;
        let agents = self.providers.iter().map(|kind| (kind.word, kind.agent));
        let simulated = self.simulated.iter().map(|one| ("kaicalls", one.agent.as_str()));
        text += "\n# The agent at each provider, by its id there.\n[agents.assistant.at]\n";
        for (word, id) in agents.chain(simulated) {
            text += &format!("{word} = \"{id}\"\n");
        }
        text
    }
}
