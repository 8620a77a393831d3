//! What is done to appointments.

use crate::access::Authorizer;
use crate::db::Write;
use crate::error::WriteError;
use entity::vocabulary::DatePrecision;
use entity::{appointment, institution, person};
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::{Appointment, rules};
use crate::graphql::scalars::Date;
use crate::mutation::{IdOf, mutations};
use crate::rule::{self, unguessable_key, unset};

mutations! {
    /// Mutations of appointments.
    APPOINTMENT_MUTATIONS {
        /// Says that a person holds a post at an institution. For its officers, and for curators.
        appoint_person(AppointPersonInput)
            -> AppointPersonPayload { appointment: Appointment }, a KeepInstitution {
            /// The person.
            person_id: IdOf<person::Entity>,
            /// The institution.
            institution_id: IdOf<institution::Entity>,
            /// The post, as printed.
            post: String,
            /// The language of the post (BCP 47 tag).
            language: String,
            /// Whether the post is held in an acting capacity.
            acting: bool = Default::default(),
            /// From which day; not given where it is not known.
            valid_from: Option<Date>,
            /// To which day; not given while it lasts, or where it is not known.
            valid_to: Option<Date>,
            /// How exactly the days are known.
            precision: DatePrecision = DatePrecision::Day,
        }

        /// Says when an appointment ended. For officers of the institution, and for curators.
        end_appointment(EndAppointmentInput)
            -> EndAppointmentPayload { appointment: Appointment }, a KeepInstitution {
            /// The appointment.
            appointment_id: IdOf<appointment::Entity>,
            /// Its last day.
            valid_to: Date,
        }
    }
}

async fn appoint_person(
    w: &mut Write,
    by: &Authorizer,
    input: &AppointPersonInput,
) -> Result<Uuid, WriteError> {
    let body = by.find::<institution::Entity>(w, "institution_id", input.institution_id.0).await?;
    by.require_of(body.id)?;
    let person = by.find::<person::Entity>(w, "person_id", input.person_id.0).await?;
    let draft = appointment::ActiveModel {
        key: Set(unguessable_key(w, "appointment")),
        person_id: Set(person.id),
        institution_id: Set(body.id),
        post: Set(input.post.clone()),
        language: Set(input.language.clone()),
        acting: Set(input.acting),
        valid_from: Set(input.valid_from.as_ref().map(|day| day.0)),
        valid_to: Set(input.valid_to.as_ref().map(|day| day.0)),
        precision: Set(input.precision),
        ..unset()
    };
    let put = rules::enter(w, None, draft).await?;
    rule::emit::<appointment::Entity>(w, &put);
    Ok(put.row.id.0)
}

async fn end_appointment(
    w: &mut Write,
    by: &Authorizer,
    input: &EndAppointmentInput,
) -> Result<Uuid, WriteError> {
    let row = by.target::<appointment::Entity>(w, "appointment_id", input.appointment_id.0).await?;
    by.require_of(row.institution_id)?;
    let draft = appointment::ActiveModel { valid_to: Set(Some(input.valid_to.0)), ..unset() };
    let put = rules::enter(w, Some(&row), draft).await?;
    rule::emit::<appointment::Entity>(w, &put);
    Ok(put.row.id.0)
}
