//! What a finding shows.

use std::collections::HashMap;

use async_graphql::{Context, Result};
use entity::vocabulary::{ClaimProperty, FindingRule, FindingState, RecordKind, Severity};
use entity::{claim, finding, finding_claim};
use futures::future::try_join_all;
use uuid::Uuid;

use super::FindingFilter;
use super::message::{mentioned, message};
use super::query::FindingOrder;
use crate::delivery::batch::Batch;
use crate::engine::node::Node;
use crate::engine::object::object;
use crate::graphql::context::{LoadRows, RequestContext};
use crate::graphql::edge::Edge;
use crate::graphql::language::{Language, Languages};
use crate::graphql::loader::Key;
use crate::graphql::order::OrderDirection;
use crate::provenance::claim::{Claim, words};

/// From a finding to the claims behind it.
fn behind() -> Edge<claim::Entity> {
    Edge::through::<finding_claim::Entity>(
        finding_claim::Column::FindingId,
        finding_claim::Column::ClaimId,
    )
}

object! {
    /// A disagreement or a gap that the rules found. It never hinders anything: it says what does
    /// not fit, and stays until the claims change or somebody explains it.
    Finding of finding, chosen by FindingFilter, ordered by FindingOrder {
        /// The batch that it concerns; null where it concerns none.
        maybe batch: Batch by batch_id;

        /// The claims behind it; none where it rests on other facts.
        list claims: Claim => behind();

        /// The rule that found it.
        column rule: FindingRule;
        /// How grave it is; follows from the rule.
        column severity: Severity;
        /// What has become of it.
        column state: FindingState;
        /// How it is explained; null until somebody does.
        column explanation: Option<&str>;
        /// What kind of record it is about.
        column record_kind: RecordKind = subject_kind;
        /// The property that it is about; null where it is about none in particular.
        column property: Option<ClaimProperty>;
    } {
        /// One sentence that says, with the values, what does not fit, in a language: the one asked
        /// for, else that of the request, else English. Countries stand by their codes.
        async fn message(
            &self,
            ctx: &Context<'_>,
            #[graphql(desc = "The language.")] language: Option<Language>,
        ) -> Result<String> {
            let languages = ctx.languages(language);
            let names = names(ctx, &self.0, self.parent_key(), &languages).await?;
            let message = message(self.0.rule, self.0.property, &self.0.detail, &names);
            Ok(message.sentence(languages.of_phrases()))
        }

        /// The record that it is about; null where it is not there any more or may not be seen.
        async fn record(&self) -> Option<Node> {
            Some(Node::seen(self.0.subject_kind, Key::Id(self.0.subject_id)))
        }
    }
}

/// How the records that the detail mentions by id are called: as the claims behind it print
/// them, else by their present names in one of the languages.
async fn names(
    ctx: &Context<'_>,
    finding: &finding::Model,
    key: Key,
    languages: &Languages,
) -> Result<HashMap<Uuid, String>> {
    let mentioned = mentioned(finding.property, &finding.detail);
    let mut names = HashMap::new();
    if mentioned.is_empty() {
        return Ok(names);
    }
    if finding.property.is_some() {
        let order = vec![(claim::Column::Id, OrderDirection::Asc)];
        for claim in ctx.rows::<claim::Entity>(behind(), key, order).await? {
            if let (Some((_, id)), Some(text)) = (words::named(&claim), &claim.text) {
                names.entry(id).or_insert_with(|| text.clone());
            }
        }
    }
    // All at once, so that they share their statements.
    let unprinted = mentioned.into_iter().filter(|(_, id)| !names.contains_key(id));
    let found = unprinted.map(async |(kind, id)| {
        Ok::<_, async_graphql::Error>((id, words::name(ctx, (kind, id), languages).await?))
    });
    let found = try_join_all(found).await?;
    names.extend(found.into_iter().filter_map(|(id, name)| Some((id, name?))));
    Ok(names)
}
