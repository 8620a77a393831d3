//! Runs of programmes that are given without key and number: what they are known by again.

use super::batches::{count, enter, officer, preview, states, tells};
use crate::support::TestApp;

both_dbs!(
    runs_without_key_are_known_again_under_another_file_name,
    runs_that_may_be_several_are_not_guessed,
    a_file_as_it_was_means_what_it_meant,
);

const RUNS: &str = "programme,label,title,language,starts_on,ends_on,venue\n\
                    runs,Batch I,Silver,en,2016-10-24,2016-10-28,Hall One\n\
                    runs,Batch I,Silver,en,2017-10-24,2017-10-28,Hall One\n\
                    runs,,Gold,en,2016-10-24,2016-10-28,\n\
                    runs,,Pearl,en,,,\n\
                    runs,,,,2018-01-05,,\n";

async fn runs_without_key_are_known_again_under_another_file_name(app: TestApp) {
    let officer = officer(&app, &["runs", "other"]).await;
    let rows = enter(&app, &officer, "runs.csv", RUNS).await;
    assert_eq!(states(&rows), "NEW NEW NEW NEW NEW", "{rows:?}");
    let all = "UNCHANGED UNCHANGED UNCHANGED UNCHANGED UNCHANGED";
    assert_eq!(states(&enter(&app, &officer, "runs.csv", RUNS).await), all);
    // Another source says the same: claims of its own, and no batch.
    let rows = enter(&app, &officer, "copy.csv", RUNS).await;
    assert_eq!(states(&rows), "CHANGED CHANGED CHANGED CHANGED CHANGED", "{rows:?}");
    tells(
        &rows[0],
        &["\"Silver\" (en) is accepted", "2016-10-24 is accepted", "claimed as a place"],
    );
    assert_eq!(states(&enter(&app, &officer, "copy.csv", RUNS).await), all);
    // How a label or a title is written makes no other run; a part may be missing.
    let written = "programme,label,title,language,starts_on,ends_on\n\
                   runs,BATCH  i,,,2016-10-24,2016-10-28\n\
                   runs,,SILVER,,2017-10-24,2017-10-28\n\
                   runs,,gold,en,2016-10-24,\n";
    let rows = enter(&app, &officer, "written.csv", written).await;
    assert_eq!(states(&rows), "CHANGED CHANGED CHANGED", "{rows:?}");
    tells(&rows[0], &["changes the label from Batch I to BATCH i"]);
    assert_eq!(count(&app, &officer, "runs").await, 5);
    // Another programme, label, title or day is another run.
    let others = "programme,label,title,language,starts_on,ends_on\n\
                  other,Batch I,Silver,en,2016-10-24,2016-10-28\n\
                  runs,Batch II,Silver,en,2016-10-24,2016-10-28\n\
                  runs,,Copper,en,2016-10-24,2016-10-28\n\
                  runs,Batch I,Silver,en,2016-10-25,2016-10-28\n\
                  runs,,Gold,en,2016-10-24,2016-10-29\n\
                  runs,,Gold,en,,\n";
    let rows = enter(&app, &officer, "others.csv", others).await;
    assert_eq!(states(&rows), "NEW NEW NEW NEW NEW NEW", "{rows:?}");
    assert_eq!(
        (count(&app, &officer, "runs").await, count(&app, &officer, "other").await),
        (10, 1)
    );
}

async fn runs_that_may_be_several_are_not_guessed(app: TestApp) {
    let officer = officer(&app, &["runs"]).await;
    let keyed = "key,programme,title,language,starts_on,status,venue\n\
                 one,runs,Silver,en,2016-10-24,CLOSED,Hall One\n\
                 two,runs,Silver,en,2016-10-24,CLOSED,Hall Two\n\
                 ,runs,Silver,en,2016-10-24,CLOSED,Hall Three\n";
    let rows = enter(&app, &officer, "keyed.csv", keyed).await;
    assert_eq!(states(&rows), "NEW NEW AMBIGUOUS", "{rows:?}");
    tells(&rows[2], &["title", "line 2", "line 3", "give the key"]);
    let bare = "programme,title,language,starts_on\nruns,silver,en,2016-10-24\n";
    let rows = enter(&app, &officer, "bare.csv", bare).await;
    tells(&rows[0], &["AMBIGUOUS", "one or two"]);
    // In the file and in the register.
    let mixed = "key,programme,title,language,starts_on\n\
                 three,runs,Gold,en,2017-10-24\n\
                 ,runs,Gold,en,2017-10-24\n";
    let gold = "programme,title,language,starts_on\nruns,Gold,en,2017-10-24\n";
    enter(&app, &officer, "gold.csv", gold).await;
    let (_, rows) = preview(&app, &officer, "mixed.csv", mixed).await;
    assert_eq!(states(&rows), "NEW AMBIGUOUS", "{rows:?}");
    tells(&rows[1], &["line 2", "runs-"]);
    // A row that may be of one that the register has, and of one that the file enters.
    enter(&app, &officer, "pearl.csv", "key,programme,label\npearl,runs,Batch I\n").await;
    let text = "programme,label,title\nruns,,Pearl\nruns,Batch I,Pearl\n";
    let (_, rows) = preview(&app, &officer, "titled.csv", text).await;
    assert_eq!(states(&rows), "NEW AMBIGUOUS", "{rows:?}");
    tells(&rows[1], &["line 2", "pearl"]);
}

/// Rows that become alike by others of their file mean what they meant, in the same file.
async fn a_file_as_it_was_means_what_it_meant(app: TestApp) {
    let officer = officer(&app, &["runs"]).await;
    let text = "programme,label,title,language,starts_on,ends_on,participants\n\
                runs,,Silver,en,2016-10-24,,\n\
                runs,Batch I,Silver,en,2016-10-24,2016-10-28,\n\
                runs,,Silver,en,2016-10-24,,20\n\
                runs,Batch II,Silver,en,2016-10-24,2016-10-30,\n";
    let rows = enter(&app, &officer, "as-it-was.csv", text).await;
    assert_eq!(states(&rows), "NEW CHANGED CHANGED NEW", "{rows:?}");
    tells(&rows[1], &["label: \"Batch I\" is added to the batch of line 2", "ends_on"]);
    let again = enter(&app, &officer, "as-it-was.csv", text).await;
    assert_eq!(states(&again), "UNCHANGED UNCHANGED UNCHANGED UNCHANGED", "{again:?}");
    // Also where another file has entered one alike since, and where nothing was claimed.
    let bare = "programme,label\nruns,Batch IX\n";
    enter(&app, &officer, "bare.csv", bare).await;
    enter(&app, &officer, "keyed.csv", "key,programme,label\nnine,runs,Batch IX\n").await;
    assert_eq!(states(&enter(&app, &officer, "bare.csv", bare).await), "UNCHANGED");
    assert_eq!(states(&preview(&app, &officer, "other.csv", bare).await.1), "AMBIGUOUS");
    let other = text.replace(",20\n", ",21\n");
    let rows = enter(&app, &officer, "as-it-was.csv", &other).await;
    assert_eq!(states(&rows), "AMBIGUOUS UNCHANGED AMBIGUOUS UNCHANGED", "{rows:?}");
    // A name that an earlier row of the same run does not give could not be told the second time.
    let named = "key,programme,number,title,starts_on\n\
                 ,runs,,Gold,2017-10-24\nnamed,runs,,Gold,2017-10-24\n,runs,3,Gold,2017-10-24\n\
                 ,runs,,,\n";
    let rows = enter(&app, &officer, "named.csv", named).await;
    assert_eq!(states(&rows), "NEW AMBIGUOUS AMBIGUOUS REFUSED", "{rows:?}");
    tells(&rows[1], &["key: \"named\"", "line 2"]);
    tells(&rows[2], &["number: \"3\"", "line 2"]);
    tells(&rows[3], &["nothing tells the batch from others"]);
}
