//! `jejaring ready`

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use clap::Args;

use super::{Failure, Serving};
use crate::config::Config;

/// How long a server may take to answer.
const WITHIN: Duration = Duration::from_secs(5);

#[derive(Args)]
#[command(after_help = "Example:\n  jejaring ready --listen 127.0.0.1:8080 || echo not ready")]
pub(super) struct Ready {
    #[command(flatten)]
    pub(super) serving: Serving,
}

impl Ready {
    pub(super) async fn run(&self, config: &Config) -> Result<(), Failure> {
        let url = format!("http://{}/readyz", here(config.listen));
        let asked = url.clone();
        let answered = tokio::task::spawn_blocking(move || {
            let agent = ureq::Agent::config_builder()
                .timeout_global(Some(WITHIN))
                .http_status_as_error(false)
                .build()
                .new_agent();
            let mut answer = agent.get(&asked).call()?;
            Ok::<_, ureq::Error>((answer.status(), answer.body_mut().read_to_string()?))
        });
        match answered.await? {
            Ok((status, _)) if status.is_success() => Ok(()),
            Ok((status, body)) => Err(format!("{url} answers {status}: {}", body.trim()).into()),
            Err(error) => Err(format!("{url} does not answer: {error}").into()),
        }
    }
}

/// The address at which a server on this machine is reached that listens there.
fn here(listen: SocketAddr) -> SocketAddr {
    let address = match listen.ip() {
        IpAddr::V4(any) if any.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(any) if any.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        one => one,
    };
    SocketAddr::new(address, listen.port())
}
