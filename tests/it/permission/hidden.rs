//! What somebody may not see: it is on no edge, and changes no answer.

use entity::vocabulary::GrantRole;
use jejaring::access::Actor;
use serde_json::Value;

use super::everything;
use crate::example::schema::{Schema, name, named};
use crate::example::{ORGANISER, SENDER, records};
use crate::intents::{draft, mutation, owner};
use crate::support::{Role, TestApp, roomy};

both_dbs!(what_may_not_be_seen_is_on_no_edge_of_the_graph, what_may_not_be_seen_changes_no_answer,);

/// For each list at the root, filters that ask of what hangs from its records for one with a key:
/// through one edge and two.
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
        if some {
            format!("{field}: {{some: {{{inner}}}}}")
        } else {
            format!("{field}: {{{inner}}}")
        }
    };
    let mut probes = Vec::new();
    for field in schema.list("Query", "fields") {
        let Some(filter) =
            field["args"].as_array().into_iter().flatten().find(|arg| name(arg) == "filter")
        else {
            continue;
        };
        let (filter, _, _) = named(&filter["type"]);
        let keys: Vec<String> = hidden.iter().map(|key| format!("{key:?}")).collect();
        let key = format!("key: {{in: [{}]}}", keys.join(", "));
        let keyed = schema.list(&filter, "inputFields").iter().any(|field| name(field) == "key");
        let mut filters: Vec<String> = keyed.then(|| key.clone()).into_iter().collect();
        for one in schema.list(&filter, "inputFields") {
            let Some((next, some)) =
                through(schema, one).filter(|_| !["not", "and", "or"].contains(&name(one)))
            else {
                continue;
            };
            filters.push(wrap(name(one), some, &key));
            for two in schema.list(&next, "inputFields") {
                let Some((_, deeper)) =
                    through(schema, two).filter(|_| !["not", "and", "or"].contains(&name(two)))
                else {
                    continue;
                };
                filters.push(wrap(name(one), some, &wrap(name(two), deeper, &key)));
            }
        }
        probes.extend(
            filters
                .iter()
                .map(|filter| format!("{}(filter: {{{filter}}}) {{ totalCount }}", name(field))),
        );
    }
    probes
}

async fn what_may_not_be_seen_is_on_no_edge_of_the_graph(app: TestApp) {
    let app = roomy(app);
    let schema = Schema::read().await;
    let officer = owner(&app).await;
    let records = records(&app, &officer).await;
    // A draft of the owner, and a participant of the sender: of each, strings that stand nowhere
    // else.
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
            "batchId: {draft:?}, key: \"canary-workshop\", kind: TRAINING, title: \"CANARY \
             workshop\", language: \"en\""
        ),
        "workshop { id }",
    );
    let hung = app.ask_as(&officer, &hung).await.text("/scheduleWorkshop/workshop/id").to_owned();
    let nominate = format!(
        "delegationId: {:?}, participants: [{{name: \"CANARY person\"}}]",
        records["delegationId"]
    );
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
    let of = |what: &str| {
        nominated
            .text(&format!("/nominateDelegation/delegation/engagements/nodes/0/{what}"))
            .to_owned()
    };
    let (engaged, engaged_key, person, person_key) =
        (of("id"), of("key"), of("person/id"), of("person/key"));
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
        let there: Vec<bool> = nodes
            .at("/nodes")
            .as_array()
            .expect("nodes")
            .iter()
            .map(|node| !node.is_null())
            .collect();
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
                let some: Vec<_> = (0..)
                    .zip(some)
                    .map(|(place, probe): (usize, _)| format!("p{place}: {probe}"))
                    .collect();
                let answer = app.ask_as(&actor, &format!("{{ {} }}", some.join("\n"))).await;
                assert!(answer.errors.is_empty(), "{answer}");
                for (probe, counted) in
                    some.iter().zip(answer.data.as_object().expect("an object").values())
                {
                    assert_eq!(counted["totalCount"], 0, "{who} learns something by {probe}");
                }
            }
        }
    }
}

/// Every list at the root in every order that it has, from both ends, and by every relation that
/// its filter has: what is there, and how much.
fn orders_and_relations(schema: &Schema) -> Vec<String> {
    let mut queries = Vec::new();
    for field in schema.list("Query", "fields") {
        if !named(&field["type"]).0.ends_with("Connection") {
            continue;
        }
        let arguments = field["args"].as_array().expect("arguments");
        let of = |argument: &str| {
            let of = arguments.iter().find(|one| name(one) == argument);
            of.map(|one| named(&one["type"]).0).unwrap_or_default()
        };
        let by =
            schema.list(&of("orderBy"), "inputFields").into_iter().find(|one| name(one) == "field");
        let by = by.map(|one| named(&one["type"]).0).unwrap_or_default();
        for by in schema.list(&by, "enumValues") {
            for end in ["first", "last"] {
                let arguments = format!("{end}: 5, orderBy: {{field: {}}}", name(by));
                queries.push(format!(
                    "{}({arguments}) {{ totalCount edges {{ cursor node {{ id }} }} }}",
                    name(field)
                ));
            }
        }
        for relation in schema.list(&of("filter"), "inputFields") {
            for test in
                schema.list(&named(&relation["type"]).0, "inputFields").into_iter().map(name)
            {
                if ["some", "none"].contains(&test) {
                    let arguments =
                        format!("first: 1, filter: {{{}: {{{test}: {{}}}}}}", name(relation));
                    queries.push(format!(
                        "{}({arguments}) {{ totalCount nodes {{ id }} }}",
                        name(field)
                    ));
                }
            }
        }
    }
    let some = queries.chunks(20).map(|some| {
        let some: Vec<_> =
            (0..).zip(some).map(|(place, one): (usize, _)| format!("q{place}: {one}")).collect();
        format!("{{ {} }}", some.join("\n"))
    });
    some.collect()
}

/// Whoever may not see something is answered as if it were not there: the same before it comes in
/// and after, whatever is asked, counted, filtered and ordered.
async fn what_may_not_be_seen_changes_no_answer(app: TestApp) {
    let app = roomy(app);
    let schema = Schema::read().await;
    let officer = owner(&app).await;
    let records = records(&app, &officer).await;
    let mut queries = everything(&schema);
    queries.extend(orders_and_relations(&schema));
    let strangers = [("anonymous", Actor::Anonymous), ("stranger", app.officer("iwapi").await)];
    let curator = app.staff(GrantRole::Curator).await;
    let done = async |name: &str, input: String, record: &str| {
        let answer =
            app.ask_as(&officer, &mutation(name, &input, &format!("{record} {{ id }}"))).await;
        assert_eq!(answer.refusals(name), Vec::<String>::new(), "{name}");
        answer.text(&format!("/{name}/{record}/id")).to_owned()
    };
    let answers = async |who: &[(&'static str, Actor)]| {
        let mut answers = Vec::new();
        for (who, actor) in who {
            for query in &queries {
                let answer = app.ask_as(actor, query).await;
                assert!(answer.errors.is_empty(), "{query}\n{answer}");
                answers.push((*who, query.clone(), answer.data.to_string()));
            }
        }
        answers
    };
    let same = |before: &[(&str, String, String)], after: &[(&str, String, String)]| {
        for ((who, query, before), (_, _, after)) in before.iter().zip(after) {
            assert_eq!(before, after, "{who} learns something by {query}");
        }
    };

    // A draft, with all that can hang from it.
    let before = answers(&strangers).await;
    let batch =
        draft(&app, &officer, "hidden", r#", startsOn: "2026-08-01", endsOn: "2026-08-09""#).await;
    let of_batch = format!("batchId: {batch:?}");
    done(
        "scheduleWorkshop",
        format!("{of_batch}, kind: TRAINING, title: \"Hidden\", language: \"en\""),
        "workshop",
    )
    .await;
    let organiser = format!("{of_batch}, institutionId: {:?}, role: ORGANISER", records["intoId"]);
    done("addPartnership", organiser, "partnership").await;
    done(
        "engagePerson",
        format!("{of_batch}, personId: {:?}, role: TRAINER", records["personId"]),
        "engagement",
    )
    .await;
    done("recordOutcome", format!("{of_batch}, kind: AIM, labelEn: \"Hidden\""), "outcome").await;
    done(
        "citeSource",
        format!("recordId: {batch:?}, sourceId: {:?}", records["sourceId"]),
        "citation",
    )
    .await;
    let party =
        done("inviteDelegation", format!("{of_batch}, country: \"KH\""), "delegation").await;
    done("recordAttendance", format!("delegationId: {party:?}"), "delegation").await;
    done("expectActionPlan", format!("delegationId: {party:?}"), "actionPlan").await;
    same(&before, &answers(&strangers).await);
    let seen =
        app.ask_as(&curator, "{ batches(filter: {key: {eq: \"hidden\"}}) { totalCount } }").await;
    assert_eq!(seen.at("/batches/totalCount"), 1);

    // Somebody who takes part in a batch that is public.
    let [_, stranger] = strangers;
    let everybody = [stranger, ("curator", curator)];
    let before = answers(&everybody).await;
    let person = done("addPerson", "name: \"Hidden\"".to_owned(), "person").await;
    let part = format!(
        "personId: {person:?}, batchId: {:?}, delegationId: {:?}, role: PARTICIPANT",
        records["batchId"], records["delegationId"]
    );
    done("engagePerson", part, "engagement").await;
    same(&before, &answers(&everybody).await);
}
