//! Answers a document.

use futures::future::{join, join_all};

use super::fetch::LevelExecutor;
use super::own::{self, Execution, Resolved};
use super::plan::Plan;
use super::write::{JsonAnswer, Writer};
use crate::site::Site;

/// Answers what a plan wants. Where code of its own resolves some of it, that is run within an
/// execution.
pub async fn answer(
    plan: &Plan,
    executor: &LevelExecutor<'_>,
    site: &Site,
    execution: Option<&Execution<'_>>,
) -> JsonAnswer {
    let of_root = async {
        match execution {
            Some(execution) => own::of_root(executor, plan, execution).await,
            None => Resolved::new(),
        }
    };
    let (read, mut own) =
        join(join_all(plan.roots.iter().map(|root| executor.root(root))), of_root).await;
    if let Some(execution) = execution {
        own.extend(own::of_objects(executor, plan, &read, execution).await);
    }
    Writer::new(executor, site, &own).write(plan, &read)
}
