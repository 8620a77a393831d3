//! The public batches as activities of IATI (International Aid Transparency Initiative,
//! <https://iatistandard.org>, version 2.03).
//!
//! A batch without a known date or without anybody who answers for it would be no activity, and is
//! left out. No percentages are made up: a recipient country and a purpose of aid as a sector stand
//! where there is one, as nobody knows the shares of several; several purposes are tags. The
//! Sustainable Development Goals and fields of education are tags, and topics are tags of the
//! reporting organisation.

mod classified;

use std::collections::HashMap;
use std::fmt::Write;

use chrono::NaiveDate;
use entity::id::{BatchId, InstitutionId};
use entity::vocabulary::{
    BatchStatus, DelegationStatus, InstitutionKind, Modality, PartnershipRole, Representation,
};
use entity::{
    batch, batch_topic, batch_venue, delegation, institution, institution_identifier,
    institution_name, partnership, programme, topic, venue,
};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};

use self::classified::Classified;
use crate::access::{Actor, Visible};
use crate::clock::Clock;
use crate::db::Db;
use crate::graphql::language::Languages;
use crate::network::institution::name_on;
use crate::pages::escaped;

/// The scheme of identifiers that IATI knows organisations by.
const SCHEME: &str = "IATI";

/// Activities, and how many batches are none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activities {
    /// An `iati-activities` document.
    pub xml: String,
    /// How many activities it has.
    pub written: usize,
    /// How many batches have no known date, or nobody who answers for them.
    pub left_out: usize,
}

/// Why there are no activities.
#[derive(Debug)]
pub enum IatiError {
    /// The reporting organisation is not in the register, or has no identifier.
    Reporting(String),
    /// The database does not answer.
    Database(DbErr),
}

impl std::fmt::Display for IatiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Reporting(message) => f.write_str(message),
            Self::Database(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for IatiError {}

impl From<DbErr> for IatiError {
    fn from(error: DbErr) -> Self {
        Self::Database(error)
    }
}

/// Writes all public batches as activities that the institution with the key `reporting` reports.
/// Its identifier is `reference`, else the one that the register has of it in the scheme `IATI`.
pub async fn activities(
    db: &Db,
    clock: &Clock,
    reporting: &str,
    reference: Option<&str>,
) -> Result<Activities, IatiError> {
    let known = Known::read(db).await?;
    let reporter = known.bodies.values().find(|body| body.key == reporting);
    let reporter = reporter
        .ok_or_else(|| IatiError::Reporting(format!("there is no institution {reporting:?}")))?;
    let reference = reference.or_else(|| known.references.get(&reporter.id).map(String::as_str));
    let reference = reference.ok_or_else(|| {
        let message = format!(
            "{reporting:?} has no identifier of the scheme {SCHEME}: give one with --reporting-ref"
        );
        IatiError::Reporting(message)
    })?;
    let today = clock.today();
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        xml,
        "<iati-activities version=\"2.03\" generated-datetime=\"{}\">",
        clock.now().to_rfc3339()
    );
    let (mut written, mut left_out) = (0, 0);
    for row in &known.batches {
        match known.activity(row, reporter, reference, today) {
            Some(activity) => {
                xml.push_str(&activity);
                written += 1;
            }
            None => left_out += 1,
        }
    }
    xml.push_str("</iati-activities>\n");
    Ok(Activities { xml, written, left_out })
}

/// What the activities tell of.
struct Known {
    batches: Vec<batch::Model>,
    programmes: HashMap<entity::id::ProgrammeId, programme::Model>,
    bodies: HashMap<InstitutionId, institution::Model>,
    names: HashMap<InstitutionId, Vec<institution_name::Model>>,
    references: HashMap<InstitutionId, String>,
    partnerships: HashMap<BatchId, Vec<partnership::Model>>,
    countries: HashMap<BatchId, Vec<String>>,
    venues: HashMap<BatchId, Vec<venue::Model>>,
    topics: HashMap<BatchId, Vec<topic::Model>>,
    classified: Classified,
}

impl Known {
    async fn read(db: &Db) -> Result<Self, DbErr> {
        let visible = Visible::to(Actor::Anonymous);
        let db = db.heavy();
        let batches =
            visible.select::<batch::Entity>().order_by_asc(batch::Column::Id).all(db).await?;
        let programmes = programme::Entity::find().all(db).await?;
        let bodies = institution::Entity::find().all(db).await?;
        let mut names: HashMap<_, Vec<_>> = HashMap::new();
        for name in institution_name::Entity::find().all(db).await? {
            names.entry(name.institution_id).or_default().push(name);
        }
        let references = institution_identifier::Entity::find()
            .filter(institution_identifier::Column::Scheme.eq(SCHEME))
            .order_by_desc(institution_identifier::Column::Id)
            .all(db)
            .await?;
        let mut partnerships: HashMap<_, Vec<_>> = HashMap::new();
        let held = visible
            .select::<partnership::Entity>()
            .order_by_asc(partnership::Column::Id)
            .all(db)
            .await?;
        for role in held {
            if let Some(batch) = role.batch_id {
                partnerships.entry(batch).or_default().push(role);
            }
        }
        let came = visible
            .select::<delegation::Entity>()
            .filter(delegation::Column::Represents.eq(Representation::Country))
            .filter(delegation::Column::Status.eq(DelegationStatus::Attended))
            .all(db)
            .await?;
        let mut countries: HashMap<_, Vec<_>> = HashMap::new();
        for party in came {
            countries
                .entry(party.batch_id)
                .or_default()
                .extend(party.country_code.map(|code| code.0));
        }
        let links = batch_venue::Entity::find().find_also_related(venue::Entity);
        let links = links.order_by_asc(batch_venue::Column::VenueId).all(db).await?;
        let mut venues: HashMap<_, Vec<_>> = HashMap::new();
        for (link, venue) in links {
            venues.entry(link.batch_id).or_default().extend(venue);
        }
        let links = batch_topic::Entity::find().find_also_related(topic::Entity);
        let links = links.order_by_asc(batch_topic::Column::TopicId).all(db).await?;
        let mut topics: HashMap<_, Vec<_>> = HashMap::new();
        for (link, topic) in links {
            topics.entry(link.batch_id).or_default().extend(topic);
        }
        Ok(Self {
            batches,
            programmes: programmes.into_iter().map(|row| (row.id, row)).collect(),
            bodies: bodies.into_iter().map(|row| (row.id, row)).collect(),
            names,
            references: references.into_iter().map(|row| (row.institution_id, row.value)).collect(),
            partnerships,
            countries,
            venues,
            topics,
            classified: Classified::read(db).await?,
        })
    }

    /// One activity, its elements in the order of the schema.
    fn activity(
        &self,
        row: &batch::Model,
        reporter: &institution::Model,
        reference: &str,
        today: NaiveDate,
    ) -> Option<String> {
        let programme = self.programmes.get(&row.programme_id)?;
        let day = row.starts_on.or(row.ends_on)?;
        let (title, language) = match (&row.title, &row.title_language) {
            (Some(title), Some(language)) => (title, language),
            _ => (&programme.title, &programme.language),
        };
        let about = [Some(programme.title.as_str()), row.label.as_deref()];
        let about = about.into_iter().flatten().collect::<Vec<_>>().join(", ");
        let organisations = self.organisations(row, day);
        if organisations.is_empty() {
            return None;
        }
        let mut xml = String::new();
        let updated = row.updated_at.to_rfc3339();
        let _ =
            writeln!(xml, "  <iati-activity xml:lang=\"en\" last-updated-datetime=\"{updated}\">");
        let _ = writeln!(
            xml,
            "    <iati-identifier>{}-{}</iati-identifier>",
            escaped(reference),
            escaped(&row.key)
        );
        let _ = writeln!(
            xml,
            "    <reporting-org ref=\"{}\" type=\"{}\">{}</reporting-org>",
            escaped(reference),
            organisation_type(reporter.kind),
            narrative(&self.name(reporter, today), "en")
        );
        let _ = writeln!(xml, "    <title>{}</title>", narrative(title, language));
        let _ = writeln!(
            xml,
            "    <description type=\"1\">{}</description>",
            narrative(&about, &programme.language)
        );
        xml.extend(organisations);
        let _ = writeln!(xml, "    <activity-status code=\"{}\"/>", status(row, today));
        for (date, planned, actual) in [(row.starts_on, 1, 2), (row.ends_on, 3, 4)] {
            let Some(date) = date else { continue };
            let held =
                date <= today && matches!(row.status, BatchStatus::Confirmed | BatchStatus::Closed);
            let kind = if held { actual } else { planned };
            let _ = writeln!(xml, "    <activity-date type=\"{kind}\" iso-date=\"{date}\"/>");
        }
        if let Some([country]) = self.countries.get(&row.id).map(Vec::as_slice) {
            let _ = writeln!(xml, "    <recipient-country code=\"{}\"/>", escaped(country));
        }
        for venue in self.venues.get(&row.id).into_iter().flatten() {
            let _ = write!(xml, "    <location><name>{}</name>", narrative(&venue.name, "en"));
            if let (Some(latitude), Some(longitude)) = (venue.latitude, venue.longitude) {
                let system = "http://www.opengis.net/def/crs/EPSG/0/4326";
                let _ = write!(
                    xml,
                    "<point srsName=\"{system}\"><pos>{latitude} {longitude}</pos></point>"
                );
            }
            xml.push_str("</location>\n");
        }
        let topics = self.topics.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        xml.push_str(&self.classified.elements(programme.id, topics));
        if let Some(code) = collaboration(programme.modality) {
            let _ = writeln!(xml, "    <collaboration-type code=\"{code}\"/>");
        }
        xml.push_str("  </iati-activity>\n");
        Some(xml)
    }

    /// Who answers for a batch, pays for it and carries it out.
    fn organisations(&self, row: &batch::Model, day: NaiveDate) -> Vec<String> {
        let held = self.partnerships.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        let mut roles: Vec<(InstitutionId, u8)> = Vec::new();
        for role in held {
            let code = match role.role {
                PartnershipRole::Funder => 1,
                PartnershipRole::Organiser => 2,
                PartnershipRole::Implementer | PartnershipRole::Host | PartnershipRole::Partner => {
                    4
                }
                PartnershipRole::Nominator
                | PartnershipRole::VenueProvider
                | PartnershipRole::Supporter => continue,
            };
            roles.extend(role.institution_id.map(|body| (body, code)));
        }
        if roles.iter().all(|role| role.1 != 2) {
            roles.push((row.owner_id, 2));
        }
        let mut seen = Vec::new();
        roles.retain(|role| {
            !seen.contains(role) && {
                seen.push(*role);
                true
            }
        });
        let organisation = |(id, code): (InstitutionId, u8)| {
            let body = self.bodies.get(&id)?;
            let reference = self
                .references
                .get(&id)
                .map(|text| format!(" ref=\"{}\"", escaped(text)))
                .unwrap_or_default();
            let (kind, name) =
                (organisation_type(body.kind), narrative(&self.name(body, day), "en"));
            Some(format!(
                "    <participating-org{reference} type=\"{kind}\" \
                 role=\"{code}\">{name}</participating-org>\n"
            ))
        };
        roles.into_iter().filter_map(organisation).collect()
    }

    /// The name of an institution on a day, in English where there is one.
    fn name(&self, body: &institution::Model, day: NaiveDate) -> String {
        let names = self.names.get(&body.id).map(Vec::as_slice).unwrap_or_default();
        name_on(names, day, &Languages::default()).unwrap_or_else(|| body.key.clone())
    }
}

/// IATI's collaboration type; it has none for what countries of the South do among themselves.
fn collaboration(modality: Modality) -> Option<u8> {
    match modality {
        Modality::Bilateral => Some(1),
        Modality::Triangular => Some(8),
        _ => None,
    }
}

fn organisation_type(kind: InstitutionKind) -> u8 {
    match kind {
        InstitutionKind::Government => 10,
        InstitutionKind::LocalGovernment => 11,
        InstitutionKind::OtherPublicSector => 15,
        InstitutionKind::InternationalNgo => 21,
        InstitutionKind::NationalNgo => 22,
        InstitutionKind::RegionalNgo => 23,
        InstitutionKind::PartnerCountryNgo => 24,
        InstitutionKind::PublicPrivatePartnership => 30,
        InstitutionKind::Multilateral => 40,
        InstitutionKind::Foundation => 60,
        InstitutionKind::PrivateSector => 70,
        InstitutionKind::Academic => 80,
        InstitutionKind::Association | InstitutionKind::Other => 90,
    }
}

/// The code of ActivityStatus.
fn status(row: &batch::Model, today: NaiveDate) -> u8 {
    match row.status {
        BatchStatus::Draft | BatchStatus::Announced => 1,
        BatchStatus::Confirmed => {
            if row.starts_on.is_some_and(|day| day <= today) {
                2
            } else {
                1
            }
        }
        BatchStatus::Closed => 4,
        BatchStatus::Cancelled => 5,
        BatchStatus::Postponed => 6,
    }
}

/// A text with its language; the language of the activity is English.
fn narrative(text: &str, language: &str) -> String {
    let tag = if language == "en" {
        String::new()
    } else {
        format!(" xml:lang=\"{}\"", escaped(language))
    };
    format!("<narrative{tag}>{}</narrative>", escaped(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_text_in_xml() {
        assert_eq!(
            narrative("R&D <\"x\">\u{1}", "id"),
            "<narrative xml:lang=\"id\">R&amp;D &lt;&quot;x&quot;&gt;</narrative>"
        );
        assert_eq!(narrative("plain", "en"), "<narrative>plain</narrative>");
    }
}
