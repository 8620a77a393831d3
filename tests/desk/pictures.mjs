// Takes the pictures of docs/DESK.md and docs/DESK.id.md anew: `JEJARING_BIN=… node pictures.mjs`.
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { day, launch, open } from './browser.mjs';
import { ask, start } from './server.mjs';
import { texts } from './texts.mjs';

const folder = resolve(import.meta.dirname, '../../docs/desk');
const viewport = { width: 960, height: 640 };

const server = await start();
const browser = await launch();
const say = (query, variables) => ask(server, server.tokens.ana, query, variables);

/** A batch that was held, with what is still to be done. */
async function prepare() {
  const { programme } = await say('{ programme(by: {key: "jewellery"}) { id } }');
  const draft = async (title, from, to) => {
    const { draftBatch } = await say(
      `mutation ($id: ID!, $title: String!, $from: Date, $to: Date) { draftBatch(input: {
        programmeId: $id, title: {text: $title, language: "en"}, startsOn: $from, endsOn: $to
      }) { batch { id key } } }`,
      { id: programme.id, title, from, to },
    );
    return draftBatch.batch;
  };
  await draft('Pearls and shells', day(40), day(44));
  const batch = await draft('Silver and stones', day(-9), day(-5));
  const { id } = batch;
  await say('mutation ($id: ID!) { announceBatch(input: {batchId: $id}) { cursor } }', { id });
  const { inviteCountries } = await say(
    `mutation ($id: ID!) { inviteCountries(input: {
      batchId: $id, countries: ["BN", "KH", "LA", "MY", "PH", "TH", "VN"]
    }) { delegations { id country { code } } } }`,
    { id },
  );
  const of = (code) => inviteCountries.delegations.find(({ country }) => country.code === code).id;
  await say(
    `mutation ($id: ID!, $kh: ID!, $la: ID!, $th: ID!) {
      recordAttendances(input: {batchId: $id, attendances: [
        {delegationId: $kh, headcount: 2}, {delegationId: $la, headcount: 7}
        {delegationId: $th, headcount: 3}
      ]}) { cursor }
      expectActionPlan(input: {delegationId: $la, dueOn: "${day(-1)}"}) { actionPlan { id } }
      addSource(input: {
        kind: NEWS_REPORT, title: "Five from Laos at the bench", language: "en"
      }) { source { id } }
    }`,
    { id, kh: of('KH'), la: of('LA'), th: of('TH') },
  );
  const { sources } = await say(
    '{ sources(filter: {title: {startsWith: "Five from"}}) { nodes { id } } }',
  );
  await say(
    `mutation ($id: ID!, $source: ID!) { fileClaims(input: {
      batchId: $id, sourceId: $source, delegations: [{country: "LA", headcount: 5}]
    }) { cursor } }`,
    { id, source: sources.nodes[0].id },
  );
  const make = (key, name) =>
    ask(
      server,
      server.tokens.budi,
      `mutation ($key: String!, $name: String!) { createInstitution(input: {
        key: $key, kind: OTHER, names: [{name: $name, language: "en"}]
      }) { institution { id } } }`,
      { key, name },
    );
  await make('board', 'Board of Crafts');
  await make('bord', 'Bord of Crafts');
  return batch.key;
}

const key = await prepare();
const settled = (page) =>
  page.waitForFunction(() => !/Loading …|Memuat …/.test(document.body.innerText));

/** All pictures, in one language. */
async function picture(language, locale, folder) {
  mkdirSync(folder, { recursive: true });
  const t = texts(language);
  const shoot = (page, name) => page.screenshot({ path: `${folder}/${name}.png` });
  const enter = async (account, path) => {
    const { page, context } = await open(browser, server, { viewport, locale });
    await page.goto(`${server.origin}/desk${path}`);
    await page.getByLabel(t('signIn.token')).waitFor();
    if (account === 'ana') await shoot(page, 'sign-in');
    await page.getByLabel(t('signIn.token')).fill(server.tokens[account]);
    await page.getByLabel(t('signIn.keep')).check();
    await page.getByRole('button', { name: t('signIn') }).click();
    await page.locator('main h1').waitFor();
    await settled(page);
    return { page, context };
  };
  const { page, context } = await enter('ana', '/');
  const show = async (path, name) => {
    await page.goto(`${server.origin}/desk${path}`);
    await page.locator('main h1').waitFor();
    await settled(page);
    if (name) await shoot(page, name);
  };
  const press = (name) => page.getByRole('button', { name, exact: true }).click();
  await show('/', 'work');
  await show('/batches');
  await page.getByRole('link', { name: 'Pearls and shells' }).click();
  await press(t('decide.announce'));
  await shoot(page, 'announce');
  await show(`/batches/${key}/delegations`);
  await page.getByLabel(t('delegations.headsOf', { name: 'Vietnam' })).fill('4');
  const outcome = page.getByLabel(t('delegations.outcomeOf', { name: 'Brunei' }));
  await outcome.selectOption('NOT_SENT');
  await shoot(page, 'delegations');
  await press(t('invite.title'));
  await page.getByLabel(t('invite.group')).selectOption({ label: 'ASEAN' });
  await page.locator('dialog button[type=submit]:not([disabled])').waitFor();
  await shoot(page, 'invite');
  await show(`/batches/${key}/sources`, 'sources');
  await show('/files');
  await page.locator('input[type=file]').setInputFiles({
    name: 'attendance.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(
      `batch,country,status,people\n${key},India,attended,2\n${key},Korea,attended,1\n` +
        `${key},Philippines,attended,3\n`,
    ),
  });
  await press(t('file.send'));
  await page.getByText(t('rows.line', { line: 3 })).waitFor();
  await page.getByText(t('rows.line', { line: 2 })).scrollIntoViewIfNeeded();
  await shoot(page, 'file');
  await show('/plans');
  await page.getByRole('link', { name: /^Laos/ }).click();
  await page.getByLabel(t('plan.title')).fill('A bench for silver in Vientiane');
  await shoot(page, 'plan');
  await context.close();

  const focal = await enter('sok', '/country');
  await shoot(focal.page, 'country');
  await focal.context.close();
  const curator = await enter('budi', '/merge/institution/bord');
  await curator.page.getByLabel(t('merge.into')).fill('Board of');
  await curator.page.getByRole('button', { name: 'Board of Crafts', exact: true }).click();
  await curator.page.locator('main table').waitFor();
  await shoot(curator.page, 'merge');
  await curator.context.close();
}

await picture('en', 'en-GB', folder);
await picture('id', 'id-ID', `${folder}/id`);
await browser.close();
await server.stop();
