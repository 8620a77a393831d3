//! Global object identification: every record can be fetched again by its opaque id.

use async_graphql::{ID, Result};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entity::vocabulary::RecordKind;
use sea_orm::Iterable;
use uuid::Uuid;

use super::error::bad_input;
use super::loader::Key;
use super::page::shorten;
use crate::phrase::{Phrase, say};
use crate::record::Record;
use crate::rule::check::is_country_code;

/// The id under which the API knows a record.
pub fn global_id(kind: RecordKind, key: &Key) -> ID {
    URL_SAFE_NO_PAD.encode(format!("{kind:?}:{}", key.text())).into()
}

/// The record that an id stands for, whether it exists or not.
pub fn parse_id(id: &ID) -> Result<(RecordKind, Key)> {
    read_id(id).map_err(|why| bad_input(why.english()))
}

/// The id of a record of kind `E`; that of another kind is an error.
pub fn record_id<E: Record>(id: &ID) -> Result<Uuid> {
    id_of::<E>(id).map_err(|why| bad_input(why.english()))
}

fn read_id(id: &ID) -> Result<(RecordKind, Key), Phrase> {
    let wrong = || {
        say!(
            "\"{id}\" is not an id of this register: an id is what the field id of a record shows, \
             and a record is looked up by its key first",
            id = shorten(id)
        )
    };
    let bytes = URL_SAFE_NO_PAD.decode(id.as_bytes()).map_err(|_| wrong())?;
    let text = String::from_utf8(bytes).map_err(|_| wrong())?;
    let (kind, key) = text.split_once(':').ok_or_else(wrong)?;
    let kind = RecordKind::iter().find(|known| format!("{known:?}") == kind).ok_or_else(wrong)?;
    let key = match kind {
        RecordKind::Country if is_country_code(key) => Key::Code(key.to_owned()),
        RecordKind::Country => return Err(wrong()),
        _ => Key::Id(key.parse().map_err(|_| wrong())?),
    };
    Ok((kind, key))
}

/// The id of a record of kind `E`; or what is wrong with it.
pub fn id_of<E: Record>(id: &ID) -> Result<Uuid, Phrase> {
    match read_id(id)? {
        (kind, Key::Id(uuid)) if kind == E::KIND => Ok(uuid),
        (kind, _) => {
            let (is, wanted) = (format!("{kind:?}"), format!("{:?}", E::KIND));
            Err(say!(
                "\"{id}\" is the id of a {is}, not of a {wanted}",
                id = id.as_str(),
                is,
                wanted
            ))
        }
    }
}
