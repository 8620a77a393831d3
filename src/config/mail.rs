//! Through which server mail is sent.

use lettre::message::Mailbox;
use serde::{Deserialize, Serialize};

use super::ConfigError;
use super::layer::value_of_file;

/// Through which server mail is sent; none is unless there is one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailConfig {
    /// The name of the server; empty where no mail is sent.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: MailTls,
    /// A file of certificates (PEM) of authorities to trust beside those that browsers trust; empty
    /// where there are none.
    pub ca_file: String,
    /// As whom to sign in; empty where nobody does.
    pub user: String,
    /// With which password.
    pub password: String,
    /// The file that has the password instead.
    pub password_file: String,
    /// From whom mails are.
    pub from: String,
}

/// How the connection to a mail server is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// Not at all.
    None,
    /// After the greeting; never less than that.
    Starttls,
    /// From the beginning.
    Tls,
}

impl MailConfig {
    /// Whether mail is sent.
    pub fn sends(&self) -> bool {
        !self.host.is_empty()
    }

    /// Whether the settings go together.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let wrong = |why: &str| Err(ConfigError(why.to_owned()));
        if !self.sends() {
            return Ok(());
        }
        if self.port == 0 {
            return wrong("mail.port: 0 is no port of a server");
        }
        if self.from.parse::<Mailbox>().is_err() {
            return Err(ConfigError(format!(
                "mail.from: {:?} is no sender such as \"Register <register@example.org>\"",
                self.from
            )));
        }
        if !self.password.is_empty() && !self.password_file.is_empty() {
            return wrong("mail.password: mail.password_file is given as well: give one of them");
        }
        if self.user.is_empty() != (self.password.is_empty() && self.password_file.is_empty()) {
            return wrong("mail.user: a user and a password are given together, or neither is");
        }
        if self.tls == MailTls::None && !self.user.is_empty() {
            return wrong(
                "mail.tls: \"none\" would send the password of mail.user for anybody to read",
            );
        }
        Ok(())
    }

    /// The certificates of further authorities, if any.
    pub fn authorities(&self) -> Result<Option<Vec<u8>>, ConfigError> {
        if self.ca_file.is_empty() {
            return Ok(None);
        }
        std::fs::read(&self.ca_file).map(Some).map_err(|error| {
            ConfigError(format!("mail.ca_file: {:?} cannot be read: {error}", self.ca_file))
        })
    }

    /// The password, wherever it stands.
    pub fn password(&self) -> Result<String, ConfigError> {
        if self.password_file.is_empty() {
            return Ok(self.password.clone());
        }
        value_of_file("mail.password_file", &self.password_file)
    }
}
