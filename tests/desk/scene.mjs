// A server and a browser for the tests of a file, which go away with it.
import { after, before } from 'node:test';
import { launch } from './browser.mjs';
import { start } from './server.mjs';

export let server;
export let browser;

/** Has both before the tests of a file, and ends both after them. */
export function begin() {
  before(async () => {
    server = await start();
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });
}
