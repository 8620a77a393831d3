// Takes the pictures of docs/SITE.md and of the README anew: `JEJARING_BIN=… node site-pictures.mjs`.
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { launch, open } from './browser.mjs';
import { start } from './server.mjs';

const folder = resolve(import.meta.dirname, '../../docs/site');
const viewport = { width: 1200, height: 900 };

mkdirSync(folder, { recursive: true });
const server = await start();
const browser = await launch();
const { page } = await open(browser, server, { viewport });
for (const [name, path] of [
  ['home', '/en'],
  ['batch', '/en/batches/jewellery-2023'],
  ['country', '/id/countries/LA'],
  ['attendance', '/en/attendance?columns=batch'],
  ['map', '/en/attendance#map'],
]) {
  await page.goto(`${server.origin}${path}`);
  await page.screenshot({ path: `${folder}/${name}.png` });
}
await browser.close();
await server.stop();
