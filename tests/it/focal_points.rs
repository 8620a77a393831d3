//! What countries say of their delegations, through their focal points.

use entity::vocabulary::GrantRole;
use jejaring::access::Actor;
use serde_json::{Value, json};

use crate::export::comes_back_identical;
use crate::intents::{draft, invite, mutation, owner};
use crate::parties::{announced, done, id, refusal, shown};
use crate::support::{Role, TestApp};

both_dbs!(
    a_country_says_that_its_record_is_right,
    a_country_says_otherwise_beside_the_host,
    what_the_host_only_planned_gives_way,
    a_country_speaks_for_its_own_delegations_alone,
    what_is_no_contest_is_refused,
    a_focal_point_is_one_of_a_country,
    nobody_else_speaks_in_the_name_of_a_country,
);

const FIELDS: &str = "key status headcountMin countryPosition claims(orderBy: [{field: \
                      CREATED_AT}]) { nodes { property status numberMin female rank source { kind \
                      key title country { code } } } }";

async fn speaker(app: &TestApp, country: &str) -> Actor {
    let name = format!("Focal point of {country}");
    app.somebody(&name, &[Role::FocalPointOf(country)]).await
}

/// A delegation of Vietnam of which the host says that it came, with three people.
async fn attended(app: &TestApp, host: &Actor, key: &str) -> (String, String) {
    let batch = announced(app, host, key).await;
    let party = invite(app, host, &batch, &["VN"]).await.remove(0);
    let came = format!("delegationId: {party:?}, headcountBySex: {{female: 2, male: 1}}");
    done(app, host, "recordAttendance", &came, "__typename").await;
    (batch, party)
}

async fn say(app: &TestApp, who: &Actor, name: &str, party: &str, more: &str) -> Value {
    let input = format!("delegationId: {party:?}{more}");
    done(app, who, name, &input, &format!("delegation {{ {FIELDS} }}")).await["delegation"].clone()
}

/// What the country states, in the order in which it was stated.
fn of_country(delegation: &Value) -> Vec<Value> {
    let claims = delegation["claims"]["nodes"].as_array().into_iter().flatten();
    claims.filter(|claim| claim["source"]["kind"] == "COUNTRY_STATEMENT").cloned().collect()
}

async fn a_country_says_that_its_record_is_right(app: TestApp) {
    let (host, vietnam) = (owner(&app).await, speaker(&app, "VN").await);
    let (_, party) = attended(&app, &host, "acknowledged").await;
    assert_eq!(shown(&app, "Delegation", &party, FIELDS).await["countryPosition"], Value::Null);
    let said = say(&app, &vietnam, "acknowledgeDelegation", &party, "").await;
    assert_eq!(said["countryPosition"], "AGREES");
    let claims = of_country(&said);
    assert_eq!(claims.len(), 2, "{said:#}");
    assert_eq!(claims[0]["status"], "ATTENDED");
    assert_eq!((&claims[1]["numberMin"], &claims[1]["female"]), (&json!(3), &json!(2)));
    assert_eq!(claims[0]["source"]["key"], "statement-of-vn");
    assert_eq!(claims[0]["source"]["country"]["code"], "VN");

    // Said again, it changes nothing; when the host says something else, it does not agree.
    let position = app.position().await;
    say(&app, &vietnam, "acknowledgeDelegation", &party, "").await;
    assert_eq!(app.position().await, position);
    say(&app, &host, "recordAttendance", &party, ", headcount: 5").await;
    let now = shown(&app, "Delegation", &party, FIELDS).await;
    assert_eq!((&now["headcountMin"], &now["countryPosition"]), (&json!(5), &json!("CONTESTS")));
    let said = say(&app, &vietnam, "acknowledgeDelegation", &party, "").await;
    assert_eq!(said["countryPosition"], "AGREES");
    assert_eq!(of_country(&said).len(), 3, "the number alone is stated anew");

    let asked = app
        .ask(
            "{ delegations(filter: {countryPosition: {eq: AGREES}}) { nodes { key } } \
              sources(filter: {country: {eq: \"VN\"}}) { nodes { key kind } } }",
        )
        .await;
    assert_eq!(asked.texts("/delegations/nodes", "/key"), ["acknowledged-vn"]);
    assert_eq!(asked.texts("/sources/nodes", "/kind"), ["COUNTRY_STATEMENT"]);
    comes_back_identical(&app).await;
}

async fn a_country_says_otherwise_beside_the_host(app: TestApp) {
    let (host, vietnam) = (owner(&app).await, speaker(&app, "VN").await);
    let (batch, party) = attended(&app, &host, "contested").await;
    let said = say(&app, &vietnam, "contestDelegation", &party, ", status: NOT_SENT").await;
    // What the host says came of it stays.
    assert_eq!((&said["status"], &said["headcountMin"]), (&json!("ATTENDED"), &json!(3)));
    assert_eq!(said["countryPosition"], "CONTESTS");
    let open = "findings(filter: {state: {eq: OPEN}}) { nodes { rule message } }";
    let findings = shown(&app, "Batch", &batch, open).await["findings"]["nodes"].clone();
    let conflict = findings.as_array().into_iter().flatten();
    let conflict: Vec<_> = conflict.filter(|found| found["rule"] == "LIST_CONFLICT").collect();
    assert_eq!(conflict.len(), 1, "{findings:#}");

    // The newest statement counts; a claim that is taken back does not.
    let more = ", status: ATTENDED, headcount: 4";
    let said = say(&app, &vietnam, "contestDelegation", &party, more).await;
    assert_eq!((&said["headcountMin"], &said["countryPosition"]), (&json!(3), &json!("CONTESTS")));
    let filter = "{source: {country: {eq: \"VN\"}}, property: {eq: HEADCOUNT}}";
    let of_it = format!("claims(filter: {filter}) {{ nodes {{ id }} }}");
    let claim = shown(&app, "Delegation", &party, &of_it).await["claims"]["nodes"][0]["id"].clone();
    let taken = format!("claimId: {claim}");
    let other = speaker(&app, "LA").await;
    let refused = app.ask_as(&other, &mutation("withdrawClaim", &taken, "__typename")).await;
    assert!(refused.errors[0].starts_with("FORBIDDEN"), "{refused}");
    done(&app, &vietnam, "withdrawClaim", &taken, "__typename").await;
    let now = shown(&app, "Delegation", &party, FIELDS).await;
    assert_eq!(now["countryPosition"], "AGREES");
    let open = shown(&app, "Batch", &batch, open).await["findings"]["nodes"].clone();
    assert!(!open.to_string().contains("_CONFLICT"), "{open:#}");
}

async fn what_the_host_only_planned_gives_way(app: TestApp) {
    let (host, vietnam) = (owner(&app).await, speaker(&app, "VN").await);
    let batch = announced(&app, &host, "planned").await;
    let party = invite(&app, &host, &batch, &["VN"]).await.remove(0);
    let said = say(&app, &vietnam, "contestDelegation", &party, ", status: NOT_SENT").await;
    assert_eq!((&said["status"], &said["countryPosition"]), (&json!("NOT_SENT"), &json!("AGREES")));
    say(&app, &host, "recordAttendance", &party, "").await;
    let now = shown(&app, "Delegation", &party, FIELDS).await;
    assert_eq!((&now["status"], &now["countryPosition"]), (&json!("ATTENDED"), &json!("CONTESTS")));
}

async fn a_country_speaks_for_its_own_delegations_alone(app: TestApp) {
    let host = owner(&app).await;
    let (_, party) = attended(&app, &host, "others").await;
    let sender = app.officer("asipa").await;
    // Whoever keeps records of an institution and speaks for another country is neither here.
    let roles = [Role::FocalPointOf("LA"), Role::OfficerOf("asipa"), Role::Of(GrantRole::Curator)];
    let laos = app.somebody("Laos", &roles).await;
    for who in [&host, &sender, &laos, &app.staff(GrantRole::Curator).await] {
        for (name, more) in
            [("acknowledgeDelegation", ""), ("contestDelegation", "status: NO_SHOW")]
        {
            let input = format!("delegationId: {party:?}, {more}");
            let answer = app.ask_as(who, &mutation(name, &input, "__typename")).await;
            assert!(answer.errors[0].starts_with("FORBIDDEN"), "{name}: {answer}");
        }
    }
    // What is not announced is not there.
    let hidden = draft(&app, &host, "hidden", "").await;
    let hidden = invite(&app, &host, &hidden, &["VN"]).await.remove(0);
    let vietnam = speaker(&app, "VN").await;
    let input = format!("delegationId: {hidden:?}");
    let refused = refusal(&app, &vietnam, "acknowledgeDelegation", &input).await;
    assert!(refused.starts_with("NOT_FOUND"), "{refused}");
    // The party of an institution is none of its country.
    let batch = announced(&app, &host, "of-bodies").await;
    let body = id(&app, &host, "institution", "asipa").await;
    let input = format!(
        "batchId: {batch:?}, country: \"VN\", institutionId: {body:?}, represents: INSTITUTION"
    );
    let made = done(&app, &host, "inviteDelegation", &input, "delegation { id }").await;
    let input = format!("delegationId: {}", made["delegation"]["id"]);
    let refused = refusal(&app, &vietnam, "acknowledgeDelegation", &input).await;
    assert!(refused.contains("does not stand for a country"), "{refused}");
    // What has been taken from somebody is nobody's word any more.
    let query = "{ viewer { grants { nodes { id role country { code } institution { key } } } } }";
    let grants = app.ask_as(&vietnam, query).await;
    assert_eq!(grants.at("/viewer/grants/nodes/0/country/code"), "VN", "{grants}");
}

async fn what_is_no_contest_is_refused(app: TestApp) {
    let (host, vietnam) = (owner(&app).await, speaker(&app, "VN").await);
    let (_, party) = attended(&app, &host, "refused").await;
    for (more, why) in [
        ("", "neither a status nor a headcount"),
        (", status: ATTENDED", "that is what is recorded"),
        (", headcount: 3", "that is what is recorded"),
        (", status: ATTENDED, headcountBySex: {female: 2, male: 1}", "that is what is recorded"),
        (", status: NOT_SENT, headcount: 2", "nobody is counted of a delegation that is NOT_SENT"),
        (", headcount: -1", "headcount"),
        (", headcountBySex: {female: 2}", "headcount"),
    ] {
        let position = app.position().await;
        let input = format!("delegationId: {party:?}{more}");
        let refused = refusal(&app, &vietnam, "contestDelegation", &input).await;
        assert!(refused.contains(why), "{more}: {refused}");
        assert_eq!(app.position().await, position, "{more}");
    }
}

async fn a_focal_point_is_one_of_a_country(app: TestApp) {
    let administrator = app.staff(GrantRole::Administrator).await;
    let account = "key: \"binh\", name: \"Binh\"";
    let account = done(&app, &administrator, "createAccount", account, "account { id }").await;
    let account = account["account"]["id"].clone();
    let body = id(&app, &administrator, "institution", "asipa").await;
    let grant = |more: &str| format!("accountId: {account}, {more}");
    for (more, why) in [
        ("role: FOCAL_POINT".to_owned(), "country REQUIRED a FOCAL_POINT is one of a country"),
        ("role: FOCAL_POINT, country: \"QQ\"".to_owned(), "QQ"),
        ("role: CURATOR, country: \"VN\"".to_owned(), "a CURATOR is not one of a country"),
        (
            format!("role: FOCAL_POINT, country: \"VN\", institutionId: {body:?}"),
            "a FOCAL_POINT is not one of an institution",
        ),
    ] {
        let grant = mutation("grantRole", &grant(&more), "__typename");
        let answer = app.ask_as(&administrator, &grant).await.to_string();
        let words = why.split(' ').collect::<Vec<_>>();
        assert!(words.iter().all(|word| answer.contains(word)), "{more}: {answer}");
    }
    let fields = "grant { role country { code } institution { key } }";
    for country in ["VN", "LA"] {
        let given = grant(&format!("role: FOCAL_POINT, country: {country:?}"));
        let made = done(&app, &administrator, "grantRole", &given, fields).await;
        assert_eq!(made["grant"]["country"]["code"], country);
        let again = refusal(&app, &administrator, "grantRole", &given).await;
        assert!(again.starts_with("DUPLICATE"), "{again}");
    }
    let query = "{ grants(filter: {country: {eq: \"LA\"}}) { totalCount } }";
    assert_eq!(app.ask_as(&administrator, query).await.at("/grants/totalCount"), 1);
}

async fn nobody_else_speaks_in_the_name_of_a_country(app: TestApp) {
    let (host, vietnam) = (owner(&app).await, speaker(&app, "VN").await);
    let (batch, party) = attended(&app, &host, "in-its-name").await;
    say(&app, &vietnam, "acknowledgeDelegation", &party, "").await;
    let statement = id(&app, &host, "source", "statement-of-vn").await;
    let curator = app.staff(GrantRole::Curator).await;
    let input = "kind: COUNTRY_STATEMENT, title: \"Word\", language: \"en\"";
    let refused = refusal(&app, &curator, "addSource", input).await;
    assert!(refused.contains("acknowledgeDelegation"), "{refused}");
    let input = format!("sourceId: {statement:?}, title: \"Another\"");
    let refused = refusal(&app, &curator, "correctSource", &input).await;
    assert!(refused.contains("stands for what a country states"), "{refused}");
    let claim = format!(
        "sourceId: {statement:?}, batchId: {batch:?}, delegationId: {party:?}, \
         property: ATTENDANCE, status: NOT_SENT"
    );
    let refused = refusal(&app, &host, "fileClaim", &claim).await;
    assert!(refused.contains("is the word of a country"), "{refused}");
    let claims = format!(
        "sourceId: {statement:?}, batchId: {batch:?}, \
         delegations: [{{country: \"VN\", status: NOT_SENT}}]"
    );
    let refused = refusal(&app, &host, "fileClaims", &claims).await;
    assert!(refused.contains("is the word of a country"), "{refused}");
}
