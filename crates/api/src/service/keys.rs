//! Managing keys.

use std::{sync::Arc, time::Duration};

use ipnet::IpNet;
use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest, Sha256};
use switchboard::{
    Clock, TenantId,
    journal::server::{ApiKey, FeedEvent, KeyId, ServerStore},
    router::AuditTopic,
};
use uuid::Uuid;

use crate::{
    Service,
    caller::{Allowed, Caller, KeyText, KeysManage, Role, ScopeName},
    idempotency::RequestKey,
    problem::{Code, Problem, Result},
    service::audit::{note, who},
    wire::{CreatedKey, Key, KeyList, NewKey},
};

const LONGEST_NAME: usize = 100;
const MOST_NETWORKS: usize = 32;

/// Managing keys, by a running server and by whoever has its ledger. Cheap to clone.
#[derive(Debug, Clone)]
pub struct KeyAdmin {
    store: Arc<dyn ServerStore>,
    clock: Arc<dyn Clock>,
}

impl Service {
    /// The keys of this server.
    pub fn key_admin(&self) -> KeyAdmin {
        KeyAdmin::new(Arc::clone(&self.settings().store), Arc::clone(self.clock()))
    }
}

impl KeyAdmin {
    /// The keys of this store. No server has to be running.
    pub fn new(store: Arc<dyn ServerStore>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    /// The keys of the caller's tenant; an operator sees everybody's.
    ///
    /// # Errors
    /// `journal_unavailable`.
    pub async fn list(&self, by: Allowed<'_, KeysManage>) -> Result<KeyList> {
        let keys = self.store.keys(by.tenant()).await?;
        Ok(KeyList { data: keys.iter().map(Key::from).collect() })
    }

    /// Makes a key. With the same `request_key`, returns the key that was made before, without its
    /// secret.
    ///
    /// # Errors
    /// `invalid_request`, `tenant_not_allowed`; `scope_exceeds_own` if it could do what the
    /// caller's key cannot.
    pub async fn create(
        &self,
        by: Allowed<'_, KeysManage>,
        new: &NewKey,
        request_key: Option<&RequestKey>,
    ) -> Result<CreatedKey> {
        let tenant = match (by.tenant(), &new.tenant) {
            (None, None) => None,
            _ => Some(by.acts_for(new.tenant.as_deref())?),
        };
        let mut key = self.settings_of(by.caller(), new, tenant)?;
        key.request_key = request_key.map(|key| hashed(by.caller(), key));
        self.store_key(by.caller(), key).await
    }

    /// Revokes a key: it stops working everywhere within two seconds.
    ///
    /// # Errors
    /// `not_found`.
    pub async fn revoke(&self, by: Allowed<'_, KeysManage>, id: &str) -> Result<()> {
        let key = self.find_key(by, id).await?;
        if !self.store.revoke_key(&key.id, self.clock.now()).await? {
            return Err(Problem::not_found("key"));
        }
        self.tell("key.revoked", by.caller(), &key).await
    }

    /// Makes a key with the settings of another one, which goes on working for this long.
    ///
    /// # Errors
    /// `not_found`; `scope_exceeds_own` if the caller could not make such a key.
    pub async fn rotate(
        &self,
        by: Allowed<'_, KeysManage>,
        id: &str,
        overlap: Duration,
    ) -> Result<CreatedKey> {
        let former = self.find_key(by, id).await?;
        let now = self.clock.now();
        let works = former.revoked_at.is_none() && former.expires_at.is_none_or(|at| at > now);
        if !works {
            return Err(Problem::new(Code::Conflict, "the key does not work any more"));
        }
        let mut next = former.clone();
        next.request_key = None;
        within_own(by.caller(), &next)?;
        let created = self.store_key(by.caller(), next).await?;
        let until = now.checked_add(overlap).unwrap_or(now);
        if overlap.is_zero() {
            self.store.revoke_key(&former.id, now).await?;
            self.tell("key.revoked", by.caller(), &former).await?;
        } else {
            self.store.expire_key(&former.id, until).await?;
        }
        Ok(created)
    }

    /// A key of the caller's tenant.
    async fn find_key(&self, by: Allowed<'_, KeysManage>, id: &str) -> Result<ApiKey> {
        let key = self.store.key(&KeyId::new(id)).await?;
        key.filter(|key| by.tenant().is_none() || key.tenant.as_ref() == by.tenant())
            .ok_or_else(|| Problem::not_found("key"))
    }

    fn settings_of(
        &self,
        maker: &Caller,
        new: &NewKey,
        tenant: Option<TenantId>,
    ) -> Result<ApiKey> {
        let now = self.clock.now();
        let own = maker.key();
        let mut key = ApiKey::new(KeyId::new(""), [0; 32], now);
        key.name = name(&new.name)?;
        key.scopes = scopes(new, tenant.is_some())?;
        key.tenant = tenant;
        key.expires_at = new.expires_at.as_deref().map(|text| expiry(text, now)).transpose()?;
        key.ip_allow = networks(&new.ip_allow)?;
        key.limits = new.limits.into();
        key.confirm = new.confirm;
        // What is left out is inherited, where leaving it out would mean more.
        key.expires_at = key.expires_at.or(own.expires_at);
        if key.ip_allow.is_empty() {
            key.ip_allow.clone_from(&own.ip_allow);
        }
        let limits = &mut key.limits;
        limits.requests_per_minute = limits.requests_per_minute.or(own.limits.requests_per_minute);
        limits.concurrent_requests = limits.concurrent_requests.or(own.limits.concurrent_requests);
        limits.streams = limits.streams.or(own.limits.streams);
        within_own(maker, &key)?;
        Ok(key)
    }

    async fn store_key(&self, maker: &Caller, settings: ApiKey) -> Result<CreatedKey> {
        let text = KeyText::random()
            .map_err(|_| Problem::new(Code::Internal, "the key could not be made"))?;
        let mut key = ApiKey::new(text.id(), text.secret_hash(), self.clock.now());
        key.tenant = settings.tenant;
        key.name = settings.name;
        key.scopes = settings.scopes;
        key.expires_at = settings.expires_at;
        key.ip_allow = settings.ip_allow;
        key.limits = settings.limits;
        key.confirm = settings.confirm;
        key.created_by = who(maker);
        key.request_key = settings.request_key;
        if let Some(before) = self.store.add_key(key.clone()).await? {
            return Ok(CreatedKey { secret: None, key: Key::from(&before) });
        }
        self.tell("key.created", maker, &key).await?;
        Ok(CreatedKey { secret: Some(text.expose().to_owned()), key: Key::from(&key) })
    }

    async fn tell(&self, kind: &'static str, by: &Caller, key: &ApiKey) -> Result<()> {
        let id = key.id.as_str();
        let data = json!({"key": {"id": id, "name": key.name}, "by": who(by)});
        let mut event = FeedEvent::new(Uuid::now_v7(), kind, self.clock.now(), data);
        if let Some(tenant) = &key.tenant {
            event = event.of_tenant(tenant.clone());
        }
        self.store.publish(vec![event]).await?;
        let what = json!({"event": kind, "tenant": key.tenant, "scopes": key.scopes});
        note(&*self.store, self.clock.now(), by, AuditTopic::Key, id, what).await
    }
}

/// The maker's tenant is in the hash, so that two tenants may use the same key.
pub(super) fn hashed(maker: &Caller, key: &RequestKey) -> [u8; 32] {
    let tenant = maker.tenant().map_or("*", |tenant| tenant.as_str());
    let mut hash = Sha256::new();
    hash.update((tenant.len() as u64).to_be_bytes());
    hash.update(tenant.as_bytes());
    hash.update(key.as_str().as_bytes());
    hash.finalize().into()
}

fn name(text: &str) -> Result<String> {
    let text = switchboard::core::text::one_line(text);
    let length = text.chars().count();
    if (1..=LONGEST_NAME).contains(&length) {
        return Ok(text);
    }
    let fix = format!("say in 1 to {LONGEST_NAME} characters what the key is for");
    Err(Problem::invalid("name", "is empty or too long", fix))
}

fn scopes(new: &NewKey, of_tenant: bool) -> Result<Vec<String>> {
    let mut scopes: Vec<&'static str> = match (&new.role, &new.scopes) {
        (Some(role), None) => {
            let role = Role::parse(role).ok_or_else(|| {
                let fix = "write caller, reader, operator or admin";
                Problem::invalid("role", "is not known", fix)
            })?;
            role.scopes(of_tenant).map(ScopeName::as_str).collect()
        }
        (None, Some(scopes)) => scopes
            .iter()
            .map(|word| match ScopeName::parse(word) {
                Some(scope) if of_tenant && scope.is_for_operators() => {
                    let fix = format!("leave {} out, or make an operator's key", scope.as_str());
                    Err(Problem::invalid("scopes", "has what only operators' keys can use", fix))
                }
                Some(scope) => Ok(scope.as_str()),
                None => {
                    let all: Vec<_> = ScopeName::ALL.iter().map(|one| one.as_str()).collect();
                    let fix = format!("choose from {}", all.join(", "));
                    Err(Problem::invalid("scopes", "has a word that is no scope", fix))
                }
            })
            .collect::<Result<_>>()?,
        (Some(_), Some(_)) => {
            return Err(Problem::invalid("scopes", "is there beside a role", "give one of them"));
        }
        (None, None) => {
            return Err(Problem::invalid("role", "is missing", "give a role, or scopes"));
        }
    };
    scopes.sort_unstable();
    scopes.dedup();
    Ok(scopes.into_iter().map(str::to_owned).collect())
}

fn expiry(text: &str, now: Timestamp) -> Result<Timestamp> {
    match text.parse::<Timestamp>() {
        Ok(at) if at > now => Ok(at),
        Ok(_) => Err(Problem::invalid("expires_at", "is in the past", "give a later time")),
        Err(_) => {
            let fix = "write it as 2027-01-31T00:00:00Z";
            Err(Problem::invalid("expires_at", "is not a time", fix))
        }
    }
}

fn networks(texts: &[String]) -> Result<Vec<String>> {
    if texts.len() > MOST_NETWORKS {
        let fix = format!("give at most {MOST_NETWORKS}");
        return Err(Problem::invalid("ip_allow", "has too many networks", fix));
    }
    let network = |text: &String| {
        let network: Result<IpNet, _> = text.parse();
        network.map(|network| network.trunc().to_string()).map_err(|_| {
            Problem::invalid("ip_allow", "has a text that is no network", "write it as 10.0.0.0/8")
        })
    };
    texts.iter().map(network).collect()
}

/// Refuses a key that could do what its maker's cannot.
fn within_own(maker: &Caller, key: &ApiKey) -> Result<()> {
    let own = maker.key();
    let exceeds = |field: &'static str, detail: &'static str| {
        Err(Problem::new(Code::ScopeExceedsOwn, detail).field(field))
    };
    let scopes = key.scopes.iter().filter_map(|word| ScopeName::parse(word));
    if !scopes.into_iter().all(|scope| maker.has(scope)) {
        return exceeds("scopes", "the key would have a scope that its maker's key lacks");
    }
    if own.confirm && !key.confirm {
        return exceeds("confirm", "calls of the maker's key have to be confirmed by a person");
    }
    let later = |theirs: Option<Timestamp>, ours: Timestamp| theirs.is_none_or(|at| at > ours);
    if own.expires_at.is_some_and(|ours| later(key.expires_at, ours)) {
        return exceeds("expires_at", "the key would work longer than its maker's key");
    }
    let parse = |networks: &[String]| -> Vec<IpNet> {
        networks.iter().filter_map(|one| one.parse().ok()).collect()
    };
    let (ours, theirs) = (parse(&own.ip_allow), parse(&key.ip_allow));
    let inside = |network: &IpNet| ours.iter().any(|own| own.contains(network));
    if !own.ip_allow.is_empty() && (theirs.is_empty() || !theirs.iter().all(inside)) {
        return exceeds("ip_allow", "the key would work from networks that its maker's does not");
    }
    let more = |theirs: Option<u32>, ours: Option<u32>| {
        ours.is_some_and(|ours| theirs.is_none_or(|theirs| theirs > ours))
    };
    if more(key.limits.requests_per_minute, own.limits.requests_per_minute)
        || more(key.limits.concurrent_requests, own.limits.concurrent_requests)
        || more(key.limits.streams, own.limits.streams)
    {
        return exceeds("limits", "the key would have higher limits than its maker's key");
    }
    Ok(())
}
