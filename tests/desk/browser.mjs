// Chromium of the machine, with what no view may do: errors in the console, requests to others.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

export const launch = () => chromium.launch({ executablePath, args: ['--no-sandbox'] });

/**
 * A tab of its own, with its own storage. `wrong` collects what may not be, requests to others than
 * the register and `known` among it.
 */
export async function open(browser, { origin }, options = {}, known = []) {
  const context = await browser.newContext({
    locale: 'en-GB',
    viewport: { width: 1280, height: 900 },
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const wrong = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) wrong.push(message.text());
  });
  page.on('pageerror', (error) => wrong.push(String(error.stack)));
  page.on('request', (request) => {
    const url = new URL(request.url());
    const foreign = url.origin !== origin && !known.includes(url.origin);
    if (foreign && url.protocol !== 'data:') wrong.push(`foreign: ${url}`);
    if (url.href.includes('jej_')) wrong.push(`a token in an address: ${url}`);
  });
  return { context, page, wrong };
}

/** Counts what a person would do with the mouse. */
export class Hand {
  clicks = 0;

  constructor(page) {
    this.page = page;
  }

  button(name, at = this.page) {
    return this.click(at.getByRole('button', { name, exact: true }));
  }

  link(name, at = this.page) {
    return this.click(at.getByRole('link', { name }).first());
  }

  async click(target) {
    this.clicks += 1;
    await target.click();
  }

  /** A field is clicked and typed into. */
  async type(label, text, at = this.page) {
    this.clicks += 1;
    await at.getByLabel(label, { exact: true }).fill(text);
  }

  /** A choice is opened and one of it clicked. */
  async choose(label, option, at = this.page) {
    this.clicks += 2;
    await at.getByLabel(label, { exact: true }).selectOption(option);
  }
}

export async function signIn({ page }, { origin, tokens }, account, path = '/') {
  await page.goto(`${origin}/desk${path === '/' ? '/' : path}`);
  await page.getByLabel('Token').fill(tokens[account]);
  await page.getByLabel('Keep me signed in').check();
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.locator('header.bar').waitFor();
}

/** Waits until a field has this value. */
export async function until(field, value) {
  const end = Date.now() + 15_000;
  while ((await field.inputValue()) !== value) {
    if (Date.now() > end) assert.equal(await field.inputValue(), value);
    await new Promise((again) => setTimeout(again, 50));
  }
}

/** The day so many days from now. */
export const day = (from) => new Date(Date.now() + from * 86_400_000).toISOString().slice(0, 10);

export function clean(wrong) {
  assert.deepEqual(wrong, []);
}
