//! Mutations: one per intent. What all of them share is written here; what is particular stands in the `mutation.rs` of each
//! noun: the input, and what is done with it.

mod carry_out;
mod input;
mod user_error;

pub use carry_out::{Asked, Desk, Done, Intent, carry_out};
pub use input::{IdOf, changed, given, reference};
pub use user_error::{UserError, UserErrorCode};

/// What a mutation answers with: one record, or `[Record]`.
macro_rules! shown {
    ([$shown:ident]) => {
        $shown
    };
    ($shown:ident) => {
        $shown
    };
}
pub(crate) use shown;

/// The type of that in the payload.
macro_rules! answer {
    ([$shown:ident]) => { $crate::engine::reference::Records<$shown> };
    ($shown:ident) => { Option<$shown> };
}
pub(crate) use answer;

/// The ids of what was done.
macro_rules! ids {
    ([$shown:ident]) => {
        |ids: Vec<uuid::Uuid>| ids
    };
    ($shown:ident) => {
        |id: uuid::Uuid| vec![id]
    };
}
pub(crate) use ids;

/// Declares the mutations of a noun.
///
/// ```ignore
/// mutations! {
///     /// Mutations of batches.
///     BatchMutations {
///         /// Makes a draft public.
///         announce_batch(AnnounceBatchInput) -> AnnounceBatchPayload { batch: Batch }, a KeepRecord {
///             /// The batch.
///             batch_id: IdOf<batch::Entity>,
///         } => |w, by, input| {
///             let batch = by.batch(w, input.batch_id.0).await?;
///             Ok(rules::decide(w, &batch, BatchStatus::Announced).await?.row.id.0)
///         }
///     }
/// }
/// ```
///
/// What is to be asked outside of the register (`before |ctx, input| { … }`) is asked before anything is locked.
///
/// Every input also has a reason, the version that is expected, and an idempotency key.
macro_rules! mutations {
    (
        $(#[$meta:meta])*
        $name:ident {
            $(
                $(#[$mutation_meta:meta])*
                $mutation:ident($input:ident) -> $payload:ident { $record:ident: $shown:tt $(, $secret:ident)? }, a $action:ident {
                    $($(#[$field_meta:meta])* $field:ident: $type:ty,)*
                } $(before |$ctx:ident, $asked:ident| $outside:block)? => |$w:ident, $by:ident, $in:ident| $body:block
            )+
        }
    ) => {
        $(
            $(#[$mutation_meta])*
            #[derive(Clone, Debug, async_graphql::InputObject)]
            pub struct $input {
                $($(#[$field_meta])* $field: $type,)*
                /// Why: kept with the history of the record. Name nobody in it who need not be named.
                reason: Option<String>,
                /// The version of the record that you know; if it is another one by now, nothing is changed.
                expected_version: Option<i32>,
                /// Any text of your own, at most 200 bytes: the same mutation sent again with it within 24 hours has no second
                /// effect, and answers with the same records.
                idempotency_key: Option<String>,
            }

            impl $crate::mutation::Intent for $input {
                type Shown = $crate::mutation::shown!($shown);
            }

            impl $crate::mutation::Asked for $input {
                fn action(&self) -> $crate::access::policy::Action {
                    $crate::access::policy::Action::$action
                }

                fn input(&self) -> async_graphql::Value {
                    async_graphql::InputType::to_value(self)
                }

                fn personal(&self) -> &'static [&'static str] {
                    type Shown = $crate::mutation::shown!($shown);
                    <<Shown as $crate::engine::reference::Shown>::Entity as $crate::record::Record>::PERSONAL
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
                        Box::pin(async move {
                            let ($ctx, $asked) = (ctx, self);
                            $outside
                        })
                    }
                )?

                fn perform<'a>(
                    &'a self,
                    w: &'a mut $crate::db::Write,
                    by: &'a $crate::access::By,
                ) -> futures::future::BoxFuture<'a, Result<Vec<uuid::Uuid>, $crate::error::WriteError>> {
                    Box::pin(async move {
                        let ($w, $by, $in) = (w, by, self);
                        let done: Result<_, $crate::error::WriteError> = $body;
                        done.map($crate::mutation::ids!($shown))
                    })
                }
            }

            /// What became of it.
            #[derive(async_graphql::SimpleObject)]
            pub struct $payload {
                /// What was changed, as it stands now; with `CONFLICT`, the record as others have left it. Nothing where it was
                /// refused otherwise.
                $record: $crate::mutation::answer!($shown),
                $(
                    /// The secret, shown this once; null where it was refused, or carried out before.
                    $secret: Option<String>,
                )?
                /// Why it was refused; none where it was carried out.
                errors: $crate::graphql::list::List<$crate::mutation::UserError>,
                /// The place in the log behind the events of it; null where it was refused.
                cursor: Option<$crate::graphql::scalars::Cursor>,
            }
        )+

        $(#[$meta])*
        #[derive(Default)]
        pub struct $name;

        impl $name {
            /// What each of them does, for the policy.
            pub const ACTIONS: &'static [(&'static str, $crate::access::policy::Action)] =
                &[$((stringify!($mutation), $crate::access::policy::Action::$action),)+];
        }

        $(#[$meta])*
        #[async_graphql::Object]
        impl $name {
            $(
                $(#[$mutation_meta])*
                async fn $mutation(
                    &self,
                    ctx: &async_graphql::Context<'_>,
                    #[graphql(desc = "What is to be done.")] input: $input,
                ) -> async_graphql::Result<$payload> {
                    let done = $crate::mutation::carry_out(ctx, &input).await?;
                    Ok($payload { $record: done.rows.into(), $($secret: done.secret,)? errors: done.errors, cursor: done.cursor })
                }
            )+
        }
    };
}
pub(crate) use mutations;
