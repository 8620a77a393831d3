//! All that one source states of a batch, filed at once. It stands here, and not with claims, since
//! the delegations that the source names are entered with it.

mod mutation;

pub use mutation::BATCH_CLAIM_MUTATIONS;
