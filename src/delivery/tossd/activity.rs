//! A delegation as a row of TOSSD's published data file.

use std::sync::Arc;

use async_graphql::{Context, Object, Result};
use chrono::Datelike;
use entity::id::CountryCode;
use entity::vocabulary::{
    CostKind, CountBasis, DelegationStatus, Modality, PartnershipRole, Representation,
    TagVocabulary,
};
use entity::{batch, delegation, institution, partnership, programme};
use futures::future::try_join_all;

use super::codes::{self, Coded};
use super::read::{self, Holders};
use crate::delivery::tag::title;
use crate::graphql::context::{LoadRows, Nullable, RequestContext, nullable};
use crate::graphql::language::{Language, Languages};
use crate::graphql::loader::Key;
use crate::network::institution::{name_on, names_of};

/// The most goals and targets that a row of the file names.
const MOST_GOALS: usize = 10;

/// What stands between the entries of a column that has several.
const BETWEEN: &str = ";";

/// A delegation as a row of TOSSD's published data file.
pub struct TossdActivity {
    batch: Arc<batch::Model>,
    programme: Arc<programme::Model>,
    roles: Vec<Arc<partnership::Model>>,
    funders: Holders,
    recipient: CountryCode,
    /// Where the funders are of one country, and of no other.
    provider: Option<CountryCode>,
}

impl TossdActivity {
    /// The row that a delegation is; none where it is no country's, is not known to have attended,
    /// or is that of the country which provides.
    pub(crate) async fn of(ctx: &Context<'_>, party: &delegation::Model) -> Result<Option<Self>> {
        if party.represents != Representation::Country
            || party.status != Some(DelegationStatus::Attended)
        {
            return Ok(None);
        }
        let Some(recipient) = party.country_code.clone() else { return Ok(None) };
        let batch = ctx.row::<batch::Entity>(Key::Id(party.batch_id.0)).await?;
        let Some(batch) = batch else { return Ok(None) };
        let programme = ctx.row::<programme::Entity>(Key::Id(batch.programme_id.0)).await?;
        let Some(programme) = programme else { return Ok(None) };
        let roles = read::roles(ctx, &batch).await?;
        let funders = read::holders(ctx, &roles, &[PartnershipRole::Funder]).await?;
        let provider = provider(&funders);
        if provider.as_ref() == Some(&recipient) {
            return Ok(None);
        }
        Ok(Some(Self { batch, programme, roles, funders, recipient, provider }))
    }

    async fn coded(
        &self,
        ctx: &Context<'_>,
        country: Option<&CountryCode>,
        list: fn(&str) -> Option<&'static Coded>,
    ) -> Result<Option<&'static Coded>> {
        let Some(country) = country else { return Ok(None) };
        Ok(read::alpha3(ctx, country).await?.and_then(|alpha3| list(&alpha3)))
    }

    async fn provider(&self, ctx: &Context<'_>) -> Result<Option<&'static Coded>> {
        self.coded(ctx, self.provider.as_ref(), codes::provider).await
    }

    async fn recipient(&self, ctx: &Context<'_>) -> Result<Option<&'static Coded>> {
        self.coded(ctx, Some(&self.recipient), codes::recipient).await
    }

    /// The names of institutions on the first day of the batch, in English where there is one.
    async fn names(
        &self,
        ctx: &Context<'_>,
        bodies: &[Arc<institution::Model>],
    ) -> Result<Option<String>> {
        let english = Languages::default().first(Some(Language::En));
        let day = self.batch.starts_on.or(self.batch.ends_on);
        let day = day.unwrap_or_else(|| ctx.reader().clock().today());
        let names = bodies.iter().map(|body| {
            let english = &english;
            async move {
                let names = ctx.rows(names_of(), Key::Id(body.id.0), Vec::new()).await?;
                Result::<String>::Ok(
                    name_on(&names, day, english).unwrap_or_else(|| body.key.clone()),
                )
            }
        });
        let names = try_join_all(names.collect::<Vec<_>>()).await?;
        Ok((!names.is_empty()).then(|| names.join(BETWEEN)))
    }

    async fn named(&self, ctx: &Context<'_>, roles: &[PartnershipRole]) -> Result<Option<String>> {
        let holders = read::holders(ctx, &self.roles, roles).await?;
        self.names(ctx, &holders.institutions).await
    }

    fn framework(&self) -> Option<(&'static str, &'static str)> {
        match self.programme.modality {
            Modality::SouthSouth => Some(("FC01", "SOUTH-SOUTH CO-OPERATION")),
            Modality::Triangular => Some(("FC02", "TRIANGULAR CO-OPERATION")),
            _ => None,
        }
    }

    /// The purpose of five digits, where there is one alone.
    async fn purpose(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let codes = read::codes(ctx, &self.batch, TagVocabulary::DacPurpose).await?;
        let mut purposes = codes.into_iter().filter(|code| code.len() == 5);
        Ok(purposes.next().filter(|_| purposes.next().is_none()))
    }

    /// The sector, where all purposes and categories are of one.
    async fn sector(&self, ctx: &Context<'_>) -> Result<Option<&'static Coded>> {
        let codes = read::codes(ctx, &self.batch, TagVocabulary::DacPurpose).await?;
        let mut sectors = codes.iter().map(|code| codes::sector(code));
        let first = sectors.next().flatten();
        Ok(first.filter(|_| sectors.all(|sector| sector == first)))
    }

    async fn disbursement(&self, ctx: &Context<'_>) -> Result<Option<f64>> {
        let amounts = read::amounts(ctx, self.batch.id).await?;
        let [claim] = &amounts[..] else { return Ok(None) };
        let is_it = claim.currency.as_deref() == Some("USD")
            && claim.basis == Some(CountBasis::Reported)
            && claim.cost_kind == Some(CostKind::Total)
            && claim.in_kind != Some(true);
        if !is_it {
            return Ok(None);
        }
        let mut attended = read::attended(ctx, self.batch.id).await?;
        attended.retain(|country| Some(country) != self.provider.as_ref());
        let alone = attended.len() == 1;
        Ok(claim.amount.filter(|_| alone).map(|amount| amount / 1_000.0))
    }
}

/// The one country that all funders are of.
fn provider(funders: &Holders) -> Option<CountryCode> {
    let mut countries = funders.institutions.iter().map(|body| body.country_code.as_ref());
    let first = countries.next()??;
    let is_alone = funders.are_all && countries.all(|other| other == Some(first));
    is_alone.then(|| first.clone())
}

fn text(coded: Option<&Coded>) -> Option<String> {
    coded.map(|(_, name)| name.clone())
}

/// A delegation as a row of the data file that TOSSD publishes (Total Official Support for
/// Sustainable Development; the columns are those of the files of 2019 to 2024). The description of
/// each field names its column; columns that are not here cannot be known from the register, such
/// as commitments, instruments and pillars. The file has no column for people: their numbers are
/// fields of the delegation.
#[Object(name = "TossdActivityPayload")]
impl TossdActivity {
    /// Column `Year`: the year of the first day of the batch, else of its last day. Not the year of
    /// a payment, which the register does not know. Null where no day is accepted.
    async fn year(&self) -> Option<i32> {
        self.batch.starts_on.or(self.batch.ends_on).map(|day| day.year())
    }

    /// Column `provider`: the OECD's code of the country whose institutions fund the batch or its
    /// programme. Null where none is recorded, where they are of several countries or a group is
    /// one of them, and where the list of providers does not have the country.
    async fn provider_code(&self, ctx: &Context<'_>) -> Nullable<i32> {
        nullable(async { Ok(self.provider(ctx).await?.map(|coded| coded.0)) }).await
    }

    /// Column `ProviderNameE`: the name of that country in the list. Null likewise.
    async fn provider_name(&self, ctx: &Context<'_>) -> Nullable<String> {
        nullable(async { Ok(text(self.provider(ctx).await?)) }).await
    }

    /// Column `agencyname_E`: the institution that funds the batch or its programme, by its English
    /// name at the time. Null where there is none, or several.
    async fn agency_name(&self, ctx: &Context<'_>) -> Nullable<String> {
        nullable(async {
            match &self.funders.institutions[..] {
                [_] if self.funders.are_all => self.names(ctx, &self.funders.institutions).await,
                _ => Ok(None),
            }
        })
        .await
    }

    /// Column `ProjectNumber`: the key of the batch.
    async fn project_number(&self) -> &str {
        &self.batch.key
    }

    /// Column `recipientcode`: the OECD's code of the country that attended. Null where the list of
    /// recipients does not have it.
    async fn recipient_code(&self, ctx: &Context<'_>) -> Nullable<i32> {
        nullable(async { Ok(self.recipient(ctx).await?.map(|coded| coded.0)) }).await
    }

    /// Column `recipientnamee`: the name of that country in the list. Null likewise.
    async fn recipient_name(&self, ctx: &Context<'_>) -> Nullable<String> {
        nullable(async { Ok(text(self.recipient(ctx).await?)) }).await
    }

    /// Column `Channel`: the institutions that carry the batch or its programme out, by their
    /// English names at the time, with `;` between them.
    async fn channel(&self, ctx: &Context<'_>) -> Nullable<String> {
        nullable(self.named(ctx, &[PartnershipRole::Implementer])).await
    }

    /// Column `otherPartners`: hosts, partners and supporters likewise.
    async fn other_partners(&self, ctx: &Context<'_>) -> Nullable<String> {
        use PartnershipRole::{Host, Partner, Supporter};
        nullable(self.named(ctx, &[Host, Partner, Supporter])).await
    }

    /// Column `FrameworkOfCollaboration`: `FC01` of programmes that are `SOUTH_SOUTH`, `FC02` of
    /// those that are `TRIANGULAR`; null of others.
    async fn framework_of_collaboration_code(&self) -> Option<&str> {
        self.framework().map(|framework| framework.0)
    }

    /// Column `FrameworkOfCollaborationName_e`: the name of that code.
    async fn framework_of_collaboration_name(&self) -> Option<&str> {
        self.framework().map(|framework| framework.1)
    }

    /// Column `ProjectTitle`: the accepted title of the batch, else the title of its programme.
    async fn project_title(&self) -> &str {
        self.batch.title.as_deref().unwrap_or(&self.programme.title)
    }

    /// Column `sdgcode`: the goals and targets that programme and topics are tagged with, with `;`
    /// between them. Null where there are none, and where there are more than ten, of which the
    /// file does not take all: whoever reports chooses.
    async fn sdg_codes(&self, ctx: &Context<'_>) -> Nullable<String> {
        nullable(async {
            let codes = read::codes(ctx, &self.batch, TagVocabulary::Sdg).await?;
            let fits = (1..=MOST_GOALS).contains(&codes.len());
            Ok(fits.then(|| codes.into_iter().collect::<Vec<_>>().join(BETWEEN)))
        })
        .await
    }

    /// Column `purposecode`: the purpose (five digits) of programme and topics. Null where there is
    /// none, or several: the file takes one.
    async fn purpose_code(&self, ctx: &Context<'_>) -> Nullable<String> {
        nullable(self.purpose(ctx)).await
    }

    /// Column `purposename_e`: its name in English.
    async fn purpose_name(&self, ctx: &Context<'_>) -> Nullable<String> {
        nullable(async {
            let purpose = self.purpose(ctx).await?;
            let name = purpose.and_then(|code| title(TagVocabulary::DacPurpose, &code));
            Ok(name.map(str::to_owned))
        })
        .await
    }

    /// Column `sector3`: the sector of the purposes and categories of programme and topics. Null
    /// where there are none, and where they are of several sectors.
    async fn sector_code(&self, ctx: &Context<'_>) -> Nullable<i32> {
        nullable(async { Ok(self.sector(ctx).await?.map(|coded| coded.0)) }).await
    }

    /// Column `sector`: the name of that sector in the list.
    async fn sector_name(&self, ctx: &Context<'_>) -> Nullable<String> {
        nullable(async { Ok(text(self.sector(ctx).await?)) }).await
    }

    /// Column `USD_disbursements`, in thousands of US dollars: the amount that is stated of the
    /// batch, where one claim alone states one, in USD, as `REPORTED` and `TOTAL`, not in kind, and
    /// one country alone attended beside the provider. Null otherwise: amounts are not added up,
    /// converted, or shared out among countries.
    async fn usd_disbursements(&self, ctx: &Context<'_>) -> Nullable<f64> {
        nullable(self.disbursement(ctx)).await
    }
}
