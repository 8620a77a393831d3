//! What a partnership shows.

use async_graphql::{Context, Result, Union};
use chrono::{DateTime, Utc};
use entity::vocabulary::PartnershipRole;
use entity::{citation, finding};

use super::PartnershipFilter;
use crate::delivery::batch::Batch;
use crate::delivery::workshop::Workshop;
use crate::engine::object::object;
use crate::graphql::context::Reading;
use crate::graphql::edge::Edge;
use crate::graphql::loader::Key;
use crate::network::institution::Institution;
use crate::network::programme::Programme;
use crate::network::regional_group::RegionalGroup;
use crate::provenance::citation::Citation;
use crate::provenance::finding::Finding;

/// Who has a role: an institution, or a regional group as such.
#[derive(Union)]
pub enum PartnershipHolder {
    /// An institution.
    Institution(Institution),
    /// A regional group.
    RegionalGroup(RegionalGroup),
}

/// In what a role is held.
#[derive(Union)]
pub enum PartnershipSubject {
    /// A programme.
    Programme(Programme),
    /// A batch.
    Batch(Batch),
    /// A workshop.
    Workshop(Workshop),
}

object! {
    /// The role of an institution, or of a regional group, in a programme, a batch or a workshop. One role can have several
    /// holders: a partnership each.
    Partnership of partnership, chosen by PartnershipFilter {
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
    } {
        /// Who has the role.
        async fn holder(&self, ctx: &Context<'_>) -> Result<PartnershipHolder> {
            match (self.0.institution_id, self.0.regional_group_id) {
                (Some(id), _) => Ok(PartnershipHolder::Institution(ctx.required(Key::of(id)).await?)),
                (None, Some(id)) => Ok(PartnershipHolder::RegionalGroup(ctx.required(Key::of(id)).await?)),
                (None, None) => Err(ctx.reader().fail(format!("partnership {} has no holder", self.0.id))),
            }
        }

        /// In what the role is held.
        async fn subject(&self, ctx: &Context<'_>) -> Result<PartnershipSubject> {
            match (self.0.programme_id, self.0.batch_id, self.0.workshop_id) {
                (Some(id), _, _) => Ok(PartnershipSubject::Programme(ctx.required(Key::of(id)).await?)),
                (None, Some(id), _) => Ok(PartnershipSubject::Batch(ctx.required(Key::of(id)).await?)),
                (None, None, Some(id)) => Ok(PartnershipSubject::Workshop(ctx.required(Key::of(id)).await?)),
                (None, None, None) => Err(ctx.reader().fail(format!("partnership {} has no subject", self.0.id))),
            }
        }
    }
}
