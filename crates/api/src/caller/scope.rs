//! Every scope as a type, so that a function can say in its signature which one it needs.

macro_rules! scopes {
    ($($name:ident $word:literal $operators:literal: $doc:literal;)*) => {
        /// The name of a scope.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ScopeName {
            $(#[doc = $doc] $name,)*
        }

        impl ScopeName {
            /// All scopes.
            pub const ALL: &'static [ScopeName] = &[$(ScopeName::$name),*];

            /// The word in a key's list of scopes.
            pub const fn as_str(self) -> &'static str {
                match self { $(ScopeName::$name => $word,)* }
            }

            /// True if only operators' keys can use it, because it concerns every tenant.
            pub const fn is_for_operators(self) -> bool {
                match self { $(ScopeName::$name => $operators,)* }
            }

            const fn bit(self) -> u32 {
                1 << self as u32
            }
        }

        $(
            #[doc = $doc]
            #[derive(Debug, Clone, Copy)]
            pub struct $name;

            impl Scope for $name {
                const NAME: Option<ScopeName> = Some(ScopeName::$name);
            }
        )*
    };
}

/// What a function of the service needs from its caller.
pub trait Scope: Send + Sync + 'static {
    /// The scope; `None` if any valid key is enough.
    const NAME: Option<ScopeName>;
}

scopes! {
    CallsWrite "calls:write" false: "Place and stop calls.";
    CallsRead "calls:read" false: "Read calls without whole numbers and words.";
    CallsContent "calls:content" false: "Read whole numbers, summaries, transcripts and recordings.";
    CallsResolve "calls:resolve" false: "Decide what became of a call in doubt.";
    CallsOverride "calls:override" true: "Lift policy rules for single calls.";
    PlanRead "plan:read" false: "Ask which providers would be asked.";
    EventsRead "events:read" false: "Read and follow events.";
    WebhooksManage "webhooks:manage" false: "Manage webhook endpoints.";
    AgentsRead "agents:read" false: "Read agent profiles.";
    UsageRead "usage:read" false: "Read budgets and usage.";
    ProvidersRead "providers:read" true: "Read providers, quality, rate decks and the configuration.";
    ExperimentsRead "experiments:read" true: "Read experiments and their reports.";
    ExperimentsWrite "experiments:write" true: "Start, ramp and stop experiments.";
    ConfigurationReload "configuration:reload" true: "Reload the configuration.";
    KeysManage "keys:manage" false: "Make, rotate and revoke keys.";
    AuditRead "audit:read" true: "Read the audit log.";
    PeopleRead "people:read" true: "Read what is remembered about a person.";
    PeopleWrite "people:write" false: "Record opt-outs and consents.";
    PeopleTakeBack "people:take_back" true: "Take an opt-out back at the person's request.";
    PeopleErase "people:erase" true: "Erase a person.";
    Console "console" false: "Sign in to the console.";
}

/// Any valid key is enough.
#[derive(Debug, Clone, Copy)]
pub struct Anything;

impl Scope for Anything {
    const NAME: Option<ScopeName> = None;
}

impl ScopeName {
    /// The scope with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|scope| scope.as_str() == word)
    }
}

/// A set of scopes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Scopes(u32);

impl Scopes {
    pub(crate) const fn has(self, scope: ScopeName) -> bool {
        self.0 & scope.bit() != 0
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = ScopeName> {
        ScopeName::ALL.iter().copied().filter(move |scope| self.has(*scope))
    }
}

impl FromIterator<ScopeName> for Scopes {
    fn from_iter<T: IntoIterator<Item = ScopeName>>(scopes: T) -> Self {
        Self(scopes.into_iter().fold(0, |set, scope| set | scope.bit()))
    }
}
