// Work that is interrupted: nothing that was typed is lost, and nobody writes over somebody else.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clean, day, launch, open, signIn, until } from './browser.mjs';
import { ask, start } from './server.mjs';

let server;
let browser;
let programme;
before(async () => {
  server = await start();
  browser = await launch();
  const query = '{ programme(by: {key: "jewellery"}) { id } }';
  programme = (await ask(server, server.tokens.ana, query)).programme.id;
});
after(async () => {
  await browser.close();
  await server.stop();
});

/** A batch with two invited countries. */
async function prepare(key) {
  const data = await ask(
    server,
    server.tokens.ana,
    `mutation ($id: ID!, $key: String!, $from: Date!, $to: Date!) { draftBatch(input: {
      programmeId: $id, key: $key, title: {text: "Prepared", language: "en"}
      startsOn: $from, endsOn: $to
    }) { batch { id } } }`,
    { id: programme, key, from: day(-6), to: day(-3) },
  );
  const { id } = data.draftBatch.batch;
  const { inviteCountries } = await ask(
    server,
    server.tokens.ana,
    `mutation ($id: ID!) { inviteCountries(input: {batchId: $id, countries: ["KH", "LA"]}) {
      delegations { id country { code } } } }`,
    { id },
  );
  const of = (code) => inviteCountries.delegations.find(({ country }) => country.code === code).id;
  return { id, kh: of('KH'), la: of('LA') };
}

const record = (account, id, headcount) =>
  ask(
    server,
    server.tokens[account],
    `mutation ($id: ID!, $headcount: Int!) {
      recordAttendance(input: {delegationId: $id, headcount: $headcount}) { errors { message } }
    }`,
    { id, headcount },
  );

test('what was typed survives a reload, and signing out forgets it', async () => {
  const tab = await open(browser, server);
  const { page, wrong } = tab;
  await signIn(tab, server, 'ana', '/batches/new');
  await page.getByLabel('Title', { exact: true }).fill('Half of a title');
  await page.reload();
  await page.getByText('What you had typed before is here again.').waitFor();
  assert.equal(await page.getByLabel('Title', { exact: true }).inputValue(), 'Half of a title');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Token').waitFor();
  const kept = await page.evaluate(() => [
    Object.keys(sessionStorage),
    Object.keys(localStorage).filter((key) => key !== 'jejaring.language'),
    document.cookie,
  ]);
  assert.deepEqual(kept, [[], [], '']);
  clean(wrong);
});

test('a token is kept in memory alone unless it is asked for', async () => {
  const { page, wrong } = await open(browser, server);
  await page.goto(`${server.origin}/desk/`);
  await page.getByLabel('Token').fill(server.tokens.ana);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'My work' }).waitFor();
  const stored = await page.evaluate(() => JSON.stringify([sessionStorage, localStorage]));
  assert.ok(!stored.includes('jej_'));
  await page.reload();
  await page.getByLabel('Token').waitFor();
  clean(wrong);
});

test('a revoked token is asked for anew, over what was typed', async () => {
  const tab = await open(browser, server);
  const { page, wrong } = tab;
  await signIn(tab, server, 'dewi', '/batches/new');
  await page.getByLabel('Title', { exact: true }).fill('Typed before it was revoked');
  server.revoke(server.keys.dewi);
  const dialog = page.getByRole('dialog', { name: 'Your token is no longer good' });
  // The stream of what happens ends with its token.
  await dialog.waitFor();
  await dialog.getByLabel('Token').fill(server.tokens.ana);
  await dialog.getByRole('button', { name: 'Sign in' }).click();
  await dialog.waitFor({ state: 'hidden' });
  const title = page.getByLabel('Title', { exact: true });
  assert.equal(await title.inputValue(), 'Typed before it was revoked');
  await page.getByRole('button', { name: 'Save as a draft' }).click();
  await page.getByRole('heading', { name: 'Typed before it was revoked' }).waitFor();
  // A browser writes of each answer with 401 into the console by itself.
  clean(wrong.filter((text) => !text.includes('401')));
});

test('a lost connection is told and made up for, and what was sent counts once', async () => {
  const tab = await open(browser, server);
  const { page, context, wrong } = tab;
  await prepare('lost-connection');
  await signIn(tab, server, 'ana', '/batches/lost-connection');
  await page.getByRole('button', { name: 'Announce' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Everybody can see the batch from now on').waitFor();
  await context.setOffline(true);
  await dialog.getByRole('button', { name: 'Announce' }).click();
  await page.getByText('The connection is lost.').waitFor();
  await context.setOffline(false);
  await page.locator('.toast', { hasText: 'The batch is announced.' }).waitFor();
  await page.getByText('The connection is lost.').waitFor({ state: 'hidden' });
  clean(wrong.filter((text) => !text.includes('ERR_INTERNET_DISCONNECTED')));
});

test('two officers at one batch see what the other does, and no one writes over it', async () => {
  const { id, kh } = await prepare('two-officers');
  const tab = await open(browser, server);
  const { page, wrong } = tab;
  await signIn(tab, server, 'ana', '/batches/two-officers/delegations');
  const row = page.getByRole('row', { name: /Cambodia/ });
  const heads = page.getByLabel('Number of people: Cambodia');
  await heads.waitFor();
  // What somebody else records arrives by itself.
  await new Promise((done) => setTimeout(done, 1600));
  await record('ana', kh, 3);
  await page.getByText('Somebody else has just changed this batch').waitFor();
  await until(heads, '3');
  // What is typed is not lost to it, and both are shown.
  await heads.fill('4');
  await record('ana', kh, 5);
  await row.getByText('Somebody else has recorded "Attended 5" meanwhile').waitFor();
  assert.equal(await heads.inputValue(), '4');
  await row.getByRole('button', { name: 'Save mine' }).click();
  await page.getByRole('button', { name: 'Save changes (1)' }).click();
  await page.locator('.toast', { hasText: 'Delegations recorded: 1.' }).waitFor();

  // The same of the facts of the batch itself.
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.getByRole('button', { name: 'Change the facts' }).click();
  await page.getByLabel('Places', { exact: true }).fill('20');
  await ask(
    server,
    server.tokens.ana,
    `mutation ($id: ID!) { updateBatch(input: {batchId: $id, capacity: 25}) {
      errors { message } } }`,
    { id },
  );
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const conflict = page.locator('.conflict');
  await conflict.getByRole('row', { name: 'Places 25 20' }).waitFor();
  await conflict.getByRole('button', { name: 'Save mine' }).click();
  await page.locator('.toast', { hasText: 'Saved.' }).waitFor();
  const { batch } = await ask(
    server,
    server.tokens.ana,
    `query ($id: ID!) { batch(by: {id: $id}) { capacity delegations(first: 5) {
      nodes { headcountMax country { code } } } } }`,
    { id },
  );
  assert.equal(batch.capacity, 20);
  const cambodia = batch.delegations.nodes.find(({ country }) => country.code === 'KH');
  assert.equal(cambodia.headcountMax, 4);
  clean(wrong);
});
