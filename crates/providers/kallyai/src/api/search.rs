//! Searches (document 002). They cost credits and make no phone ring.

use switchboard_core::Result;
use switchboard_http::Request;

use super::{
    section::section,
    send::{read, write},
};
use crate::wire::{QuickSearch, SearchRequest, SearchResults, Undocumented};

section! {
    /// Searches. All of it needs the scope `search:read` (document 002).
    SearchApi
}

impl SearchApi {
    /// A search with details: `POST /v1/search`. Needs `search:read`. Document 002. It costs
    /// credits, so it is sent once.
    ///
    /// # Errors
    /// `quota_exceeded` (402), `search_failed` (500).
    #[doc(alias = "/v1/search")]
    pub async fn search(&self, search: &SearchRequest) -> Result<SearchResults> {
        write(&self.http, Request::post("search.search", "/v1/search").json(search)?).await
    }

    /// A search for one fact, faster: `POST /v1/search/quick`. Needs `search:read`. Document 002;
    /// no answer is documented.
    ///
    /// # Errors
    /// As [`search`](Self::search).
    #[doc(alias = "/v1/search/quick")]
    pub async fn quick(&self, search: &QuickSearch) -> Result<Undocumented> {
        write(&self.http, Request::post("search.quick", "/v1/search/quick").json(search)?).await
    }

    /// Earlier searches: `GET /v1/search/history`. Needs `search:read`. Document 002; no answer is
    /// documented.
    ///
    /// # Errors
    /// `forbidden` (403).
    #[doc(alias = "/v1/search/history")]
    pub async fn history(&self) -> Result<Undocumented> {
        read(&self.http, Request::get("search.history", "/v1/search/history")).await
    }

    /// The sources that are searched and what they offer: `GET /v1/search/sources`. Needs
    /// `search:read`. Document 002; no answer is documented.
    ///
    /// # Errors
    /// `forbidden` (403).
    #[doc(alias = "/v1/search/sources")]
    pub async fn sources(&self) -> Result<Undocumented> {
        read(&self.http, Request::get("search.sources", "/v1/search/sources")).await
    }
}
