//! Fetches the snapshot: all that this agent may do, page by page.

use reqwest::Method;

use super::super::error::Error;
use super::super::{Client, parsed};
use super::follow::Filter;
use super::known::Shared;
use super::subset::{MAX_CHOICES, Subset};
use super::wire::Page;
use std::time::Duration;

/// Permits in one page: few enough for the longest answer that is read.
const LIMIT: usize = 5000;

/// Fetches it whole and puts it in place of what was known.
///
/// It counts as of its first page: the position, and the moment at which the server was there. What has changed while
/// the others were fetched follows by the stream.
///
/// # Errors
/// When it cannot be had whole, or is older than what was seen before. What was known stays then.
pub async fn fetch(client: &Client, shared: &Shared, people: &Filter) -> Result<(), Error> {
    let mut subset = Subset::default();
    let mut first = None;
    let mut lease = Duration::MAX;
    let mut after: Option<String> = None;
    for _ in 0..=MAX_CHOICES / LIMIT {
        let sent = (shared.clock)();
        let limit = LIMIT.to_string();
        let mut query = vec![("limit", limit.as_str())];
        query.extend(after.as_deref().map(|after| ("after", after)));
        let path = people.path("api/v1/snapshot", &query);
        let body = client.send::<()>(Method::GET, &path, None).await?;
        let page: Page = parsed(&body)?;
        let (seq, at) = *first.get_or_insert((page.seq, sent));
        lease = lease.min(Duration::from_millis(page.lease_ms));
        let next = page.next.clone();
        subset.add(seq, page)?;
        if next.is_none() {
            return shared.replace(subset, seq, at, lease);
        }
        if next == after {
            return Err(Error::Unclear("the same page twice"));
        }
        after = next;
    }
    Err(Error::Unclear("more pages than fit here"))
}
