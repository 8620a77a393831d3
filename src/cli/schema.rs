//! `jejaring schema`

use std::io::Write;

use super::Failure;

pub(super) fn run() -> Result<(), Failure> {
    std::io::stdout().write_all(crate::app::sdl().as_bytes())?;
    Ok(())
}
