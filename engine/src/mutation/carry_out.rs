//! How a mutation is carried out: in one transaction, once for each idempotency key, tried again
//! where others were in the way.

use std::time::{Duration, Instant};

use async_graphql::{Context, Error, ErrorExtensions, Result, Value};
use futures::future::BoxFuture;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::Mutation;
use super::user_error::UserError;
use crate::access::token::Secret;
use crate::access::{Actor, Authorizer};
use crate::clock::Clock;
use crate::db::{Db, Receipt, Repeated, Write, Written, write};
use crate::error::{Refusal, RefusalCode, WriteError};
use crate::events::LogCursor;
use crate::graphql::context::RequestContext;
use crate::graphql::error::write_fault;
use crate::graphql::list::List;
use crate::graphql::names::camel_case;
use crate::graphql::scalars::Cursor;
use crate::phrase::say;
use crate::request::{Code, OnError};
use crate::text::{self, hexadecimal};

/// What mutations find in their context.
#[derive(Clone)]
pub struct MutationContext {
    /// Where is written.
    pub db: Db,
    /// When.
    pub clock: Clock,
    /// On whose behalf.
    pub actor: Actor,
}

/// A mutation that was asked for, without the type of its input: what all of them have in common is
/// compiled once and not for each of some ninety.
pub trait MutationRequest: Send + Sync {
    /// Why it is done.
    fn reason(&self) -> Option<&str>;
    /// The version of the record that the writer knows.
    fn expected_version(&self) -> Option<i32>;
    /// By which the same mutation is known again.
    fn idempotency_key(&self) -> Option<&str>;
    /// The input as it came.
    fn input(&self) -> Value;

    /// Asks what is to be asked outside of the register: before the transaction, which keeps others
    /// waiting.
    fn inquire<'a>(&'a self, _: &'a Context<'_>) -> BoxFuture<'a, Result<(), WriteError>> {
        Box::pin(std::future::ready(Ok(())))
    }

    /// Does it; the ids of the records to answer with.
    fn perform<'a>(
        &'a self,
        w: &'a mut Write,
        by: &'a Authorizer,
    ) -> BoxFuture<'a, Result<Vec<Uuid>, WriteError>>;
}

/// What a transaction came to.
enum Effect {
    Done(Vec<Uuid>, Option<Secret>),
    /// It had been done before.
    Repeated(Vec<Uuid>, i64),
}

/// Why a mutation is not begun behind an error that halts the request: it is not told, the error
/// is.
pub const HALTED: &str = "an error halted the request before this";
/// How often a write is tried when others are in its way.
const ATTEMPTS: u32 = 5;
/// For how long it is tried again: an attempt may wait for a lock for several seconds by itself.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest idempotency key, in bytes.
const LONGEST_KEY: usize = 200;
/// The longest reason, in characters.
const LONGEST_REASON: usize = 2000;

/// What became of a mutation.
pub(super) struct Outcome {
    /// The records to answer with.
    pub(super) ids: Vec<Uuid>,
    /// Why it was refused.
    pub(super) errors: List<UserError>,
    /// Where the log stood after it.
    pub(super) cursor: Option<Cursor>,
    /// The secret that was made, if one was: known here and now alone.
    pub(super) secret: Option<String>,
    /// The records that changed.
    pub(super) written: crate::db::Rows,
}

/// Decides about a mutation, and carries it out.
pub(super) async fn decide(
    ctx: &Context<'_>,
    mutation: &Mutation,
    asked: &dyn MutationRequest,
) -> Result<Outcome> {
    let mutation_context: &MutationContext = ctx.data_unchecked();
    if mutation_context.actor == Actor::Anonymous {
        let message = "whoever writes must say who it is: send `Authorization: Bearer <token>`";
        return Err(refused(Code::Unauthenticated, message));
    }
    if ctx.on_error() == OnError::Halt {
        let errors = ctx.query_env.errors.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if !errors.is_empty() {
            return Err(Error::new(HALTED));
        }
    }
    let (mut attempt, began, mut alone) = (1, Instant::now(), false);
    let outcome = loop {
        let written = transact(ctx, mutation_context, mutation, asked, alone).await;
        match &written {
            // Of many that choose a key at once one has it each time: the others take turns.
            Err(WriteError::Overtaken) if began.elapsed() < PATIENCE => alone = true,
            Err(error)
                if error.is_retryable() && attempt < ATTEMPTS && began.elapsed() < PATIENCE =>
            {
                attempt += 1
            }
            _ => break written,
        }
    };
    // What was read before the write does not stand any more.
    ctx.reader().forget(outcome.is_ok());
    let mut written = crate::db::Rows::default();
    let (ids, errors, cursor, secret) = match outcome {
        Ok(Written { value: Effect::Done(ids, secret), cursor, rows }) => {
            written = rows;
            (ids, List::default(), Some(cursor), secret)
        }
        Ok(Written { value: Effect::Repeated(ids, position), cursor, .. }) => {
            (ids, List::default(), Some(LogCursor { position, ..cursor }), None)
        }
        Err(WriteError::Refused(refusal)) => (
            Vec::new(),
            List(vec![UserError::new(refusal, &asked.input(), mutation.personal)]),
            None,
            None,
        ),
        Err(WriteError::Stale { record, expected, current, within }) => {
            let error = UserError::conflict(expected, current, &within);
            (vec![record], List(vec![error]), None, None)
        }
        Err(WriteError::Forbidden) => {
            return Err(refused(
                Code::Forbidden,
                &format!("your account may not do this: {}", camel_case(mutation.name)),
            ));
        }
        Err(
            error @ (WriteError::Overtaken | WriteError::Database(_) | WriteError::Contract(_)),
        ) => {
            return Err(write_fault(&error, mutation_context.clock.id()));
        }
    };
    let cursor = cursor.map(|cursor| Cursor(cursor.to_string()));
    Ok(Outcome { ids, errors, cursor, secret: secret.map(Secret::reveal), written })
}

async fn transact(
    ctx: &Context<'_>,
    mutation_context: &MutationContext,
    mutation: &Mutation,
    asked: &dyn MutationRequest,
    alone: bool,
) -> Result<Written<Effect>, WriteError> {
    let by =
        Authorizer::new(mutation_context.actor.clone(), mutation.action, asked.expected_version());
    let reason = reason(asked.reason())?;
    asked.inquire(ctx).await?;
    let receipt = receipt(mutation_context, &camel_case(mutation.name), asked)?;
    write(
        &mutation_context.db,
        &mutation_context.clock,
        mutation_context.actor.clone(),
        async |w| {
            w.keep_rows();
            if let Some(receipt) = receipt {
                match w.take_receipt(receipt).await? {
                    Repeated::No => {}
                    Repeated::Yes { records, position } => {
                        return Ok(Effect::Repeated(records, position));
                    }
                    Repeated::Otherwise => {
                        let message = say!(
                            "this idempotency key was given to another mutation or another input"
                        );
                        return Err(Refusal::new(
                            RefusalCode::KeyReused,
                            "idempotency_key",
                            message,
                        )
                        .into());
                    }
                }
            }
            if alone {
                w.lock_register().await?;
            }
            w.explain(reason);
            let ids = asked.perform(w, &by).await?;
            if !by.was_allowed() {
                return Err(WriteError::Contract("a mutation did not ask whether it is allowed"));
            }
            w.answer(&ids);
            Ok(Effect::Done(ids, by.take_secret()))
        },
    )
    .await
}

/// A reason that says something, or none.
fn reason(reason: Option<&str>) -> Result<Option<String>, Refusal> {
    let reason = reason.map(|reason| {
        reason.lines().map(text::tidy).collect::<Vec<_>>().join("\n").trim().to_owned()
    });
    let reason = reason.filter(|reason| !reason.is_empty());
    match reason.as_deref().map(|reason| reason.chars().count()) {
        Some(length) if length > LONGEST_REASON => {
            let most = LONGEST_REASON;
            let message =
                say!("a reason takes at most {most} characters; this has {length}", most, length);
            Err(Refusal::new(RefusalCode::OutOfRange, "reason", message))
        }
        _ => Ok(reason),
    }
}

/// By which the same mutation is known again, where the writer wants that.
fn receipt(
    mutation_context: &MutationContext,
    name: &str,
    asked: &dyn MutationRequest,
) -> Result<Option<Receipt>, Refusal> {
    let (Some(key), Some(account)) =
        (asked.idempotency_key(), mutation_context.actor.rights().account)
    else {
        return Ok(None);
    };
    if key.is_empty() || key.len() > LONGEST_KEY {
        let (most, length) = (LONGEST_KEY, key.len());
        let message =
            say!("an idempotency key has 1 to {most} bytes; this has {length}", most, length);
        return Err(Refusal::new(RefusalCode::OutOfRange, "idempotency_key", message));
    }
    let fingerprint = hexadecimal(&Sha256::digest(format!("{name} {}", asked.input())));
    Ok(Some(Receipt { account, key: key.to_owned(), fingerprint, records: Vec::new() }))
}

fn refused(code: Code, message: &str) -> Error {
    Error::new(message).extend_with(|_, extensions| extensions.set("code", code.as_str()))
}
