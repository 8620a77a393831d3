//! The root of all mutations: those of every noun.

use async_graphql::MergedObject;

use crate::access::policy::Action;
use crate::accounts::account::AccountMutations;
use crate::accounts::grant::GrantMutations;
use crate::accounts::token::TokenMutations;
use crate::delivery::batch::BatchMutations;
use crate::delivery::delegation::DelegationMutations;
use crate::delivery::partnership::PartnershipMutations;
use crate::delivery::topic::TopicMutations;
use crate::delivery::venue::VenueMutations;
use crate::delivery::workshop::WorkshopMutations;
use crate::exchange::import::ImportMutations;
use crate::graphql::names::camel_case;
use crate::network::institution::InstitutionMutations;
use crate::network::membership::MembershipMutations;
use crate::network::programme::ProgrammeMutations;
use crate::network::regional_group::RegionalGroupMutations;
use crate::people::appointment::AppointmentMutations;
use crate::people::engagement::EngagementMutations;
use crate::people::person::PersonMutations;
use crate::plans::action_item::ActionItemMutations;
use crate::plans::action_plan::ActionPlanMutations;
use crate::plans::outcome::OutcomeMutations;
use crate::plans::progress_note::ProgressNoteMutations;
use crate::provenance::citation::CitationMutations;
use crate::provenance::claim::ClaimMutations;
use crate::provenance::finding::FindingMutations;
use crate::provenance::indicator::IndicatorMutations;
use crate::provenance::observation::ObservationMutations;
use crate::provenance::source::SourceMutations;
use crate::webhooks::endpoint::WebhookMutations;

/// The entry to all that can be written: one mutation for each intent.
#[derive(MergedObject, Default)]
pub struct Mutation(
    AccountMutations,
    GrantMutations,
    TokenMutations,
    BatchMutations,
    DelegationMutations,
    PartnershipMutations,
    TopicMutations,
    VenueMutations,
    WorkshopMutations,
    ImportMutations,
    InstitutionMutations,
    MembershipMutations,
    ProgrammeMutations,
    RegionalGroupMutations,
    AppointmentMutations,
    EngagementMutations,
    PersonMutations,
    ActionItemMutations,
    ActionPlanMutations,
    OutcomeMutations,
    ProgressNoteMutations,
    CitationMutations,
    ClaimMutations,
    FindingMutations,
    IndicatorMutations,
    ObservationMutations,
    SourceMutations,
    WebhookMutations,
);

/// Every mutation, with what it does for the policy.
pub fn actions() -> Vec<(String, Action)> {
    let all = [
        AccountMutations::ACTIONS,
        GrantMutations::ACTIONS,
        TokenMutations::ACTIONS,
        BatchMutations::ACTIONS,
        DelegationMutations::ACTIONS,
        PartnershipMutations::ACTIONS,
        TopicMutations::ACTIONS,
        VenueMutations::ACTIONS,
        WorkshopMutations::ACTIONS,
        ImportMutations::ACTIONS,
        InstitutionMutations::ACTIONS,
        MembershipMutations::ACTIONS,
        ProgrammeMutations::ACTIONS,
        RegionalGroupMutations::ACTIONS,
        AppointmentMutations::ACTIONS,
        EngagementMutations::ACTIONS,
        PersonMutations::ACTIONS,
        ActionItemMutations::ACTIONS,
        ActionPlanMutations::ACTIONS,
        OutcomeMutations::ACTIONS,
        ProgressNoteMutations::ACTIONS,
        CitationMutations::ACTIONS,
        ClaimMutations::ACTIONS,
        FindingMutations::ACTIONS,
        IndicatorMutations::ACTIONS,
        ObservationMutations::ACTIONS,
        SourceMutations::ACTIONS,
        WebhookMutations::ACTIONS,
    ];
    all.into_iter().flatten().map(|(name, action)| (camel_case(name), *action)).collect()
}
