// Takes the pictures of docs/DESK.md anew: `JEJARING_BIN=… node pictures.mjs`.
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { day, launch, open, signIn } from './browser.mjs';
import { ask, start } from './server.mjs';

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
  return batch.key;
}

const key = await prepare();
mkdirSync(folder, { recursive: true });
const shoot = (page, name) => page.screenshot({ path: `${folder}/${name}.png` });
const settled = (page) =>
  page.waitForFunction(() => !document.body.innerText.includes('Loading …'));

const officer = await open(browser, server, { viewport });
const { page } = officer;
await page.goto(`${server.origin}/desk/`);
await page.getByLabel('Token').waitFor();
await shoot(page, 'sign-in');
await signIn(officer, server, 'ana');
const show = async (path, name) => {
  await page.goto(`${server.origin}/desk${path}`);
  await page.locator('main h1').waitFor();
  await settled(page);
  if (name) await shoot(page, name);
};
await show('/', 'work');
await show('/batches');
await page.getByRole('link', { name: 'Pearls and shells' }).click();
await page.getByRole('button', { name: 'Announce' }).click();
await shoot(page, 'announce');
await show(`/batches/${key}/delegations`);
await page.getByLabel('Number of people: Vietnam').fill('4');
await page.getByLabel('What came of it: Brunei').selectOption('NOT_SENT');
await shoot(page, 'delegations');
await page.getByRole('button', { name: 'Invite countries' }).click();
await page.getByLabel('A whole group').selectOption({ label: 'ASEAN' });
await page.getByRole('button', { name: /^Invite \([1-9]/ }).waitFor();
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
await page.getByRole('button', { name: 'Read the file' }).click();
await page.getByText('Line 3').waitFor();
await page.getByRole('heading', { name: /^Rows/ }).scrollIntoViewIfNeeded();
await shoot(page, 'file');
await show('/plans');
await page.getByRole('link', { name: /^Laos/ }).click();
await page.getByLabel('Title of the plan').fill('A bench for silver in Vientiane');
await shoot(page, 'plan');

const focal = await open(browser, server, { viewport });
await signIn(focal, server, 'sok', '/country');
await settled(focal.page);
await shoot(focal.page, 'country');

await browser.close();
await server.stop();
