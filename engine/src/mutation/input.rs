//! What inputs are made of.

use std::borrow::Cow;
use std::marker::PhantomData;

use async_graphql::registry::Registry;
use async_graphql::{ID, InputType, InputValueError, InputValueResult, MaybeUndefined, Value};
use sea_orm::ActiveValue;
use uuid::Uuid;

use crate::access::{Authorizer, Scoped};
use crate::db::Write;
use crate::error::WriteError;
use crate::graphql::node::record_id;
use crate::record::Record;

/// The id of a record of one kind. In the schema it is an `ID`; that of another kind is refused
/// before anything is done.
pub struct IdOf<E>(pub Uuid, PhantomData<fn() -> E>);

impl<E> Clone for IdOf<E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E> Copy for IdOf<E> {}

impl<E> std::fmt::Debug for IdOf<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl<E: Record> InputType for IdOf<E> {
    type RawValueType = Uuid;

    fn type_name() -> Cow<'static, str> {
        <ID as InputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <ID as InputType>::create_type_info(registry)
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        let id = <ID as InputType>::parse(value).map_err(InputValueError::propagate)?;
        match record_id::<E>(&id) {
            Ok(id) => Ok(Self(id, PhantomData)),
            Err(error) => Err(InputValueError::custom(error.message)),
        }
    }

    fn to_value(&self) -> Value {
        Value::from(
            crate::graphql::node::global_id(E::KIND, &crate::graphql::loader::Key::Id(self.0))
                .to_string(),
        )
    }

    fn as_raw_value(&self) -> Option<&Self::RawValueType> {
        Some(&self.0)
    }
}

/// A column that an update sets where it is given.
pub fn given<T, U>(value: Option<T>) -> ActiveValue<U>
where
    U: From<T> + Into<sea_orm::Value>,
{
    value.map_or(ActiveValue::NotSet, |value| ActiveValue::Set(value.into()))
}

/// A column that an update leaves where it is not given, and clears where it is null.
pub fn changed<T, U>(value: MaybeUndefined<T>, into: impl FnOnce(T) -> U) -> ActiveValue<Option<U>>
where
    Option<U>: Into<sea_orm::Value>,
{
    match value {
        MaybeUndefined::Undefined => ActiveValue::NotSet,
        MaybeUndefined::Null => ActiveValue::Set(None),
        MaybeUndefined::Value(value) => ActiveValue::Set(Some(into(value))),
    }
}

/// The records that a list refers to, each of which there is.
pub async fn references<E: Record + Scoped>(
    by: &Authorizer,
    w: &Write,
    field: &'static str,
    ids: &[IdOf<E>],
) -> Result<Vec<E::Model>, WriteError> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    by.find_all::<E>(w, field, &ids).await
}

/// The record that an update refers to, where it says anything of it.
pub async fn reference<E: Record + Scoped>(
    by: &Authorizer,
    w: &Write,
    field: &'static str,
    id: MaybeUndefined<IdOf<E>>,
) -> Result<MaybeUndefined<E::Model>, WriteError> {
    Ok(match id {
        MaybeUndefined::Undefined => MaybeUndefined::Undefined,
        MaybeUndefined::Null => MaybeUndefined::Null,
        MaybeUndefined::Value(id) => MaybeUndefined::Value(by.find::<E>(w, field, id.0).await?),
    })
}
