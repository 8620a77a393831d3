// Makes ../countries.csv and ../country_names.csv. Run from any place:
//
//   npm --prefix data/reference/generate install
//   npm --prefix data/reference/generate run generate
//
// The codes of the current countries and their everyday names come from Unicode CLDR; the short names of ISO 3166-1 and the
// dissolved countries of ISO 3166-3 from the package iso-3166. codes.csv (first and last days, three numeric codes) and
// names.csv (all other names) are kept by hand and merged in. The same versions and inputs give the same bytes.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { iso31661, iso31663 } from "iso-3166";

const require = createRequire(import.meta.url);
// In these every country has a name.
const LANGUAGES = ["en", "id"];
// In these every current country has the name that CLDR has.
const FURTHER_LANGUAGES = ["fr", "es"];
const KINDS = ["ALIAS", "COMMON", "OFFICIAL", "TREATY"];
// Where CLDR's short form is the name in everyday use: "Hong Kong", not "Hong Kong SAR China".
const SHORT = new Set(["HK", "MM", "MO", "PS"]);
const COUNTRY_COLUMNS = ["code", "alpha3", "numeric", "valid_from", "valid_to"];
const NAME_COLUMNS = ["country", "language", "kind", "authority", "name"];

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

function fail(message) {
  throw new Error(message);
}

function parseCsv(name, columns) {
  const text = readFileSync(path(name), "utf8");
  const rows = [];
  let row = [];
  let cell = "";
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') (cell += '"'), i++;
      else quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === ",") row.push(cell), (cell = "");
    else if (c === "\n") row.push(cell), rows.push(row), (row = []), (cell = "");
    else if (c !== "\r") cell += c;
  }
  if (quoted || cell || row.length) fail(`${name}: the last line does not end`);
  const header = rows.shift();
  if (header.join() !== columns.join()) fail(`${name}: columns ${header}, not ${columns}`);
  return rows.map((cells, i) => {
    if (cells.length !== columns.length) fail(`${name}:${i + 2}: ${cells.length} cells, not ${columns.length}`);
    return Object.fromEntries(columns.map((column, j) => [column, cells[j]]));
  });
}

function writeCsv(name, columns, rows) {
  const cell = (value) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  const lines = [columns, ...rows.map((row) => columns.map((column) => row[column]))];
  writeFileSync(path(name), lines.map((cells) => cells.map(cell).join(",") + "\n").join(""));
  console.log(`${name}: ${rows.length} rows`);
}

function compare(columns) {
  return (a, b) => {
    for (const column of columns) if (a[column] !== b[column]) return a[column] < b[column] ? -1 : 1;
    return 0;
  };
}

// Countries.

const codeMappings = require("cldr-core/supplemental/codeMappings.json").supplemental.codeMappings;
const additions = new Map(parseCsv("codes.csv", ["code", "numeric", "valid_from", "valid_to"]).map((row) => [row.code, row]));
// A code that ISO 3166-1 leaves to users, and users have given to Kosovo. CLDR's other codes for it are its own.
const USER_ASSIGNED = [{ alpha2: "XK", alpha3: "XKX", numeric: "" }];
const current = [...iso31661.filter((country) => country.state === "assigned"), ...USER_ASSIGNED];
const countries = [];

for (const { alpha2, alpha3, numeric } of USER_ASSIGNED) countries.push({ code: alpha2, alpha3, numeric });
for (const { alpha2, alpha3, numeric } of current.filter((country) => !USER_ASSIGNED.includes(country))) {
  const { _alpha3, _numeric } = codeMappings[alpha2] ?? fail(`CLDR has no ${alpha2}`);
  if (_alpha3 !== alpha3 || _numeric !== numeric) fail(`CLDR and iso-3166 differ on ${alpha2}`);
  countries.push({ code: alpha2, alpha3: _alpha3, numeric: _numeric });
}
for (const { alpha4, from } of iso31663) countries.push({ code: alpha4, alpha3: from.alpha3, numeric: from.numeric ?? "" });
for (const country of countries) {
  const added = additions.get(country.code);
  additions.delete(country.code);
  if (added?.numeric && country.numeric) fail(`codes.csv: ${country.code} has the numeric code ${country.numeric} already`);
  country.numeric ||= added?.numeric ?? "";
  country.valid_from = added?.valid_from ?? "";
  country.valid_to = added?.valid_to ?? "";
  if ((country.code.length === 4) !== (country.valid_to !== "")) fail(`${country.code}: valid_to is for dissolved countries`);
}
if (additions.size) fail(`codes.csv: no country ${[...additions.keys()]}`);

// Names: the first of a country, language and name stays, so a name stands once, under its weightiest kind.

const names = [];
const taken = new Set();
const common = new Set();

function add(country, language, kind, authority, name) {
  if (name !== name.normalize("NFC").trim() || name === "") fail(`${country}: ${JSON.stringify(name)} is not in good form`);
  if (kind === "COMMON") {
    if (common.has(`${country} ${language}`)) fail(`${country}: two common names in ${language}`);
    common.add(`${country} ${language}`);
  }
  const id = kind === "ALIAS" ? `${country}|${language}|${name}` : `${country}|${language}|${kind}|${name}`;
  if (taken.has(id)) return false;
  taken.add(id).add(`${country}|${language}|${name}`);
  names.push({ country, language, kind, authority, name });
  return true;
}

const byHand = parseCsv("names.csv", NAME_COLUMNS);
const codes = new Set(countries.map((country) => country.code));
for (const row of byHand) {
  if (!codes.has(row.country)) fail(`names.csv: no country ${row.country}`);
  if (!KINDS.includes(row.kind)) fail(`names.csv: no kind ${row.kind}`);
  // What a country calls itself may stand in any language.
  const isKnown = [...LANGUAGES, ...FURTHER_LANGUAGES].includes(row.language) || row.kind === "ALIAS";
  if (!isKnown || Intl.getCanonicalLocales(row.language)[0] !== row.language) fail(`names.csv: no language ${row.language}`);
}

for (const row of byHand.filter((row) => row.kind !== "ALIAS")) {
  if (!add(row.country, row.language, row.kind, row.authority, row.name)) fail(`names.csv: ${row.name} stands twice`);
}
const further = [];
const territoriesIn = (language) =>
  require(`cldr-localenames-full/main/${language}/territories.json`).main[language].localeDisplayNames.territories;
for (const language of [...LANGUAGES, ...FURTHER_LANGUAGES]) {
  const territories = territoriesIn(language);
  for (const { alpha2 } of current) {
    const all = Object.keys(territories).filter((key) => key === alpha2 || key.startsWith(`${alpha2}-alt-`));
    const short = `${alpha2}-alt-short`;
    const chosen = SHORT.has(alpha2) && short in territories ? short : alpha2;
    if (!common.has(`${alpha2} ${language}`)) add(alpha2, language, "COMMON", "CLDR", territories[chosen]);
    for (const key of all) further.push([alpha2, language, "ALIAS", "CLDR", territories[key]]);
  }
}
// What a country calls itself: its name in each of its official languages that CLDR knows.
const territoryInfo = require("cldr-core/supplemental/territoryInfo.json").supplemental.territoryInfo;
const isKnown = (language) => existsSync(path(`node_modules/cldr-localenames-full/main/${language}/territories.json`));
for (const { alpha2 } of current) {
  const spoken = Object.entries(territoryInfo[alpha2]?.languagePopulation ?? {});
  const official = spoken.filter(([, { _officialStatus }]) => (_officialStatus ?? "").startsWith("official"));
  for (const language of official.map(([tag]) => tag.replaceAll("_", "-"))) {
    if (LANGUAGES.includes(language) || FURTHER_LANGUAGES.includes(language) || !isKnown(language)) continue;
    const name = territoriesIn(language)[alpha2];
    if (name && name !== alpha2) add(alpha2, language, "COMMON", "CLDR", name);
  }
}
for (const { alpha4, from } of iso31663) add(alpha4, "en", "COMMON", "ISO 3166-3", from.name);
for (const row of further) add(...row);
for (const { alpha2, name } of current) if (name) add(alpha2, "en", "ALIAS", "ISO 3166-1", name);
for (const row of byHand.filter((row) => row.kind === "ALIAS")) add(row.country, row.language, row.kind, row.authority, row.name);

for (const { code } of countries) {
  for (const language of LANGUAGES) if (!common.has(`${code} ${language}`)) fail(`${code} has no common name in ${language}`);
}

writeCsv("../countries.csv", COUNTRY_COLUMNS, countries.sort(compare(["code"])));
writeCsv("../country_names.csv", NAME_COLUMNS, names.sort(compare(["country", "language", "kind", "name"])));
