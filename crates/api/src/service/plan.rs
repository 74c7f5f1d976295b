//! Plans, agents, providers and quality.

use switchboard::{AgentProfile, ProfileName};

use crate::{
    Service,
    caller::{AgentsRead, Allowed, PlanRead, ProvidersRead},
    problem::Result,
    wire::{Agent, AgentList, NewCall, Plan, ProviderList, ProviderState, QualityList, QualityRow},
};

impl Service {
    /// Who would be asked for this call now. Sends nothing and writes nothing.
    ///
    /// # Errors
    /// `invalid_request`, `number_not_allowed`, `missing_scope`, `tenant_missing`,
    /// `tenant_not_allowed`.
    pub fn plan(&self, by: Allowed<'_, PlanRead>, new: &NewCall) -> Result<Plan> {
        by.caller().may_lift(!new.overrides.is_empty())?;
        let mut request = new.to_request()?;
        request.tenant = Some(by.acts_for(new.tenant.as_deref())?.as_str().to_owned());
        let (engine, now) = (self.switchboard().engine(), self.clock().now());
        let valid = self.switchboard().validate(&request, now)?;
        Ok(Plan::new(&engine.plan(&valid), engine.version(), now))
    }

    /// Every agent profile.
    pub fn agents(&self, _: Allowed<'_, AgentsRead>) -> AgentList {
        let policy = self.switchboard().engine().policy();
        let data = policy
            .profiles
            .values()
            .map(|profile| Agent {
                name: profile.name.as_str().to_owned(),
                is_default: policy.default_profile.as_ref() == Some(&profile.name),
                languages: profile.languages.iter().map(|one| one.as_str().to_owned()).collect(),
                providers: profile.agents.keys().map(|id| id.as_str().to_owned()).collect(),
                expected_seconds: profile.expected_duration.map(|duration| duration.as_secs()),
            })
            .collect();
        AgentList { data }
    }

    /// The agent profiles as they are configured, and the name of the default one.
    pub(crate) fn profiles<S>(
        &self,
        _: Allowed<'_, S>,
    ) -> (Vec<AgentProfile>, Option<ProfileName>) {
        let policy = self.switchboard().engine().policy();
        (policy.profiles.values().cloned().collect(), policy.default_profile.clone())
    }

    /// Every provider as this process sees it.
    pub fn providers(&self, _: Allowed<'_, ProvidersRead>) -> ProviderList {
        let engine = self.switchboard().engine();
        let (policy, readings, now) = (engine.policy(), engine.readings(), self.clock().now());
        let both = policy.providers.iter().zip(&readings);
        let data = both.map(|(policy, reading)| ProviderState::new(policy, reading, now)).collect();
        ProviderList { data }
    }

    /// What was measured, for these providers, countries and agents.
    pub fn quality(
        &self,
        _: Allowed<'_, ProvidersRead>,
        [provider, country, agent]: [Option<&str>; 3],
    ) -> QualityList {
        let is = |wanted: Option<&str>, it: Option<&str>| wanted.is_none() || wanted == it;
        let rows = self.switchboard().engine().quality().into_iter().filter(|row| {
            is(provider, Some(row.provider.as_str()))
                && is(country, Some(row.country.as_str()))
                && is(agent, row.profile.as_ref().map(|profile| profile.as_str()))
        });
        let data = rows
            .map(|row| {
                QualityRow::new(
                    row.provider.as_str().to_owned(),
                    row.country.as_str().to_owned(),
                    row.profile.as_ref().map(|profile| profile.as_str().to_owned()),
                    &row.measured,
                    row.drift,
                )
            })
            .collect();
        QualityList { data }
    }
}
