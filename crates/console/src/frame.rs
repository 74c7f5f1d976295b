//! What every page has around it.

use switchboard_api::caller::ScopeName;

use crate::{
    assets::{ASSETS, Assets},
    cookies::Theme,
};

/// A place in the column on the left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Now,
    Calls,
    Providers,
    Batches,
    People,
    Experiments,
    Rates,
    Money,
    Webhooks,
    Keys,
    Configuration,
    Api,
}

struct Known {
    place: Place,
    label: &'static str,
    address: &'static str,
    /// What it needs.
    scope: ScopeName,
}

const PLACES: [Known; 12] = [
    Known { place: Place::Now, label: "Now", address: "/console", scope: ScopeName::CallsRead },
    Known {
        place: Place::Calls,
        label: "Calls",
        address: "/console/calls",
        scope: ScopeName::CallsRead,
    },
    Known {
        place: Place::Providers,
        label: "Providers",
        address: "/console/providers",
        scope: ScopeName::ProvidersRead,
    },
    Known {
        place: Place::Batches,
        label: "Batches",
        address: "/console/batches",
        scope: ScopeName::CallsRead,
    },
    Known {
        place: Place::People,
        label: "People and rules",
        address: "/console/people",
        scope: ScopeName::PlanRead,
    },
    Known {
        place: Place::Experiments,
        label: "Experiments",
        address: "/console/experiments",
        scope: ScopeName::ExperimentsRead,
    },
    Known {
        place: Place::Rates,
        label: "Rates",
        address: "/console/rates",
        scope: ScopeName::ProvidersRead,
    },
    Known {
        place: Place::Money,
        label: "Money",
        address: "/console/money",
        scope: ScopeName::UsageRead,
    },
    Known {
        place: Place::Webhooks,
        label: "Webhooks",
        address: "/console/webhooks",
        scope: ScopeName::WebhooksManage,
    },
    Known {
        place: Place::Keys,
        label: "Keys",
        address: "/console/keys",
        scope: ScopeName::KeysManage,
    },
    Known {
        place: Place::Configuration,
        label: "Configuration",
        address: "/console/configuration",
        scope: ScopeName::ProvidersRead,
    },
    Known { place: Place::Api, label: "API", address: "/console/api", scope: ScopeName::Console },
];

/// A link in the column on the left.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) label: &'static str,
    pub(crate) address: &'static str,
    pub(crate) here: bool,
}

/// What every page has around it.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) title: String,
    pub(crate) links: Vec<Link>,
    /// The name of the key or of the person.
    pub(crate) who: String,
    /// The tenant for whom it acts, in words.
    pub(crate) tenant: String,
    /// For keys that act for every tenant: the one that was chosen, or an empty text.
    pub(crate) switch: Option<String>,
    pub(crate) theme: Theme,
    /// They can sign out here.
    pub(crate) signs_out: bool,
    /// The token of forms.
    pub(crate) token: String,
    pub(crate) simulated: bool,
    /// The page's own address.
    pub(crate) address: String,
    pub(crate) assets: &'static Assets,
    /// What was just done.
    pub(crate) done: Option<&'static str>,
}

impl Frame {
    #[expect(clippy::too_many_arguments, reason = "each is another part of the frame")]
    pub(crate) fn new(
        place: Place,
        title: String,
        has: impl Fn(ScopeName) -> bool,
        who: String,
        (tenant, switch): (String, Option<String>),
        theme: Theme,
        token: String,
        simulated: bool,
        address: &str,
    ) -> Self {
        let shown = PLACES.iter().filter(|one| has(one.scope));
        let link =
            |one: &Known| Link { label: one.label, address: one.address, here: one.place == place };
        let query = address.split_once('?').map_or("", |(_, query)| query);
        Self {
            title,
            links: shown.map(link).collect(),
            who,
            tenant,
            switch,
            theme,
            signs_out: true,
            token,
            simulated,
            address: address.to_owned(),
            assets: &ASSETS,
            done: done(query),
        }
    }

    pub(crate) fn with_sign_out(self, signs_out: bool) -> Self {
        Self { signs_out, ..self }
    }
}

/// The sentence about what was just done. Only these words have one, so that nobody writes into the
/// page by its address.
fn done(query: &str) -> Option<&'static str> {
    let (_, word) =
        url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "done")?;
    Some(match word.as_ref() {
        "stopped" => "The call was stopped, or its provider was asked to end it.",
        "resolved" => "The decision was written down.",
        "placed" => "The call was accepted. This is its page.",
        "batch" => "The batch was accepted with all its rows, and goes on by itself.",
        "cancelled" => "The batch was cancelled. Calls that a provider has go on.",
        "opted-out" => "It was written down: nobody calls them any more.",
        "experiment" => "The decision was written down, and holds in every process.",
        "endpoint" => "It was done, and is in the audit log.",
        "removed" => "The endpoint was removed, and its deliveries with it.",
        "reload" => {
            "Every process was asked to read its configuration again. What became of it is in the list below."
        }
        "revoked" => "The key was revoked. It stops working everywhere within two seconds.",
        _ => return None,
    })
}
