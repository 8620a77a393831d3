// What is decided about a batch: each says before who will hear of it, and is in the history.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clean, day, open, signIn } from './browser.mjs';
import { begin, browser, server } from './scene.mjs';
import { ask } from './server.mjs';
import { texts } from './texts.mjs';

const t = texts('en');

begin();

/** A batch that is announced. */
async function announced(key) {
  const say = (query, variables) => ask(server, server.tokens.ana, query, variables);
  const { programme } = await say('{ programme(by: {key: "jewellery"}) { id } }');
  const { draftBatch } = await say(
    `mutation ($id: ID!, $key: String!, $from: Date!, $to: Date!) { draftBatch(input: {
      programmeId: $id, key: $key, title: {text: "Decided", language: "en"}
      startsOn: $from, endsOn: $to
    }) { batch { id } } }`,
    { id: programme.id, key, from: day(20), to: day(24) },
  );
  const { id } = draftBatch.batch;
  await say('mutation ($id: ID!) { announceBatch(input: {batchId: $id}) { cursor } }', { id });
  return id;
}

const stored = (id) =>
  ask(
    server,
    server.tokens.ana,
    `query ($id: ID!) { batch(by: {id: $id}) {
      status startsOn endsOn history(first: 20) { name reason }
    } }`,
    { id },
  ).then(({ batch }) => batch);

test('a batch is rescheduled, postponed, announced anew, cancelled and opened again', async () => {
  const id = await announced('decided');
  const tab = await open(browser, server);
  const { page, wrong } = tab;
  await signIn(tab, server, 'ana', '/batches/decided');
  const dialog = page.getByRole('dialog');
  const toast = (text) => page.locator('.toast', { hasText: text }).waitFor();
  /** Decides, after what will be told was read. */
  const decide = async (decision, typed = []) => {
    const name = t(`decide.${decision}`);
    await page.getByRole('button', { name, exact: true }).click();
    await dialog.locator('.told', { hasText: t(`told.${decision}`) }).waitFor();
    for (const [label, text] of typed) await dialog.getByLabel(label, { exact: true }).fill(text);
    await dialog.getByRole('button', { name, exact: true }).click();
    await toast(t(`decided.${decision}`));
    await dialog.waitFor({ state: 'hidden' });
  };
  await decide('reschedule', [
    ['First day', day(30)],
    ['Last day', day(33)],
    ['Reason (optional)', 'The hall is let.'],
  ]);
  let batch = await stored(id);
  assert.deepEqual([batch.startsOn, batch.endsOn], [day(30), day(33)]);
  assert.equal(batch.history[0].reason, 'The hall is let.');

  await decide('postpone', [['Reason (optional)', 'The budget.']]);
  assert.equal((await stored(id)).status, 'POSTPONED');
  await decide('announce');
  assert.equal((await stored(id)).status, 'ANNOUNCED');
  await decide('cancel');
  assert.equal((await stored(id)).status, 'CANCELLED');

  // To open it again needs a reason, which the server asks for.
  await page.getByRole('button', { name: 'Open again', exact: true }).click();
  await dialog.getByRole('button', { name: 'Open again', exact: true }).click();
  await dialog.locator('.wrong, .refused').first().waitFor();
  await dialog.getByLabel('Reason (needed)', { exact: true }).fill('The budget came.');
  await dialog.getByRole('button', { name: 'Open again', exact: true }).click();
  await toast(t('decided.reopen'));
  batch = await stored(id);
  assert.equal(batch.status, 'ANNOUNCED');
  assert.equal(batch.history[0].reason, 'The budget came.');
  clean(wrong);
});

test('who reschedules what somebody else has rescheduled sees both', async () => {
  const id = await announced('raced');
  const tab = await open(browser, server);
  const { page, wrong } = tab;
  await signIn(tab, server, 'ana', '/batches/raced');
  await page.getByRole('button', { name: 'Reschedule', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('First day', { exact: true }).fill(day(40));
  await dialog.getByLabel('Last day', { exact: true }).fill(day(41));
  await ask(
    server,
    server.tokens.dewi,
    `mutation ($id: ID!, $from: Date!, $to: Date!) { rescheduleBatch(input: {
      batchId: $id, startsOn: $from, endsOn: $to }) { cursor } }`,
    { id, from: day(50), to: day(51) },
  );
  await dialog.getByRole('button', { name: 'Reschedule', exact: true }).click();
  await dialog.getByText('Somebody else has changed this meanwhile.').waitFor();
  assert.equal((await stored(id)).startsOn, day(50));
  await dialog.getByRole('button', { name: 'Save mine' }).click();
  await dialog.waitFor({ state: 'hidden' });
  const batch = await stored(id);
  assert.deepEqual([batch.startsOn, batch.endsOn], [day(40), day(41)]);
  clean(wrong);
});
