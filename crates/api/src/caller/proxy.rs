//! A person whom a proxy in front of the server signed in, and names in headers.

use std::{collections::BTreeMap, net::IpAddr, time::Duration};

use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use switchboard::TenantId;

use crate::{
    caller::{Caller, Role, ScopeName, name},
    problem::{Code, Problem, Result},
};

/// How a proxy names the people whom it signed in, and what they may do.
///
/// The headers are believed only if the connection itself comes from one of
/// [`Api::trusted_proxies`](crate::Api::trusted_proxies). Each of these has to set both headers, or
/// remove them, whatever a browser sent.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ProxySignIn {
    /// The header with the person's name, as `x-forwarded-user`.
    pub user_header: HeaderName,
    /// The header with the names of their groups, separated by commas.
    pub groups_header: HeaderName,
    /// How long a stream of events lasts before its browser has to connect again, with the headers of
    /// that moment: 5 minutes.
    pub stream_lifetime: Duration,
    groups: BTreeMap<String, Grant>,
}

/// What the members of a group may do.
#[derive(Debug, Clone)]
struct Grant {
    role: Role,
    /// `None`: for every tenant.
    tenant: Option<TenantId>,
}

impl ProxySignIn {
    /// People who are named in these headers. Without a group nobody may do anything.
    pub const fn new(user_header: HeaderName, groups_header: HeaderName) -> Self {
        Self {
            user_header,
            groups_header,
            stream_lifetime: Duration::from_secs(5 * 60),
            groups: BTreeMap::new(),
        }
    }

    /// Members of this group have a role: for one tenant, or for every tenant. A role without the
    /// scope `console` lets nobody in.
    #[must_use]
    pub fn with_group(
        mut self,
        group: impl Into<String>,
        role: Role,
        tenant: Option<TenantId>,
    ) -> Self {
        self.groups.insert(group.into(), Grant { role, tenant });
        self
    }

    /// The person whom a request names. `peer` is the address of the connection itself, and `trusted`
    /// says whether it is a proxy's.
    ///
    /// # Errors
    /// `sign_in_refused`.
    pub(crate) fn person(
        &self,
        headers: &HeaderMap,
        peer: Option<IpAddr>,
        trusted: impl Fn(&IpAddr) -> bool,
        now: Timestamp,
    ) -> Result<Caller> {
        if !peer.as_ref().is_some_and(trusted) {
            return Err(refused("people come here through the proxy that signs them in").fix(
                "open the address of the proxy; whoever runs the server names the proxy's own address in trusted_proxies",
            ));
        }
        let user = only(headers, &self.user_header)?.unwrap_or_default().trim();
        if user.is_empty() {
            let detail = format!("the proxy did not say who you are in {}", self.user_header);
            return Err(refused(detail).fix("sign in at the proxy, and let it send that header"));
        }
        let groups = only(headers, &self.groups_header)?.unwrap_or_default();
        let grant = self.strongest(groups.split(',').map(str::trim))?;
        let caller = Caller::of_person(
            name::id("user", &[user]),
            name::shown(user),
            grant.role,
            grant.tenant,
            now,
        );
        if !caller.has(ScopeName::Console) {
            return Err(no_access());
        }
        Ok(caller)
    }

    /// The strongest role that one of the groups has; of two that are equal the one for every tenant.
    /// Roles of several groups are never put together.
    fn strongest<'a>(&self, groups: impl Iterator<Item = &'a str>) -> Result<Grant> {
        let rank = |grant: &Grant| (strength(grant.role), grant.tenant.is_none());
        let mut strongest: Option<&Grant> = None;
        let mut several = false;
        for grant in groups.filter_map(|group| self.groups.get(group)) {
            let before = strongest.map(rank);
            if before.is_none_or(|before| rank(grant) > before) {
                (strongest, several) = (Some(grant), false);
            } else if before == Some(rank(grant)) {
                several |= strongest.is_some_and(|one| one.tenant != grant.tenant);
            }
        }
        if several {
            let detail = "your groups have the same role for more than one tenant";
            return Err(refused(detail).fix("ask to be in the group of one tenant only"));
        }
        strongest.cloned().ok_or_else(no_access)
    }
}

fn strength(role: Role) -> u8 {
    match role {
        Role::Caller => 0,
        Role::Reader => 1,
        Role::Operator => 2,
        Role::Admin => 3,
    }
}

fn refused(detail: impl Into<String>) -> Problem {
    Problem::new(Code::SignInRefused, detail.into())
}

fn no_access() -> Problem {
    refused("you are signed in, but none of your groups may use the console").fix(
        "ask whoever runs the server to give one of your groups a role in server.console.proxy",
    )
}

/// The text of a header. One that stands twice is not read: one of the two may be the browser's.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>> {
    let mut values = headers.get_all(name).iter();
    let (first, second) = (values.next(), values.next());
    if second.is_some() {
        return Err(refused(format!("the request has the header {name} more than once"))
            .fix("let the proxy replace what a browser sends, instead of adding its own"));
    }
    let text = first.map(HeaderValue::as_bytes).map(std::str::from_utf8).transpose();
    text.map_err(|_| refused(format!("the header {name} is not UTF-8")))
}
