//! `sayso serve`.

use super::{Failure, start};
use crate::app::epochs;
use crate::config::Config;
use crate::http;

pub(super) async fn serve(config: Config) -> Result<(), Failure> {
    let app = start(&config).await?;
    if epochs::leftover(&app).await? {
        tracing::warn!(
            "older epoch keys than the present one's are still in the key folder: a change of epoch was cut short, or \
             done on another machine. Run sayso ledger rotate-epoch here to destroy them"
        );
    }
    let listener = tokio::net::TcpListener::bind(config.server.listen).await;
    let listener = listener.map_err(|error| {
        Failure(format!(
            "cannot listen on {}: {error}",
            config.server.listen
        ))
    })?;
    tracing::info!(address = %listener.local_addr()?, "serving");
    http::serve(listener, app, &config.server).await?;
    Ok(())
}
