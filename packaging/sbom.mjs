// What the program is made of, by name: node packaging/sbom.mjs FOLDER
// writes sbom.cdx.json (CycloneDX 1.5) and THIRD-PARTY.txt (licences with their texts), of the crates
// that are compiled into it and of the npm packages that its pages are built from. With --check in
// place of the folder it holds each to the licences that are allowed and to the public registry, and
// refuses those that are banned.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Licences that ask for no more than their notice. */
const ALLOWED = new Set([
  "0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0",
  "CC0-1.0", "CDLA-Permissive-2.0", "ISC", "MIT", "MIT-0", "Python-2.0", "Unicode-3.0", "Unlicense",
  "Zlib",
]);
/** What is not told by its field, but by a file: as it was read there. */
const READ = new Map([["jsonpath-rust 0.3.5", "MIT"]]);
/** TLS is rustls's everywhere. */
const BANNED = new Set(["native-tls", "openssl-sys"]);
const REGISTRY = "registry+https://github.com/rust-lang/crates.io-index";

const folder = process.argv[2];
if (!folder) {
  console.error("usage: node packaging/sbom.mjs FOLDER | --check");
  process.exit(2);
}
const root = join(import.meta.dirname, "..");
const run = (program, ...words) =>
  execFileSync(program, words, { cwd: root, maxBuffer: 1 << 28, encoding: "utf8" });
// What other systems need is not in the program, and need not be fetched.
const [, host] = /^host: (.+)$/m.exec(run("rustc", "-vV"));
const metadata = JSON.parse(
  run("cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", host),
);

/** The crates that the program is compiled from: what its build and its tests need is not in it. */
function compiled() {
  const nodes = new Map(metadata.resolve.nodes.map((node) => [node.id, node]));
  const program = metadata.packages.find((one) => one.name === "jejaring");
  const seen = new Set();
  const next = [program.id];
  while (next.length > 0) {
    const id = next.pop();
    if (seen.has(id)) continue;
    seen.add(id);
    for (const dependency of nodes.get(id).deps) {
      if (dependency.dep_kinds.some(({ kind }) => kind === null)) next.push(dependency.pkg);
    }
  }
  return metadata.packages.filter((one) => seen.has(one.id) && one.source !== null);
}

/** The packages of an npm lock file, with the folder that has them where they are installed. */
function npm(lock) {
  const { packages } = JSON.parse(readFileSync(lock, "utf8"));
  return Object.entries(packages)
    .filter(([path, one]) => path !== "" && !one.dev && one.version)
    .map(([path, one]) => ({
      name: path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length),
      version: one.version,
      license: one.license,
      integrity: one.integrity,
      folder: join(dirname(lock), path),
    }));
}

const checksums = new Map(
  [...readFileSync(join(root, "Cargo.lock"), "utf8").matchAll(
    /name = "(.+)"\nversion = "(.+)"\nsource = .+\nchecksum = "(.+)"/g,
  )].map(([, name, version, checksum]) => [`${name} ${version}`, checksum]),
);
const locks = ["web/desk", "web/map", "web"].map((folder) => `${folder}/package-lock.json`)
  .map((lock) => join(root, lock))
  .filter((lock) => existsSync(lock));

const components = [
  ...compiled().map((one) => ({
    kind: "cargo",
    name: one.name,
    version: one.version,
    license: (one.license ?? READ.get(`${one.name} ${one.version}`))?.replaceAll("/", " OR "),
    source: one.source,
    sha256: checksums.get(`${one.name} ${one.version}`),
    folder: dirname(one.manifest_path),
  })),
  ...locks.flatMap(npm).map((one) => ({ kind: "npm", ...one })),
];
const known = new Map(components.map((one) => [`${one.kind} ${one.name} ${one.version}`, one]));
const all = [...known.values()].sort((a, b) => (a.kind + a.name < b.kind + b.name ? -1 : 1));

/** Whether an expression of SPDX leaves a choice whose licences are all allowed. */
function isAllowed(expression) {
  const choices = (expression ?? "").replaceAll(/[()]/g, " ").split(/ OR /);
  // An "AND" beside a choice in brackets asks for all: what is left of such is no choice.
  const all = (choice) => choice.split(/ AND /).every((one) => ALLOWED.has(one.trim()));
  return / AND /.test(expression ?? "") ? choices.every(all) : choices.some(all);
}

if (folder === "--check") {
  const faults = all.flatMap((one) => [
    ...(isAllowed(one.license) ? [] : [`the licence ${one.license} is not allowed`]),
    ...(BANNED.has(one.name) ? ["it is banned"] : []),
    ...(one.kind === "cargo" && one.source !== REGISTRY ? [`it is from ${one.source}`] : []),
  ].map((fault) => `${one.kind} ${one.name} ${one.version}: ${fault}`));
  const well = `${all.length} components are as they may be`;
  console.log(faults.length > 0 ? faults.join("\n") : well);
  process.exit(faults.length > 0 ? 1 : 0);
}

const purl = ({ kind, name, version }) => `pkg:${kind}/${name.replace("@", "%40")}@${version}`;
const { version } = metadata.packages.find((one) => one.name === "jejaring");
const bill = {
  bomFormat: "CycloneDX",
  specVersion: "1.5",
  version: 1,
  metadata: {
    component: { type: "application", name: "jejaring", version, "bom-ref": "jejaring" },
  },
  components: all.map((one) => ({
    type: "library",
    "bom-ref": purl(one),
    name: one.name,
    version: one.version,
    purl: purl(one),
    ...(one.license ? { licenses: [{ expression: one.license }] } : {}),
    ...(one.sha256 ? { hashes: [{ alg: "SHA-256", content: one.sha256 }] } : {}),
  })),
};
writeFileSync(join(folder, "sbom.cdx.json"), JSON.stringify(bill, null, 1) + "\n");

const texts = new Map();
for (const one of all) {
  const files = existsSync(one.folder) ? readdirSync(one.folder) : [];
  for (const file of files.filter((file) => /^(licen[sc]e|copying|notice)/i.test(file))) {
    let text;
    try {
      text = readFileSync(join(one.folder, file), "utf8").trim();
    } catch {
      continue; // A folder of licences: the expression says which they are.
    }
    const key = createHash("sha256").update(text).digest("hex");
    const entry = texts.get(key) ?? { text, of: [] };
    entry.of.push(`${one.name} ${one.version}`);
    texts.set(key, entry);
  }
}
const listed = all.map((one) => `${one.name} ${one.version}: ${one.license ?? "see below"}`);
const printed = [...texts.values()].map(({ text, of }) => `${of.join(", ")}\n\n${text}`);
const rule = `\n\n${"-".repeat(78)}\n\n`;
const licences = listed.join("\n") + rule + printed.join(rule) + "\n";
writeFileSync(join(folder, "THIRD-PARTY.txt"), licences);
console.log(`${all.length} components, ${texts.size} texts of licences`);
