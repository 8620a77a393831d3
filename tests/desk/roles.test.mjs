// What each role has buttons for, and what comes of them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clean, launch, open, signIn } from './browser.mjs';
import { ask, start } from './server.mjs';

let server;
let browser;
before(async () => {
  server = await start();
  browser = await launch();
});
after(async () => {
  await browser.close();
  await server.stop();
});

test('a focal point agrees and contests', async () => {
  const tab = await open(browser, server);
  const { page, wrong } = tab;
  await signIn(tab, server, 'sok', '/country');
  const rows = page.locator('.line', { hasText: 'jewellery-2023' });
  await rows.getByRole('button', { name: 'That is right' }).click();
  await rows.getByText('The country agrees').waitFor();
  await rows.getByRole('button', { name: 'It was otherwise' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('What came of it').selectOption('NO_SHOW');
  await dialog.getByLabel('Reason (optional)').fill('The flight was cancelled.');
  await dialog.getByRole('button', { name: 'File what my country knows' }).click();
  await rows.getByText('The country contests').waitFor();
  await page.goto(`${server.origin}/desk/batches/jewellery-2023/delegations`);
  await page.getByRole('row', { name: /Cambodia/ }).getByText('The country contests').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Invite countries' }).count(), 0);
  clean(wrong);
});

test('a curator decides between claims and explains findings', async () => {
  const tab = await open(browser, server);
  const { page, wrong } = tab;
  await signIn(tab, server, 'budi', '/batches/jewellery-2023/sources');
  const title = page.locator('.matrix tr', { hasText: 'Title' });
  await title.getByRole('button', { name: /^Weight of "Pelatihan/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason (optional)').fill('A headline, not the title.');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await title.locator('.pill', { hasText: 'Counts no more' }).waitFor();
  await page.getByRole('heading', { level: 1, name: /^Capacity Building/ }).waitFor();
  const finding = page.locator('.finding', { hasText: 'organisers' });
  await finding.getByRole('button', { name: 'Explain' }).click();
  await finding.getByLabel('Explanation').fill('Two agreements paid for it.');
  await finding.getByRole('button', { name: 'Explain' }).click();
  await finding.getByText('Explained: Two agreements paid for it.').waitFor();
  assert.equal(await page.getByRole('link', { name: 'New batch' }).count(), 0);
  clean(wrong);
});

test('an administrator makes an account, a role and a token that works', async () => {
  const tab = await open(browser, server);
  const { page, wrong } = tab;
  await signIn(tab, server, 'agus', '/accounts');
  await page.getByLabel('Name', { exact: true }).fill('Tari');
  await page.getByRole('button', { name: 'Make the account' }).click();
  const card = page.getByRole('region', { name: 'Tari' });
  await card.getByRole('button', { name: 'Give a role' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Role').selectOption('CURATOR');
  await dialog.getByRole('button', { name: 'Give a role' }).click();
  await card.getByText('Curator').waitFor();
  await card.getByRole('button', { name: 'Make a token' }).click();
  await dialog.getByLabel('What it is for').fill('The desk');
  await dialog.getByRole('button', { name: 'Make a token' }).click();
  const secret = await dialog.locator('.secret').textContent();
  const { viewer } = await ask(server, secret, '{ viewer { name } }');
  assert.equal(viewer.name, 'Tari');
  await dialog.getByRole('button', { name: 'Close' }).first().click();
  await card.getByRole('button', { name: /^Revoke: The desk/ }).click();
  await card.getByText('No token.').waitFor();
  await assert.rejects(ask(server, secret, '{ viewer { name } }'));
  clean(wrong);
});

test('an auditor sees and has no buttons', async () => {
  const tab = await open(browser, server);
  const { page, wrong } = tab;
  await signIn(tab, server, 'rini', '/batches/jewellery-2023');
  await page.getByRole('link', { name: 'History' }).click();
  await page.getByRole('heading', { level: 2, name: 'History' }).waitFor();
  for (const part of ['', '/delegations', '/sources', '/plans', '/people']) {
    await page.goto(`${server.origin}/desk/batches/jewellery-2023${part}`);
    await page.locator('main h2, main table').first().waitFor();
    const names = await page.locator('main button').allTextContents();
    assert.deepEqual(names, [], part);
  }
  clean(wrong);
});
