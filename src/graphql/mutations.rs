//! The root of all mutations: those of every noun.

use async_graphql::MergedObject;

use crate::accounts::account::AccountMutations;
use crate::accounts::grant::GrantMutations;
use crate::accounts::token::TokenMutations;
use crate::delivery::batch::BatchMutations;
use crate::delivery::delegation::DelegationMutations;

/// The entry to all that can be written: one mutation for each intent.
#[derive(MergedObject, Default)]
pub struct Mutation(BatchMutations, DelegationMutations, AccountMutations, GrantMutations, TokenMutations);
