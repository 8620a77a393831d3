// The built server on a port of its own, with the reports, in a folder that goes away.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

export const schemaFile = resolve(import.meta.dirname, '../../schema.graphql');

/** Starts the server with these settings (environment variables); ends with `stop()`. */
export async function start(settings = {}) {
  const binary = process.env.JEJARING_BIN;
  if (!binary) throw new Error('JEJARING_BIN says where the built program is');
  const folder = mkdtempSync(join(tmpdir(), 'jejaring-'));
  const env = { PATH: process.env.PATH, JEJARING_LISTEN: '127.0.0.1:0', JEJARING_LOG: 'warn', JEJARING_RATE_ANONYMOUS_PER_MINUTE: '0', ...settings };
  const child = spawn(resolve(binary), [], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [first] = await Promise.race([
    createInterface(child.stdout)[Symbol.asyncIterator]().next().then((line) => [line.value]),
    new Promise((_, reject) => child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)))),
  ]);
  child.stdout.resume();
  const origin = first.replace('listening on ', '');
  const stop = () =>
    new Promise((done) => {
      child.removeAllListeners('exit');
      child.once('exit', () => { rmSync(folder, { recursive: true }); done(); });
      child.kill('SIGTERM');
    });
  return { origin, url: `${origin}/graphql`, folder, stop };
}
