//! What a partnership shows.

use async_graphql::registry::Registry;
use chrono::{DateTime, Utc};
use entity::vocabulary::PartnershipRole;
use entity::{citation, finding};

use super::PartnershipFilter;
use super::query::PartnershipOrder;
use crate::delivery::batch::Batch;
use crate::delivery::workshop::Workshop;
use crate::engine::object::object;
use crate::engine::register::union;
use crate::engine::{Described, Noun};
use crate::graphql::edge::Edge;
use crate::network::institution::Institution;
use crate::network::programme::Programme;
use crate::network::regional_group::RegionalGroup;
use crate::provenance::citation::Citation;
use crate::provenance::finding::Finding;

const HOLDERS: &[fn() -> &'static Noun] = &[Institution::noun, RegionalGroup::noun];
const SUBJECTS: &[fn() -> &'static Noun] = &[Programme::noun, Batch::noun, Workshop::noun];

fn holder(registry: &mut Registry) -> String {
    let doc = ["Who has a role: an institution, or a regional group as such."];
    union(registry, "PartnershipHolder", &doc, HOLDERS)
}

fn subject(registry: &mut Registry) -> String {
    union(registry, "PartnershipSubject", &["In what a role is held."], SUBJECTS)
}

object! {
    /// The role of an institution, or of a regional group, in a programme, a batch or a workshop.
    /// One role can have several holders: a partnership each.
    Partnership of partnership, chosen by PartnershipFilter, ordered by PartnershipOrder {
        /// The institution that has the role; null where a group has it.
        maybe institution: Institution by institution_id;

        /// The regional group that has the role; null where an institution has it.
        maybe group: RegionalGroup by regional_group_id;

        /// The programme in which the role is held; null where it is held in a batch or workshop.
        maybe programme: Programme by programme_id;

        /// The batch in which the role is held; null where it is held in a programme or workshop.
        maybe batch: Batch by batch_id;

        /// The workshop in which the role is held; null where it is held in a programme or batch.
        maybe workshop: Workshop by workshop_id;

        /// The disagreements and gaps about it.
        list findings: Finding => Edge::by(finding::Column::SubjectId);

        /// The sources that document the record.
        list citations: Citation => Edge::by(citation::Column::SubjectId);

        /// Which role.
        column role: PartnershipRole;
        /// The holder's name as printed there; null where it is not recorded.
        column label: Option<&str>;
        /// Since when the role is held no more; null while it is held.
        column ended_at: Option<DateTime<Utc>>;

        /// Who has the role.
        either holder: holder = institution_id => Institution, regional_group_id => RegionalGroup;
        /// In what the role is held.
        either subject: subject =
            programme_id => Programme, batch_id => Batch, workshop_id => Workshop;
    } {}
}
