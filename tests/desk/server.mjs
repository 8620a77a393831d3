// The built server on a port of its own, with the reports and accounts of every role, in a folder
// that goes away.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const ACCOUNTS = [
  ['ana', 'Ana', 'officer', '--institution', 'bbspjikb'],
  ['dewi', 'Dewi', 'officer', '--institution', 'bbspjikb'],
  ['rudi', 'Rudi', 'officer', '--institution', 'bbspjikb', '--scope', 'read'],
  ['budi', 'Budi', 'curator'],
  ['sok', 'Sok', 'focal-point', '--country', 'KH'],
  ['rini', 'Rini', 'auditor'],
  ['agus', 'Agus', 'administrator'],
];

/** The manifest for a server that does not carry the desk. */
function documents() {
  const manifest = resolve(import.meta.dirname, '../../web/desk/src/gql/persisted-documents.json');
  return { JEJARING_DOCUMENTS_MODE: 'prefer', JEJARING_DOCUMENTS_MANIFEST: manifest };
}

/** Starts the server, with further settings if need be; `stop()` ends it. */
export async function start(settings = {}) {
  const binary = process.env.JEJARING_BIN && resolve(process.env.JEJARING_BIN);
  if (!binary) throw new Error('JEJARING_BIN says where the built program is');
  const folder = mkdtempSync(join(tmpdir(), 'jejaring-desk-'));
  // DESK_ORIGIN is a preview of the desk in front of the server, while the desk is worked on.
  const listen = process.env.DESK_ORIGIN ? process.env.JEJARING_LISTEN : '127.0.0.1:0';
  const env = {
    PATH: process.env.PATH,
    JEJARING_LISTEN: listen,
    JEJARING_LOG: 'warn',
    JEJARING_DATABASE_URL: `sqlite://${folder}/desk.sqlite`,
    JEJARING_WITH_REPORTS: 'true',
    JEJARING_RATE_ANONYMOUS_PER_MINUTE: '0',
    ...(process.env.DESK_ORIGIN ? documents() : {}),
    ...settings,
  };
  const child = spawn(binary, [], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise((found, failed) => {
    createInterface(child.stdout).once('line', found);
    child.once('exit', (code) => failed(new Error(`the server ended with ${code}`)));
  });
  const server = line.replace('listening on ', '');
  const make = ([account, name, role, ...rest]) => {
    const words = ['token', 'create', '--account', account, '--name', name, '--role', role];
    const made = execFileSync(binary, [...words, ...rest, '--json'], { env, cwd: folder });
    return JSON.parse(made.toString());
  };
  const made = ACCOUNTS.map((account) => [account[0], make(account)]);
  const stop = () =>
    new Promise((done) => {
      child.removeAllListeners('exit');
      child.once('exit', () => {
        rmSync(folder, { recursive: true });
        done();
      });
      child.kill('SIGTERM');
    });
  return {
    origin: process.env.DESK_ORIGIN ?? server,
    server,
    tokens: Object.fromEntries(made.map(([account, { token }]) => [account, token])),
    keys: Object.fromEntries(made.map(([account, { key }]) => [account, key])),
    revoke: (key) => execFileSync(binary, ['token', 'revoke', key], { env, cwd: folder }),
    stop,
  };
}

/** Asks the server without the desk, as another client would. */
export async function ask({ server }, token, query, variables = {}) {
  const response = await fetch(`${server}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}
