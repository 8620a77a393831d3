//! The root of all mutations: those of every noun.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use async_graphql::parser::types::Field;
use async_graphql::registry::{MetaTypeId, Registry};
use async_graphql::resolver_utils::resolve_container_serial;
use async_graphql::{
    ContainerType, Context, ContextSelectionSet, ObjectType, OutputType, Positioned, ServerResult,
    Value,
};

use crate::access::policy::Action;
use crate::accounts::account::ACCOUNT_MUTATIONS;
use crate::accounts::grant::GRANT_MUTATIONS;
use crate::accounts::reminder_mail::REMINDER_MUTATIONS;
use crate::accounts::token::TOKEN_MUTATIONS;
use crate::delivery::batch::BATCH_MUTATIONS;
use crate::delivery::claims::BATCH_CLAIM_MUTATIONS;
use crate::delivery::delegation::{COUNTRY_STATEMENT_MUTATIONS, DELEGATION_MUTATIONS};
use crate::delivery::part::BATCH_PART_MUTATIONS;
use crate::delivery::partnership::PARTNERSHIP_MUTATIONS;
use crate::delivery::tag::TAG_MUTATIONS;
use crate::delivery::topic::TOPIC_MUTATIONS;
use crate::delivery::venue::VENUE_MUTATIONS;
use crate::delivery::workshop::WORKSHOP_MUTATIONS;
use crate::engine::register::object;
use crate::exchange::import::IMPORT_MUTATIONS;
use crate::graphql::names::camel_case;
use crate::mutation::{Mutation, carry_out, described};
use crate::network::institution::INSTITUTION_MUTATIONS;
use crate::network::membership::MEMBERSHIP_MUTATIONS;
use crate::network::programme::PROGRAMME_MUTATIONS;
use crate::network::regional_group::REGIONAL_GROUP_MUTATIONS;
use crate::people::appointment::APPOINTMENT_MUTATIONS;
use crate::people::engagement::ENGAGEMENT_MUTATIONS;
use crate::people::person::PERSON_MUTATIONS;
use crate::plans::action_item::ACTION_ITEM_MUTATIONS;
use crate::plans::action_plan::ACTION_PLAN_MUTATIONS;
use crate::plans::outcome::OUTCOME_MUTATIONS;
use crate::plans::progress_note::PROGRESS_NOTE_MUTATIONS;
use crate::provenance::citation::CITATION_MUTATIONS;
use crate::provenance::claim::CLAIM_MUTATIONS;
use crate::provenance::finding::FINDING_MUTATIONS;
use crate::provenance::indicator::INDICATOR_MUTATIONS;
use crate::provenance::observation::OBSERVATION_MUTATIONS;
use crate::provenance::source::SOURCE_MUTATIONS;
use crate::voiding::VOIDING_MUTATIONS;
use crate::webhooks::endpoint::WEBHOOK_MUTATIONS;

/// The mutations of all nouns.
const NOUNS: &[&[Mutation]] = &[
    ACCOUNT_MUTATIONS,
    GRANT_MUTATIONS,
    TOKEN_MUTATIONS,
    REMINDER_MUTATIONS,
    BATCH_MUTATIONS,
    BATCH_CLAIM_MUTATIONS,
    DELEGATION_MUTATIONS,
    COUNTRY_STATEMENT_MUTATIONS,
    PARTNERSHIP_MUTATIONS,
    TAG_MUTATIONS,
    TOPIC_MUTATIONS,
    VENUE_MUTATIONS,
    BATCH_PART_MUTATIONS,
    WORKSHOP_MUTATIONS,
    IMPORT_MUTATIONS,
    INSTITUTION_MUTATIONS,
    MEMBERSHIP_MUTATIONS,
    PROGRAMME_MUTATIONS,
    REGIONAL_GROUP_MUTATIONS,
    APPOINTMENT_MUTATIONS,
    ENGAGEMENT_MUTATIONS,
    PERSON_MUTATIONS,
    ACTION_ITEM_MUTATIONS,
    ACTION_PLAN_MUTATIONS,
    OUTCOME_MUTATIONS,
    PROGRESS_NOTE_MUTATIONS,
    CITATION_MUTATIONS,
    CLAIM_MUTATIONS,
    FINDING_MUTATIONS,
    INDICATOR_MUTATIONS,
    OBSERVATION_MUTATIONS,
    SOURCE_MUTATIONS,
    WEBHOOK_MUTATIONS,
    VOIDING_MUTATIONS,
];

/// All mutations, by name.
static BY_NAME: LazyLock<BTreeMap<String, &'static Mutation>> =
    LazyLock::new(|| all().map(|mutation| (camel_case(mutation.name), mutation)).collect());

fn all() -> impl Iterator<Item = &'static Mutation> {
    NOUNS.iter().copied().flatten()
}

/// Every mutation, with what it does for the policy.
pub fn actions() -> Vec<(String, Action)> {
    all().map(|mutation| (camel_case(mutation.name), mutation.action)).collect()
}

/// The root of mutations.
pub struct Mutations;

impl OutputType for Mutations {
    fn type_name() -> Cow<'static, str> {
        "Mutation".into()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        registry.create_output_type::<Self, _>(MetaTypeId::Object, |registry| {
            let fields = all().map(|mutation| described(registry, mutation)).collect();
            let doc = ["The entry to all that can be written: one mutation for each intent."];
            object("Mutation", &doc, fields)
        })
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        _: &Positioned<Field>,
    ) -> ServerResult<Value> {
        resolve_container_serial(ctx, self).await
    }
}

impl ContainerType for Mutations {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        match BY_NAME.get(ctx.item.node.name.node.as_str()) {
            Some(mutation) => carry_out(mutation, ctx).await.map(Some),
            None => Ok(None),
        }
    }
}

impl ObjectType for Mutations {}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_has_names_of_its_own() {
        let (mut names, mut payloads) = (HashSet::new(), HashSet::new());
        for mutation in all() {
            assert!(names.insert(mutation.name), "{mutation:?}");
            assert!(payloads.insert(mutation.payload), "{mutation:?}");
            assert!(!["errors", "cursor"].contains(&mutation.record), "{mutation:?}");
        }
        assert!(names.len() > 80);
    }
}
