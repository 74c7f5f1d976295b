//! Callers who have an access token of an issuer, where the server takes them.

use std::{net::IpAddr, sync::Arc};

use http::HeaderMap;

use crate::{
    Service,
    caller::{Caller, bearer},
    oauth::{Refused, ResourceMetadata, is_token},
    problem::{Code, Problem, Result},
};

impl Service {
    /// The caller that sent these headers, with a key or with an access token.
    ///
    /// # Errors
    /// Those of [`Service::caller`]; `invalid_token`, `issuer_unavailable`; `missing_scope` if none of
    /// the token's scopes allows anything.
    pub(crate) async fn caller_with_token(
        &self,
        headers: &HeaderMap,
        from: Option<IpAddr>,
    ) -> Result<Arc<Caller>> {
        let text = bearer(headers)?;
        let tokens = self.inner.tokens.as_ref().filter(|_| is_token(text));
        let Some(tokens) = tokens else {
            return self.inner.keys.of_text(text, from).await;
        };
        let caller = match tokens.caller(text).await {
            Ok(caller) => caller,
            Err(Refused::Forged(problem)) => {
                self.inner.keys.count_wrong(from)?;
                return Err(problem);
            }
            Err(Refused::Other(problem)) => return Err(problem),
        };
        if caller.scopes().next().is_none() {
            let detail = "none of the token's scopes allows anything here";
            return Err(Problem::new(Code::MissingScope, detail)
                .fix("ask the issuer for one of the scopes that WWW-Authenticate names"));
        }
        Ok(caller)
    }

    /// What clients read about the resource at this path, to find the issuer of access tokens (RFC
    /// 9728). `None` if the server takes no tokens.
    pub fn resource_metadata(&self, path: &str) -> Option<ResourceMetadata> {
        let oauth = self.settings().oauth.as_ref()?;
        Some(oauth.metadata(self.public_url(), path))
    }

    /// The same problem, which also tells clients of the resource at this path where tokens come from,
    /// if the server takes tokens and one would help.
    pub fn challenge(&self, problem: Problem, path: &str) -> Problem {
        let Some(oauth) = &self.settings().oauth else { return problem };
        let error = match problem.code() {
            Code::InvalidToken => Some("invalid_token"),
            Code::MissingScope => Some("insufficient_scope"),
            _ if problem.status() == http::StatusCode::UNAUTHORIZED => None,
            _ => return problem,
        };
        let challenge = oauth.challenge(self.public_url(), path, error);
        problem.challenge(challenge)
    }
}
