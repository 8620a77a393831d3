// Every view, as its readers see it: accessible in light and dark, without a foreign request, and
// no wider than a phone. With SCREENSHOTS=folder, each is kept as a picture.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { clean, launch, open, signIn } from './browser.mjs';
import { ask, start } from './server.mjs';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const folder = process.env.SCREENSHOTS;

const BATCH = '/batches/jewellery-2023';
const VIEWS = {
  ana: [
    '/',
    '/batches',
    '/batches/new',
    BATCH,
    `${BATCH}/delegations`,
    `${BATCH}/sources`,
    `${BATCH}/plans`,
    `${BATCH}/people`,
    `${BATCH}/history`,
    '/sources',
    '/files',
    '/plans',
    '/findings',
    '/institutions',
    '/institutions/bbspjikb',
    '/webhooks',
    '/no/such/view',
  ],
  sok: ['/', '/country'],
  budi: ['/findings', `${BATCH}/sources`, '/merge', '/merge/institution/bbspjikb'],
  rini: ['/audit'],
  agus: ['/accounts'],
};

/** What is opened in a view, beside the view itself. */
const OPENED = {
  [BATCH]: ['Open again', 'Change the facts'],
  '/': ['Make a calendar address'],
  [`${BATCH}/delegations`]: ['Invite countries', 'Details'],
  [`${BATCH}/sources`]: ['State what a source says'],
  '/sources': ['New source'],
  '/institutions': ['New institution', 'New programme'],
  '/institutions/bbspjikb': ['Rename', 'Place in the tree'],
  '/country': ['It was otherwise'],
};

let server;
let browser;
before(async () => {
  server = await start();
  browser = await launch();
  const { programme } = await ask(
    server,
    server.tokens.ana,
    '{ programme(by: {key: "jewellery"}) { id } }',
  );
  await ask(
    server,
    server.tokens.ana,
    `mutation ($id: ID!) { draftBatch(input: {
      programmeId: $id, key: "drafted", title: {text: "Drafted", language: "en"}
    }) { batch { id } } }`,
    { id: programme.id },
  );
  VIEWS.ana.push('/batches/drafted');
});
after(async () => {
  await browser.close();
  await server.stop();
});

async function check(page, where) {
  // What is busy at this moment is not what readers see.
  await page.locator('main h1, dialog h2').first().waitFor();
  await settled(page);
  const found = await page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, { resultTypes: ['violations'] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
  });
  assert.deepEqual(found, [], where);
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(beyond <= 0, `${where} is ${beyond} px wider than the window`);
}

/** Everything that was asked for is there. */
const settled = (page) =>
  page.waitForFunction(() => !document.body.innerText.includes('Loading …'));

async function shoot(page, name) {
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

/** The policy lets no script in, so axe is put in from outside the page. */
async function visit(page, path) {
  await page.goto(`${server.origin}/desk${path}`);
  await page.locator('main h1').waitFor();
  await settled(page);
}

for (const [account, views] of Object.entries(VIEWS)) {
  for (const [scheme, width] of [
    ['light', 1440],
    ['dark', 360],
  ]) {
    test(`the views of ${account} are accessible, ${scheme}, at ${width} px`, async () => {
      const viewport = { width, height: 900 };
      const tab = await open(browser, server, { colorScheme: scheme, viewport, bypassCSP: true });
      const { page, wrong } = tab;
      await page.addInitScript({ path: axe });
      await page.goto(`${server.origin}/desk/`);
      await check(page, 'signing in');
      await shoot(page, `${account}-sign-in-${width}`);
      await signIn(tab, server, account);
      for (const path of views) {
        await visit(page, path);
        await check(page, `${path} ${scheme}`);
        await shoot(page, `${account}${path.replaceAll('/', '-')}-${width}`);
        // What is opened has the colours of the rest: it is looked at once.
        for (const name of (width === 360 && OPENED[path]) || []) {
          const button = page.getByRole('button', { name: new RegExp(`^${name}(:|$)`) });
          if ((await button.count()) === 0) continue;
          await button.first().click();
          await check(page, `${path}, ${name}, ${scheme}`);
          await shoot(page, `${account}${path.replaceAll('/', '-')}-${name}-${width}`);
          await visit(page, path);
        }
      }
      clean(wrong);
      await tab.context.close();
    });
  }
}

test('all is said in Indonesian, too', async () => {
  const tab = await open(browser, server, { locale: 'id-ID' });
  const { page, wrong } = tab;
  await page.goto(`${server.origin}/desk/`);
  await page.getByLabel('Token').fill(server.tokens.ana);
  await page.getByRole('button', { name: 'Masuk' }).click();
  await page.getByRole('heading', { name: 'Pekerjaan saya' }).waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), 'id');
  // What the server says is in the language of the desk.
  await page.getByRole('link', { name: 'Angkatan', exact: true }).click();
  await page.getByRole('link', { name: 'jewellery-2023' }).click();
  await page.getByRole('link', { name: 'Delegasi' }).click();
  await page.getByRole('row', { name: /Kamboja/ }).waitFor();
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('row', { name: /Cambodia/ }).waitFor();
  clean(wrong);
});
