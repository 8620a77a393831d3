//! Who is asking: tokens, and what they let in.

use std::collections::BTreeSet;

use axum::http::{HeaderMap, header};
use chrono::TimeDelta;
use entity::api_token;
use entity::vocabulary::{GrantRole, TokenScope};
use jejaring::access::{Actor, AuthError};
use jejaring::http::authenticate::authenticate;
use sea_orm::EntityTrait;

use crate::example::schema::{Schema, name, named};
use crate::intents::mutation;
use crate::support::{Role, TestApp, token_of};

both_dbs!(
    a_token_lets_in_until_it_is_revoked,
    a_token_expires_and_tells_when_it_was_used,
    what_is_not_a_token_is_refused,
    a_closed_account_is_let_in_no_more,
    a_token_for_reading_writes_nothing,
    the_secret_is_kept_nowhere,
    accounts_are_seen_by_those_who_manage_them,
    scopes_only_narrow,
    a_writer_is_shown_what_he_wrote,
);

async fn show(app: &TestApp, authorization: &str) -> Result<Actor, AuthError> {
    let mut headers = HeaderMap::new();
    headers.insert(header::AUTHORIZATION, authorization.parse().expect("a header"));
    authenticate(&app.app, &headers).await
}

fn refusal(shown: Result<Actor, AuthError>) -> String {
    shown.expect_err("it is refused").to_string()
}

const CREATE: &str = "mutation { createToken(input: {name: \"laptop\", expiresAt: \
                      \"2026-06-02T00:00:00Z\", scopes: [READ]}) { token { id prefix scopes \
                      expiresAt lastUsedAt } secret errors { code } } }";

async fn a_token_lets_in_until_it_is_revoked(app: TestApp) {
    assert_eq!(authenticate(&app.app, &HeaderMap::new()).await.expect("anybody"), Actor::Anonymous);
    let officer = app.officer("kemenperin").await;
    let made = app.ask_as(&officer, CREATE).await;
    let bearer = format!("Bearer {}", made.text("/createToken/secret"));
    let shown = show(&app, &bearer).await.expect("it is good");
    assert_eq!(shown.rights().institutions, officer.rights().institutions);
    assert_eq!(shown.rights().scopes, [TokenScope::Read].into());
    let id = made.text("/createToken/token/id");
    let revoke = format!(
        "mutation {{ revokeToken(input: {{tokenId: \"{id}\"}}) {{ token {{ revokedAt }} errors {{ \
         code }} }} }}"
    );
    // Somebody else's token is not there.
    let other = app.officer("bbspjikb").await;
    let refused = app.ask_as(&other, &revoke).await;
    assert_eq!(refused.at("/revokeToken/errors/0/code"), "NOT_FOUND");
    assert!(app.ask_as(&officer, &revoke).await.at("/revokeToken/token/revokedAt").is_string());
    assert!(refusal(show(&app, &bearer).await).contains("revoked"));
}

async fn a_token_expires_and_tells_when_it_was_used(app: TestApp) {
    let officer = app.officer("kemenperin").await;
    let made = app.ask_as(&officer, CREATE).await;
    let bearer = format!("Bearer {}", made.text("/createToken/secret"));
    let used = || async {
        let seen =
            app.ask_as(&officer, "{ viewer { tokens(last: 1) { nodes { lastUsedAt } } } }").await;
        seen.at("/viewer/tokens/nodes/0/lastUsedAt").as_str().map(str::to_owned)
    };
    assert_eq!(used().await, None);
    let start = app.app.clock.now();
    for (minutes, noted) in [(0, 0), (4, 0), (6, 6)] {
        app.app.clock.set(start + TimeDelta::minutes(minutes));
        show(&app, &bearer).await.expect("it is good");
        let noted =
            (start + TimeDelta::minutes(noted)).to_rfc3339_opts(chrono::SecondsFormat::Secs, false);
        assert_eq!(used().await, Some(noted), "after {minutes} minutes");
    }
    app.app.clock.set(start + TimeDelta::days(1));
    assert!(refusal(show(&app, &bearer).await).contains("expired"));
}

async fn what_is_not_a_token_is_refused(app: TestApp) {
    let unknown = jejaring::access::token::Secret::draw().expect("chance").reveal();
    for (shown, why) in [
        ("Basic eDp5".to_owned(), "Bearer"),
        ("Bearer jej_rubbish".to_owned(), "is not a token of this register"),
        (format!("Bearer {unknown}"), "not known"),
    ] {
        let refusal = refusal(show(&app, &shown).await);
        assert!(refusal.contains(why) && !refusal.contains("rubbish"), "{refusal}");
    }
}

async fn a_closed_account_is_let_in_no_more(app: TestApp) {
    let (token, _) = token_of(&app, "Budi", &[], &[TokenScope::Read]).await;
    let bearer = format!("Bearer {token}");
    let budi = show(&app, &bearer).await.expect("it is good");
    let administrator = app.staff(GrantRole::Administrator).await;
    let id = app.id_of(&administrator, "account", "budi").await;
    let close = format!(
        "mutation {{ closeAccount(input: {{accountId: \"{id}\"}}) {{ account {{ disabledAt }} }} }}"
    );
    assert_eq!(
        app.ask_as(&budi, &close).await.errors,
        ["FORBIDDEN at closeAccount: your account may not do this: closeAccount"]
    );
    assert!(
        app.ask_as(&administrator, &close).await.at("/closeAccount/account/disabledAt").is_string()
    );
    assert!(show(&app, &bearer).await.is_err());
    let reopen = close.replace("closeAccount", "reopenAccount");
    app.ask_as(&administrator, &reopen).await.at("/reopenAccount/account/disabledAt");
    assert!(show(&app, &bearer).await.is_ok());
}

async fn a_token_for_reading_writes_nothing(app: TestApp) {
    let (token, _) =
        token_of(&app, "Reader", &[Role::OfficerOf("kemenperin")], &[TokenScope::Read]).await;
    let reader = show(&app, &format!("Bearer {token}")).await.expect("it is good");
    assert_eq!(app.ask_as(&reader, CREATE).await.errors.len(), 1);
}

async fn the_secret_is_kept_nowhere(app: TestApp) {
    let (token, _) = token_of(&app, "Ana", &[], &[TokenScope::Read]).await;
    let row = api_token::Entity::find()
        .one(app.app.db.reading())
        .await
        .expect("a read")
        .expect("the token");
    assert!(token.starts_with(&row.prefix) && row.prefix.len() < 12 && row.sha256.len() == 64);
    for statement in app.sent.lock().expect("the log").iter() {
        assert!(!format!("{statement:?}").contains(&token[12..]));
    }
}

async fn accounts_are_seen_by_those_who_manage_them(app: TestApp) {
    let officer = app.officer("kemenperin").await;
    let administrator = app.staff(GrantRole::Administrator).await;
    let auditor = app.staff(GrantRole::Auditor).await;
    let query = "{ accounts { totalCount nodes { grants { totalCount } tokens { totalCount } } } \
                 grants { totalCount } apiTokens { totalCount } viewer { key } }";
    for (actor, accounts, grants) in
        [(&Actor::Anonymous, 0, 0), (&officer, 1, 1), (&administrator, 3, 3), (&auditor, 3, 3)]
    {
        let seen = app.ask_as(actor, query).await;
        assert_eq!(seen.at("/accounts/totalCount"), accounts, "{actor}");
        assert_eq!(seen.at("/grants/totalCount"), grants, "{actor}");
        assert_eq!(seen.at("/apiTokens/totalCount"), accounts, "{actor}");
        assert_eq!(seen.at("/viewer").is_null(), *actor == Actor::Anonymous);
    }
}

/// Also who may not read, and whatever is selected of it: what it refers to is another matter.
async fn a_writer_is_shown_what_he_wrote(app: TestApp) {
    let (token, _) =
        token_of(&app, "only-writes", &[Role::OfficerOf("bbspjikb")], &[TokenScope::Write]).await;
    let writer = show(&app, &format!("Bearer {token}")).await.expect("it is good");
    let curator = app.staff(GrantRole::Curator).await;
    let programme = app.id_of(&curator, "programme", "jewellery").await;
    for (number, selected) in
        ["key", "key programme { key } owner { name key }"].into_iter().enumerate()
    {
        let key = format!("written-{number}");
        let input = format!("programmeId: {programme:?}, key: {key:?}");
        let made = app
            .ask_as(
                &writer,
                &mutation("draftBatch", &input, &format!("batch {{ {selected} status }}")),
            )
            .await;
        assert!(made.refusals("draftBatch").is_empty(), "{made}");
        assert_eq!(made.at("/draftBatch/batch/status"), "DRAFT", "{made}");
        assert_eq!(made.text("/draftBatch/batch/key"), key, "{made}");
        if number == 1 {
            assert_eq!(made.text("/draftBatch/batch/programme/key"), "jewellery", "{made}");
            assert!(!made.text("/draftBatch/batch/owner/name").is_empty(), "{made}");
        }
        let seen =
            app.ask_as(&writer, &format!("{{ batch(by: {{key: {key:?}}}) {{ key }} }}")).await;
        assert!(seen.at("/batch").is_null(), "{seen}");
    }
}

/// All sets of scopes, the empty one first.
fn sets_of_scopes() -> Vec<BTreeSet<TokenScope>> {
    let all = [TokenScope::Read, TokenScope::Write, TokenScope::Administer];
    let chosen = |bits: usize| {
        (0..all.len()).filter(move |place| bits >> place & 1 == 1).map(|place| all[place])
    };
    (0..1 << all.len()).map(|bits| chosen(bits).collect()).collect()
}

fn names(scopes: &BTreeSet<TokenScope>) -> String {
    scopes.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Whoever shows a token gets no more by it than it is for: no other token, of its own account or
/// of another's, and no endpoint that is told what the token may not read.
async fn scopes_only_narrow(app: TestApp) {
    let schema = Schema::read().await;
    let secrets = schema.list("Mutation", "fields").into_iter().filter(|field| {
        let payload = schema.list(&named(&field["type"]).0, "fields");
        payload.into_iter().any(|field| name(field) == "secret")
    });
    let known = ["createToken", "createWebhookEndpoint", "rotateWebhookSecret"];
    assert_eq!(
        secrets.map(name).collect::<Vec<_>>(),
        known,
        "whatever hands out a secret is tested here"
    );

    let other = app.officer("kemenperin").await.rights().account.expect("an account");
    let administrator = app.staff(GrantRole::Administrator).await;
    let other = (other, app.id_of(&administrator, "account", "officer-of-kemenperin").await);
    for held in sets_of_scopes().into_iter().filter(|held| !held.is_empty()) {
        let has = |scope: TokenScope| held.contains(&scope);
        let scopes: Vec<TokenScope> = held.iter().copied().collect();
        let title = format!("manager-{}", names(&held).replace(", ", "-").to_lowercase());
        let (token, _) =
            token_of(&app, &title, &[Role::Of(GrantRole::Administrator)], &scopes).await;
        let maker = show(&app, &format!("Bearer {token}")).await.expect("it is good");
        let own = maker.rights().account.expect("an account");
        let own = (own, app.id_of(&administrator, "account", &title).await);
        for wanted in sets_of_scopes() {
            for (account, id) in [&own, &other] {
                let input =
                    format!("name: \"minted\", accountId: {id:?}, scopes: [{}]", names(&wanted));
                let made = app.ask_as(&maker, &mutation("createToken", &input, "secret")).await;
                let case = format!("{held:?} makes {wanted:?}: {made}");
                if !has(TokenScope::Read) {
                    // Who reads nothing finds no account.
                    assert!(
                        made.refusals("createToken")[0].starts_with("NOT_FOUND at accountId"),
                        "{case}"
                    );
                } else if !has(TokenScope::Administer) {
                    assert!(made.errors[0].starts_with("FORBIDDEN"), "{case}");
                } else if wanted.is_empty() {
                    assert!(
                        made.refusals("createToken")[0].starts_with("REQUIRED at scopes"),
                        "{case}"
                    );
                } else if wanted.is_subset(&held) {
                    let minted = format!("Bearer {}", made.text("/createToken/secret"));
                    let minted = show(&app, &minted).await.expect("it is good");
                    assert_eq!(
                        (minted.rights().account, &minted.rights().scopes),
                        (Some(*account), &wanted),
                        "{case}"
                    );
                } else {
                    let beyond = names(&wanted.difference(&held).copied().collect());
                    let message =
                        format!("has the scopes {}: it cannot give {beyond}", names(&held));
                    let refusals = made.refusals("createToken");
                    assert!(
                        refusals[0].starts_with("INVALID at scopes")
                            && refusals[0].ends_with(&message),
                        "{case}"
                    );
                }
            }
            // For itself unless an account is given: that needs no sight of accounts.
            if has(TokenScope::Administer) && !wanted.is_empty() {
                let input = format!("name: \"minted\", scopes: [{}]", names(&wanted));
                let made = app.ask_as(&maker, &mutation("createToken", &input, "secret")).await;
                assert_eq!(
                    made.refusals("createToken").is_empty(),
                    wanted.is_subset(&held),
                    "{held:?}: {made}"
                );
            }
        }
        let endpoint = "url: \"https://93.184.215.14/\", name: \"Example\"";
        let made = app.ask_as(&maker, &mutation("createWebhookEndpoint", endpoint, "secret")).await;
        let may = has(TokenScope::Administer) && has(TokenScope::Read);
        assert_eq!(made.errors.is_empty(), may, "{held:?}: {made}");
    }
}
