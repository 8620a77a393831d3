//! Answers a document.

use async_graphql::Context;
use futures::future::{join, join_all};

use super::fetch::Asking;
use super::noun::Catalogue;
use super::own::{self, Own};
use super::plan::Plan;
use super::write::{Writer, Written};
use crate::site::Site;

/// Answers what a plan wants. Where code of its own resolves some of it, that is run within `execution`, whose field has the fields of
/// [`Plan::own`].
pub async fn answer(
    plan: &Plan,
    asking: &Asking<'_>,
    site: &Site,
    execution: Option<(&Context<'_>, &Catalogue)>,
) -> Written {
    let of_root = async {
        match execution {
            Some((ctx, catalogue)) => own::of_root(asking, plan, ctx, catalogue).await,
            None => Own::new(),
        }
    };
    let (read, mut own) = join(join_all(plan.roots.iter().map(|root| asking.root(root))), of_root).await;
    if let Some((ctx, catalogue)) = execution {
        own.extend(own::of_objects(asking, plan, &read, ctx, catalogue).await);
    }
    Writer::new(asking, site, &own).write(plan, &read)
}
