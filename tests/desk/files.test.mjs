// A long spreadsheet: it is previewed, corrected, applied and undone, and the page never freezes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clean, open, signIn } from './browser.mjs';
import { begin, browser, server } from './scene.mjs';
import { ask } from './server.mjs';

const ROWS = 2000;
// In milliseconds; a longer task keeps people from typing.
const LONGEST_TASK = 100;
// To read, plan or apply so many rows takes a while.
const LONG = { timeout: 60_000 };

begin();

const say = (query, variables) => ask(server, server.tokens.ana, query, variables);

async function countries() {
  const names = [];
  for (let after = null; ; ) {
    const { countries: page } = await say(
      `query ($after: Cursor) { countries(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor } nodes { name validTo }
      } }`,
      { after },
    );
    names.push(...page.nodes.filter(({ validTo }) => !validTo).map(({ name }) => name));
    if (!page.pageInfo.hasNextPage) return names;
    after = page.pageInfo.endCursor;
  }
}

/** A file of as many delegations, with names of countries that are to be decided. */
async function spreadsheet() {
  const names = await countries();
  const { programme } = await say('{ programme(by: {key: "jewellery"}) { id } }');
  const rows = [];
  for (let number = 1; rows.length < ROWS; number += 1) {
    await say(
      `mutation ($id: ID!, $key: String!) { draftBatch(input: {
        programmeId: $id, key: $key, title: {text: "Long", language: "en"}
      }) { batch { id } } }`,
      { id: programme.id, key: `long-${number}` },
    );
    rows.push(...names.map((name, place) => `long-${number},"${name}",hadir,${(place % 5) + 1}`));
  }
  rows.length = ROWS - 1;
  rows.push('jewellery-2023,Korea,hadir,2');
  return rows.join('\n');
}

/**
 * How long the tasks of the page took, in milliseconds of its thread: what else the machine does at
 * the same time is not the page's.
 */
function tasks(trace) {
  const { traceEvents: events } = JSON.parse(trace.toString());
  const named = (event) => event.name === 'thread_name' && event.args.name === 'CrRendererMain';
  const threads = new Set(events.filter(named).map(({ pid, tid }) => `${pid} ${tid}`));
  const own = events.filter(({ pid, tid, tdur }) => tdur && threads.has(`${pid} ${tid}`));
  return own.map(({ tdur }) => Math.round(tdur / 1000));
}

test('a file of 2,000 rows is previewed, corrected and applied without a frozen frame', async () => {
  const rows = await spreadsheet();
  const tab = await open(browser, server);
  const { page, wrong } = tab;
  await signIn(tab, server, 'ana', '/files');
  await browser.startTracing(page, { categories: ['toplevel', '__metadata'] });
  await page.locator('input[type=file]').setInputFiles({
    name: 'delegations.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(`batch,negara,hasil,peserta\n${rows}`),
  });
  await page.getByRole('button', { name: 'Read the file' }).click();
  const title = page.getByRole('heading', { name: /^Rows/ });
  await title.waitFor(LONG);

  // What a column is was not guessed, and is said; what a name means is decided.
  await page.getByLabel('hasil', { exact: true }).selectOption('status');
  await page.getByRole('button', { name: 'Plan the rows again' }).click();
  await page.locator('.toast', { hasText: 'planned' }).waitFor(LONG);
  assert.equal(await page.getByText('What you had typed before').count(), 0);
  await page.getByRole('button', { name: /^Ambiguous/ }).click();
  for (const [name, code] of [['St. Martin', 'MF'], ['Korea', 'KR']]) {
    await page.getByLabel(`Whose name is "${name}"?`).first().selectOption(code);
    await page.locator('.toast', { hasText: `"${name}" is decided` }).waitFor(LONG);
  }
  await page.getByRole('button', { name: `Apply rows (${ROWS})` }).click(LONG);
  await page.locator('.toast', { hasText: 'The file is applied.' }).waitFor(LONG);
  await page.getByRole('button', { name: 'Undo the file' }).waitFor(LONG);
  const { batch } = await say('{ batch(by: {key: "long-2"}) { delegations { totalCount } } }');
  assert.ok(batch.delegations.totalCount > 100);

  const longest = Math.max(...tasks(await browser.stopTracing()));
  console.log(`the longest task took ${longest} ms`);
  assert.ok(longest > 0 && longest <= LONGEST_TASK, `a task of ${longest} ms`);
  clean(wrong);
});
