// GraphiQL as who writes through it sees it: headers go along from tab to tab, and what was written is
// there after a reload, without the headers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open } from './browser.mjs';
import { begin, browser, server } from './scene.mjs';

begin();

/** Waits until this stands in an editor of the active tab. */
const holds = (page, editor, text) =>
  page.waitForFunction(
    ([at, text]) => document.querySelector(`${at} .CodeMirror`)?.CodeMirror.getValue() === text,
    [editor, text],
  );

test('headers go along, and queries outlive a reload', async () => {
  const { context, page, wrong } = await open(browser, server);
  await page.goto(`${server.origin}/graphiql`);
  const tabs = page.getByRole('tab');
  await tabs.filter({ hasText: 'PastBatch' }).click();
  await page.getByRole('button', { name: 'Headers' }).click();
  const secret = `{"authorization": "Bearer ${server.tokens.ana}"}`;
  const typed = async (editor, text) => {
    await page.locator(`${editor} .CodeMirror`).click();
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText(text);
  };
  const headers = '.graphiql-editor-tool .graphiql-editor:not(.hidden)';
  await typed(headers, secret);
  await tabs.filter({ hasText: 'WhatAReportStates' }).click();
  await holds(page, headers, secret);
  await typed('.graphiql-query-editor', 'query Mine { viewer { key } }');
  // A moment later the tab is called by its operation.
  await tabs.filter({ hasText: 'Mine' }).waitFor();
  await page.keyboard.press('Control+Enter');
  await page.waitForFunction(() =>
    document.querySelector('.result-window .CodeMirror')?.CodeMirror.getValue().includes('"ana"'),
  );
  // GraphiQL keeps what was written half a second after the last key.
  await page.waitForFunction(() => sessionStorage.getItem('graphiql:tabState')?.includes('Mine'));
  const kept = await page.evaluate(() =>
    JSON.stringify([{ ...localStorage }, { ...sessionStorage }]),
  );
  assert.ok(!kept.includes(server.tokens.ana), 'no token is kept');
  assert.ok(!kept.includes('"ana"') && !kept.includes('\\\\"ana\\\\"'), 'nor is an answer');
  await page.reload();
  await holds(page, '.graphiql-query-editor', 'query Mine { viewer { key } }');
  assert.deepEqual(wrong, []);
  await context.close();
});
