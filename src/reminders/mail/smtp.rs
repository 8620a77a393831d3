//! Hands mails to a server, one connection for each: there are few, and one that fails leaves the
//! next alone.
//!
//! Invariant: it is known of each mail whether the server may have it. Up to the end of its text it
//! surely has not, and the mail may be sent again; beyond that, without an answer, it may not.

use std::time::Duration;

use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{
    AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters,
};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use tokio::time::timeout;

use crate::accounts::reminder_mail::MailOutcome;
use crate::config::{ConfigError, MailConfig, MailTls};

/// How long a connection, with all that comes before the text, may take.
const GREETING: Duration = Duration::from_secs(30);
/// How long the server may take to accept a mail that it has.
const ACCEPTING: Duration = Duration::from_secs(60);

/// Sends mails as an operator has set it up.
pub struct Mailer {
    host: String,
    port: u16,
    tls: MailTls,
    parameters: TlsParameters,
    credentials: Option<Credentials>,
    from: Mailbox,
}

/// Why the server did not come to wait for a text.
enum Failure {
    /// It does not take mail for this recipient.
    Recipient,
    /// It does not take mail for this recipient now.
    NotNow,
    /// The connection, or the server behind it, failed.
    Away(Error),
    /// The server did not go on in time.
    Slow,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Away(error)
    }
}

impl Mailer {
    /// A sender as configured; none where no mail is to be sent.
    pub fn new(config: &MailConfig) -> Result<Option<Self>, ConfigError> {
        if !config.sends() {
            return Ok(None);
        }
        let unfit = |error: &dyn std::fmt::Display| {
            Err(ConfigError(format!("mail: the server cannot be used: {error}")))
        };
        let mut tls = TlsParameters::builder(config.host.clone())
            .certificate_store(CertificateStore::WebpkiRoots);
        if let Some(pem) = config.authorities()? {
            tls = match Certificate::from_pem(&pem) {
                Ok(authorities) => tls.add_root_certificate(authorities),
                Err(error) => return unfit(&error),
            };
        }
        let parameters = match tls.build_rustls() {
            Ok(parameters) => parameters,
            Err(error) => return unfit(&error),
        };
        let from = match config.from.parse() {
            Ok(from) => from,
            Err(error) => return unfit(&error),
        };
        let password = config.password()?;
        let credentials =
            (!config.user.is_empty()).then(|| Credentials::new(config.user.clone(), password));
        let (host, port, tls) = (config.host.clone(), config.port, config.tls);
        Ok(Some(Self { host, port, tls, parameters, credentials, from }))
    }

    /// From whom mails are.
    pub(super) fn from(&self) -> &Mailbox {
        &self.from
    }

    /// Sends a mail. What the server says goes into no log: it may repeat the address.
    pub(super) async fn send(&self, message: &Message) -> MailOutcome {
        let mut connection = match timeout(GREETING, self.prepared(message)).await {
            Ok(Ok(connection)) => connection,
            Ok(Err(failure)) => return before(&failure),
            Err(_) => return before(&Failure::Slow),
        };
        let text = message.formatted();
        let outcome = match timeout(ACCEPTING, connection.message(&text)).await {
            Ok(Ok(_)) => MailOutcome::Sent,
            Ok(Err(error)) if error.is_permanent() => MailOutcome::Refused,
            Ok(Err(error)) if error.is_transient() => MailOutcome::Deferred,
            Ok(Err(_)) | Err(_) => MailOutcome::Unknown,
        };
        // Whether the server says good-bye is of no matter.
        let _ = timeout(Duration::from_secs(1), connection.quit()).await;
        outcome
    }

    /// A connection on which the server waits for the text.
    async fn prepared(&self, message: &Message) -> Result<AsyncSmtpConnection, Failure> {
        let hello = ClientId::Domain(self.from.email.domain().to_owned());
        let from_the_beginning = (self.tls == MailTls::Tls).then(|| self.parameters.clone());
        let server = (self.host.as_str(), self.port);
        let mut connection = AsyncSmtpConnection::connect_tokio1(
            server,
            Some(GREETING),
            &hello,
            from_the_beginning,
            None,
        )
        .await?;
        if self.tls == MailTls::Starttls {
            connection.starttls(self.parameters.clone(), &hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(&[Mechanism::Plain, Mechanism::Login], credentials).await?;
        }
        let envelope = message.envelope();
        connection.command(Mail::new(envelope.from().cloned(), Vec::new())).await?;
        for to in envelope.to() {
            let known = connection.command(Rcpt::new(to.clone(), Vec::new())).await;
            known.map_err(|error| match error.is_permanent() {
                true => Failure::Recipient,
                false if error.is_transient() => Failure::NotNow,
                false => Failure::Away(error),
            })?;
        }
        connection.command(Data).await?;
        Ok(connection)
    }
}

/// What became of a mail whose text was not sent.
fn before(failure: &Failure) -> MailOutcome {
    let (why, code) = match failure {
        Failure::Recipient => return MailOutcome::Refused,
        Failure::NotNow => return MailOutcome::Deferred,
        Failure::Away(error) if error.is_tls() => ("encryption", None),
        Failure::Away(error) => ("connection", error.status().map(u16::from)),
        Failure::Slow => ("time", None),
    };
    tracing::warn!(why, code, "the mail server could not be used");
    MailOutcome::Failed
}
