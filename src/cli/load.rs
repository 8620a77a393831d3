//! stub
use super::Failure;
use crate::config::Config;
use clap::Args;
#[derive(Args)]
pub(super) struct Load {
    folder: std::path::PathBuf,
}
impl Load {
    pub(super) async fn run(&self, _: &Config) -> Result<(), Failure> {
        Ok(())
    }
}
