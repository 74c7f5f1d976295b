//! Credits, plans, Stripe's pages, the user, referrals, and what waits for a person.

use switchboard::kallyai::{KallyAiClient, wire::*};
use url::Url;

use super::cover::{Drive, reach};

pub(crate) async fn account(drive: &mut Drive<'_>, client: &KallyAiClient) {
    reach!(drive, "GET /v1/credits/balance", client.credits().balance());
    reach!(drive, "GET /v1/credits/history", client.credits().history(Some(10)));
    reach!(drive, "GET /v1/credits/costs", client.credits().costs());
    reach!(drive, "GET /v1/credits/breakdown", client.credits().breakdown());
    reach!(drive, "GET /v1/credits/plans", client.credits().plans());

    reach!(drive, "GET /v1/stripe/plans", client.billing().plans());
    let app: Url = "https://kallyai.com/app".parse().unwrap();
    let checkout = TrialCheckout::new(app.clone(), app);
    reach!(drive, "POST /v1/stripe/trial-checkout", client.billing().trial_checkout(&checkout));
    let portal = reach!(drive, "GET /v1/stripe/billing-portal", client.billing().portal());
    assert!(portal.url.is_some());

    let downgrade = ChangePlan::new("starter").annual(false);
    let change = reach!(
        drive,
        "POST /v1/subscriptions/change-plan",
        client.subscriptions().change_plan(&downgrade)
    );
    assert_eq!(change.change_type.as_deref(), Some("downgrade_scheduled"));
    let status = reach!(drive, "GET /v1/subscriptions/status", client.subscriptions().status());
    assert_eq!(status.pending_change.unwrap().new_plan.as_deref(), Some("starter"));
    reach!(
        drive,
        "DELETE /v1/subscriptions/pending-change",
        client.subscriptions().cancel_pending()
    );
    reach!(drive, "GET /v1/users/me/subscription", client.users().subscription());
    reach!(drive, "GET /v1/users/me/statistics", client.users().statistics());

    let code = reach!(drive, "GET /v1/referrals/code", client.referrals().code()).code.unwrap();
    reach!(drive, "GET /v1/referrals/validate/{code}", client.referrals().validate(&code));
    let referral = TrackReferral::new(&code).email("newuser@example.com");
    reach!(drive, "POST /v1/referrals/track", client.referrals().track(&referral));
    reach!(drive, "GET /v1/referrals/stats", client.referrals().stats());
    let history = reach!(drive, "GET /v1/referrals/history", client.referrals().history());
    assert_eq!(history.items[0].referred_email.as_deref(), Some("newuser@example.com"));
    reach!(drive, "GET /v1/notifications/pending", client.notifications().pending());
}
