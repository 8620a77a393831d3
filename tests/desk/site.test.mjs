// Every page of the site, as anybody sees it: accessible in light and dark and in both languages,
// valid HTML, small, without a foreign request or a word in the console, no wider than a phone, and
// without a script but for the one that follows the log. With SCREENSHOTS=folder, each is kept as a picture.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { HtmlValidate } from 'html-validate';
import { clean, open } from './browser.mjs';
import { begin, browser, server } from './scene.mjs';
import { ask } from './server.mjs';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const folder = process.env.SCREENSHOTS;
const MOST_BYTES = 60 * 1024;

const PAGES = [
  '',
  '/batches',
  '/batches?year=2023&country=KH&sort=people',
  '/batches?year=1901',
  '/batches/jewellery-2023',
  '/batches/colombo-plan-sme-2017-2',
  '/countries',
  '/countries/LA',
  '/countries/KI',
  '/programmes',
  '/programmes?owner=bbspjikb',
  '/programmes/jewellery',
  '/institutions?kind=GOVERNMENT',
  '/institutions/bbspjikb',
  '/groups',
  '/groups/asean?asOf=2017-08-09',
  '/topics',
  '/topics/jewellery',
  '/sources',
  '/sources/antara-2023-jewellery',
  '/findings?state=all',
  '/search',
  '/search?q=jewel',
  '/search?q=zzzz',
  '/attendance',
  '/attendance?rows=country&columns=batch',
  '/attendance?year=1901',
  '/changes',
  '/data',
];
const WRONG = ['/no/such/page', '/batches?year=soon', '/batches?after=nowhere'];

const validator = new HtmlValidate({
  extends: ['html-validate:recommended'],
  rules: {
    // The library would have all HTML written as one of its own formatters does.
    'no-trailing-whitespace': 'off',
    'long-title': 'off',
    // A list that cannot be seen as a whole is reached by keyboard, which takes both.
    'prefer-native-element': 'off',
    'wcag/h32': 'off',
    'no-inline-style': 'error',
  },
});

begin();

/** The page and what it fetches, as they come over the network. */
async function weigh(html) {
  const styles = [...html.matchAll(/(?:rel="stylesheet"|rel="icon"[^>]*) href="([^"]+)"/g)];
  const files = styles.map(async ([, path]) => (await fetch(server.origin + path)).arrayBuffer());
  const all = [Buffer.from(html), ...(await Promise.all(files)).map((file) => Buffer.from(file))];
  return all.reduce((sum, part) => sum + gzipSync(part).length, 0);
}

for (const language of ['id', 'en']) {
  test(`the pages in ${language} are valid, small, and of one language`, async () => {
    for (const path of [...PAGES, ...WRONG]) {
      const answer = await fetch(`${server.origin}/${language}${path}`, {
        headers: { accept: 'text/html' },
      });
      const html = await answer.text();
      assert.equal(answer.ok, PAGES.includes(path), `${path} ${answer.status}`);
      const { results } = await validator.validateString(html);
      const found = results.flatMap(({ messages }) =>
        messages.map(({ ruleId, message, line }) => `${ruleId} ${line}: ${message}`),
      );
      assert.deepEqual(found, [], `${language}${path}`);
      const bytes = await weigh(html);
      assert.ok(bytes <= MOST_BYTES, `${path} has ${bytes} bytes`);
      const scripts = html.match(/<script(?! type="application\/ld\+json")/g) ?? [];
      assert.equal(scripts.length, path === '/changes' ? 1 : 0, `${path} has a script`);
    }
  });

  for (const [scheme, width] of [['light', 1440], ['dark', 360]]) {
    test(`the pages in ${language} are accessible, ${scheme}, at ${width} px`, async () => {
      const viewport = { width, height: 900 };
      const options = { colorScheme: scheme, viewport, bypassCSP: true };
      const { page, wrong, context } = await open(browser, server, options);
      await page.addInitScript({ path: axe });
      for (const path of PAGES) {
        await page.goto(`${server.origin}/${language}${path}`);
        const found = await page.evaluate(async () => {
          const options = { resultTypes: ['violations'] };
          const { violations } = await globalThis.axe.run(document, options);
          return violations.map(({ id, nodes }) => `${id}: ${nodes.map((n) => n.html).join(' ')}`);
        });
        assert.deepEqual(found, [], `${language}${path} ${scheme}`);
        const beyond = await page.evaluate(
          () => document.documentElement.scrollWidth - innerWidth,
        );
        assert.ok(beyond <= 0, `${path} is ${beyond} px wider than the window`);
        if (!folder) continue;
        mkdirSync(folder, { recursive: true });
        const name = `site-${language}${path.replaceAll(/[/?=&]/g, '-')}-${width}`;
        await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
      }
      clean(wrong);
      await context.close();
    });
  }
}

test('a reader finds his way by keyboard, under the policy that the server sends', async () => {
  const { page, wrong, context } = await open(browser, server);
  await page.goto(`${server.origin}/`);
  assert.equal(await page.locator('html').getAttribute('lang'), 'en');
  await page.keyboard.press('Tab');
  assert.equal(await page.locator(':focus').innerText(), 'To the content');
  await page.getByRole('link', { name: 'Bahasa Indonesia' }).click();
  await page.waitForURL(`${server.origin}/id`);
  await page.locator('main input[type=search]').fill('perhiasan');
  await page.keyboard.press('Enter');
  await page.locator('main ol a').first().waitFor();
  await page.goto(`${server.origin}/id/batches/jewellery-2023`);
  const colour = await page.locator('.top').evaluate((at) => getComputedStyle(at).backgroundColor);
  assert.equal(colour, 'rgb(255, 255, 255)', 'the stylesheet is not applied');
  await page.getByRole('link', { name: 'Tanyakan ini dan lainnya di GraphiQL' }).click();
  await page.getByText('BatchPage').first().waitFor();
  clean(wrong);
  await context.close();
});

test('each country of the map is drawn under the policy, and reached by keyboard', async () => {
  const { page, wrong, context } = await open(browser, server);
  await page.goto(`${server.origin}/en/attendance`);
  const laos = page.locator('.map a', { hasText: 'Laos' });
  const name = await laos.locator('title').textContent();
  assert.equal(name, 'Laos: 2 came, 0 sent nobody, 0 not known');
  const drawn = await page.locator('.map use').evaluateAll((all) =>
    all.filter((use) => use.getBBox().width === 0).map((use) => use.getAttribute('href')),
  );
  assert.deepEqual(drawn, [], 'not drawn');
  const forms = await page.locator('.map a').evaluateAll((all) =>
    all.map((at) => [at.getAttribute('class'), at.querySelector('.mark').innerHTML]),
  );
  assert.equal(new Set(forms.map(String)).size, new Set(forms.map(([state]) => state)).size);
  await laos.focus();
  await page.keyboard.press('Enter');
  await page.waitForURL(`${server.origin}/en/countries/LA`);
  await page.goto(`${server.origin}/en/attendance`);
  await page.getByRole('link', { name: 'Ask for this map in GraphiQL' }).click();
  await page.getByText('AttendanceByCountry').first().waitFor();
  clean(wrong);
  await context.close();
});

test('what happens is shown as it happens, and what is written in it stays text', async () => {
  const { page, wrong, context } = await open(browser, server);
  await page.goto(`${server.origin}/en/changes`);
  await page.locator('#log[hidden]').waitFor({ state: 'attached' });
  const say = (query, variables) => ask(server, server.tokens.ana, query, variables);
  const { programme } = await say('{ programme(by: {key: "jewellery"}) { id } }');
  const { draftBatch } = await say(
    `mutation ($id: ID!) { draftBatch(input: {
      programmeId: $id, key: "followed", title: {text: "<img src=x onerror=alert(1)>", language: "en"}
      startsOn: "2031-05-04"
    }) { batch { id } } }`,
    { id: programme.id },
  );
  const { id } = draftBatch.batch;
  // A stream begins a moment after the page: the batch is announced when it is open.
  await page.waitForTimeout(1500);
  await say('mutation ($id: ID!) { announceBatch(input: {batchId: $id}) { cursor } }', { id });
  const link = page.locator('#log a').first();
  await link.waitFor();
  assert.equal(await link.innerText(), '<img src=x onerror=alert(1)>');
  await link.click();
  await page.locator('h1', { hasText: '<img src=x' }).waitFor();
  await page.goto(`${server.origin}/en`);
  await page.getByRole('link', { name: '<img src=x' }).first().waitFor();
  clean(wrong);
  await context.close();
});
