//! The table of codes.

use http::StatusCode;

macro_rules! codes {
    ($($variant:ident $word:literal $status:literal $title:literal: $page:literal;)*) => {
        /// What went wrong, for programs to branch on. Clients have to accept codes that they do
        /// not know.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $(#[doc = $title] $variant,)*
        }

        impl Code {
            /// All codes, in the order of their status.
            pub const ALL: &'static [Code] = &[$(Code::$variant),*];

            /// The word used in JSON and in the address of the code's page.
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $word,)* }
            }

            /// What it is called.
            pub const fn title(self) -> &'static str {
                match self { $(Code::$variant => $title,)* }
            }

            /// What its page says: what it means, and what to do.
            pub const fn page(self) -> &'static str {
                match self { $(Code::$variant => $page,)* }
            }

            const fn number(self) -> u16 {
                match self { $(Code::$variant => $status,)* }
            }
        }
    };
}

codes! {
    MalformedJson "malformed_json" 400 "The body is not JSON":
        "The body could not be read as JSON in UTF-8, or it is nested more than 32 levels deep. Send one JSON object.";
    InvalidRequest "invalid_request" 400 "A field is wrong":
        "`field` names the field or parameter, `detail` says what is wrong with it, and `fix` what to write instead.";
    UnknownField "unknown_field" 400 "A field is not known":
        "The body or the query has a name that is not known here. It is refused, because a misspelt limit would otherwise have no effect. `fix` gives the nearest known name.";
    IdempotencyKeyMissing "idempotency_key_missing" 400 "The header Idempotency-Key is missing":
        "Every request that places a call needs an `Idempotency-Key`: a new UUID for each call that you mean, and the same one whenever you repeat the request.";
    IdempotencyKeyInvalid "idempotency_key_invalid" 400 "The header Idempotency-Key is not valid":
        "A key has 1 to 255 printable ASCII characters and does not begin or end with a space. It may be written in double quotes.";
    CursorInvalid "cursor_invalid" 400 "The cursor does not fit this list":
        "A cursor belongs to one list with its filters. Send the same filters as for the page that returned it, or start again without a cursor.";
    TenantMissing "tenant_missing" 400 "An operator's key has to name the tenant":
        "This key acts for every tenant, so the request has to say in `tenant` for which one.";
    MissingKey "missing_key" 401 "No API key was sent":
        "Send `Authorization: Bearer sb_…`. A key in the address is not accepted.";
    InvalidKey "invalid_key" 401 "The API key is not valid":
        "No key like this exists. Look for characters that were lost when it was copied.";
    ExpiredKey "expired_key" 401 "The API key has expired":
        "Ask whoever manages your keys for a new one.";
    RevokedKey "revoked_key" 401 "The API key was revoked":
        "Ask whoever manages your keys for a new one. If the key may have been seen by others, say so.";
    InvalidToken "invalid_token" 401 "The access token is not valid":
        "`detail` says why the token is not taken. Get a new one from the issuer that `/.well-known/oauth-protected-resource/mcp` names, for this server.";
    MissingScope "missing_scope" 403 "The key lacks a scope":
        "`scope` names the scope that the request needs. `GET /v1/me` lists the scopes of a key.";
    IpNotAllowed "ip_not_allowed" 403 "The key may not be used from this address":
        "The key is limited to some networks, and the request came from another one.";
    TenantNotAllowed "tenant_not_allowed" 403 "The key may not act for this tenant":
        "A tenant's key acts for its own tenant. What concerns all tenants needs an operator's key.";
    ScopeExceedsOwn "scope_exceeds_own" 403 "A key cannot give more than it has":
        "A new key may have the scopes and the tenant of the key that makes it, or less.";
    ConfirmationNeeded "confirmation_needed" 403 "A person has to confirm the call":
        "Calls of this key are placed after a person said yes. `detail` says why nobody could be asked. A key that was made with `confirm: false` (`switchboard keys create --confirm never`) leaves the question to the client.";
    NotConfirmed "not_confirmed" 403 "The person did not confirm the call":
        "Nothing was written and nobody is called. Do not ask again for the same call unless the person wants it.";
    ConfirmationInvalid "confirmation_invalid" 403 "The confirmation does not belong to this request":
        "A confirmation holds for ten minutes, for one key, and for exactly the arguments that the person saw. Call the tool again without it, so that they are asked anew.";
    SignInRefused "sign_in_refused" 403 "The sign-in is not accepted":
        "People sign in to this console at a proxy in front of it. `detail` says why the server does not take what the proxy said about you.";
    Csrf "csrf" 403 "The form was not sent by this site":
        "Open the page again and send the form from there.";
    NotFound "not_found" 404 "There is no such thing":
        "The path or the id does not exist, or it belongs to another tenant, or the person was erased.";
    NoPlan "no_plan" 404 "The call has no plan":
        "No plan was made for this call yet, or plans are not kept here.";
    NoTranscript "no_transcript" 404 "The call has no transcript":
        "The provider has no transcript of this call.";
    NoRecording "no_recording" 404 "The call has no recording":
        "The provider has no recording of this call.";
    MethodNotAllowed "method_not_allowed" 405 "The path does not have this method":
        "The header `Allow` lists the methods of this path.";
    NotAcceptable "not_acceptable" 406 "The answer cannot have the form that was asked for":
        "Answers are `application/json`, problems are `application/problem+json`. Send `Accept: application/json`, or leave it out.";
    RequestTimeout "request_timeout" 408 "The request did not arrive in time":
        "The body was not complete within ten seconds. Send it again, with the same key.";
    PossibleDuplicate "possible_duplicate" 409 "The same person was called with the same task a moment ago":
        "`call` is the first call. If this one is meant too, set `allow_duplicate`, or give it an idempotency key of its own.";
    Conflict "conflict" 409 "It does not fit the current state":
        "`detail` says what stands against it. Read the current state first.";
    AlreadyOver "already_over" 409 "The call is over":
        "A call that is over cannot be stopped.";
    CannotStop "cannot_stop" 409 "The call cannot be stopped now":
        "Its provider cannot end calls, or is being asked to place it at this moment. Try again in a few seconds.";
    NotOver "not_over" 409 "The call is not over":
        "Transcripts and recordings exist when the call is over. Wait for it with `GET /v1/calls/{id}?wait_for=settled`.";
    NothingToResolve "nothing_to_resolve" 409 "The call is not in doubt":
        "Only a call of which it is not known whether or how it rang can be resolved.";
    WrongPhase "wrong_phase" 409 "The experiment is already in this state":
        "There is nothing to change. Read the experiment first.";
    NotSettled "not_settled" 409 "The person has calls that are not settled":
        "`detail` names them. Wait until they are over, or stop them.";
    TooManyEndpoints "too_many_endpoints" 409 "The tenant has as many webhook endpoints as it may":
        "Remove an endpoint that is not used any more.";
    EventsGone "events_gone" 410 "The events are not kept any more":
        "`oldest` is the cursor with which everything that is still there is read. Read the calls to see what was missed.";
    BodyTooLarge "body_too_large" 413 "The body is too large":
        "A body may have 64 KiB, a batch 1 MiB.";
    UriTooLong "uri_too_long" 414 "The address is too long":
        "An address may have 8 KiB.";
    UnsupportedMediaType "unsupported_media_type" 415 "The body is not declared as JSON":
        "Send `Content-Type: application/json`. A batch is `text/csv` or `application/jsonl`.";
    NumberNotAllowed "number_not_allowed" 422 "The number must not be called":
        "Emergency, premium-rate, shared-cost, short and satellite numbers are never called, nor what is no valid number. `detail` says why.";
    IdempotencyKeyReused "idempotency_key_reused" 422 "The key was used for another request":
        "`call` is the first call with this key. Use a new key for a new call.";
    UrlNotAllowed "url_not_allowed" 422 "The address must not receive webhooks":
        "Webhooks go to public addresses over https, on port 443.";
    ConfigurationRefused "configuration_refused" 422 "The configuration was refused":
        "`detail` names what is wrong. The configuration before stays in force.";
    Unsupported "unsupported" 422 "This cannot be done here":
        "`detail` says what cannot be done, and why.";
    RateLimited "rate_limited" 429 "Too many requests":
        "Wait as long as `Retry-After` says. The headers `RateLimit-Policy` and `RateLimit` say what is allowed and what is left.";
    TooManyWaiting "too_many_waiting" 429 "Too many calls of the tenant are waiting":
        "Calls wait for limits and windows, and only so many may wait. Send this one again when some of them are done.";
    TooManyStreams "too_many_streams" 429 "Too many event streams are open":
        "Close a stream that is not needed, or read several types with one stream.";
    TooManyConnections "too_many_connections" 429 "Too many connections are open":
        "Use connections again instead of opening new ones.";
    HeadersTooLarge "headers_too_large" 431 "The headers are too large":
        "All headers together may have 16 KiB and be 64.";
    Internal "internal" 500 "Something failed here":
        "The fault is ours. Give `request_id` when you report it. A request that places a call may be repeated with the same key.";
    ProviderFailed "provider_failed" 502 "The provider failed":
        "The provider did not answer this read, or refused it. Nothing was changed; try again later.";
    Starting "starting" 503 "The server is starting":
        "Try again in a few seconds.";
    Stopping "stopping" 503 "The server is stopping":
        "Send the request again: another process answers, or this one does when it is back.";
    JournalUnavailable "journal_unavailable" 503 "The journal cannot be reached":
        "Send the same request again, with the same key. It cannot ring twice.";
    IssuerUnavailable "issuer_unavailable" 503 "The issuer of access tokens cannot be reached":
        "No key of the issuer could be read, so no token can be verified. Try again after `Retry-After`, or use an API key.";
    Busy "busy" 503 "Too much is being computed":
        "Reports read many calls, and only a few are made at the same time, each for at most ten seconds. Try again later, or ask for a shorter time.";
    ProviderTimeout "provider_timeout" 504 "The provider did not answer in time":
        "Nothing was changed; try again later.";
}

impl Code {
    /// The HTTP status.
    pub fn status(self) -> StatusCode {
        StatusCode::from_u16(self.number()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The code with this word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == word)
    }

    /// True if something may have been written although the request failed.
    pub(crate) const fn is_in_doubt(self) -> bool {
        matches!(self, Code::Internal | Code::JournalUnavailable)
    }
}
