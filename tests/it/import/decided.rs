//! What officers say of a file: whose a name is, and what a column is.

use entity::vocabulary::ImportTable;
use jejaring::exchange::import::Upload;

use super::{batch, delegations, hand_in, told, upload};
use crate::intents::{mutation, owner};
use crate::support::{Role, TestApp};

both_dbs!(a_name_that_was_decided_is_remembered, columns_are_mapped_and_the_mapping_is_kept,);

async fn a_name_that_was_decided_is_remembered(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let text = "batch,country\nsilver,Thailnd\nsilver,Korea\n";
    let id = delegations(&app, &officer, text).await;
    let decide = async |input: &str| {
        let decided = app
            .ask_as(
                &officer,
                &mutation(
                    "decideName",
                    &format!("importId: {id:?}, {input}"),
                    "import { newRows }",
                ),
            )
            .await;
        assert_eq!(decided.refusals("decideName"), Vec::<String>::new());
    };
    decide("name: \"Thailnd\", country: \"TH\"").await;
    decide("name: \"Korea\", country: \"KP\", isSame: false").await;
    let expected =
        "2 NEW\n3 AMBIGUOUS country: \"Korea\" is the name of several countries: South Korea (KR)";
    assert_eq!(told(&app, &officer, &id).await, expected);
    let again = delegations(&app, &officer, text).await;
    assert_eq!(told(&app, &officer, &again).await, expected, "for the next file, too");
    let curator = app.somebody("Another", &[Role::OfficerOf("bbspjikb")]).await;
    let other = delegations(&app, &curator, text).await;
    assert!(told(&app, &curator, &other).await.starts_with("2 AMBIGUOUS"), "for nobody else");
}

async fn columns_are_mapped_and_the_mapping_is_kept(app: TestApp) {
    let officer = owner(&app).await;
    batch(&app, &officer, "silver").await;
    let text = "Run;Land;Start\nsilver;KH;3/4/2024\n";
    let id = delegations(&app, &officer, text).await;
    assert!(told(&app, &officer, &id).await.starts_with("2 REFUSED"));
    let columns = "columns: [{name: \"Run\", field: \"batch\"}, {name: \"LAND\", field: \
                   \"country_code\"}], saveAs: \"Ministry\"";
    let mapped = app
        .ask_as(
            &officer,
            &mutation("mapImport", &format!("importId: {id:?}, {columns}"), "import { newRows }"),
        )
        .await;
    assert_eq!(mapped.refusals("mapImport"), Vec::<String>::new());
    assert_eq!(told(&app, &officer, &id).await, "2 NEW");
    let saved = Upload {
        mapping: Some("Ministry".to_owned()),
        ..upload(ImportTable::Delegations, "next.csv")
    };
    let next = hand_in(&app, &officer, saved, text).await;
    assert_eq!(told(&app, &officer, &next).await, "2 NEW");
    let wrong = mutation(
        "mapImport",
        &format!("importId: {id:?}, columns: [{{name: \"Run\", field: \"nonsense\"}}]"),
        "import { newRows }",
    );
    assert!(
        app.ask_as(&officer, &wrong).await.refusals("mapImport")[0]
            .contains("is not a field of DELEGATIONS")
    );
}
