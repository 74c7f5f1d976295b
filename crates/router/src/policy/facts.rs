//! What routes and agent profiles say about the calls that they take, for requests that do not.

use std::sync::Arc;

use switchboard_core::{CallFacts, PhoneNumber, ProfileName, ValidCall};

use crate::{fact_defaults::FactDefaults, policy::Policy};

/// Where a fact about a call comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FactOrigin {
    /// The request.
    Request,
    /// The route that takes the call.
    Route,
    /// The agent profile that handles the call.
    Profile,
}

impl FactOrigin {
    /// The word in the record of a decision.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Route => "route",
            Self::Profile => "profile",
        }
    }
}

/// All that says something about one call, in order of precedence: its request, the route that
/// takes it, the agent profile that handles it.
#[derive(Debug, Clone, Copy)]
pub struct FactSources<'a> {
    call: &'a ValidCall,
    route: Option<&'a FactDefaults>,
    profile: Option<&'a FactDefaults>,
}

impl<'a> FactSources<'a> {
    /// The facts of the request with the defaults of the route and the profile.
    pub fn facts(&self) -> CallFacts {
        self.call.facts.clone().with(|facts| {
            facts.purpose = facts.purpose.or_else(|| self.default(|one| one.purpose));
            facts.callee_kind = facts.callee_kind.or_else(|| self.default(|one| one.callee_kind));
            facts.recording = facts.recording.or_else(|| self.default(|one| one.recording));
            if facts.published_number.is_none() {
                facts.published_number = self.default(|one| one.published_number.clone());
            }
        })
    }

    /// On whose behalf the agent calls.
    pub fn on_behalf_of(&self) -> Option<&'a str> {
        let asked = self.call.on_behalf_of.as_deref();
        asked.or_else(|| self.default(|one| one.on_behalf_of.as_deref()))
    }

    /// The number to call back.
    pub fn callback_number(&self) -> Option<PhoneNumber> {
        self.call.callback_number.or_else(|| self.default(|one| one.callback_number))
    }

    /// Where the fact with this name comes from, for example `purpose`. A fact that neither the
    /// route nor the profile gives comes from the request, if there is one.
    pub fn origin(&self, fact: &str) -> FactOrigin {
        let facts = &self.call.facts;
        let asked = match fact {
            "purpose" => facts.purpose.is_some(),
            "callee_kind" => facts.callee_kind.is_some(),
            "recording" => facts.recording.is_some(),
            "published_number" => facts.published_number.is_some(),
            "on_behalf_of" => self.call.on_behalf_of.is_some(),
            "callback_number" => self.call.callback_number.is_some(),
            _ => true,
        };
        let gives = |source: Option<&FactDefaults>| source.is_some_and(|one| one.gives(fact));
        match (asked, gives(self.route), gives(self.profile)) {
            (false, true, _) => FactOrigin::Route,
            (false, false, true) => FactOrigin::Profile,
            (true, _, _) | (false, false, false) => FactOrigin::Request,
        }
    }

    fn default<T>(&self, of: impl Fn(&'a FactDefaults) -> Option<T>) -> Option<T> {
        self.route.and_then(&of).or_else(|| self.profile.and_then(&of))
    }
}

impl Policy {
    /// All that says something about a call. `profile` is the agent profile that handles it, as a
    /// [`Plan`](crate::Plan) names it; `None` means the requested one, or else the default one.
    pub fn fact_sources<'a>(
        &'a self,
        call: &'a ValidCall,
        profile: Option<&ProfileName>,
    ) -> FactSources<'a> {
        let profile = profile.or(call.agent.as_ref()).or(self.default_profile.as_ref());
        FactSources {
            call,
            route: self.route(call).map(|route| &route.facts),
            profile: profile.and_then(|name| self.profile_facts.get(name)),
        }
    }

    /// The facts about a call: those of its request, then those of the first route that matches,
    /// then those of the agent profile that it asks for, or else the default one.
    pub fn facts_for(&self, call: &ValidCall) -> CallFacts {
        self.fact_sources(call, None).facts()
    }

    /// The call as a provider is given it: with the defaults of what the agent should say.
    pub fn as_placed(
        &self,
        call: &Arc<ValidCall>,
        profile: Option<&ProfileName>,
    ) -> Arc<ValidCall> {
        let sources = self.fact_sources(call, profile);
        let (on_behalf_of, callback_number) = (sources.on_behalf_of(), sources.callback_number());
        if call.on_behalf_of.as_deref() == on_behalf_of && call.callback_number == callback_number {
            return Arc::clone(call);
        }
        let mut placed = ValidCall::clone(call);
        placed.on_behalf_of = on_behalf_of.map(str::to_owned);
        placed.callback_number = callback_number;
        Arc::new(placed)
    }
}
