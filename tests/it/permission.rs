//! Who may do what, and who sees what: each mutation and each list that the schema has, by everybody there is. Nothing here names a
//! mutation: what is added to the schema is tested, or fails for want of an example.

use std::collections::BTreeMap;

use entity::api_token;
use entity::vocabulary::GrantRole;
use jejaring::access::Actor;
use jejaring::access::policy::{Action, Relation, allows, may};
use jejaring::graphql::mutations::actions;
use sea_orm::EntityTrait;
use serde_json::Value;

use crate::intents::{draft, invite, mutation, owner};
use crate::support::{Role, TestApp};

both_dbs!(
    every_mutation_is_allowed_to_those_whom_the_table_names,
    what_may_not_be_seen_is_on_no_edge_of_the_graph,
    an_expired_and_a_revoked_token_let_nobody_in,
);

/// The schema as it describes itself.
struct Schema(BTreeMap<String, Value>);

impl Schema {
    async fn read() -> Self {
        let schema = jejaring::graphql::roots::schema().finish();
        const TYPE: &str =
            "kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";
        let query = format!(
            "{{ __schema {{ types {{ name kind fields {{ name args {{ name type {{ {TYPE} }} }} type {{ {TYPE} }} }} \
             inputFields {{ name defaultValue type {{ {TYPE} }} }} enumValues {{ name }} }} }} }}"
        );
        let answer = serde_json::to_value(schema.execute(query).await.data).expect("JSON");
        let types = answer["__schema"]["types"].as_array().expect("types").iter();
        Self(types.map(|one| (one["name"].as_str().expect("a name").to_owned(), one.clone())).collect())
    }

    fn list(&self, of: &str, what: &str) -> Vec<&Value> {
        self.0.get(of).and_then(|one| one[what].as_array()).into_iter().flatten().collect()
    }

    fn kind(&self, of: &str) -> &str {
        self.0.get(of).and_then(|one| one["kind"].as_str()).unwrap_or_default()
    }
}

/// The named type within lists and non-nulls, and whether it is required and a list.
fn named(of: &Value) -> (String, bool, bool) {
    let required = of["kind"] == "NON_NULL";
    let (mut inner, mut list) = (of, false);
    while !inner["ofType"].is_null() {
        list |= inner["kind"] == "LIST";
        inner = &inner["ofType"];
    }
    (inner["name"].as_str().expect("a name").to_owned(), required, list)
}

fn name(of: &Value) -> &str {
    of["name"].as_str().expect("a name")
}

/// The fields of an input that must be given, with values of their type; ids of `records` by the name of the field.
fn example(schema: &Schema, input: &str, records: &BTreeMap<&str, String>) -> String {
    let mut fields = Vec::new();
    for field in schema.list(input, "inputFields") {
        let (of, required, list) = named(&field["type"]);
        let given = records.get(name(field));
        if !field["defaultValue"].is_null() || (!required && given.is_none()) {
            continue;
        }
        let value = match of.as_str() {
            "ID" => {
                format!("{:?}", given.unwrap_or_else(|| panic!("tell this test what {}.{} is", input, name(field))))
            }
            "String" => match name(field) {
                "language" => "\"en\"".to_owned(),
                _ => "\"Something\"".to_owned(),
            },
            "Int" | "Float" => "1".to_owned(),
            "Boolean" => "true".to_owned(),
            "Date" => "\"2026-07-05\"".to_owned(),
            "CountryCode" => "\"VN\"".to_owned(),
            _ if schema.kind(&of) == "ENUM" => match of.as_str() {
                "GrantRole" => "CURATOR".to_owned(),
                "ClaimProperty" => "TITLE".to_owned(),
                _ => name(schema.list(&of, "enumValues")[0]).to_owned(),
            },
            _ => format!("{{{}}}", example(schema, &of, records)),
        };
        fields.push(format!("{}: {}", name(field), if list { format!("[{value}]") } else { value }));
    }
    fields.join(", ")
}

/// Records of all kinds, of a batch that the owner of the jewellery programme keeps, another body organises, and a third one sends
/// a delegation to.
async fn records(app: &TestApp, owner: &Actor) -> BTreeMap<&'static str, String> {
    let mut records = BTreeMap::new();
    let batch = draft(app, owner, "permitted", r#", startsOn: "2026-07-01", endsOn: "2026-07-10""#).await;
    let done = async |actor: &Actor, name: &str, input: String, record: &str| {
        let answer = app.ask_as(actor, &mutation(name, &input, &format!("{record} {{ id }}"))).await;
        assert_eq!(answer.refusals(name), Vec::<String>::new(), "{name}");
        answer.text(&format!("/{name}/{record}/id")).to_owned()
    };
    done(owner, "announceBatch", format!("batchId: {batch:?}"), "batch").await;
    let sender = app.id_of(owner, "institution", SENDER).await;
    let organiser = app.id_of(owner, "institution", ORGANISER).await;
    let organised = format!("batchId: {batch:?}, institutionId: {organiser:?}, role: ORGANISER");
    records.insert("partnershipId", done(owner, "addPartnership", organised, "partnership").await);
    let party = format!("batchId: {batch:?}, country: \"ID\", institutionId: {sender:?}");
    let party = done(owner, "inviteDelegation", party, "delegation").await;
    let came = invite(app, owner, &batch, &["LA"]).await.remove(0);
    done(owner, "recordAttendance", format!("delegationId: {came:?}"), "delegation").await;
    let attended = format!("batchId: {batch:?}, country: \"MY\", institutionId: {sender:?}");
    let attended = done(owner, "inviteDelegation", attended, "delegation").await;
    done(owner, "recordAttendance", format!("delegationId: {attended:?}"), "delegation").await;
    let plan = done(owner, "expectActionPlan", format!("delegationId: {attended:?}"), "actionPlan").await;
    let item = done(owner, "addActionItem", format!("actionPlanId: {plan:?}, title: \"Sell\""), "actionItem").await;
    let workshop = format!("batchId: {batch:?}, kind: TRAINING, title: \"Casting\", language: \"en\"");
    records.insert("workshopId", done(owner, "scheduleWorkshop", workshop, "workshop").await);
    let outcome = format!("batchId: {batch:?}, kind: AIM, labelEn: \"A market\"");
    records.insert("outcomeId", done(owner, "recordOutcome", outcome, "outcome").await);
    let person = done(owner, "addPerson", "name: \"Dewi\"".to_owned(), "person").await;
    let engaged = format!("personId: {person:?}, batchId: {batch:?}, role: SPEAKER");
    records.insert("engagementId", done(owner, "engagePerson", engaged, "engagement").await);
    let ours = app
        .ask_as(owner, &format!("{{ node(id: {batch:?}) {{ ... on Batch {{ owner {{ id }} programme {{ id }} }} }} }}"))
        .await;
    let own = ours.text("/node/owner/id").to_owned();
    let post = format!("personId: {person:?}, institutionId: {own:?}, post: \"Head\", language: \"en\"");
    records.insert("appointmentId", done(owner, "appointPerson", post, "appointment").await);
    records.insert("programmeId", ours.text("/node/programme/id").to_owned());
    let claims = app
        .ask_as(
            owner,
            &format!("{{ node(id: {batch:?}) {{ ... on Batch {{ claims(first: 1) {{ nodes {{ id }} }} }} }} }}"),
        )
        .await;
    records.insert("claimId", claims.text("/node/claims/nodes/0/id").to_owned());
    let shared = app.ask("{ venues(first: 1) { nodes { id } } topics(first: 1) { nodes { id } } sources(first: 1, filter: {kind: {eq: NEWS_REPORT}}) \
        { nodes { id } } indicators(first: 1) { nodes { id } } observations(first: 1) { nodes { id } } memberships(first: 1) { nodes { id } } \
        regionalGroups(first: 1) { nodes { id } } }").await;
    for (field, list) in [
        ("venueId", "venues"),
        ("topicId", "topics"),
        ("sourceId", "sources"),
        ("indicatorId", "indicators"),
        ("observationId", "observations"),
        ("membershipId", "memberships"),
        ("groupId", "regionalGroups"),
    ] {
        records.insert(field, shared.text(&format!("/{list}/nodes/0/id")).to_owned());
    }
    let other = app.staff(GrantRole::Administrator).await;
    let account = app.ask_as(&other, "{ accounts(first: 1, filter: {grants: {some: {role: {eq: OFFICER}}}}) { nodes { id grants { nodes { id } } tokens { nodes { id } } } } }").await;
    records.insert("accountId", account.text("/accounts/nodes/0/id").to_owned());
    records.insert("grantId", account.text("/accounts/nodes/0/grants/nodes/0/id").to_owned());
    records.insert("tokenId", account.text("/accounts/nodes/0/tokens/nodes/0/id").to_owned());
    let finding = app.ask("{ batch(by: {key: \"jewellery-2023\"}) { findings(first: 1) { nodes { id } } } }").await;
    records.insert("findingId", finding.text("/batch/findings/nodes/0/id").to_owned());
    records.insert("intoId", organiser);
    records.insert("relatedId", shared.text("/sources/nodes/0/id").to_owned());
    records.insert("recordId", batch.clone());
    records.insert("ownerId", own.clone());
    records.insert("institutionId", own);
    records.insert("batchId", batch);
    records.insert("delegationId", party);
    records.insert("actionPlanId", plan);
    records.insert("actionItemId", item);
    records.insert("personId", person);
    records
}

const SENDER: &str = "asipa";
const ORGANISER: &str = "phri";

/// Whether a mutation was let through: carried out, or refused for what it says and not for who says it.
fn let_through(answer: &crate::support::Answer, name: &str) -> bool {
    if answer.errors.iter().any(|error| error.starts_with("UNAUTHENTICATED") || error.starts_with("FORBIDDEN")) {
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
    let staff = [GrantRole::Auditor, GrantRole::Curator];
    let mut everybody = vec![
        ("anonymous", Actor::Anonymous, Relation::Stranger),
        ("newcomer", nobody, Relation::Stranger),
        ("stranger", stranger, Relation::Stranger),
        ("sender", sender, Relation::Party),
        ("co-organiser", co_organiser, Relation::CoOrganiser),
        ("owner", officer, Relation::Own),
    ];
    for role in staff {
        let who = app.staff(role).await;
        everybody.push((if role == GrantRole::Auditor { "auditor" } else { "curator" }, who, Relation::Stranger));
    }
    let administrator = app.somebody("Second administrator", &[Role::Of(GrantRole::Administrator)]).await;
    everybody.push(("administrator", administrator, Relation::Stranger));
    let actions: BTreeMap<String, Action> = actions().into_iter().collect();
    let mut wrong = Vec::new();
    // A merge hands over what the other examples need.
    let mut fields = schema.list("Mutation", "fields");
    fields.sort_by_key(|field| name(field).starts_with("merge"));
    for field in fields {
        let mutation_name = name(field);
        let action = *actions.get(mutation_name).unwrap_or_else(|| panic!("{mutation_name} has no action"));
        let (input, _, _) = named(&field["args"][0]["type"]);
        let example = example(&schema, &input, &records);
        for (who, actor, relation) in &everybody {
            let query =
                format!("mutation {{ {mutation_name}(input: {{{example}}}) {{ errors {{ path code message }} }} }}");
            let answer = app.ask_as(actor, &query).await;
            let relation = relation_to(action, mutation_name, who, *relation);
            let expected = may(actor, action, relation);
            if let_through(&answer, mutation_name) != expected {
                wrong.push(format!("{who} {mutation_name}: expected {expected}, got {answer}\n{query}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// How somebody stands to the record of the example, where that is not one of the batch.
fn relation_to(action: Action, mutation: &str, who: &str, relation: Relation) -> Relation {
    match (action, mutation) {
        // The finding is one of another batch, which the same institution keeps; tokens are the owner's, and made for the owner.
        (Action::KeepOwnTokens, _) if who == "administrator" => Relation::Own,
        (Action::ExplainFinding | Action::WithdrawClaim | Action::KeepOwnTokens, _) if who != "owner" => {
            Relation::Stranger
        }
        // A speaker's name is kept by curators.
        (Action::KeepPerson, _) => Relation::Stranger,
        (Action::KeepInstitution | Action::KeepRecord, _) if relation == Relation::Party => Relation::Stranger,
        // The plan is that of the party; only a delegation's own record makes its sender a party.
        _ => relation,
    }
}

/// The table of `docs/PERMISSIONS.md`: for each mutation and each thing that is not public, which role may do or see it on whose
/// records. `UPDATE_PERMISSIONS=1` writes it.
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
    ];
    for action in Action::ALL {
        let known = rows.iter().map(|row| row.1).chain(hidden.iter().map(|row| row.1)).any(|known| known == action);
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
                    Relation::Stranger => "others'",
                })
                .collect::<Vec<_>>()
                .join(", "),
        }
    };
    let roles = [
        None,
        Some(GrantRole::Officer),
        Some(GrantRole::Curator),
        Some(GrantRole::Auditor),
        Some(GrantRole::Administrator),
    ];
    let line = |name: &str, action| {
        let cells: Vec<_> = roles.iter().map(|role| cell(*role, action)).collect();
        format!("| {name} | {} |\n", cells.join(" | "))
    };
    let title = |what: &str| {
        format!("\n| {what} | any account | officer | curator | auditor | administrator |\n|---|---|---|---|---|---|\n")
    };
    let mut table = head.to_owned() + &title("mutation");
    table.extend(rows.iter().map(|(name, action)| line(name, *action)));
    table += &title("what is not public");
    table.extend(hidden.iter().map(|(name, action)| line(name, *action)));
    if std::env::var_os("UPDATE_PERMISSIONS").is_some() {
        std::fs::write(FILE, &table).expect("the table is written");
    }
    let checked_in = std::fs::read_to_string(FILE).unwrap_or_default();
    assert!(checked_in == table, "docs/PERMISSIONS.md is stale: run the tests with UPDATE_PERMISSIONS=1");
}

/// All that one may ask of each list at the root: the fields of its nodes, one level deep, with the counts of nested lists.
fn everything(schema: &Schema) -> Vec<String> {
    let mut queries = Vec::new();
    for field in schema.list("Query", "fields") {
        let (connection, _, _) = named(&field["type"]);
        let Some(node) = connection.strip_suffix("Connection") else { continue };
        let mut fields = Vec::new();
        for field in schema.list(node, "fields") {
            let (of, _, _) = named(&field["type"]);
            if field["args"].as_array().is_some_and(|args| args.iter().any(|arg| named(&arg["type"]).1)) {
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
        let sought = field["args"].as_array().is_some_and(|args| args.iter().any(|arg| name(arg) == "text"));
        let sought = if sought { "text: \"canary\", " } else { "" };
        queries.push(format!(
            "{{ {}({sought}first: 50) {{ totalCount nodes {{ {} }} }} }}",
            name(field),
            fields.join(" ")
        ));
    }
    queries
}

/// For each list at the root, filters that ask of what hangs from its records for one with a key: through one edge and two.
fn probes(schema: &Schema, hidden: &[&str]) -> Vec<String> {
    /// The filter that a field of a filter leads to, and how.
    fn through(schema: &Schema, of: &Value) -> Option<(String, bool)> {
        let (of, _, _) = named(&of["type"]);
        let fields = schema.list(&of, "inputFields");
        if let Some(some) = fields.iter().find(|field| name(field) == "some") {
            let of = named(&some["type"]).0;
            let keyed = schema.list(&of, "inputFields").iter().any(|field| name(field) == "key");
            return keyed.then_some((of, true));
        }
        fields.iter().any(|field| name(field) == "key").then_some((of, false))
    }
    let wrap = |field: &str, some: bool, inner: &str| {
        if some { format!("{field}: {{some: {{{inner}}}}}") } else { format!("{field}: {{{inner}}}") }
    };
    let mut probes = Vec::new();
    for field in schema.list("Query", "fields") {
        let Some(filter) = field["args"].as_array().into_iter().flatten().find(|arg| name(arg) == "filter") else {
            continue;
        };
        let (filter, _, _) = named(&filter["type"]);
        let keys: Vec<String> = hidden.iter().map(|key| format!("{key:?}")).collect();
        let key = format!("key: {{in: [{}]}}", keys.join(", "));
        let keyed = schema.list(&filter, "inputFields").iter().any(|field| name(field) == "key");
        let mut filters: Vec<String> = keyed.then(|| key.clone()).into_iter().collect();
        for one in schema.list(&filter, "inputFields") {
            let Some((next, some)) = through(schema, one).filter(|_| !["not", "and", "or"].contains(&name(one))) else {
                continue;
            };
            filters.push(wrap(name(one), some, &key));
            for two in schema.list(&next, "inputFields") {
                let Some((_, deeper)) = through(schema, two).filter(|_| !["not", "and", "or"].contains(&name(two)))
                else {
                    continue;
                };
                filters.push(wrap(name(one), some, &wrap(name(two), deeper, &key)));
            }
        }
        probes.extend(filters.iter().map(|filter| format!("{}(filter: {{{filter}}}) {{ totalCount }}", name(field))));
    }
    probes
}

async fn what_may_not_be_seen_is_on_no_edge_of_the_graph(app: TestApp) {
    let schema = Schema::read().await;
    let officer = owner(&app).await;
    let records = records(&app, &officer).await;
    // A draft of the owner, and a participant of the sender: of each, strings that stand nowhere else.
    let draft = draft(
        &app,
        &officer,
        "canary-draft",
        r#", label: "CANARY label", title: {text: "CANARY title", language: "en"}"#,
    )
    .await;
    let hung = mutation(
        "scheduleWorkshop",
        &format!(
            "batchId: {draft:?}, key: \"canary-workshop\", kind: TRAINING, title: \"CANARY workshop\", language: \"en\""
        ),
        "workshop { id }",
    );
    let hung = app.ask_as(&officer, &hung).await.text("/scheduleWorkshop/workshop/id").to_owned();
    let nominate = format!("delegationId: {:?}, participants: [{{name: \"CANARY person\"}}]", records["delegationId"]);
    let nominated = app
        .ask_as(
            &officer,
            &mutation(
                "nominateDelegation",
                &nominate,
                "delegation { engagements { nodes { id key person { id key } } } }",
            ),
        )
        .await;
    let of =
        |what: &str| nominated.text(&format!("/nominateDelegation/delegation/engagements/nodes/0/{what}")).to_owned();
    let (engaged, engaged_key, person, person_key) = (of("id"), of("key"), of("person/id"), of("person/key"));
    let drafts = ["canary-draft", "canary-workshop"];
    let participants = [engaged_key.as_str(), person_key.as_str()];
    let curator = app.staff(GrantRole::Curator).await;
    let auditor = app.staff(GrantRole::Auditor).await;
    let everybody = [
        ("anonymous", Actor::Anonymous, false, false),
        ("newcomer", app.somebody("Newcomer", &[]).await, false, false),
        ("stranger", app.officer("iwapi").await, false, false),
        ("sender", app.officer(SENDER).await, false, true),
        ("co-organiser", app.officer(ORGANISER).await, false, true),
        ("curator", curator, true, false),
        ("auditor", auditor, true, false),
        (
            "administrator",
            app.somebody("Second administrator", &[Role::Of(GrantRole::Administrator)]).await,
            false,
            false,
        ),
        ("owner", officer, true, true),
    ];
    let everything = everything(&schema);
    for (who, actor, sees_draft, sees_participant) in everybody {
        let mut seen = String::new();
        for query in &everything {
            let answer = app.ask_as(&actor, query).await;
            assert!(answer.errors.is_empty(), "{query}\n{answer}");
            seen += &answer.data.to_string();
        }
        let nodes = [&draft, &hung, &engaged, &person].map(|id| format!("{id:?}")).join(", ");
        let nodes = app.ask_as(&actor, &format!("{{ nodes(ids: [{nodes}]) {{ id }} }}")).await;
        let there: Vec<bool> =
            nodes.at("/nodes").as_array().expect("nodes").iter().map(|node| !node.is_null()).collect();
        assert_eq!(there, [sees_draft, sees_draft, sees_participant, sees_participant], "{who}");
        for (canary, sees) in [
            ("CANARY label", sees_draft),
            ("CANARY title", sees_draft),
            ("CANARY workshop", sees_draft),
            ("CANARY person", sees_participant),
        ] {
            assert_eq!(seen.contains(canary), sees, "{who} {canary}");
        }
        for (hidden, sees) in [(&drafts, sees_draft), (&participants, sees_participant)] {
            if sees {
                continue;
            }
            for some in probes(&schema, hidden).chunks(20) {
                let some: Vec<_> =
                    (0..).zip(some).map(|(place, probe): (usize, _)| format!("p{place}: {probe}")).collect();
                let answer = app.ask_as(&actor, &format!("{{ {} }}", some.join("\n"))).await;
                assert!(answer.errors.is_empty(), "{answer}");
                for (probe, counted) in some.iter().zip(answer.data.as_object().expect("an object").values()) {
                    assert_eq!(counted["totalCount"], 0, "{who} learns something by {probe}");
                }
            }
        }
    }
}

async fn an_expired_and_a_revoked_token_let_nobody_in(app: TestApp) {
    use jejaring::access::by_token;
    let officer = owner(&app).await;
    let made = |expires: &str| {
        format!(
            "mutation {{ createToken(input: {{name: \"t\", expiresAt: \"{expires}\"}}) {{ token {{ id }} secret }} }}"
        )
    };
    let short = app.ask_as(&officer, &made("2026-06-01T00:01:00Z")).await;
    let long = app.ask_as(&officer, &made("2027-06-01T00:00:00Z")).await;
    let revoke = format!("tokenId: \"{}\"", long.text("/createToken/token/id"));
    app.ask_as(&officer, &mutation("revokeToken", &revoke, "token { id }")).await.at("/revokeToken/token/id");
    app.app.clock.set("2026-06-01T00:01:00Z".parse().expect("a moment"));
    for token in [&short, &long] {
        let shown = token.text("/createToken/secret");
        assert!(by_token(&app.app.db, &app.app.clock, shown).await.is_err());
    }
    let tokens = api_token::Entity::find().all(app.app.db.reading()).await.expect("a read");
    assert!(tokens.len() >= 3);
}
