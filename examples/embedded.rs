//! The register's schema in a program of one's own, served by `async-graphql-axum`:
//!
//! ```text
//! cargo run --example embedded
//! curl localhost:8090/mine -H 'content-type: application/json' \
//!     -d '{"query": "{ batches(first: 1) { nodes { key } } }"}'
//! ```

use async_graphql_axum::GraphQL;
use axum::Router;
use axum::routing::post_service;
use jejaring::access::Actor;
use jejaring::app::App;
use jejaring::clock::Clock;
use jejaring::config::{Config, Layer};
use jejaring::embedded::Embedded;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Without any setting: a SQLite file of its own, with the data of the five reports.
    let config = Config::from_layers([Layer::default()])?;
    let app = App::open(&config, Clock::system()).await?;
    let register = GraphQL::new(Embedded::new(&app, Actor::Anonymous));
    let router = Router::new().route("/mine", post_service(register));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8090").await?;
    axum::serve(listener, router).await?;
    Ok(())
}
