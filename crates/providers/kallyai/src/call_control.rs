//! Changing calls that were placed. As placing is answered only when the call is over, this needs
//! an id that was found earlier in the list.

use std::sync::Arc;

use async_trait::async_trait;
use switchboard_core::{
    CancelCalls, PhoneNumber, PlaceError, ProviderCallId, Reschedule, RescheduleCalls, Result,
    StopCalls, TransferCalls,
};

use crate::{account::Account, wire::RescheduleCall};

#[derive(Debug, Clone)]
pub(crate) struct KallyAiControl(pub(crate) Arc<Account>);

#[async_trait]
impl CancelCalls for KallyAiControl {
    async fn cancel(&self, id: &ProviderCallId) -> Result<()> {
        self.0.client.calls().cancel(id).await.map(drop)
    }
}

#[async_trait]
impl StopCalls for KallyAiControl {
    async fn stop(&self, id: &ProviderCallId) -> Result<()> {
        self.0.client.calls().stop(id).await.map(drop)
    }
}

#[async_trait]
impl RescheduleCalls for KallyAiControl {
    async fn reschedule(&self, id: &ProviderCallId, to: &Reschedule) -> Result<()> {
        self.0.client.calls().reschedule(id, &RescheduleCall::new(to.at)).await.map(drop)
    }
}

#[async_trait]
impl TransferCalls for KallyAiControl {
    async fn transfer(&self, id: &ProviderCallId, to: &PhoneNumber) -> Result<()> {
        self.0.client.inbound().transfer(id, to).await.map(drop).map_err(PlaceError::into_error)
    }
}
