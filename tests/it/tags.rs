//! Tags: what programmes and topics fall under in international classifications.

use entity::vocabulary::GrantRole;
use jejaring::access::Actor;
use jejaring::exchange::iati::activities;
use jejaring::exchange::package::load;
use serde_json::json;

use crate::export::{exported, loaded_elsewhere};
use crate::intents::{mutation, owner};
use crate::support::{Answer, TestApp};

both_dbs!(
    which_programmes_serve_a_target,
    a_batch_is_found_by_the_tags_of_its_programme,
    an_unknown_code_is_told_with_what_is_near,
    a_programme_falls_under_an_entry_once,
    of_two_who_tag_alike_at_once_one_is_told,
    a_wrong_tag_is_taken_off_and_put_back,
    who_keeps_the_subject_tags_it,
    tags_go_out_and_come_in_with_packages,
    activities_have_the_goals_and_the_purposes,
);

/// The officers of the two programmes, and a curator.
struct Taggers {
    jewellery: (Actor, String),
    sme: (Actor, String),
    topic: (Actor, String),
}

impl Taggers {
    async fn of(app: &TestApp) -> Self {
        let jewellery = owner(app).await;
        let sme = app.officer("ditjen-ikm").await;
        let curator = app.staff(GrantRole::Curator).await;
        let in_jewellery = app.id_of(&jewellery, "programme", "jewellery").await;
        let in_sme = app.id_of(&sme, "programme", "colombo-plan-sme").await;
        let topic = app.id_of(&curator, "topic", "jewellery").await;
        Self {
            jewellery: (jewellery, format!("programmeId: {in_jewellery:?}")),
            sme: (sme, format!("programmeId: {in_sme:?}")),
            topic: (curator, format!("topicId: {topic:?}")),
        }
    }

    /// Tags both programmes and the topic.
    async fn tag(&self, app: &TestApp) {
        for (who, vocabulary, code) in [
            (&self.jewellery, "SDG", "8.3"),
            (&self.jewellery, "SDG", "8.10"),
            (&self.jewellery, "ISCED_F", "0214"),
            (&self.jewellery, "DAC_PURPOSE", "25010"),
            (&self.sme, "SDG", "8.3"),
            (&self.sme, "SDG", "9"),
            (&self.topic, "ISCED_F", "0212"),
        ] {
            tagged(app, who, vocabulary, code).await;
        }
    }
}

/// Tries to tag a programme or topic.
async fn tag(app: &TestApp, who: &(Actor, String), vocabulary: &str, code: &str) -> Answer {
    let input = format!("{}, vocabulary: {vocabulary}, code: {code:?}", who.1);
    app.ask_as(&who.0, &mutation("addTag", &input, "tag { id key code title }")).await
}

/// Tags it; the id of the tag.
async fn tagged(app: &TestApp, who: &(Actor, String), vocabulary: &str, code: &str) -> String {
    let answer = tag(app, who, vocabulary, code).await;
    assert_eq!(answer.refusals("addTag"), Vec::<String>::new(), "{vocabulary} {code}");
    answer.text("/addTag/tag/id").to_owned()
}

async fn which_programmes_serve_a_target(app: TestApp) {
    Taggers::of(&app).await.tag(&app).await;
    let serving = async |how: &str, tags: &str| {
        let query = format!(
            "{{ programmes(filter: {{tags: {{{how}: {{vocabulary: {{eq: SDG}}, {tags}}}}}}}, \
             orderBy: {{field: KEY}}) {{ nodes {{ key }} }} }}"
        );
        let answer = app.ask(&query).await;
        answer.texts("/programmes/nodes", "/key").join(" ")
    };
    assert_eq!(serving("some", r#"code: {eq: "8.3"}"#).await, "colombo-plan-sme jewellery");
    assert_eq!(serving("some", r#"code: {startsWith: "8."}"#).await, "colombo-plan-sme jewellery");
    assert_eq!(serving("some", r#"code: {startsWith: "8.1"}"#).await, "jewellery");
    assert_eq!(serving("some", r#"code: {in: ["9", "8.10"]}"#).await, "colombo-plan-sme jewellery");
    assert_eq!(serving("some", r#"code: {eq: "8"}"#).await, "", "a target is not its goal");
    assert_eq!(serving("some", r#"code: {eq: "0214"}"#).await, "", "of another vocabulary");
    assert!(!serving("none", r#"code: {eq: "8.3"}"#).await.contains("jewellery"));

    let shown = r#"{
        programme(by: {key: "jewellery"}) { tags(orderBy: {field: CODE}) {
            nodes { key vocabulary code title programme { key } topic { key } }
        } }
        topic(by: {key: "jewellery"}) { tags { nodes { code title topic { key } } } }
        tags(filter: {vocabulary: {eq: SDG}}) {
            totalCount groupedBy(fields: ["code"]) { values count }
        }
    }"#;
    let shown = app.ask(shown).await;
    let nodes = "/programme/tags/nodes";
    assert_eq!(shown.texts(nodes, "/code"), ["0214", "25010", "8.10", "8.3"]);
    assert_eq!(
        shown.at("/programme/tags/nodes/3"),
        &json!({
            "key": "jewellery-sdg-8-3", "vocabulary": "SDG", "code": "8.3",
            "title": "Policies for jobs and small enterprises",
            "programme": { "key": "jewellery" }, "topic": null,
        })
    );
    let title = "Fashion, interior and industrial design";
    assert_eq!(
        shown.at("/topic/tags/nodes"),
        &json!([{ "code": "0212", "title": title, "topic": { "key": "jewellery" } }])
    );
    assert_eq!(shown.at("/tags/totalCount"), 4);
    let most = json!({ "values": ["8.3"], "count": 2 });
    assert_eq!(shown.at("/tags/groupedBy/0"), &most);
}

async fn a_batch_is_found_by_the_tags_of_its_programme(app: TestApp) {
    Taggers::of(&app).await.tag(&app).await;
    let found = async |filter: &str| {
        let query = format!("{{ batches(filter: {{{filter}}}) {{ nodes {{ key }} }} }}");
        let answer = app.ask(&query).await;
        answer.texts("/batches/nodes", "/key").join(" ")
    };
    let crafts = r#"tags: {some: {vocabulary: {eq: ISCED_F}, code: {startsWith: "02"}}}"#;
    assert_eq!(found(&format!("programme: {{{crafts}}}")).await, "jewellery-2023");
    let design = found(&format!("topics: {{some: {{{crafts}}}}}")).await;
    assert!(design.contains("jewellery-2023"), "{design}");
}

async fn an_unknown_code_is_told_with_what_is_near(app: TestApp) {
    let Taggers { jewellery, .. } = Taggers::of(&app).await;
    for (vocabulary, code, message) in [
        ("SDG", "8.13", "\"8.13\" is not a code of SDG: perhaps 8.1 or 8.10"),
        ("SDG", "Goal 8", "\"goal 8\" is not a code of SDG"),
        ("ISCED_F", "214", "\"214\" is not a code of ISCED_F: perhaps 0214"),
        ("DAC_PURPOSE", "25011", "\"25011\" is not a code of DAC_PURPOSE: perhaps 25010"),
    ] {
        let refused = tag(&app, &jewellery, vocabulary, code).await.refusals("addTag");
        assert_eq!(refused, [format!("INVALID at code: {message}")]);
    }
    let empty = tag(&app, &jewellery, "SDG", " ").await.refusals("addTag");
    assert_eq!(empty, ["REQUIRED at code: code is empty"]);
}

async fn a_programme_falls_under_an_entry_once(app: TestApp) {
    let Taggers { jewellery, topic, .. } = Taggers::of(&app).await;
    tagged(&app, &jewellery, "SDG", " 8.a ").await;
    let again = tag(&app, &jewellery, "SDG", "8.A").await.refusals("addTag");
    let message = "\"jewellery-sdg-8-a\" says already that it falls under SDG 8.a";
    assert_eq!(again, [format!("DUPLICATE at code: {message}")]);
    // The number is a code of both vocabularies, and a topic is not its programme.
    tagged(&app, &jewellery, "DAC_PURPOSE", "111").await;
    tagged(&app, &topic, "SDG", "8.a").await;
    let both = (jewellery.0.clone(), format!("{}, {}", jewellery.1, topic.1));
    let both = tag(&app, &both, "SDG", "1").await.refusals("addTag");
    let message = "only one of programme and topic may be given, not programme and topic";
    assert_eq!(both, [format!("INVALID at topicId: {message}")]);
    let neither = (jewellery.0.clone(), "key: \"nothing\"".to_owned());
    let neither = tag(&app, &neither, "SDG", "1").await.refusals("addTag");
    assert_eq!(neither, ["REQUIRED at programmeId: one of programme and topic is needed"]);
}

async fn of_two_who_tag_alike_at_once_one_is_told(app: TestApp) {
    let Taggers { jewellery, .. } = Taggers::of(&app).await;
    let at_once = async |key: &str| {
        let who = (jewellery.0.clone(), format!("{}, key: {key:?}", jewellery.1));
        tag(&app, &who, "SDG", "12").await.refusals("addTag")
    };
    let (first, second) = tokio::join!(at_once("one"), at_once("other"));
    let refused = [first, second].concat();
    assert_eq!(refused.len(), 1, "{refused:?}");
    assert!(refused[0].contains("says already that it falls under SDG 12"), "{refused:?}");
}

async fn a_wrong_tag_is_taken_off_and_put_back(app: TestApp) {
    let Taggers { jewellery, topic, .. } = Taggers::of(&app).await;
    let wrong = tagged(&app, &jewellery, "SDG", "7.1").await;
    let done = async |name: &str, id: &str| {
        let input = format!("recordId: {id:?}, reason: \"It is not about energy\"");
        let answer = app.ask_as(&jewellery.0, &mutation(name, &input, "tombstone { key }")).await;
        answer.refusals(name)
    };
    assert_eq!(done("voidRecord", &wrong).await, Vec::<String>::new());
    let count = r#"{ programme(by: {key: "jewellery"}) { tags { totalCount } } }"#;
    assert_eq!(app.ask(count).await.at("/programme/tags/totalCount"), 0);
    // Whoever tags it again after all has a record of his own.
    let again = tag(&app, &jewellery, "SDG", "7.1").await;
    assert_eq!(again.text("/addTag/tag/key"), "jewellery-sdg-7-1-2");
    let taken = done("restoreRecord", &wrong).await;
    assert!(taken[0].contains("\"jewellery-sdg-7-1-2\" has taken a place of it"), "{taken:?}");
    assert_eq!(done("voidRecord", again.text("/addTag/tag/id")).await, Vec::<String>::new());
    assert_eq!(done("restoreRecord", &wrong).await, Vec::<String>::new());
    assert_eq!(app.ask(count).await.at("/programme/tags/totalCount"), 1);
    let of_topic = tagged(&app, &topic, "SDG", "7.2").await;
    let changes = format!(
        "{{ node(id: {of_topic:?}) {{ ... on Tag {{ history {{ changes {{ \
                           field to }} }} topic {{ id }} }} }} }}"
    );
    let told = app.ask_as(&topic.0, &changes).await;
    let on = json!({ "field": "topic", "to": told.at("/node/topic/id") });
    assert!(
        told.at("/node/history/0/changes").as_array().expect("changes").contains(&on),
        "{told}"
    );
    let told = "{ events(from: BEGINNING, first: 100, filter: {
        types: [TAG_CHANGED, TAG_VOIDED, TAG_RESTORED]
    }) { event { type } } }";
    let told = app.ask(told).await;
    assert_eq!(
        told.texts("/events", "/event/type"),
        ["TAG_CHANGED", "TAG_VOIDED", "TAG_CHANGED", "TAG_VOIDED", "TAG_RESTORED", "TAG_CHANGED"]
    );
}

/// A programme is for the officers of its owner, a topic for curators.
async fn who_keeps_the_subject_tags_it(app: TestApp) {
    let Taggers { jewellery, sme, topic } = Taggers::of(&app).await;
    for (who, what) in [
        (&sme.0, &jewellery.1),
        (&topic.0, &jewellery.1),
        (&jewellery.0, &topic.1),
        (&Actor::Anonymous, &topic.1),
    ] {
        let answer = tag(&app, &(who.clone(), what.clone()), "SDG", "4").await;
        let code = if matches!(who, Actor::Anonymous) { "UNAUTHENTICATED" } else { "FORBIDDEN" };
        assert!(answer.errors[0].starts_with(code), "{what}: {answer}");
    }
    let of_topic = tagged(&app, &topic, "SDG", "4").await;
    let input = format!("recordId: {of_topic:?}, reason: \"Not mine\"");
    let void = mutation("voidRecord", &input, "tombstone { key }");
    let refused = app.ask_as(&jewellery.0, &void).await;
    assert!(refused.errors[0].starts_with("FORBIDDEN"), "{refused}");
    assert_eq!(app.ask_as(&topic.0, &void).await.refusals("voidRecord"), Vec::<String>::new());
}

async fn tags_go_out_and_come_in_with_packages(app: TestApp) {
    Taggers::of(&app).await.tag(&app).await;
    let package = exported(&app, Actor::Anonymous).await;
    let tags = |of: &jejaring::exchange::package::PackageFiles| {
        let file = of.files().find(|file| file.0 == "tags.csv").expect("the table").1.to_vec();
        String::from_utf8(file).expect("UTF-8")
    };
    let written = tags(&package);
    for row in [
        "key,programme,topic,vocabulary,code",
        "jewellery-isced-f-0214,jewellery,,ISCED_F,0214",
        "jewellery-isced-f-0212,,jewellery,ISCED_F,0212",
        "colombo-plan-sme-sdg-8-3,colombo-plan-sme,,SDG,8.3",
    ] {
        assert!(written.lines().any(|line| line == row), "{row}: {written}");
    }
    let Some(other) = loaded_elsewhere(&app, &package).await else { return };
    let second = exported(&other, Actor::Anonymous).await;
    assert_eq!(tags(&second), written);
    let (db, clock) = (&other.app.db, &other.app.clock);
    let again = load(db, clock, Actor::Operator, &second).await.expect("it is loaded");
    assert!(!again.changed(), "{again:?}");
}

async fn activities_have_the_goals_and_the_purposes(app: TestApp) {
    Taggers::of(&app).await.tag(&app).await;
    let (db, clock) = (&app.app.db, &app.app.clock);
    let made = activities(db, clock, "ditjen-ikm", Some("ID-1")).await.expect("the activities");
    let mut activities = made.xml.split("<iati-activity ");
    let of_batch = |xml: &&str| xml.contains("<iati-identifier>ID-1-jewellery-2023<");
    let xml = activities.find(of_batch).expect("the batch");
    let classified: Vec<&str> = xml
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with("<sector ") || line.starts_with("<tag "))
        .collect();
    // The topic of small enterprises has a purpose as well.
    let isced = "vocabulary=\"99\" vocabulary-uri=\"https://uis.unesco.org/en/topic/\
                 international-standard-classification-education-isced\"";
    let title = "Fashion, interior and industrial design";
    let expected = [
        "<tag vocabulary=\"3\" code=\"8.10\"><narrative>Access to banking and insurance\
         </narrative></tag>"
            .to_owned(),
        "<tag vocabulary=\"3\" code=\"8.3\"><narrative>Policies for jobs and small enterprises\
         </narrative></tag>"
            .to_owned(),
        format!("<tag {isced} code=\"0212\"><narrative>{title}</narrative></tag>"),
        format!("<tag {isced} code=\"0214\"><narrative>Handicrafts</narrative></tag>"),
    ];
    // Of two purposes nobody knows the shares.
    let purposes = "<tag vocabulary=\"99\" vocabulary-uri=\"https://iatistandard.org/";
    let (purposes, others): (Vec<&str>, Vec<&str>) =
        classified.iter().partition(|line| line.starts_with(purposes));
    assert_eq!(purposes.len(), 2, "{classified:?}");
    assert!(purposes[0].contains("code=\"25010\"") && purposes[1].contains("code=\"32130\""));
    assert_eq!(others[..4], expected);
    let topics = others[4..].iter();
    assert!(topics.clone().count() > 2, "{classified:?}");
    assert!(topics.clone().all(|tag| tag.starts_with("<tag vocabulary=\"99\" code=\"")));
    let goal =
        "<tag vocabulary=\"2\" code=\"9\"><narrative>Industry, innovation and infrastructure";
    assert!(made.xml.contains(goal), "{}", made.xml);
}
