//! Who says so: sources, what they claim, and where they disagree.

pub mod citation;
pub mod claim;
pub mod indicator;
pub mod source;

use crate::db::Write;
use crate::error::WriteError;

pub(crate) async fn settle(_: &mut Write) -> Result<(), WriteError> {
    Ok(())
}
