//! What is asked of PostGraphile, and how its answers are told as the register tells them.

use serde_json::{Value, json};

use crate::{Side, post};

/// What it is asked instead of a query.
pub struct NamedQuery {
    word: &'static str,
    text: &'static str,
}

impl NamedQuery {
    /// Of one of the five queries.
    pub const fn new(word: &'static str, text: &'static str) -> Self {
        Self { word, text }
    }

    /// The request; what the register answers tells how far it has to read where it has no pages,
    /// and `behind` so many rows is where a page begins.
    pub async fn request(&self, side: &Side, ours: &Value, behind: u64) -> Vec<u8> {
        let variables = match self.word {
            "counts" => {
                let cells = ours["attendance"]["cells"]["nodes"].as_array().expect("cells");
                let last = cells.last().expect("a cell")["row"]["key"].as_str().expect("a code");
                let found = told(
                    side,
                    "{ allCountries(orderBy: [CODE_ASC]) { nodes { code } } }",
                    json!({}),
                )
                .await;
                let codes = found["allCountries"]["nodes"].as_array().expect("countries");
                let countries = codes
                    .iter()
                    .filter(|it| it["code"].as_str().is_some_and(|code| code <= last))
                    .count();
                json!({ "countries": countries })
            }
            "page" => {
                let text = "query Place($behind: Int) { allDelegations(first: 1, offset: $behind, \
                            orderBy: [SORT_DATE_ASC, ROW_ID_ASC]) { pageInfo { endCursor } } }";
                let found = told(side, text, json!({ "behind": behind })).await;
                json!({ "after": found["allDelegations"]["pageInfo"]["endCursor"] })
            }
            _ => json!({}),
        };
        request(self.text, &variables)
    }

    /// What it answered, in the form of the register.
    pub fn as_ours(&self, mut data: Value) -> Value {
        match self.word {
            "institutions" => {
                for node in data["institutions"]["nodes"].as_array_mut().expect("institutions") {
                    let names =
                        node.as_object_mut().expect("an object").remove("names").expect("names");
                    let name = &names["nodes"][0]["name"];
                    node["name"] = if name.is_null() { node["key"].clone() } else { name.clone() };
                }
                data
            }
            "counts" => json!({ "attendance": { "cells": { "nodes": cells(&data) } } }),
            _ => data,
        }
    }
}

/// The first hundred cells, in order.
fn cells(data: &Value) -> Vec<Value> {
    let programmes = data["programmes"]["nodes"].as_array().expect("programmes");
    let mut cells = Vec::new();
    for country in data["countries"]["nodes"].as_array().expect("countries") {
        for group in country["delegations"]["groups"].as_array().expect("groups") {
            let programme =
                programmes.iter().find(|it| it["rowId"] == group["keys"][0]).expect("a programme");
            let count: u64 =
                group["distinctCount"]["rowId"].as_str().expect("text").parse().expect("a number");
            cells.push((country["code"].as_str(), programme["key"].as_str(), count));
        }
    }
    cells.sort_unstable();
    cells.truncate(100);
    let told = |(row, column, count)| {
        json!({
            "row": { "key": row }, "column": { "key": column }, "count": count
        })
    };
    cells.into_iter().map(told).collect()
}

fn request(text: &str, variables: &Value) -> Vec<u8> {
    post(&json!({ "query": text, "variables": variables }), "HTTP/1.1", "application/json")
}

async fn told(side: &Side, text: &str, variables: Value) -> Value {
    let mut answer = side.answer(&request(text, &variables)).await;
    assert!(answer.get("errors").is_none(), "{answer}");
    answer["data"].take()
}
