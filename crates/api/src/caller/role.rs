//! Roles: names for sets of scopes.

use crate::caller::ScopeName;

/// A name for a set of scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Places calls and reads their results.
    Caller,
    /// Reads everything but numbers and words, and may use the console.
    Reader,
    /// Everything but keys and the erasure of people.
    Operator,
    /// Everything.
    Admin,
}

impl Role {
    /// All roles.
    pub const ALL: [Role; 4] = [Role::Caller, Role::Reader, Role::Operator, Role::Admin];

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Caller => "caller",
            Role::Reader => "reader",
            Role::Operator => "operator",
            Role::Admin => "admin",
        }
    }

    /// The role with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }

    /// True if it includes a scope.
    pub const fn includes(self, scope: ScopeName) -> bool {
        match self {
            Role::Caller => matches!(
                scope,
                ScopeName::CallsWrite
                    | ScopeName::CallsRead
                    | ScopeName::CallsContent
                    | ScopeName::PlanRead
                    | ScopeName::EventsRead
                    | ScopeName::WebhooksManage
                    | ScopeName::AgentsRead
                    | ScopeName::UsageRead
                    | ScopeName::PeopleWrite
            ),
            Role::Reader => matches!(
                scope,
                ScopeName::CallsRead
                    | ScopeName::PlanRead
                    | ScopeName::EventsRead
                    | ScopeName::AgentsRead
                    | ScopeName::UsageRead
                    | ScopeName::ProvidersRead
                    | ScopeName::ExperimentsRead
                    | ScopeName::AuditRead
                    | ScopeName::Console
            ),
            Role::Operator => !matches!(scope, ScopeName::KeysManage | ScopeName::PeopleErase),
            Role::Admin => true,
        }
    }

    /// Its scopes, for a tenant's key without those that only operators' keys can use.
    pub fn scopes(self, of_tenant: bool) -> impl Iterator<Item = ScopeName> {
        ScopeName::ALL
            .iter()
            .copied()
            .filter(move |scope| self.includes(*scope) && !(of_tenant && scope.is_for_operators()))
    }
}
