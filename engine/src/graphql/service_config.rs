//! What clients need to know of the service: the limits of requests, and where people sign in.

use async_graphql::{ID, Object};

use super::page::{LARGEST_PAGE, USUAL_PAGE};
use crate::access::oidc::OidcConfig;
use crate::request::Limits;

/// What a request may ask for, and where people sign in. What exceeds a limit is refused with
/// `COST_LIMIT_EXCEEDED` before anything is read.
#[derive(Clone)]
pub struct ServiceConfig {
    limits: Limits,
    provider: Option<OpenIdProvider>,
    sends_reminders: bool,
}

impl ServiceConfig {
    /// As configured.
    pub fn new(limits: Limits, oidc: &OidcConfig, sends_reminders: bool) -> Self {
        let offered = !oidc.issuer.is_empty() && !oidc.client_id.is_empty();
        let provider = offered.then(|| OpenIdProvider(oidc.clone()));
        Self { limits, provider, sends_reminders }
    }

    /// Whether the register sends mail.
    pub fn sends_reminders(&self) -> bool {
        self.sends_reminders
    }
}

fn int(limit: impl TryInto<i32>) -> i32 {
    limit.try_into().unwrap_or(i32::MAX)
}

/// What a request may ask for, and where people sign in. What exceeds a limit is refused with
/// `COST_LIMIT_EXCEEDED` before anything is read.
#[Object]
impl ServiceConfig {
    /// Always the same: there is one such record. It cannot be looked up with `node`.
    async fn id(&self) -> ID {
        "ServiceConfig".into()
    }

    /// Bytes of a request body.
    async fn max_body_bytes(&self) -> i32 {
        int(self.limits.max_body_bytes)
    }

    /// Lexical tokens of a document.
    async fn max_tokens(&self) -> i32 {
        int(self.limits.max_tokens)
    }

    /// Brackets inside one another in a document.
    async fn max_nesting(&self) -> i32 {
        int(self.limits.max_nesting)
    }

    /// Fields inside one another, with fragments put in where they are spread.
    async fn max_depth(&self) -> i32 {
        int(self.limits.max_depth)
    }

    /// What a request may cost: the fields that the answer may have at most, and what is read
    /// besides. A connection costs 1 + page size × the fields of a node; another list counts as 10
    /// items (one of countries as 200, of a country's names as 50), and a value under an alias
    /// costs 3 more. Filters, counts, groups, cubes and searches have prices after the rows that
    /// they may read. `extensions: {cost: true}` in a request tells what it may cost and how many
    /// fields it got.
    async fn max_cost(&self) -> i32 {
        int(self.limits.max_cost)
    }

    /// Selections of an operation, with fragments put in where they are spread.
    async fn max_selections(&self) -> i32 {
        int(self.limits.max_selections)
    }

    /// Fields under another name, with fragments put in where they are spread.
    async fn max_aliases(&self) -> i32 {
        int(self.limits.max_aliases)
    }

    /// Fields at the root of an operation.
    async fn max_root_fields(&self) -> i32 {
        int(self.limits.max_root_fields)
    }

    /// Directives in a document.
    async fn max_directives(&self) -> i32 {
        int(self.limits.max_directives)
    }

    /// Values inside the variables of a request.
    async fn max_input_values(&self) -> i32 {
        int(self.limits.max_input_values)
    }

    /// Nodes on a page at most.
    async fn max_page_size(&self) -> i32 {
        int(LARGEST_PAGE)
    }

    /// Nodes on a page where neither `first` nor `last` is given.
    async fn default_page_size(&self) -> i32 {
        int(USUAL_PAGE)
    }

    /// The provider of OpenID Connect at which people sign in to applications of this register;
    /// null where there is none.
    async fn open_id_provider(&self) -> Option<&OpenIdProvider> {
        self.provider.as_ref()
    }

    /// Whether accounts can be reminded by mail of what is due.
    async fn reminders_by_mail(&self) -> bool {
        self.sends_reminders
    }
}

/// A provider of OpenID Connect. A client gets a token there by the authorization code flow with
/// PKCE, and sends it as `Authorization: Bearer <token>`.
#[derive(Clone)]
pub struct OpenIdProvider(OidcConfig);

/// A provider of OpenID Connect. A client gets a token there by the authorization code flow with
/// PKCE, and sends it as `Authorization: Bearer <token>`.
#[Object]
impl OpenIdProvider {
    /// Always the same: there is one such record. It cannot be looked up with `node`.
    async fn id(&self) -> ID {
        "OpenIdProvider".into()
    }

    /// The issuer identifier. Its metadata is at `/.well-known/openid-configuration` beneath it.
    async fn issuer(&self) -> &str {
        &self.0.issuer
    }

    /// The client identifier of the desk, a public client without a secret.
    async fn client_id(&self) -> &str {
        &self.0.client_id
    }

    /// The scopes to ask for, separated by spaces.
    async fn scope(&self) -> &str {
        &self.0.scope
    }
}
