// Signing in at a provider of OpenID Connect, and out again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clean, launch, open, signIn } from './browser.mjs';
import { provide } from './provider.mjs';
import { ask, start } from './server.mjs';

const CLIENT = 'desk';

let provider;
let server;
let browser;
before(async () => {
  provider = await provide(CLIENT);
  server = await start({
    JEJARING_OIDC_ISSUER: provider.issuer,
    JEJARING_OIDC_AUDIENCE: CLIENT,
    JEJARING_OIDC_CLIENT_ID: CLIENT,
  });
  browser = await launch();
});
after(async () => {
  await browser.close();
  await server.stop();
  provider.stop();
});

/** A tab that may also ask the provider. */
const openTab = () => open(browser, server, {}, [provider.issuer]);

const atProvider = (page) => page.getByRole('button', { name: /^Sign in at 127/ });

const kept = (page) => page.evaluate(() => Object.keys(sessionStorage));

test('a person signs in at the provider, and signing out forgets all', async () => {
  const { page, wrong } = await openTab();
  await page.goto(`${server.origin}/desk/batches`);
  await page.getByLabel('Keep me signed in').check();
  await atProvider(page).click();
  await page.getByRole('heading', { name: 'Batches' }).waitFor();
  // Neither the code nor anything else of the provider stays in the address.
  assert.equal(page.url(), `${server.origin}/desk/batches`);
  await page.locator('.who', { hasText: 'Citra' }).waitFor();
  await page.reload();
  await page.locator('.who', { hasText: 'Citra' }).waitFor();
  await page.getByRole('link', { name: 'My work' }).click();
  await page.getByText('Your account has no role yet').waitFor();
  const before = provider.signedOut;
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('Token').waitFor();
  await page.waitForURL(`${server.origin}/desk/`);
  assert.equal(provider.signedOut, before + 1);
  assert.deepEqual(await kept(page), []);
  clean(wrong);
});

test('an opaque access token is passed over, and nothing is kept unless it is asked', async () => {
  const { page, wrong } = await openTab();
  provider.opaque = true;
  await page.goto(`${server.origin}/desk/`);
  await atProvider(page).click();
  await page.locator('.who', { hasText: 'Citra' }).waitFor();
  provider.opaque = false;
  assert.deepEqual(await kept(page), []);
  await page.reload();
  await page.getByLabel('Token').waitFor();
  clean(wrong);
});

test('a refusal of the provider, and an answer that nobody asked for, sign nobody in', async () => {
  const { page, wrong } = await openTab();
  provider.refuse = 'access_denied';
  await page.goto(`${server.origin}/desk/`);
  await atProvider(page).click();
  await page.getByText('did not sign you in').waitFor();
  provider.refuse = null;
  assert.deepEqual(await kept(page), []);
  await page.goto(`${server.origin}/desk/?code=stolen&state=guessed`);
  await atProvider(page).waitFor();
  // With a sign-in under way, the answer to another one is no answer.
  await page.evaluate(() => {
    const pending = { state: 'mine', path: '/desk/', issuer: 'x', clientId: 'desk' };
    sessionStorage.setItem('jejaring.pending', JSON.stringify(pending));
  });
  await page.goto(`${server.origin}/desk/?code=stolen&state=guessed`);
  await page.getByText('did not sign you in').waitFor();
  clean(wrong);
});

/** Makes the account of the provider's person, which a sign-in has made, an officer. */
async function promote() {
  const say = (query, variables) => ask(server, server.tokens.agus, query, variables);
  const { accounts, institution } = await say(
    '{ accounts(first: 50) { nodes { id name } } institution(by: {key: "bbspjikb"}) { id } }',
  );
  const { id } = accounts.nodes.find(({ name }) => name === 'Citra');
  await say(
    `mutation ($id: ID!, $institution: ID!) { grantRole(input: {
      accountId: $id, role: OFFICER, institutionId: $institution
    }) { errors { message } } }`,
    { id, institution: institution.id },
  );
}

test('what was typed survives signing in anew at the provider', async () => {
  await promote();
  const tab = await openTab();
  const { page, wrong } = tab;
  await signIn(tab, server, 'dewi', '/batches/new');
  await page.getByLabel('Title', { exact: true }).fill('Typed before it was revoked');
  server.revoke(server.keys.dewi);
  const dialog = page.getByRole('dialog', { name: 'Your token is no longer good' });
  await dialog.waitFor();
  await atProvider(dialog).click();
  await page.locator('.who', { hasText: 'Citra' }).waitFor();
  assert.equal(new URL(page.url()).pathname, '/desk/batches/new');
  const title = page.getByLabel('Title', { exact: true });
  assert.equal(await title.inputValue(), 'Typed before it was revoked');
  clean(wrong.filter((text) => !text.includes('401')));
});

test('the policy lets the page ask at the endpoints of the provider, and nowhere else', async () => {
  const policy = async (path) => {
    const answer = await fetch(`${server.server}${path}`);
    return answer.headers.get('content-security-policy').match(/connect-src ([^;]*)/)[1];
  };
  const metadata = `${provider.issuer}/.well-known/openid-configuration`;
  assert.equal(await policy('/desk'), `'self' ${metadata} ${provider.issuer}/token`);
  assert.equal(await policy('/desk/licenses.txt'), "'self'");
  const { page } = await openTab();
  await page.goto(`${server.origin}/desk/`);
  const asked = await page.evaluate(async (address) => {
    const reached = await fetch(address).then(() => true, () => false);
    return reached;
  }, `${provider.issuer}/keys`);
  assert.equal(asked, false);
});
