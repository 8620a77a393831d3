// What each role has buttons for, and what comes of them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clean, open, signIn } from './browser.mjs';
import { begin, browser, server } from './scene.mjs';
import { ask } from './server.mjs';

begin();

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

test('an auditor finds who did what, by person, record and day', async () => {
  const tab = await open(browser, server);
  const { page, wrong } = tab;
  const { createInstitution } = await ask(
    server,
    server.tokens.budi,
    `mutation { createInstitution(input: {
      key: "audited", kind: OTHER, names: [{name: "Audited Board", language: "en"}]
      reason: "It was missing."
    }) { institution { id } errors { message } } }`,
  );
  assert.deepEqual(createInstitution.errors, []);
  await signIn(tab, server, 'rini', '/audit');
  const list = page.locator('.history');
  await list.getByText('institution.created').first().waitFor();
  await page.getByLabel('By whom').selectOption({ label: 'Budi' });
  await list.getByText('It was missing.').waitFor();
  await page.getByLabel('To which record').fill('Audited Board');
  await page.getByRole('button', { name: /^Audited Board/ }).click();
  const first = list.locator('li').first();
  await first.getByText('Budi').waitFor();
  assert.match(await first.textContent(), /institution\.created.*Institution audited/);
  await page.getByLabel('To (day)').fill('2020-01-01');
  await page.getByText('Nothing').first().waitFor();
  clean(wrong);
});

test('a curator merges duplicates, after what moves was shown', async () => {
  const tab = await open(browser, server);
  const { page, wrong } = tab;
  const make = (query) => ask(server, server.tokens.budi, `mutation { ${query} }`);
  for (const [key, name] of [['kept', 'Board of Crafts'], ['gone', 'Bord of Crafts']]) {
    await make(`createInstitution(input: {
      key: "board-${key}", kind: OTHER, names: [{name: "${name}", language: "en"}]
    }) { cursor }`);
  }
  await signIn(tab, server, 'budi', '/institutions/board-gone');
  await page.getByRole('link', { name: 'Merge into another' }).click();
  await page.getByLabel('The record that stays').fill('Board of');
  await page.getByRole('button', { name: 'Board of Crafts', exact: true }).click();
  const preview = page.getByRole('table', { name: /^What moves from Bord of Crafts/ });
  await preview.getByRole('row', { name: 'Names 1 1' }).waitFor();
  await page.getByRole('button', { name: 'Merge duplicates' }).click();
  await page.getByRole('heading', { level: 1, name: 'Board of Crafts' }).waitFor();
  await page.goto(`${server.origin}/desk/institutions/board-gone`);
  await page.getByText('It was merged into').waitFor();

  // People and venues alike.
  const { institution } = await ask(
    server,
    server.tokens.budi,
    '{ institution(by: {key: "board-kept"}) { id } }',
  );
  for (const name of ['Siti Nurhaliza', 'Siti Nurhalizah']) {
    const { addPerson } = await make(`addPerson(input: {name: "${name}"}) { person { id } }`);
    await make(`appointPerson(input: {
      personId: "${addPerson.person.id}", institutionId: "${institution.id}"
      post: "Head", language: "en"
    }) { cursor }`);
  }
  for (const name of ['Hall of Silver', 'Hall of Silver (old)']) {
    await make(`addVenue(input: {name: "${name}"}) { cursor }`);
  }
  await page.goto(`${server.origin}/desk/merge`);
  for (const [kind, gone, kept] of [
    ['person', 'Siti Nurhalizah', 'Siti Nurhaliza'],
    ['venue', 'Hall of Silver (old)', 'Hall of Silver'],
  ]) {
    await page.getByLabel('What they are').selectOption(kind);
    await page.getByLabel('The duplicate, which goes').fill(gone);
    await page.getByRole('button', { name: gone }).click();
    await page.getByLabel('The record that stays').fill(kept);
    await page.getByRole('button', { name: kept, exact: true }).click();
    await page.getByRole('table', { name: `What moves from ${gone} to ${kept}` }).waitFor();
    await page.getByRole('button', { name: 'Merge duplicates' }).click();
    await page.locator('.toast', { hasText: `${gone} is merged into ${kept}.` }).waitFor();
  }
  clean(wrong);
});

test('a token that is for reading shows everything and no buttons', async () => {
  const tab = await open(browser, server);
  const { page, wrong } = tab;
  await signIn(tab, server, 'rudi');
  await page.getByText('This token is for reading only.').waitFor();
  await page.getByRole('heading', { name: 'My work' }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'New batch' }).count(), 0);
  for (const part of ['', '/delegations', '/sources', '/plans', '/people']) {
    await page.goto(`${server.origin}/desk/batches/jewellery-2023${part}`);
    await page.locator('main h2, main table').first().waitFor();
    const names = await page.locator('main button').allTextContents();
    assert.deepEqual(names, [], part);
  }
  clean(wrong);
});

test('an officer records the sexes, the sender and the category of a delegation', async () => {
  const tab = await open(browser, server);
  const { page, wrong } = tab;
  await signIn(tab, server, 'ana', '/batches/jewellery-2023/delegations');
  const details = page.getByRole('button', { name: 'Details: Cambodia' });
  await details.click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Women').fill('2');
  await dialog.getByLabel('Men', { exact: true }).fill('-1');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.locator('.wrong').first().waitFor();
  await dialog.getByLabel('Men', { exact: true }).fill('1');
  await dialog.getByLabel('Takes part as').selectOption('OBSERVER_STATE');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.locator('.toast', { hasText: 'Saved.' }).waitFor();
  await details.click();
  await dialog.getByLabel('Women').waitFor();
  assert.equal(await dialog.getByLabel('Women').inputValue(), '2');
  assert.equal(await dialog.getByLabel('Takes part as').inputValue(), 'OBSERVER_STATE');
  clean(wrong);
});

test('an officer makes a calendar of what is due, and revokes its address', async () => {
  const tab = await open(browser, server);
  const { page, wrong } = tab;
  await signIn(tab, server, 'ana');
  await page.getByRole('button', { name: 'Make a calendar address' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Make a calendar address' }).click();
  const address = new URL(await dialog.locator('.secret').textContent());
  const read = () => fetch(`${server.server}${address.pathname}${address.search}`);
  const calendar = await (await read()).text();
  assert.match(calendar, /SUMMARY;LANGUAGE=en:Findings to explain/);
  await dialog.getByRole('button', { name: 'Close' }).first().click();
  await page.getByRole('button', { name: 'Revoke: Calendar' }).click();
  await page.locator('.toast', { hasText: 'good for nothing any more' }).waitFor();
  assert.equal((await read()).status, 404);
  clean(wrong);
});
