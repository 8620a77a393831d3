// The tour of a new officer, from the token to the plan, counted in clicks.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Hand, clean, day, launch, open, until } from './browser.mjs';
import { cluster, hasPostgres } from './postgres.mjs';
import { ask, start } from './server.mjs';

// For a batch of ten countries, with attendance, a correction and a source that contradicts.
const MOST_CLICKS = 60;

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser.close());

describe('on SQLite', () => {
  let server;
  before(async () => {
    server = await start();
  });
  after(() => server.stop());
  test('a new officer comes from the token to the plan', () => tour(server));
  test('what was recorded and invited is undone', () => undo(server));
});

describe('on PostgreSQL', { skip: !hasPostgres() && 'this machine has no PostgreSQL' }, () => {
  let postgres;
  let server;
  before(async () => {
    postgres = await cluster();
    server = await start({ JEJARING_DATABASE_URL: postgres.url });
  });
  after(async () => {
    await server?.stop();
    await postgres?.stop();
  });
  test('a new officer comes from the token to the plan', () => tour(server));
});

async function tour(server) {
  const { page, wrong } = await open(browser, server);
  const hand = new Hand(page);
  const toast = (text) => page.locator('.toast', { hasText: text }).waitFor();

  await page.goto(`${server.origin}/desk/`);
  await hand.type('Token', server.tokens.ana);
  await hand.button('Sign in');

  await hand.link('New batch');
  await hand.type('Title', 'Silver and stones');
  await hand.type('First day', day(-9));
  await hand.type('Last day', day(-5));
  await hand.button('Save as a draft');
  await page.getByRole('heading', { name: 'Silver and stones' }).waitFor();
  const key = page.url().split('/').at(-1);

  await hand.button('Announce');
  const announcing = page.getByRole('dialog');
  await announcing.getByText('Everybody can see the batch from now on').waitFor();
  await hand.button('Announce', announcing);
  await toast('The batch is announced.');

  await hand.link('Delegations');
  await hand.button('Invite countries');
  const inviting = page.getByRole('dialog');
  await hand.choose('A whole group', { label: 'ASEAN' }, inviting);
  const submit = inviting.getByRole('button', { name: /^Invite \(\d+\)$/ });
  await hand.click(submit);
  await toast('Countries invited:');

  await page.getByRole('row', { name: /Cambodia/ }).waitFor();
  const names = await page.locator('tbody th').allTextContents();
  assert.ok(names.length >= 10, `${names.length} members`);
  await hand.button('All came');
  await hand.choose('What came of it: Brunei', 'NOT_SENT');
  for (const [place, name] of names.slice(1, 10).entries()) {
    await hand.type(`Number of people: ${name}`, String(place + 1));
  }
  await hand.click(page.getByRole('button', { name: /^Save changes/ }));
  await toast(`Delegations recorded: ${names.length}.`);

  await hand.type('Number of people: Laos', '7');
  await hand.button('Save changes (1)');
  await toast('Delegations recorded: 1.');

  await hand.link('Sources and claims');
  await hand.button('State what a source says');
  await hand.type('Title of the source', 'Five from Laos at the bench');
  await hand.type('Published on', day(-4));
  await hand.type('Number of people: Laos', '5');
  await hand.button('File the claims');
  await toast('Claims filed:');
  await page.locator('.finding', { hasText: 'Sources disagree on a value' }).first().waitFor();
  const laos = page.locator('.matrix tr', { hasText: 'Laos' });
  await laos.getByText('5 persons').waitFor();
  await laos.getByText('7 persons').waitFor();

  const header = 'batch,negara,status,jumlah peserta';
  const rows = [header, `${key},India,hadir,2`, `${key},Korea,hadir,1`];
  await hand.link('Files');
  hand.clicks += 1;
  await page.locator('input[type=file]').setInputFiles({
    name: 'daftar hadir "akhir".csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(rows.join('\n')),
  });
  await hand.button('Read the file');
  await page.getByText('Line 3').waitFor();
  await hand.choose('Whose name is "Korea"?', 'KR');
  await toast('"Korea" is decided, for all rows.');
  await hand.button('Apply rows (2)');
  await toast('The file is applied.');

  await hand.link('Batches');
  await hand.link('Silver and stones');
  await hand.link('Action plans');
  await hand.type('Due on', day(30));
  await hand.click(page.getByRole('button', { name: /^Ask for plans/ }));
  await toast('Plans asked for:');
  await hand.link('Laos: action plan');
  await hand.type('Title of the plan', 'A bench for silver in Vientiane');
  await hand.type('Item 1', 'Find a room');
  await hand.button('Enter the plan that was handed in');
  await toast('The plan is entered.');

  console.log(`the tour takes ${hand.clicks} clicks`);
  assert.ok(hand.clicks <= MOST_CLICKS, `${hand.clicks} clicks`);
  const { batch } = await ask(
    server,
    server.tokens.ana,
    `query ($key: String!) { batch(by: {key: $key}) {
      status
      delegations(first: 50) { totalCount nodes { status headcountMax country { code } } }
    } }`,
    { key },
  );
  assert.equal(batch.status, 'ANNOUNCED');
  assert.equal(batch.delegations.totalCount, names.length + 2);
  const of = (code) => batch.delegations.nodes.find(({ country }) => country.code === code);
  assert.deepEqual([of('LA').status, of('LA').headcountMax], ['ATTENDED', 7]);
  assert.equal(of('BN').status, 'NOT_SENT');
  assert.equal(of('KR').status, 'ATTENDED');
  clean(wrong);
}

async function undo(server) {
  const { page, wrong } = await open(browser, server);
  const hand = new Hand(page);
  const programme = await ask(
    server,
    server.tokens.ana,
    '{ programme(by: {key: "jewellery"}) { id } }',
  );
  const { draftBatch } = await ask(
    server,
    server.tokens.ana,
    `mutation ($id: ID!) { draftBatch(input: {
      programmeId: $id, key: "undone", title: {text: "Undone", language: "en"}
    }) { batch { id } } }`,
    { id: programme.programme.id },
  );
  assert.ok(draftBatch.batch.id);
  await page.goto(`${server.origin}/desk/batches/undone/delegations`);
  await hand.type('Token', server.tokens.ana);
  await hand.button('Sign in');
  await hand.button('Invite countries');
  await page.getByRole('dialog').getByLabel('Nepal', { exact: true }).check();
  await hand.button('Invite (1)');
  await page.getByRole('row', { name: /Nepal/ }).waitFor();
  await hand.type('Number of people: Nepal', '3');
  await hand.button('Save changes (1)');
  const row = page.getByRole('row', { name: /Nepal/ });
  await row.locator('.pill', { hasText: 'Attended' }).waitFor();
  await hand.button('Undo');
  await row.locator('.pill', { hasText: 'Invited' }).waitFor();
  await until(page.getByLabel('Number of people: Nepal'), '');

  // A number that cannot be is refused at its field.
  await hand.type('Number of people: Nepal', '-3');
  await hand.button('Save changes (1)');
  await row.getByRole('alert').filter({ hasText: '-3 is less than 0' }).waitFor();
  await hand.button('Discard what I typed');

  await page.getByRole('button', { name: 'Take back: Nepal' }).click();
  await hand.type('Reason (needed)', 'Nobody was meant.');
  await hand.button('Take back: entered in error');
  await page.getByText('Nobody is invited yet.').waitFor();
  await hand.button('Undo');
  await page.getByRole('row', { name: /Nepal/ }).waitFor();
  clean(wrong);
}
