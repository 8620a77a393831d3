//! What a mail says: plain text, in the language of its reader, under a subject that names nothing.

use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, SinglePart};
use lettre::{Address, error::Error};
use uuid::Uuid;

use crate::phrase::{Phrase, say};
use crate::reminders::entry::Entry;
use crate::site::Site;

/// To whom a mail goes.
pub(super) struct Recipient<'a> {
    pub(super) address: Address,
    /// The tag of the language.
    pub(super) language: &'a str,
    /// What it can be ended with.
    pub(super) secret: &'a str,
    /// The id of the mail.
    pub(super) id: Uuid,
}

impl Recipient<'_> {
    fn told(&self, phrase: Phrase) -> String {
        phrase.translate(self.language)
    }

    /// Where mails are confirmed and ended.
    fn door(&self, site: &Site) -> String {
        site.at(&format!("/reminders/{}", self.secret))
    }
}

/// Asks whether the mails are wanted.
pub(super) fn question(to: &Recipient<'_>, from: &Mailbox, site: &Site) -> Result<Message, Error> {
    let subject = say!("Jejaring: confirm this address");
    let lines = [
        to.told(say!(
            "Somebody with an account of this register would like to be reminded at this address \
             of what is due:"
        )),
        site.at("/"),
        String::new(),
        to.told(say!("If that is you, confirm the address here, within seven days:")),
        to.door(site),
        String::new(),
        to.told(say!("If it is not, there is nothing to do: no other mail will come.")),
    ];
    message(to, from, site, subject, lines.join("\n"))
}

/// Tells what is due.
pub(super) fn reminder(
    to: &Recipient<'_>,
    from: &Mailbox,
    site: &Site,
    entries: &[Entry],
) -> Result<Message, Error> {
    let mut lines = vec![to.told(say!("What is due for you:")), String::new()];
    for entry in entries {
        let summary = one_line(&to.told(entry.summary.clone()));
        lines.push(format!("* {} – {summary}", entry.on));
        lines.extend(entry.about.lines().map(|line| format!("  {}", one_line(line))));
        lines.push(format!("  {}", site.at(&entry.path)));
        lines.push(String::new());
    }
    lines.push(to.told(say!("To get no such mail any more:")));
    lines.push(to.door(site));
    message(to, from, site, say!("Jejaring: what is due"), lines.join("\n"))
}

/// A name that has lines of its own would write lines of the mail.
fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

fn message(
    to: &Recipient<'_>,
    from: &Mailbox,
    site: &Site,
    subject: Phrase,
    text: String,
) -> Result<Message, Error> {
    let mut body = text.replace('\n', "\r\n");
    body.push_str("\r\n");
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to.address.clone()))
        .subject(to.told(subject))
        .message_id(Some(format!("<{}@{}>", to.id, from.email.domain())))
        .header(AutoSubmitted)
        .header(ListUnsubscribe(format!("<{}>", to.door(site))))
        .header(ListUnsubscribePost)
        .singlepart(SinglePart::builder().header(ContentType::TEXT_PLAIN).body(body))
}

macro_rules! headers {
    ($($(#[$meta:meta])* $header:ident $name:literal => |$own:pat_param| $value:expr;)+) => {$(
        impl Header for $header {
            fn name() -> HeaderName {
                HeaderName::new_from_ascii_str($name)
            }

            fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
                Err("the register reads no mail".into())
            }

            fn display(&self) -> HeaderValue {
                let $own = self;
                HeaderValue::new(Self::name(), $value)
            }
        }
    )+};
}

/// No machine answers it (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

/// Where mails are ended (RFC 2369).
#[derive(Clone)]
struct ListUnsubscribe(String);

/// A POST to that address is enough (RFC 8058).
#[derive(Clone)]
struct ListUnsubscribePost;

headers! {
    AutoSubmitted "Auto-Submitted" => |_| "auto-generated".to_owned();
    ListUnsubscribe "List-Unsubscribe" => |own| own.0.clone();
    ListUnsubscribePost "List-Unsubscribe-Post" => |_| "List-Unsubscribe=One-Click".to_owned();
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    #[test]
    fn names_write_no_header_and_no_line_of_a_mail() {
        let evil = "Training\r\n.\r\nBcc: everybody@example.org\r\n\r\n* 2026-01-01";
        let entry = Entry {
            uid: "plan-1".to_owned(),
            parts: Vec::new(),
            on: NaiveDate::from_ymd_opt(2026, 6, 1).unwrap(),
            summary: say!("Action plan due: {who} ({batch})", who = "Lao", batch = evil),
            about: evil.to_owned(),
            path: "/desk/plans/one".to_owned(),
        };
        let to = Recipient {
            address: "officer@example.org".parse().unwrap(),
            language: "en",
            secret: "jej_secret",
            id: Uuid::nil(),
        };
        let (from, site) =
            ("register@example.org".parse().unwrap(), Site::new("https://r.example"));
        let made = reminder(&to, &from, &site, &[entry]).unwrap();
        let text = String::from_utf8(made.formatted()).unwrap();
        let (head, _) = text.split_once("\r\n\r\n").unwrap();
        let names: Vec<_> = head.lines().filter_map(|line| line.split_once(": ")).collect();
        let named = |name: &str| names.iter().find(|(known, _)| *known == name).map(|(_, is)| *is);
        assert_eq!(named("Bcc"), None, "{head}");
        assert_eq!(named("Subject"), Some("Jejaring: what is due"));
        assert_eq!(named("List-Unsubscribe"), Some("<https://r.example/reminders/jej_secret>"));
        assert_eq!(named("List-Unsubscribe-Post"), Some("List-Unsubscribe=One-Click"));
        assert!(!text.lines().any(|line| line == "." || line.starts_with("Bcc")), "{text}");
        assert_eq!(made.envelope().to().len(), 1);
    }
}
