//! stub
use crate::{access::Actor, clock::Clock, db::Db};
/// x
pub struct PackageFiles;
impl PackageFiles {
    /// x
    pub fn reference() -> Self {
        Self
    }
    /// x
    pub fn reports() -> Self {
        Self
    }
}
/// x
#[derive(Debug)]
pub struct LoadError;
impl std::fmt::Display for LoadError {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Ok(())
    }
}
impl std::error::Error for LoadError {}
/// x
pub async fn load(_: &Db, _: &Clock, _: Actor, _: &PackageFiles) -> Result<(), LoadError> {
    Ok(())
}
