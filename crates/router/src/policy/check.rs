//! Which policies cannot work.

use switchboard_core::{Error, ErrorKind, ProviderId, Result};

use crate::{
    experiment,
    policy::{OnUnknown, Policy, Timings},
    strategy::Strategy,
};

impl Policy {
    /// Refuses a policy that names what does not exist or that can never have an effect.
    ///
    /// # Errors
    /// `Configuration` that names the key and the fix.
    pub fn check(&self) -> Result<()> {
        let known = |field: String, provider: &ProviderId| match self.index_of(provider) {
            Some(_) => Ok(()),
            None => Err(fault(
                field,
                format!("names the provider {:?}, which is not configured", provider.as_str()),
            )),
        };
        if self.providers.is_empty() {
            return Err(fault("providers", "is empty: configure at least one provider"));
        }
        for (index, one) in self.providers.iter().enumerate() {
            if self.index_of(&one.info.id) != Some(index) {
                return Err(fault(
                    format!("providers.{}", one.info.id),
                    "is configured twice: give each account its own name",
                ));
            }
        }
        for (index, route) in self.routes.iter().enumerate() {
            for provider in &route.providers {
                known(format!("routes[{index}].providers"), provider)?;
            }
            if let Some(strategy) = &route.strategy {
                self.check_weights(&format!("routes[{index}]"), strategy)?;
            }
        }
        self.check_weights("routing", &self.strategy)?;
        let names = self.providers.iter().map(|one| &one.info.id).collect();
        experiment::validate(&self.experiments, &names, &self.profiles)?;
        self.check_budgets()?;
        self.check_timings()?;
        if let Some(default) = &self.default_profile
            && !self.profiles.contains_key(default)
        {
            return Err(fault(
                "routing.default_agent",
                format!("names the agent profile {:?}, which is not configured", default.as_str()),
            ));
        }
        for (name, profile) in &self.profiles {
            for provider in profile.agents.keys() {
                known(format!("agents.{name}"), provider)?;
            }
        }
        Ok(())
    }

    fn check_timings(&self) -> Result<()> {
        let Timings { on_unknown, send_within, .. } = self.timings;
        match on_unknown {
            OnUnknown::AssumeNotPlaced { after }
                if after < send_within + OnUnknown::SHORTEST_ABSENCE =>
            {
                Err(fault(
                    "routing.assume_after_minutes",
                    "is shorter than an attempt may take to be sent, and a minute: make it longer",
                ))
            }
            OnUnknown::AssumeNotPlaced { .. } | OnUnknown::Park => Ok(()),
        }
    }

    fn check_budgets(&self) -> Result<()> {
        for (index, budget) in self.budgets.iter().enumerate() {
            let wrong =
                |key: &str, message: String| Err(fault(format!("budgets[{index}].{key}"), message));
            if self.budgets.iter().take(index).any(|other| other.name == budget.name) {
                return wrong(
                    "name",
                    format!("{:?} is taken by another budget: choose another name", budget.name),
                );
            }
            if budget.limit.currency() != self.currency {
                let (given, wanted) = (budget.limit.currency().code(), self.currency.code());
                return wrong(
                    "limit",
                    format!("is in {given}, and costs are counted in {wanted}: convert it"),
                );
            }
            if budget.limit.micros() <= 0 {
                return wrong(
                    "limit",
                    format!(
                        "{} is not more than zero: switch the provider off instead",
                        budget.limit
                    ),
                );
            }
            if let Some(provider) =
                budget.provider.as_ref().filter(|provider| self.index_of(provider).is_none())
            {
                return wrong(
                    "provider",
                    format!("names the provider {:?}, which is not configured", provider.as_str()),
                );
            }
            if let Some(name) = &budget.experiment
                && !self.experiments.iter().any(|experiment| experiment.name == *name)
            {
                return wrong(
                    "experiment",
                    format!("names the experiment {name:?}, which is not configured"),
                );
            }
        }
        Ok(())
    }

    fn check_weights(&self, at: &str, strategy: &Strategy) -> Result<()> {
        let Strategy::Weighted(weighted) = strategy else {
            return Ok(());
        };
        if weighted.weights.iter().all(|(_, weight)| *weight == 0) {
            return Err(fault(
                format!("{at}.weights"),
                "are all zero: give at least one provider a weight above zero",
            ));
        }
        match weighted.weights.iter().find(|(provider, _)| self.index_of(provider).is_none()) {
            Some((provider, _)) => Err(fault(
                format!("{at}.weights"),
                format!("names the provider {:?}, which is not configured", provider.as_str()),
            )),
            None => Ok(()),
        }
    }
}

fn fault(field: impl Into<String>, message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Configuration, message.into()).with_field(field.into())
}
