//! What a first configuration says of each kind of provider.

/// A kind of provider that `init` knows.
#[derive(Debug)]
pub(super) struct Kind {
    /// As `kind` names it.
    pub(super) word: &'static str,
    /// The environment variable of its key; empty where there is a login instead.
    pub(super) variable: &'static str,
    /// The agent in a profile's `at`.
    pub(super) agent: &'static str,
    /// What stands in the account beside its key and its price.
    pub(super) settings: &'static str,
    /// How it is priced; `{price}` is filled in.
    price: &'static str,
    /// What has to be filled in by hand before a call.
    pub(super) by_hand: &'static str,
}

/// Stands where an id of the account has to be filled in.
pub(super) const FILL_IN: &str = "FILL-IN";

const PER_MINUTE: &str = "\
# What a minute costs in your account: an example, change it. Providers are
# chosen by it, and it is held back from budgets. [providers.NAME.tariff] and
# rate decks say more than one price.
price_per_minute = \"0.12\"
";

pub(super) const KINDS: [Kind; 6] = [
    Kind {
        word: "kaicalls",
        variable: "KAICALLS_API_KEY",
        agent: FILL_IN,
        settings: "",
        price: PER_MINUTE,
        by_hand: "the agent's id (switchboard agents list shows it)",
    },
    Kind {
        word: "kallyai",
        variable: "",
        agent: "general",
        settings: "\
# No key: `switchboard login kallyai` logs in with the browser.
",
        price: "\
# KallyAI bills credits. What one costs you: an example, change it.
tariff = { credit_price = \"0.15\" }
",
        by_hand: "",
    },
    Kind {
        word: "retell",
        variable: "RETELL_API_KEY",
        agent: FILL_IN,
        settings: "\
# The number that calls are made from: one of your account.
# from_number = \"+14155550100\"
# The platform, and the carrier of your numbers.
# failure_domains = [\"retell\", \"twilio\"]
",
        price: PER_MINUTE,
        by_hand: "from_number and the agent's id",
    },
    Kind {
        word: "vapi",
        variable: "VAPI_API_KEY",
        agent: FILL_IN,
        settings: "\
# Vapi's id of the number that calls are made from, which is not the number.
# phone_number_id = \"11111111-1111-4111-8111-111111111111\"
# The platform, and the carrier of your number.
# failure_domains = [\"vapi\", \"twilio\"]
",
        price: PER_MINUTE,
        by_hand: "phone_number_id and the assistant's id",
    },
    Kind {
        word: "telnyx",
        variable: "TELNYX_API_KEY",
        agent: FILL_IN,
        settings: "\
# The Call Control application that calls are made over, and a number of yours.
# connection_id = \"1494404757140276705\"
# from_number = \"+13125550100\"
",
        price: PER_MINUTE,
        by_hand: "connection_id, from_number and the assistant's id",
    },
    Kind {
        word: "calle",
        variable: "CALLE_API_KEY",
        agent: "task",
        settings: "",
        price: PER_MINUTE,
        by_hand: "",
    },
];

impl Kind {
    /// Its table in the configuration.
    pub(super) fn table(&self) -> String {
        let Self { word, variable, settings, price, .. } = self;
        let key = match *variable {
            "" => String::new(),
            variable => format!(
                "# The environment variable that holds the key. The key itself stays out of here.\n\
                 api_key_env = \"{variable}\"\n"
            ),
        };
        format!("[providers.{word}]\nkind = \"{word}\"\n{key}{settings}{price}")
    }

    pub(super) fn of(word: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.word == word)
    }
}

/// All the words, for messages.
pub(super) fn words() -> String {
    let words: Vec<&str> = KINDS.iter().map(|kind| kind.word).collect();
    words.join(", ")
}
