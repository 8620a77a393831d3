// GraphQL over HTTP: every audit of the package graphql-http, what it calls SHOULD and MAY included.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { serverAudits } from 'graphql-http';
import { start } from './server.mjs';

let server;
before(async () => { server = await start(); });
after(() => server.stop());

test('there are 61 audits', () => assert.equal(serverAudits({ url: 'http://localhost' }).length, 61));

for (const { id, name } of serverAudits({ url: 'http://localhost' })) {
  test(`${id} ${name}`, async () => {
    const audit = serverAudits({ url: server.url, fetchFn: fetch }).find((it) => it.id === id);
    const result = await audit.fn();
    assert.equal(result.status, 'ok', result.reason);
  });
}
