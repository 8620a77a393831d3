//! Mutations: one per intent. What all of them share is written here; what is particular stands in
//! the `mutation.rs` of each noun: the input, and what is done with it.

mod carry_out;
mod input;
mod payload;
mod user_error;

use std::fmt;

use async_graphql::{InputType, Pos, Value};
use uuid::Uuid;

use crate::access::policy::Action;
use crate::engine::noun::Noun;
use crate::graphql::input::Typed;

pub use carry_out::{HALTED, MutationContext, MutationRequest};
pub use input::{IdOf, changed, given, reference, references};
pub use payload::{carry_out, described};
pub use user_error::{UserError, UserErrorCode};

/// A mutation, as data.
pub struct Mutation {
    /// Its name, as the program has it.
    pub name: &'static str,
    /// What it does, for those who ask.
    pub doc: &'static [&'static str],
    /// What it does, for the policy.
    pub action: Action,
    /// The type of its input.
    pub input: Typed,
    /// Reads its input; what is wrong with it otherwise.
    pub read: fn(Value) -> Result<Box<dyn MutationRequest>, String>,
    /// The type of its answer.
    pub payload: &'static str,
    /// The field of the answer that has what was changed, as the program calls it.
    pub record: &'static str,
    /// What that is.
    pub noun: fn() -> &'static Noun,
    /// Whether these are several.
    pub is_list: bool,
    /// The fields of it that hold personal data.
    pub personal: &'static [&'static str],
    /// The field of the answer that has the secret which was made, if one is.
    pub secret: Option<&'static str>,
}

impl fmt::Debug for Mutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// What was done: to one record, or to several.
pub trait DoneTo {
    /// Their ids.
    fn ids(self) -> Vec<Uuid>;
}

impl DoneTo for Uuid {
    fn ids(self) -> Vec<Uuid> {
        vec![self]
    }
}

impl DoneTo for Vec<Uuid> {
    fn ids(self) -> Vec<Uuid> {
        self
    }
}

/// Reads an input.
pub fn read<I: MutationRequest + InputType + 'static>(
    input: Value,
) -> Result<Box<dyn MutationRequest>, String> {
    match I::parse(Some(input)) {
        Ok(asked) => Ok(Box::new(asked)),
        Err(error) => Err(error.into_server_error(Pos::default()).message),
    }
}

/// What a mutation answers with: one record, or `[Record]`.
#[macro_export]
macro_rules! shown {
    ([$shown:ident]) => {
        $shown
    };
    ($shown:ident) => {
        $shown
    };
}
pub use shown;

/// Whether these are several.
#[macro_export]
macro_rules! is_list {
    ([$shown:ident]) => {
        true
    };
    ($shown:ident) => {
        false
    };
}
pub use is_list;

/// The name of the field for a secret, if there is one.
#[macro_export]
macro_rules! secret {
    () => {
        None
    };
    ($secret:ident) => {
        Some(stringify!($secret))
    };
}
pub use secret;

/// Declares the mutations of a noun. What is done is a function of the same name.
///
/// ```text
/// mutations! {
///     /// Mutations of batches.
///     BATCH_MUTATIONS {
///         /// Makes a draft public.
///         announce_batch(AnnounceBatchInput) -> AnnounceBatchPayload { batch: Batch },
///         a KeepRecord {
///             /// The batch.
///             batch_id: IdOf<batch::Entity>,
///         }
///     }
/// }
///
/// async fn announce_batch(w: &mut Write, by: &Authorizer, input: &AnnounceBatchInput)
///     -> Result<Uuid, WriteError> {
///     let batch = by.batch(w, input.batch_id.0).await?;
///     Ok(rules::decide(w, &batch, BatchStatus::Announced).await?.row.id.0)
/// }
/// ```
///
/// What is to be asked outside of the register (`a KeepRecord after function`, of the context and
/// the input) is asked before anything is locked.
///
/// Every input also has a reason, the version that is expected, and an idempotency key.
#[macro_export]
macro_rules! mutations {
    (
        $(#[$meta:meta])*
        $name:ident {
            $(
                $(#[doc = $doc:literal])*
                $mutation:ident($input:ident) -> $payload:ident {
                    $record:ident: $shown:tt $(, $secret:ident)?
                }, a $action:ident $(after $before:ident)? {
                    $($(#[doc = $field_doc:literal])* $field:ident: $type:ty $(= $default:expr)?,)*
                }
            )+
        }
    ) => {
        $(
            $crate::graphql::input::input! {
                $(#[doc = $doc])*
                pub struct $input {
                    $($(#[doc = $field_doc])* $field: $type $(= $default)?,)*
                    /// Why: kept with the history of the record. Name nobody in it who need not be
                    /// named.
                    reason: Option<String>,
                    /// The version of the record that you know; if it is another one by now,
                    /// nothing is changed.
                    expected_version: Option<i32>,
                    /// Any text of your own, at most 200 bytes: the same mutation sent again with
                    /// it within 24 hours has no second effect, and answers with the same records.
                    idempotency_key: Option<String>,
                }
            }

            impl $crate::mutation::MutationRequest for $input {
                fn input(&self) -> async_graphql::Value {
                    async_graphql::InputType::to_value(self)
                }

                fn reason(&self) -> Option<&str> {
                    self.reason.as_deref()
                }

                fn expected_version(&self) -> Option<i32> {
                    self.expected_version
                }

                fn idempotency_key(&self) -> Option<&str> {
                    self.idempotency_key.as_deref()
                }

                $(
                    fn inquire<'a>(
                        &'a self,
                        ctx: &'a async_graphql::Context<'_>,
                    ) -> futures::future::BoxFuture<'a, Result<(), $crate::error::WriteError>> {
                        Box::pin($before(ctx, self))
                    }
                )?

                fn perform<'a>(
                    &'a self,
                    w: &'a mut $crate::db::Write,
                    by: &'a $crate::access::Authorizer,
                ) -> futures::future::BoxFuture<
                    'a,
                    Result<Vec<uuid::Uuid>, $crate::error::WriteError>,
                > {
                    Box::pin(async move {
                        $mutation(w, by, self).await.map($crate::mutation::DoneTo::ids)
                    })
                }
            }
        )+

        $(#[$meta])*
        pub const $name: &[$crate::mutation::Mutation] = &[$($crate::mutation::Mutation {
            name: stringify!($mutation),
            doc: &[$($doc),*],
            action: $crate::access::policy::Action::$action,
            input: <$input as async_graphql::InputType>::create_type_info,
            read: $crate::mutation::read::<$input>,
            payload: stringify!($payload),
            record: stringify!($record),
            noun: <$crate::mutation::shown!($shown) as $crate::engine::noun::Described>::noun,
            is_list: $crate::mutation::is_list!($shown),
            personal: <
                <$crate::mutation::shown!($shown) as $crate::engine::reference::NodeType>::Entity
                as $crate::record::Record
            >::PERSONAL,
            secret: $crate::mutation::secret!($($secret)?),
        },)+];
    };
}
pub use mutations;
