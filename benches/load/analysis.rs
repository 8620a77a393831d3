//! What analysts ask of a large network: a long table, and search.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Side, ask, connect, post};

/// The rows of the table.
const ROWS: usize = 1_000_000;
/// How often each text is sought.
const TIMES: usize = 25;

/// What is sought: words that are rare, common and in nothing; several at once; beginnings; keys;
/// in the two languages of the register.
const TEXTS: [(&str, &str); 20] = [
    ("one batch by its key", "batch-123456"),
    ("one institution by its key", "inst-4711"),
    ("one batch by its title", "Training on Jewellery Design in Yogyakarta 0"),
    ("a number in titles", "131072"),
    ("a word in a twelfth of titles", "jewellery"),
    ("a word in a fifth of titles", "refresher"),
    ("a word in a tenth of titles", "yogyakarta"),
    ("a word in all titles of a form", "training"),
    ("a word in all institutions", "institution"),
    ("two words", "jewellery yogyakarta"),
    ("three words", "batik dyeing bandung"),
    ("three words in another order", "surabaya weaving rattan"),
    ("two words and a number", "halal certification 777"),
    ("the beginning of a word", "jewel"),
    ("the beginning of a rare word", "viet"),
    ("two letters", "ba"),
    ("one letter", "y"),
    ("a country in Indonesian", "Kamboja"),
    ("a name with signs", "Côte d’Ivoire"),
    ("what is nowhere", "xylophone"),
];

/// Reads a table of a million delegations, `rounds` times.
pub async fn table(server: &Side, rounds: usize) {
    let query = format!(
        "{{ delegations(first: {ROWS}) {{ nodes {{ key status country {{ code }} batch {{ key \
         startsOn }} }} }} }}"
    );
    let request = post(&json!({ "query": query }), "HTTP/1.0", "text/csv");
    let mut rates = Vec::new();
    let mut most = 0.0_f64;
    for _ in 0..rounds {
        server.forget_peak();
        let begin = Instant::now();
        let mut stream = TcpStream::connect(&server.address).await.expect("it listens");
        stream.write_all(&request).await.expect("it is sent");
        let (mut lines, mut buffer) = (0, vec![0; 256 << 10]);
        loop {
            match stream.read(&mut buffer).await.expect("more of the table") {
                0 => break,
                length => lines += buffer[..length].iter().filter(|byte| **byte == b'\n').count(),
            }
        }
        // Of HTTP there are some lines as well.
        assert!((ROWS..ROWS + 30).contains(&lines), "{lines} lines");
        rates.push(ROWS as f64 / begin.elapsed().as_secs_f64());
        most = most.max(server.peak());
    }
    rates.sort_by(f64::total_cmp);
    println!("a table of {ROWS} rows: {:.0} rows/s, at most {most:.0} MiB", rates[rounds / 2]);
}

/// Seeks each of the texts, one after the other.
pub async fn search(server: &Side) {
    let mut connection = connect(&server.address).await;
    let mut all: Vec<(Duration, &str)> = Vec::new();
    let mut middles = Vec::new();
    for (name, text) in TEXTS {
        let query = "query($text: String!) { search(text: $text, first: 20) { nodes { id kind \
                     match excerpt } } }";
        let request = post(
            &json!({ "query": query, "variables": { "text": text } }),
            "HTTP/1.1",
            "application/json",
        );
        let mut times = Vec::new();
        for _ in 0..TIMES {
            let begin = Instant::now();
            let answer = ask(&mut connection, &request).await;
            times.push((begin.elapsed(), name));
            assert!(
                !answer.windows(8).any(|part| part == b"\"errors\""),
                "{}",
                String::from_utf8_lossy(&answer)
            );
        }
        times.sort();
        middles.push((times[TIMES / 2].0, name));
        all.extend(times);
    }
    all.sort();
    let at = |share: f64| all[((all.len() - 1) as f64 * share) as usize].0.as_secs_f64() * 1000.0;
    println!(
        "search, {} texts {TIMES} times each: p50 {:.1} ms, p99 {:.1} ms",
        TEXTS.len(),
        at(0.5),
        at(0.99)
    );
    middles.sort();
    for (middle, name) in middles.iter().rev().take(5) {
        println!("  {:>7.1} ms  {name}", middle.as_secs_f64() * 1000.0);
    }
}
