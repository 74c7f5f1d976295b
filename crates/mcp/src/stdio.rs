//! The protocol over a pair of streams: one agent, on this machine, without a key.

use std::{io, sync::Arc};

use rmcp::{ServiceExt, service::QuitReason};
use switchboard_api::{Service, caller::Caller};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::server::McpServer;

/// Serves one client until it closes its stream, or until `stop`. What it may do is what `caller`
/// may.
///
/// # Errors
/// The client did not begin as the protocol says, or a stream failed.
pub async fn serve<R, W>(
    service: &Service,
    caller: Caller,
    (read, write): (R, W),
    stop: impl Future<Output = ()> + Send,
) -> io::Result<()>
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    let server = McpServer::local(service, Arc::new(caller));
    tokio::pin!(stop);
    let running = tokio::select! {
        running = server.serve((read, write)) => running.map_err(io::Error::other)?,
        () = &mut stop => return Ok(()),
    };
    let token = running.cancellation_token();
    let waiting = running.waiting();
    tokio::pin!(waiting);
    let reason = tokio::select! {
        reason = &mut waiting => reason,
        () = &mut stop => {
            token.cancel();
            waiting.await
        }
    };
    match reason {
        Ok(QuitReason::JoinError(error)) | Err(error) => Err(io::Error::other(error)),
        Ok(_) => Ok(()),
    }
}
