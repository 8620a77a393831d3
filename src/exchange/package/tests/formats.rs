//! Files that are tables, in several ways, and files that are none.

use std::path::PathBuf;

use entity::*;
use insta::assert_snapshot;
use sea_orm::{EntityTrait, PaginatorTrait};

use super::*;

/// Files that are no tables, each with one clear report.
#[tokio::test]
async fn a_file_that_is_no_table_is_told_as_such() {
    let register = TestRegister::small().await;
    let bytes = async |bytes: Vec<u8>| {
        register.problems_of(&PackageFiles::new("test").with("people", "people.csv", bytes)).await
    };
    let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    assert_snapshot!(
        bytes(utf16("\u{FEFF}key,name\na,A\n")).await,
        @"people.csv: is encoded in UTF-16; it must be UTF-8"
    );
    assert_snapshot!(
        bytes(utf16("key,name\na,A\n")).await,
        @"people.csv: is not text: byte 1, in line 1, is zero; it must be UTF-8"
    );
    assert_snapshot!(
        bytes(b"key,name\na,Andr\xE9\n".to_vec()).await,
        @"people.csv: is not encoded in UTF-8: byte 15, in line 2, does not belong to it"
    );
    assert_snapshot!(
        bytes(Vec::new()).await,
        @"people.csv: is empty: it needs at least a header line"
    );
    assert_snapshot!(
        bytes(b"key;name\na;A\n".to_vec()).await,
        @"people.csv:1: the cells are not separated by commas"
    );
    assert_snapshot!(bytes(b"key,nmae,key\n".to_vec()).await, @r#"
    people.csv:1: "nmae" is not a column of this table: it has key, name, merged_into
    people.csv:1: "key" is a column twice
    people.csv:1: the column "name" is missing
    "#);
    assert_snapshot!(
        bytes(b"key,name\na,\"A\nb,B\n".to_vec()).await,
        @"people.csv:2 name: the cell begins with a quote that is not closed"
    );
    assert_snapshot!(
        bytes([b"key,name\na,A\nb,\"B\n", "x".repeat(5 << 20).as_bytes(), b"\"\n"].concat()).await,
        @"people.csv:3 name: the cell is larger than 64 KiB"
    );
    assert_snapshot!(
        register.problems(&[("persons", "key,name\n")]).await,
        @"persons.csv: \"persons\" is no table of this format: it has countries, country_names, \
          regional_groups, memberships, topics, institutions, institution_names, \
          institution_identifiers, programmes, programme_topics, tags, venues, batches, \
          batch_venues, batch_topics, batch_parts, workshops, workshop_topics, partnerships, \
          delegations, delegation_parts, people, appointments, engagements, sources, \
          source_relations, claims, indicators, observations, outcomes, action_plans, \
          action_items, progress_notes, citations"
    );
    assert_snapshot!(
        register.problems(&[("people", "key,name\n"), ("people", "key,name\n")]).await,
        @"people.csv: is the second file for the table people"
    );
    let ragged = "key,parent,dac_code,label_en,label_id\n\
                  a,b\n\
                  a,b,c\n\
                  a,,,A,A\n\
                  1,2,3,4,5,6\n\
                  1,2,3,4,5,6,7,8,9\n";
    assert_snapshot!(register.problems(&[("topics", ragged)]).await, @r"
    topics.csv:2: the row has 2 cells, the header has 5
    topics.csv:3: the row has 3 cells, the header has 5
    topics.csv:5: the row has 6 cells, the header has 5
    topics.csv:6: the row has 9 cells, the header has 5
    ");
}

/// A byte order mark, any line end and columns in any order are as good as none, one and the usual.
#[tokio::test]
async fn a_file_may_be_written_in_several_ways() {
    let register = TestRegister::small().await;
    for text in [
        "\u{FEFF}label_id,key,label_en\nA,a,A\n",
        "key,label_en,label_id\r\na,A,A\r\n",
        "key,label_en,label_id\ra,\"A\",A",
        "key,label_en,label_id,parent,dac_code\n\n\na,  A ,A,,\n",
    ] {
        register.load(&package(&[("topics", text)])).await.unwrap();
    }
    assert_eq!(topic::Entity::find().count(register.db.reading()).await.unwrap(), 3);
}

/// A package reads nothing that lies outside its folder.
#[test]
fn a_package_stays_in_its_folder() {
    let outer = tempfile::tempdir().unwrap();
    let folder: PathBuf = outer.path().join("package");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(outer.path().join("secret.csv"), "key,name\n").unwrap();
    std::os::unix::fs::symlink(outer.path().join("secret.csv"), folder.join("link.csv")).unwrap();
    let describe = |path: &str| {
        let text =
            serde_json::json!({ "resources": [{ "name": "people", "path": path }] }).to_string();
        std::fs::write(folder.join("datapackage.json"), text).unwrap();
        PackageFiles::from_dir(&folder).unwrap_err().to_string()
    };
    assert_snapshot!(
        describe("../secret.csv"),
        @"datapackage.json resource \"people\": \"../secret.csv\" is not a path inside the folder \
          of the package"
    );
    assert_snapshot!(
        describe("/etc/passwd"),
        @"datapackage.json resource \"people\": \"/etc/passwd\" is not a path inside the folder of \
          the package"
    );
    assert_snapshot!(
        describe("link.csv"),
        @r#"datapackage.json resource "people": "link.csv" leads out of the folder of the package"#
    );
    assert_snapshot!(
        describe("missing.csv"),
        @"datapackage.json resource \"people\": \"missing.csv\" cannot be read: No such file or \
          directory (os error 2)"
    );
    std::fs::write(folder.join("datapackage.json"), "[]").unwrap();
    assert_snapshot!(
        PackageFiles::from_dir(&folder).unwrap_err(),
        @"datapackage.json: does not describe a data package: invalid length 1, expected struct \
          Description with 2 elements at line 1 column 2"
    );
}
