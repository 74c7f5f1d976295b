//! Tokens: renewed once for all, kept, fetched, and never shown.

use std::sync::Arc;

use crate::support::{client, fast, provider, settings, simple_order, simulated};
use switchboard_core::{
    CallFilter, Delivery, ErrorKind, Outcome, PageRequest, Provider, ProviderState, Refusal,
};
use switchboard_http::{TokenSet, TokenStore};
use switchboard_kallyai::{KallyAi, api::OAuthClient};
use switchboard_testkit::SimKallyAi;
use url::Url;

#[tokio::test]
async fn an_expired_token_is_renewed_once_and_the_call_is_placed_once_with_the_same_key() {
    let (sim, kallyai) = simulated(fast()).await;
    sim.expire_tokens();
    let order = simple_order();
    let call = kallyai.calls().place(&order).await.unwrap();
    assert_eq!(call.state, ProviderState::Ended(Outcome::Completed));
    assert_eq!(sim.posts_to("/v1/auth/refresh"), 1);
    let placing: Vec<_> =
        sim.requests().into_iter().filter(|request| request.path == "/v1/calls").collect();
    assert_eq!(
        placing.iter().map(|request| request.status).collect::<Vec<_>>(),
        [Some(401), Some(201)]
    );
    let key = order.idempotency_key.to_string();
    assert!(placing.iter().all(|request| request.header("idempotency-key") == Some(&key)));
    assert_eq!(sim.rings().len(), 1);
}

#[tokio::test]
async fn many_expired_callers_make_one_renewal() {
    let (sim, kallyai) = simulated(fast()).await;
    sim.expire_tokens();
    let filter = CallFilter::default();
    let page = PageRequest::default();
    let reads = (0..8).map(|_| kallyai.lists().unwrap().list(&filter, &page));
    for read in futures::future::join_all(reads).await {
        assert!(read.unwrap().items.is_empty());
    }
    assert_eq!(sim.posts_to("/v1/auth/refresh"), 1);
}

/// Tokens on paper: what was saved, in order.
#[derive(Debug, Default)]
struct Paper(std::sync::Mutex<Vec<TokenSet>>);

#[async_trait::async_trait]
impl TokenStore for Paper {
    async fn load(&self) -> switchboard_core::Result<Option<TokenSet>> {
        Ok(self.0.lock().unwrap().last().cloned())
    }

    async fn save(&self, tokens: &TokenSet) -> switchboard_core::Result<()> {
        self.0.lock().unwrap().push(tokens.clone());
        Ok(())
    }
}

#[tokio::test]
async fn renewed_tokens_outlive_the_process() {
    let sim = SimKallyAi::start(fast()).await.unwrap();
    let paper = Arc::new(Paper::default());
    let open = || {
        KallyAi::with_token_store(
            settings(&sim),
            paper.clone(),
            Arc::new(crate::support::WallClock),
        )
    };
    sim.expire_tokens();
    open().await.unwrap().calls().place(&simple_order()).await.unwrap();
    // The next process has the spent tokens in its configuration and the good ones in the store.
    open().await.unwrap().calls().place(&simple_order()).await.unwrap();
    assert_eq!((sim.posts_to("/v1/auth/refresh"), paper.0.lock().unwrap().len()), (1, 1));
    assert_eq!(sim.rings().len(), 2);
}

#[tokio::test]
async fn without_a_way_to_renew_an_expired_token_is_a_refusal() {
    let (sim, _) = simulated(fast()).await;
    let kallyai = provider(&sim, |config| config.refresh_token = None);
    sim.expire_tokens();
    let error = kallyai.calls().place(&simple_order()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.delivery()),
        (ErrorKind::Unauthorized, Delivery::Refused(Refusal::ThisProvider))
    );
    assert_eq!((sim.posts_to("/v1/calls"), sim.rings().len()), (1, 0));
}

#[tokio::test]
async fn tokens_are_fetched_in_every_documented_way() {
    let sim = SimKallyAi::start(fast()).await.unwrap();
    let auth = client(&sim).auth();
    let base: Url = sim.url().parse().unwrap();
    let redirect: Url = "http://localhost:8976/callback".parse().unwrap();
    let oauth = OAuthClient { id: "client".to_owned(), secret: "secret".to_owned().into() };
    let renewed = auth.refresh(&sim.refresh_token().to_owned().into()).await.unwrap();
    assert!(renewed.refresh.is_some() && renewed.expires_in.is_some());
    let again = auth.refresh_as(&oauth, &renewed.refresh.unwrap()).await.unwrap();
    assert!(again.refresh.is_some());
    let page = auth
        .authorize_url(&base, "client", &redirect, &["calls:read", "calls:write"], "s")
        .unwrap();
    assert!(page.as_str().ends_with("&state=s&scope=calls%3Aread+calls%3Awrite"), "{page}");
    assert_eq!(
        auth.exchange_code(&oauth, "no such code", &redirect).await.unwrap_err().kind(),
        ErrorKind::InvalidRequest
    );
    auth.google(&"token".to_owned().into()).await.unwrap();
    auth.apple(&"token".to_owned().into(), &"code".to_owned().into(), Some("John Smith"))
        .await
        .unwrap();
    assert!(
        auth.cli_url(&base, &redirect, Some("s"))
            .unwrap()
            .as_str()
            .contains("/v1/auth/cli?redirect_uri=http%3A%2F%2Flocalhost%3A8976")
    );
    assert!(auth.cli_url(&base, &"https://example.com/".parse().unwrap(), None).is_err());
    assert!(!format!("{again:?}").contains("eyJ"));
}

#[test]
fn nothing_secret_is_shown() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let sim = SimKallyAi::start(fast()).await.unwrap();
        let shown = format!("{:?} {:?}", provider(&sim, |_| {}), settings(&sim));
        assert!(!shown.contains(sim.credential()) && !shown.contains(sim.refresh_token()));
    });
}
