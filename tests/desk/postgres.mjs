// A throwaway PostgreSQL cluster, from the binaries on the machine, in a folder that goes away.
import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const DEBIAN = '/usr/lib/postgresql';
const PATIENCE = 30_000;

/** Where `initdb` and `postgres` are: the newest version that Debian's layout has, else the PATH. */
function binaries() {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => b - a) : [];
  const folders = [
    ...versions.map((version) => join(DEBIAN, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  const has = (folder) => (name) => existsSync(join(folder, name));
  return folders.find((folder) => ['initdb', 'postgres'].every(has(folder)));
}

/** The user to run as where the tests run as root, which PostgreSQL refuses. */
function unprivileged() {
  if (process.getuid() !== 0) return {};
  const users = readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':'));
  const find = (wanted) => users.find(([name]) => name === wanted);
  const [, , uid, gid] = find('postgres') ?? find('nobody');
  return { uid: Number(uid), gid: Number(gid) };
}

// The shell outlives the tests by a moment, whatever ends them, and cleans up.
const KEEPER = `
  bin="$1" folder="$2"
  "$bin/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= -c fsync=off \\
    -c full_page_writes=off -c synchronous_commit=off >"$folder/log" 2>&1 &
  server=$!
  cat >/dev/null
  kill -INT $server; wait $server
  rm -rf "$folder"
`;

/** Whether the machine has PostgreSQL. REQUIRE_POSTGRES=1 makes it an error if it has not. */
export function hasPostgres() {
  if (binaries()) return true;
  if (process.env.REQUIRE_POSTGRES === '1') {
    throw new Error('REQUIRE_POSTGRES=1, and no initdb was found: install PostgreSQL 15 or newer');
  }
  return false;
}

/** Starts a cluster. `url` is the address of an empty database in it; `stop()` ends it. */
export async function cluster() {
  const bin = binaries();
  const folder = mkdtempSync(join(tmpdir(), 'jejaring-desk-postgres-'));
  const user = unprivileged();
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
  const options = { ...user, cwd: folder, env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' } };
  const words = ['--username=jejaring', '--auth=trust', '--no-sync', '--encoding=UTF8'];
  execFileSync(
    join(bin, 'initdb'),
    [...words, '--locale=C.UTF-8', '-D', join(folder, 'data')],
    { ...options, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const keeper = spawn('/bin/sh', ['-c', KEEPER, 'sh', bin, folder], {
    ...options,
    stdio: ['pipe', 'ignore', 'ignore'],
    // Ctrl-C is for the tests; the shell has to see their end.
    detached: true,
  });
  const gone = new Promise((done) => keeper.once('exit', done));
  const stop = () => {
    keeper.stdin.end();
    return gone;
  };
  const ready = ['-q', '-h', folder, '-U', 'jejaring', '-d', 'postgres'];
  for (const end = Date.now() + PATIENCE; ; await sleep(50)) {
    try {
      execFileSync(join(bin, 'pg_isready'), ready, options);
      break;
    } catch {
      if (Date.now() < end) continue;
      const log = readFileSync(join(folder, 'log'), 'utf8');
      await stop();
      throw new Error(`PostgreSQL does not answer: ${log}`);
    }
  }
  return { url: `postgres://jejaring@localhost/postgres?host=${folder}`, stop };
}
