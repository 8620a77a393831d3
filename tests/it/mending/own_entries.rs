//! What somebody has entered by mistake, and nobody else has touched since, that person takes back.

use entity::vocabulary::GrantRole;
use jejaring::access::Actor;
use serde_json::json;

use super::{ask, done, refusal};
use crate::intents::owner;
use crate::support::TestApp;

both_dbs!(
    a_report_is_taken_back_by_who_entered_it,
    what_others_have_touched_is_not,
    what_others_have_hung_on_it_does_not_go_along,
    the_same_document_is_entered_once,
    nobody_speaks_for_others_by_naming_their_statement,
);

const STATES: &str = "newSource: {kind: NEWS_REPORT, title: \"Silver at last\", language: \"en\"}, \
                      attended: [\"KH\", \"LA\"], completeness: EXHAUSTIVE";

/// Files what a report states of the jewellery batch; the claims and the source.
async fn filed(app: &TestApp, who: &Actor) -> (Vec<String>, String) {
    let batch = app.id_of(who, "batch", "jewellery-2023").await;
    let input = format!("batchId: {batch:?}, {STATES}");
    let answer = ask(app, who, "fileClaims", &input, "claims { id source { id } }").await;
    assert_eq!(answer.refusals("fileClaims"), Vec::<String>::new(), "{answer}");
    let source = answer.text("/fileClaims/claims/0/source/id").to_owned();
    (answer.sorted("/fileClaims/claims", "/id").iter().map(ToString::to_string).collect(), source)
}

async fn count(app: &TestApp) -> serde_json::Value {
    let query = "{ sources { totalCount } claims { totalCount } findings { totalCount } }";
    app.ask(query).await.data
}

async fn forbidden(app: &TestApp, who: &Actor, name: &str, input: &str) {
    let answer = ask(app, who, name, input, "__typename").await;
    assert!(answer.errors[0].starts_with("FORBIDDEN"), "{name}: {answer}");
}

async fn a_report_is_taken_back_by_who_entered_it(app: TestApp) {
    let (officer, other) = (owner(&app).await, app.officer("ditjen-ikm").await);
    let before = count(&app).await;
    let (claims, source) = filed(&app, &officer).await;
    assert_ne!(count(&app).await, before);
    let void = |id: &str| format!("recordId: {id:?}, reason: \"of another batch\"");
    forbidden(&app, &other, "voidRecord", &void(&claims[0])).await;
    forbidden(&app, &other, "withdrawClaim", &format!("claimId: {:?}", claims[0])).await;
    let early = refusal(&app, &officer, "voidRecord", &void(&source)).await;
    assert!(early.contains("of the kind claim refer to it"), "{early}");
    for claim in &claims {
        done(&app, &officer, "voidRecord", &void(claim)).await;
    }
    // Put back, and out again: nobody else has touched it.
    let back = format!("recordId: {:?}, reason: \"it was that one\"", claims[0]);
    done(&app, &officer, "restoreRecord", &back).await;
    done(&app, &officer, "voidRecord", &void(&claims[0])).await;
    done(&app, &officer, "voidRecord", &void(&source)).await;
    let after = count(&app).await;
    assert_eq!((&after["sources"], &after["claims"]), (&before["sources"], &before["claims"]));
    // A claim may also be kept as one that was withdrawn.
    let (claims, _) = filed(&app, &officer).await;
    done(&app, &officer, "withdrawClaim", &format!("claimId: {:?}", claims[0])).await;
}

async fn what_others_have_touched_is_not(app: TestApp) {
    let (officer, curator) = (owner(&app).await, app.staff(GrantRole::Curator).await);
    let (claims, _) = filed(&app, &officer).await;
    let ranked = format!("claimId: {:?}, rank: PREFERRED", claims[0]);
    done(&app, &curator, "rankClaim", &ranked).await;
    let void = format!("recordId: {:?}, reason: \"wrong\"", claims[0]);
    forbidden(&app, &officer, "voidRecord", &void).await;
    forbidden(&app, &officer, "withdrawClaim", &format!("claimId: {:?}", claims[0])).await;
    // Of what came with a package nobody knows who has entered it.
    let loaded = "{ claims(filter: {source: {key: {eq: \"hariane-2023-jewellery\"}}}, first: 1) { \
                  nodes { id source { id } } } }";
    let loaded = app.ask(loaded).await;
    for id in ["/claims/nodes/0/id", "/claims/nodes/0/source/id"] {
        let void = format!("recordId: {:?}, reason: \"wrong\"", loaded.text(id));
        forbidden(&app, &officer, "voidRecord", &void).await;
    }
}

/// Of what others have entered nothing is told: it may be a draft.
async fn what_others_have_hung_on_it_does_not_go_along(app: TestApp) {
    let (officer, other) = (owner(&app).await, app.officer("ditjen-ikm").await);
    let curator = app.staff(GrantRole::Curator).await;
    let held = "cannot be voided: others have entered records that refer to it or hang from it";
    // A person whom somebody else has appointed.
    let person = ask(&app, &officer, "addPerson", "name: \"Rahayu Wibowo\"", "person { id }").await;
    let person = person.text("/addPerson/person/id").to_owned();
    let body = app.id_of(&other, "institution", "ditjen-ikm").await;
    let post = "post: \"Head\", language: \"en\"";
    let input = format!("personId: {person:?}, institutionId: {body:?}, {post}");
    done(&app, &other, "appointPerson", &input).await;
    // A source that a curator cites, and one of which somebody else has filed claims.
    let (_, cited) = filed(&app, &officer).await;
    let batch = app.id_of(&officer, "batch", "jewellery-2023").await;
    let cite = format!("recordId: {batch:?}, sourceId: {cited:?}");
    done(&app, &curator, "citeSource", &cite).await;
    let add = "kind: NEWS_REPORT, title: \"Of others\", language: \"en\"";
    let source = ask(&app, &officer, "addSource", add, "source { id }").await;
    let source = source.text("/addSource/source/id").to_owned();
    let input = format!("batchId: {batch:?}, sourceId: {source:?}, attended: [\"KH\"]");
    done(&app, &other, "fileClaims", &input).await;
    for id in [&person, &cited, &source] {
        let input = format!("recordId: {id:?}, reason: \"a slip\"");
        let told = refusal(&app, &officer, "voidRecord", &input).await;
        assert!(told.contains(held), "{told}");
    }
}

async fn nobody_speaks_for_others_by_naming_their_statement(app: TestApp) {
    let (officer, other) = (owner(&app).await, app.officer("ditjen-ikm").await);
    let batch = app.id_of(&officer, "batch", "jewellery-2023").await;
    let own = format!("batchId: {batch:?}, title: {{text: \"Jewels\", language: \"en\"}}");
    done(&app, &officer, "updateBatch", &own).await;
    let query = "{ sources(filter: {kind: {in: [OWNER_STATEMENT, COUNTRY_STATEMENT]}}) { nodes { \
                 kind title language publisher { id } } } }";
    let statements = app.ask(query).await;
    let statements = statements.at("/sources/nodes").as_array().expect("statements").clone();
    assert!(!statements.is_empty());
    for statement in &statements {
        let publisher = statement.pointer("/publisher/id").map(|id| format!(", publisherId: {id}"));
        let new = format!(
            "{{kind: {}, title: {}, language: {}{}}}",
            statement["kind"].as_str().expect("a kind"),
            statement["title"],
            statement["language"],
            publisher.unwrap_or_default()
        );
        for who in [&officer, &other] {
            let input =
                format!("batchId: {batch:?}, newSource: {new}, participants: [{{number: 999}}]");
            let told = refusal(&app, who, "fileClaims", &input).await;
            assert!(told.starts_with("INVALID at newSource.kind"), "{told}");
            let inner = new.trim_matches(['{', '}']);
            let told = refusal(&app, who, "addSource", inner).await;
            assert!(told.starts_with("INVALID at kind"), "{told}");
        }
    }
}

async fn the_same_document_is_entered_once(app: TestApp) {
    let officer = owner(&app).await;
    let (claims, source) = filed(&app, &officer).await;
    let before = count(&app).await;
    assert_eq!(filed(&app, &officer).await, (claims, source), "sent again, nothing is doubled");
    assert_eq!(count(&app).await, before);
    // What it states beyond that is added to what it is known to state.
    let batch = app.id_of(&officer, "batch", "jewellery-2023").await;
    let more = STATES.replace("\"LA\"]", "\"LA\", \"MM\"]");
    done(&app, &officer, "fileClaims", &format!("batchId: {batch:?}, {more}")).await;
    let after = count(&app).await;
    assert_eq!(after["sources"], before["sources"]);
    let added = json!(before["claims"]["totalCount"].as_i64().map(|count| count + 1));
    assert_eq!(after["claims"]["totalCount"], added);
    // Entered for itself, it is told of, unless something tells the two apart.
    let add = "kind: NEWS_REPORT, title: \"Silver  AT LAST\", language: \"en\"";
    let told = refusal(&app, &officer, "addSource", add).await;
    assert!(told.starts_with("DUPLICATE at title: the register has this document"), "{told}");
    for other in [", publishedOn: \"2016-10-29\"", ", key: \"silver-again\"", ", reference: \"2\""]
    {
        done(&app, &officer, "addSource", &format!("{add}{other}")).await;
    }
}
