//! Ids of agents, and what they mean here.

use switchboard::{AgentId, AgentProfile, ProfileName, ProviderId};
use uuid::Uuid;

use crate::{
    Service,
    caller::Allowed,
    problem::{Problem, Result},
};

/// The agent profiles, by every id under which clients of KaiCalls may know them.
#[derive(Debug)]
pub(super) struct Directory {
    profiles: Vec<AgentProfile>,
    default: Option<ProfileName>,
    accounts: Vec<ProviderId>,
}

impl Directory {
    pub(super) fn of<S>(service: &Service, by: Allowed<'_, S>) -> Self {
        let (mut profiles, default) = service.profiles(by);
        // The default profile goes first where several have the same agent.
        profiles.sort_by_key(|profile| default.as_ref() != Some(&profile.name));
        let accounts = service.settings().kaicalls.as_ref();
        let accounts = accounts.map_or_else(Vec::new, |surface| surface.accounts.clone());
        Self { profiles, default, accounts }
    }

    /// The profile whose KaiCalls agent this is, else the profile of that name, else the one whose
    /// derived id it is.
    pub(super) fn find(&self, id: &str) -> Option<&AgentProfile> {
        let named = || self.profiles.iter().find(|profile| profile.name.as_str() == id);
        let derived = || {
            let id: Uuid = id.parse().ok()?;
            self.profiles.iter().find(|profile| derived(&profile.name) == id)
        };
        self.with_agent(id).or_else(named).or_else(derived)
    }

    /// The id under which a profile is listed: its agent at KaiCalls if that means this profile,
    /// else the derived id. Asked for by it, the same profile is found.
    pub(super) fn id(&self, profile: &AgentProfile) -> String {
        let means_it = |id: &&AgentId| {
            self.with_agent(id.as_str()).is_some_and(|found| found.name == profile.name)
        };
        let theirs = self.agents(profile).find(means_it).map(|id| id.as_str().to_owned());
        theirs.unwrap_or_else(|| derived(&profile.name).to_string())
    }

    /// The profile that served a call: the one that it asked for, or the default one.
    pub(super) fn served_by(&self, asked: Option<&ProfileName>) -> Option<&AgentProfile> {
        let name = asked.or(self.default.as_ref())?;
        self.profiles.iter().find(|profile| profile.name == *name)
    }

    /// True if calls without a profile are this one's.
    pub(super) fn is_default(&self, profile: &AgentProfile) -> bool {
        self.default.as_ref() == Some(&profile.name)
    }

    /// Every profile, the default one first.
    pub(super) fn profiles(&self) -> &[AgentProfile] {
        &self.profiles
    }

    /// The profile that has this agent at one provider.
    pub(super) fn owner(&self, provider: &ProviderId, agent: &AgentId) -> Option<&AgentProfile> {
        self.profiles
            .iter()
            .find(|profile| profile.agents.get(provider).is_some_and(|own| own.id == *agent))
    }

    fn with_agent(&self, id: &str) -> Option<&AgentProfile> {
        let has = |profile: &&AgentProfile| self.agents(profile).any(|agent| agent.as_str() == id);
        self.profiles.iter().find(has)
    }

    /// A profile's agents at KaiCalls.
    fn agents<'a>(&'a self, profile: &'a AgentProfile) -> impl Iterator<Item = &'a AgentId> {
        let at_kaicalls = |provider: &ProviderId| match self.accounts.as_slice() {
            [] => provider.as_str().starts_with("kaicalls"),
            accounts => accounts.contains(provider),
        };
        profile.agents.iter().filter(move |(id, _)| at_kaicalls(id)).map(|(_, agent)| &agent.id)
    }
}

/// UUIDv5 of the profile's name, in the namespace of URLs: it stays the same as long as the name.
fn derived(name: &ProfileName) -> Uuid {
    let name = format!("urn:switchboard:agent:{}", name.as_str());
    Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes())
}

/// The business of a request: the key's tenant. Another one is not there.
pub(super) fn business<S>(by: Allowed<'_, S>, named: Option<&str>) -> Result<Option<String>> {
    let own = by.tenant().map(|tenant| tenant.as_str().to_owned());
    match (&own, named) {
        (Some(own), Some(named)) if own != named => Err(Problem::not_found("business")),
        _ => Ok(own),
    }
}
