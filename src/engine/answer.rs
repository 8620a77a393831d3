//! Answers a document.

use std::sync::Arc;

use async_graphql::Variables;
use futures::future::join_all;

use super::fetch::Asking;
use super::plan::{Plan, Root};
use super::write::{Writer, Written};
use crate::graphql::language::Languages;
use crate::graphql::loader::Reader;
use crate::site::Site;

/// Answers what a plan wants, with these variables; none where the variables leave open what is wanted.
pub async fn answer(
    plan: &Plan,
    variables: &Variables,
    reader: &Arc<Reader>,
    site: &Site,
    languages: &Languages,
) -> Option<Written> {
    let mask = plan.conditions.mask(variables)?;
    let asking = Asking { reader, variables, languages, mask };
    let read = join_all(plan.roots.iter().map(async |root| match &root.what {
        _ if !asking.mask.has(root.when) => None,
        Root::TypeName(_) => None,
        Root::List(list) => Some(asking.root(list).await.map(|level| (0, level))),
        Root::One(one) => Some(asking.one(one).await.map(|level| (0, level))),
        Root::Node(ones) => Some(asking.node(ones).await),
    }));
    let read = read.await;
    Some(Writer::new(&asking, site).write(plan, &read))
}
