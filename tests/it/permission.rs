//! Who may do what, and who sees what: each mutation and each list that the schema has, by
//! everybody there is. Nothing here names a mutation: what is added to the schema is tested, or
//! fails for want of an example.

mod hidden;

use std::collections::BTreeMap;

use axum::http::StatusCode;
use entity::vocabulary::GrantRole;
use jejaring::access::Actor;
use jejaring::access::policy::{Action, Relation, allows, may};
use jejaring::schema::mutations::actions;
use serde_json::json;

use crate::example::schema::{Schema, example, name, named};
use crate::example::{ORGANISER, SENDER, records};
use crate::http::post;
use crate::intents::{mutation, owner};
use crate::support::{Role, TestApp};

both_dbs!(
    every_mutation_is_allowed_to_those_whom_the_table_names,
    an_expired_and_a_revoked_token_let_nobody_in,
);

/// Whether a mutation was let through: carried out, or refused for what it says and not for who
/// says it.
fn let_through(answer: &crate::support::Answer, name: &str) -> bool {
    if answer
        .errors
        .iter()
        .any(|error| error.starts_with("UNAUTHENTICATED") || error.starts_with("FORBIDDEN"))
    {
        return false;
    }
    assert!(answer.errors.is_empty(), "{name}: {answer}");
    let unseen = answer.refusals(name).iter().any(|refusal| refusal.starts_with("NOT_FOUND"));
    !unseen
}

async fn every_mutation_is_allowed_to_those_whom_the_table_names(app: TestApp) {
    let schema = Schema::read().await;
    let officer = owner(&app).await;
    let records = records(&app, &officer).await;
    let co_organiser = app.officer(ORGANISER).await;
    let sender = app.officer(SENDER).await;
    let stranger = app.officer("iwapi").await;
    let nobody = app.somebody("Newcomer", &[]).await;
    let (speaker, other) = (Role::FocalPointOf("ID"), Role::FocalPointOf("MY"));
    let staff = [GrantRole::Auditor, GrantRole::Curator];
    let mut everybody = vec![
        ("anonymous", Actor::Anonymous, Relation::Stranger),
        ("newcomer", nobody, Relation::Stranger),
        ("stranger", stranger, Relation::Stranger),
        ("sender", sender, Relation::Party),
        ("co-organiser", co_organiser, Relation::CoOrganiser),
        ("owner", officer, Relation::Own),
        ("focal point", app.somebody("Speaker", &[speaker]).await, Relation::OwnCountry),
        ("another's focal point", app.somebody("Other", &[other]).await, Relation::Stranger),
    ];
    for role in staff {
        let who = app.staff(role).await;
        everybody.push((
            if role == GrantRole::Auditor { "auditor" } else { "curator" },
            who,
            Relation::Stranger,
        ));
    }
    let administrator =
        app.somebody("Second administrator", &[Role::Of(GrantRole::Administrator)]).await;
    everybody.push(("administrator", administrator, Relation::Stranger));
    let actions: BTreeMap<String, Action> = actions().into_iter().collect();
    let mut wrong = Vec::new();
    // A merge hands over what the other examples need, and with the partnership ends what the
    // co-organiser may do.
    let mut fields = schema.list("Mutation", "fields");
    fields.sort_by_key(|field| name(field).starts_with("merge") || name(field) == "endPartnership");
    for field in fields {
        let mutation_name = name(field);
        let action =
            *actions.get(mutation_name).unwrap_or_else(|| panic!("{mutation_name} has no action"));
        let (input, _, _) = named(&field["args"][0]["type"]);
        let example = example(&schema, &input, &records);
        for (who, actor, relation) in &everybody {
            let query = format!(
                "mutation {{ {mutation_name}(input: {{{example}}}) {{ errors {{ path code message \
                 }} }} }}"
            );
            let answer = app.ask_as(actor, &query).await;
            let relation = relation_to(action, mutation_name, who, *relation);
            let expected = may(actor, action, relation);
            if let_through(&answer, mutation_name) != expected {
                wrong.push(format!(
                    "{who} {mutation_name}: expected {expected}, got {answer}\n{query}"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// How somebody stands to the record of the example, where that is not one of the batch.
fn relation_to(action: Action, mutation: &str, who: &str, relation: Relation) -> Relation {
    match (action, mutation) {
        // The finding is one of another batch, which the same institution keeps; tokens are the
        // owner's, and made for the owner.
        (Action::KeepOwnTokens, _) if who == "administrator" => Relation::Own,
        // Everybody has endpoints and reminders of his own; the endpoint of the example is the
        // owner's.
        (Action::KeepOwnWebhooks, "createWebhookEndpoint" | "setReminders" | "stopReminders") => {
            Relation::Own
        }
        (
            Action::ExplainFinding
            | Action::WithdrawClaim
            | Action::KeepOwnTokens
            | Action::KeepOwnWebhooks,
            _,
        ) if who != "owner" => Relation::Stranger,
        // The file is one that the owner has handed in.
        (Action::Import, _) if who != "owner" => Relation::Stranger,
        // A speaker's name is kept by curators.
        (Action::KeepPerson, _) => Relation::Stranger,
        (Action::KeepInstitution | Action::KeepRecord, _) if relation == Relation::Party => {
            Relation::Stranger
        }
        // The plan is that of the party; only a delegation's own record makes its sender a party.
        _ => relation,
    }
}

/// The table of `docs/PERMISSIONS.md`: for each mutation and each thing that is not public, which
/// role may do or see it on whose records. `UPDATE_PERMISSIONS=1` writes it.
#[test]
fn the_checked_in_table_of_permissions_is_current() {
    const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/PERMISSIONS.md");
    let head = include_str!("permission/head.md");
    let mut rows: Vec<(String, Action)> =
        actions().into_iter().map(|(name, action)| (format!("`{name}`"), action)).collect();
    rows.sort_by(|one, other| one.0.cmp(&other.0));
    let hidden = [
        ("a draft, and what hangs from it", Action::SeeDraft),
        ("engagements as `PARTICIPANT`, and the people", Action::SeeParticipants),
        ("findings `POSSIBLE_SAME_…`", Action::SeeGuesses),
        ("`history`", Action::SeeHistory),
        ("`accounts`, `grants`, `apiTokens`", Action::SeeAccounts),
        ("`imports`, and their rows", Action::Import),
        ("`webhookEndpoints`, `webhookDeliveries`", Action::SeeWebhooks),
    ];
    for action in Action::ALL {
        let known = rows
            .iter()
            .map(|row| row.1)
            .chain(hidden.iter().map(|row| row.1))
            .any(|known| known == action);
        assert!(known, "nothing is {action:?}");
    }
    let cell = |role, action| {
        let held: Vec<Relation> =
            Relation::ALL.into_iter().filter(|relation| allows(role, action, *relation)).collect();
        match held[..] {
            [] => "–".to_owned(),
            _ if held.len() == Relation::ALL.len() => "any".to_owned(),
            _ => held
                .iter()
                .map(|relation| match relation {
                    Relation::Own => "own",
                    Relation::CoOrganiser => "co-organised",
                    Relation::Party => "sent",
                    Relation::OwnCountry => "of its country",
                    Relation::Stranger => "others'",
                })
                .collect::<Vec<_>>()
                .join(", "),
        }
    };
    let roles = [
        None,
        Some(GrantRole::Officer),
        Some(GrantRole::FocalPoint),
        Some(GrantRole::Curator),
        Some(GrantRole::Auditor),
        Some(GrantRole::Administrator),
    ];
    let line = |name: &str, action| {
        let cells: Vec<_> = roles.iter().map(|role| cell(*role, action)).collect();
        format!("| {name} | {} |\n", cells.join(" | "))
    };
    let title = |what: &str| {
        format!(
            "\n| {what} | any account | officer | focal point | curator | auditor | administrator \
             |\n|---|---|---|---|---|---|---|\n"
        )
    };
    let mut table = head.to_owned() + &title("mutation");
    table.extend(rows.iter().map(|(name, action)| line(name, *action)));
    table += &title("what is not public");
    table.extend(hidden.iter().map(|(name, action)| line(name, *action)));
    if std::env::var_os("UPDATE_PERMISSIONS").is_some() {
        std::fs::write(FILE, &table).expect("the table is written");
    }
    let checked_in = std::fs::read_to_string(FILE).unwrap_or_default();
    assert!(
        checked_in == table,
        "docs/PERMISSIONS.md is stale: run the tests with UPDATE_PERMISSIONS=1"
    );
}

/// Whoever shows a token that has expired, or was revoked, is nobody, and not even anybody: each
/// mutation and each list is refused, and nothing is written. A token like these that is good is
/// let in.
async fn an_expired_and_a_revoked_token_let_nobody_in(app: TestApp) {
    let schema = Schema::read().await;
    let officer = owner(&app).await;
    let records = records(&app, &officer).await;
    let made = async |expires: &str| {
        let input =
            format!("name: \"t\", scopes: [READ, WRITE, ADMINISTER], expiresAt: {expires:?}");
        let query =
            format!("mutation {{ createToken(input: {{{input}}}) {{ token {{ id }} secret }} }}");
        let made = app.ask_as(&officer, &query).await;
        (
            made.text("/createToken/token/id").to_owned(),
            format!("Bearer {}", made.text("/createToken/secret")),
        )
    };
    let (_, expired) = made("2026-06-01T00:01:00Z").await;
    let (id, revoked) = made("2027-06-01T00:00:00Z").await;
    let (_, good) = made("2027-06-01T00:00:00Z").await;
    let revoke = mutation("revokeToken", &format!("tokenId: {id:?}"), "token { id }");
    app.ask_as(&officer, &revoke).await.at("/revokeToken/token/id");
    app.app.clock.set("2026-06-01T00:01:00Z".parse().expect("a moment"));

    let mut queries = everything(&schema);
    queries.extend(schema.list("Mutation", "fields").into_iter().map(|field| {
        let example = example(&schema, &named(&field["args"][0]["type"]).0, &records);
        format!("mutation {{ {}(input: {{{example}}}) {{ errors {{ code }} }} }}", name(field))
    }));
    let state = app.state_with("[rate]\nanonymous_per_minute = 0\naccount_per_minute = 0");
    let position = app.position().await;
    for query in &queries {
        for token in [&expired, &revoked] {
            let got = post(&state, json!({ "query": query }), &[("authorization", token)]).await;
            let answer = got.json();
            assert_eq!(got.status, StatusCode::UNAUTHORIZED, "{query}");
            assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", "{query}");
            assert!(answer["data"].is_null(), "{query}");
        }
    }
    assert_eq!(app.position().await, position);
    let got = post(&state, json!({ "query": queries[0] }), &[("authorization", &good)]).await;
    assert_eq!(got.status, StatusCode::OK);
}

/// All that one may ask of each list at the root: the fields of its nodes, one level deep, with the
/// counts of nested lists.
fn everything(schema: &Schema) -> Vec<String> {
    let mut queries = Vec::new();
    for field in schema.list("Query", "fields") {
        let (connection, _, _) = named(&field["type"]);
        let Some(node) = connection.strip_suffix("Connection") else { continue };
        let mut fields = Vec::new();
        for field in schema.list(node, "fields") {
            let (of, _, _) = named(&field["type"]);
            if field["args"]
                .as_array()
                .is_some_and(|args| args.iter().any(|arg| named(&arg["type"]).1))
            {
                continue;
            }
            fields.push(match schema.kind(&of) {
                "SCALAR" | "ENUM" => name(field).to_owned(),
                "OBJECT" if of.ends_with("Connection") => {
                    let node = of.trim_end_matches("Connection");
                    let people = if node == "Person" { " name" } else { "" };
                    format!("{} {{ totalCount nodes {{ id key{people} }} }}", name(field))
                }
                "OBJECT" if schema.list(&of, "fields").iter().any(|field| name(field) == "id") => {
                    let people = if of == "Person" { " name" } else { "" };
                    format!("{} {{ id{people} }}", name(field))
                }
                _ => continue,
            });
        }
        // The search is asked for what the hidden records are called.
        let searches =
            field["args"].as_array().is_some_and(|args| args.iter().any(|arg| name(arg) == "text"));
        let text = if searches { ", text: \"canary\"" } else { "" };
        queries.push(format!(
            "{{ {}(first: 50{text}) {{ totalCount nodes {{ {} }} }} }}",
            name(field),
            fields.join(" ")
        ));
    }
    queries
}
