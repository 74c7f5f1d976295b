//! A verified caller, and the proof that it has a scope.

use std::marker::PhantomData;

use jiff::Timestamp;
use switchboard::{
    TenantId,
    journal::server::{ApiKey, KeyId},
};

use crate::{
    caller::{CallsOverride, Role, Scope, ScopeName, scope::Scopes},
    problem::{Code, Problem, Result},
};

/// A verified API key, or a person without one who is known in another way.
#[derive(Debug, Clone)]
pub struct Caller {
    key: ApiKey,
    scopes: Scopes,
    operator: Option<String>,
}

impl Caller {
    pub(crate) fn new(key: ApiKey) -> Self {
        let scopes = key.scopes.iter().filter_map(|word| ScopeName::parse(word)).collect();
        Self { key, scopes, operator: None }
    }

    /// A person who works on the ledger itself, without a key and without a server. They may do
    /// everything, as they could do it in the database too.
    pub fn of_the_ledger(name: impl Into<String>, now: Timestamp) -> Self {
        let mut key = ApiKey::new(KeyId::new(""), [0; 32], now);
        key.confirm = false;
        key.scopes = ScopeName::ALL.iter().map(|scope| scope.as_str().to_owned()).collect();
        Self { operator: Some(name.into()), ..Self::new(key) }
    }

    /// An agent that a person starts on this machine, without a key and without a server. It may do
    /// what the role may for this tenant, and with `confirm` a person has to confirm each call.
    pub fn of_this_machine(
        name: impl Into<String>,
        tenant: TenantId,
        role: Role,
        confirm: bool,
        now: Timestamp,
    ) -> Self {
        let mut key = ApiKey::new(KeyId::new(""), [0; 32], now);
        key.tenant = Some(tenant);
        key.confirm = confirm;
        key.scopes = role.scopes(true).map(|scope| scope.as_str().to_owned()).collect();
        Self { operator: Some(name.into()), ..Self::new(key) }
    }

    /// A person whom a proxy signed in, without a key. They may do what the role may.
    pub(crate) fn of_person(
        id: KeyId,
        name: String,
        role: Role,
        tenant: Option<TenantId>,
        now: Timestamp,
    ) -> Self {
        let mut key = ApiKey::new(id, [0; 32], now);
        key.scopes = role.scopes(tenant.is_some()).map(|scope| scope.as_str().to_owned()).collect();
        key.tenant = tenant;
        // So that no name reads like a key's, or like the server itself.
        let operator = Some(format!("user {name}"));
        key.name = name;
        Self { operator, ..Self::new(key) }
    }

    /// Whoever sends an access token: the subject of an issuer, for one tenant, with these scopes. A
    /// person has to confirm each call.
    pub(crate) fn of_token(
        id: KeyId,
        subject: &str,
        tenant: TenantId,
        scopes: &[ScopeName],
        now: Timestamp,
    ) -> Self {
        let mut key = ApiKey::new(id, [0; 32], now);
        key.tenant = Some(tenant);
        key.confirm = true;
        key.scopes = scopes.iter().map(|scope| scope.as_str().to_owned()).collect();
        Self { operator: Some(format!("token of {subject}")), ..Self::new(key) }
    }

    /// The name of the person who works on the ledger itself or whom a proxy signed in, of
    /// the agent that they started, or of the subject of an access token.
    pub fn operator(&self) -> Option<&str> {
        self.operator.as_deref()
    }

    /// The key as it is stored.
    pub fn key(&self) -> &ApiKey {
        &self.key
    }

    /// The key's public part.
    pub fn id(&self) -> &KeyId {
        &self.key.id
    }

    /// The tenant that it acts for. `None`: an operator, who acts for every tenant.
    pub fn tenant(&self) -> Option<&TenantId> {
        self.key.tenant.as_ref()
    }

    /// True if it has the scope and can use it.
    pub fn has(&self, scope: ScopeName) -> bool {
        self.scopes.has(scope) && !(scope.is_for_operators() && self.tenant().is_some())
    }

    /// Its scopes, as the key lists them.
    pub fn scopes(&self) -> impl Iterator<Item = ScopeName> {
        self.scopes.iter()
    }

    /// The same caller without a scope: what they do not ask for is not shown to them.
    #[must_use]
    pub fn without(&self, scope: ScopeName) -> Self {
        let scopes = self.scopes.iter().filter(|one| *one != scope).collect();
        Self { scopes, ..self.clone() }
    }

    /// The same caller, who acts for this tenant alone. `None` if the key belongs to another one.
    pub fn within(&self, tenant: &TenantId) -> Option<Self> {
        let mut narrowed = self.clone();
        match &self.key.tenant {
            Some(own) if own != tenant => return None,
            Some(_) => {}
            None => narrowed.key.tenant = Some(tenant.clone()),
        }
        Some(narrowed)
    }

    /// Lets a request pass that lifts no rules, or whose caller may lift them.
    ///
    /// # Errors
    /// `missing_scope`, `tenant_not_allowed`.
    pub(crate) fn may_lift(&self, overrides: bool) -> Result<()> {
        if !overrides {
            return Ok(());
        }
        let fix = "leave it out, or use an operator's key with the scope calls:override";
        self.allowed::<CallsOverride>()
            .map(|_| ())
            .map_err(|problem| problem.field("overrides").fix(fix))
    }

    /// The proof that it may do what needs this scope.
    ///
    /// # Errors
    /// `missing_scope`; `tenant_not_allowed` for a tenant's key where only operators may go.
    pub fn allowed<S: Scope>(&self) -> Result<Allowed<'_, S>> {
        if let Some(scope) = S::NAME {
            if !self.scopes.has(scope) {
                let key = || format!("the key {}", self.id().as_str());
                let who = self.operator.clone().unwrap_or_else(key);
                let detail = format!("{who} lacks the scope {}", scope.as_str());
                let problem = Problem::new(Code::MissingScope, detail);
                return Err(problem.with("scope", scope.as_str()));
            }
            if scope.is_for_operators() && self.tenant().is_some() {
                return Err(Problem::new(
                    Code::TenantNotAllowed,
                    "this concerns every tenant, and the key belongs to one",
                ));
            }
        }
        Ok(Allowed { caller: self, scope: PhantomData })
    }
}

/// The proof that a caller has a scope. Only [`Caller::allowed`] makes one, so a function that
/// takes it cannot be reached without the scope.
#[derive(Debug)]
pub struct Allowed<'a, S> {
    caller: &'a Caller,
    scope: PhantomData<fn() -> S>,
}

impl<S> Clone for Allowed<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Allowed<'_, S> {}

impl<'a, S> Allowed<'a, S> {
    /// The caller.
    pub fn caller(self) -> &'a Caller {
        self.caller
    }

    /// The tenant whose things the caller may see. `None`: everybody's.
    pub fn tenant(self) -> Option<&'a TenantId> {
        self.caller.tenant()
    }

    /// The tenant for which something is made: the key's own, or the one that an operator names.
    ///
    /// # Errors
    /// `tenant_missing` if an operator names none, `tenant_not_allowed` if a tenant's key names
    /// another one.
    pub fn acts_for(self, named: Option<&str>) -> Result<TenantId> {
        match (self.tenant(), named) {
            (Some(own), None) => Ok(own.clone()),
            (Some(own), Some(named)) if own.as_str() == named => Ok(own.clone()),
            (Some(_), Some(_)) => {
                let detail = "the key belongs to another tenant";
                Err(Problem::new(Code::TenantNotAllowed, detail)
                    .field("tenant")
                    .fix("leave it out"))
            }
            (None, Some(named)) => Ok(TenantId::from(named)),
            (None, None) => {
                let detail = "an operator's key acts for every tenant";
                Err(Problem::new(Code::TenantMissing, detail)
                    .field("tenant")
                    .fix("name the tenant"))
            }
        }
    }
}
