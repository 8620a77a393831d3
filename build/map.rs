//! The map of the site: drawn by `web/map/draw.mjs` in a copy under `OUT_DIR`, of the shapes that
//! its packages bring.

use std::path::Path;
use std::{env, fs};

use super::site::hashed;
use super::{File, Problem, input, npm};

const SOURCES: &str = "web/map";
const COUNTRIES: &str = "data/reference/countries.csv";

/// The file that pages refer to, and where in it the marks of countries stand.
pub fn draw(out: &Path) -> Result<(File, String), Problem> {
    let work = out.join("map");
    npm::fetch_once(&work, SOURCES)?;
    for name in ["draw.mjs", "dots.json"] {
        fs::write(work.join(name), input(&Path::new(SOURCES).join(name))?)?;
    }
    input(Path::new(COUNTRIES))?;
    let countries = env::current_dir()?.join(COUNTRIES);
    npm::run(&work, &["run", "build"], &[("JEJARING_COUNTRIES", &countries)], "draw the map")?;
    let map = hashed("map", "svg", work.join("map.svg"))?;
    Ok((map, fs::read_to_string(work.join("places.json"))?))
}
