// Webhooks and pages as the public libraries read them: signatures, CloudEvents, JSON-LD; and the receiver of the README as it stands.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { HTTP } from 'cloudevents';
import jsonld from 'jsonld';
import { Webhook } from 'standardwebhooks';
import { start } from './server.mjs';

let server, token;
before(async () => {
  server = await start({ JEJARING_WEBHOOKS_ALLOWED_NETWORKS: '127.0.0.0/8' });
  const env = { PATH: process.env.PATH, JEJARING_DATABASE_URL: `sqlite://${join(server.folder, 'jejaring.sqlite')}` };
  const create = ['token', 'create', '--account', 'ana', '--name', 'Ana', '--role', 'curator'];
  token = execFileSync(resolve(process.env.JEJARING_BIN), create, { cwd: server.folder, env, encoding: 'utf8' }).match(/jej_\w+/)[0];
});
after(() => server.stop());

const ask = async (query, variables = {}) => {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const answer = await fetch(server.url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  const { data, errors } = await answer.json();
  assert.equal(errors, undefined);
  return data;
};

const endpoint = async (port) => {
  const create = `mutation ($url: URL!) { createWebhookEndpoint(input: {url: $url, name: "Test", filter: {types: [SOURCE_ADDED]}})
    { endpoint { publicKeys } secret errors { message } } }`;
  const { createWebhookEndpoint: made } = await ask(create, { url: `http://127.0.0.1:${port}/` });
  assert.deepEqual(made.errors, []);
  return made;
};

const addSource = (title) =>
  ask('mutation ($title: String!) { addSource(input: {kind: REPORT, title: $title, language: "en"}) { source { id key } errors { message } } }', { title });

/** A server, and the first request that comes to it. */
const listen = async () => {
  let heard;
  const request = new Promise((done) => { heard = done; });
  const receiver = createServer(async (asked, answer) => {
    const chunks = [];
    for await (const chunk of asked) chunks.push(chunk);
    answer.writeHead(204).end();
    heard({ headers: asked.headers, body: Buffer.concat(chunks) });
  });
  await new Promise((done) => receiver.listen(0, '127.0.0.1', done));
  return { port: receiver.address().port, request, close: () => { receiver.close(); receiver.closeAllConnections(); } };
};

test('a message is signed as standardwebhooks checks it, and is an event as the SDK of CloudEvents reads it', async () => {
  const receiver = await listen();
  try {
    const { secret, endpoint: { publicKeys } } = await endpoint(receiver.port);
    const { addSource: { source } } = await addSource('A report');
    const { headers, body } = await receiver.request;
    const library = new Webhook(secret);
    assert.equal(library.verify(body, headers).type, 'source.added');
    assert.throws(() => library.verify(body.toString().replace('source.added', 'source.removed'), headers));
    // v1a: Ed25519, which the library leaves to others.
    const signature = headers['webhook-signature'].split(' ').find((one) => one.startsWith('v1a,')).slice(4);
    const x = Buffer.from(publicKeys[0].replace('whpk_', ''), 'base64').toString('base64url');
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    const signed = Buffer.from(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`);
    assert.ok(verify(null, signed, key, Buffer.from(signature, 'base64')));
    const event = HTTP.toEvent({ headers, body: body.toString() });
    assert.ok(event.validate());
    assert.equal(event.source, server.origin);
    assert.equal(event.subject, source.id);
    assert.equal(event.data.subjectKey, source.key);
    assert.equal(event.sequence, String(event.data.position).padStart(19, '0'));
  } finally {
    receiver.close();
  }
});

test('the receiver of the README takes what is sent', async () => {
  const code = readFileSync(resolve(import.meta.dirname, '../../README.md'), 'utf8').match(/```js\n(.*?)```/s)[1];
  assert.ok(code.trim().split('\n').length <= 20);
  const file = resolve(import.meta.dirname, 'node_modules', '.receiver.mjs');
  const free = await listen();
  free.close();
  const { secret } = await endpoint(free.port);
  writeFileSync(file, code);
  const receiver = spawn(process.execPath, [file], { env: { ...process.env, SECRET: secret, PORT: free.port }, stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const lines = createInterface(receiver.stdout)[Symbol.asyncIterator]();
    const { addSource: { source } } = await addSource('Another report');
    assert.equal((await lines.next()).value, `source.added ${source.key}`);
  } finally {
    receiver.kill();
    rmSync(file);
  }
});

test('a page is a CourseInstance to a processor of JSON-LD', async () => {
  const answer = await fetch(`${server.origin}/batches/jewellery-2023`, { headers: { accept: 'application/ld+json' } });
  // The context of schema.org, as far as it is used, without asking for it.
  const dates = Object.fromEntries(['startDate', 'endDate'].map((name) => [name, { '@id': `http://schema.org/${name}`, '@type': 'http://schema.org/Date' }]));
  const ids = Object.fromEntries(['eventStatus', 'url'].map((name) => [name, { '@id': `http://schema.org/${name}`, '@type': '@id' }]));
  const document = { '@context': { '@vocab': 'http://schema.org/', ...dates, ...ids } };
  const documentLoader = async (url) => {
    assert.equal(url, 'https://schema.org/');
    return { contextUrl: null, documentUrl: url, document };
  };
  const triples = await jsonld.toRDF(await answer.json(), { documentLoader });
  const page = `${server.origin}/batches/jewellery-2023`;
  const about = (predicate) => triples.filter((t) => t.subject.value === page && t.predicate.value === `http://schema.org/${predicate}`).map((t) => t.object.value);
  assert.deepEqual(triples.filter((t) => t.subject.value === page && t.predicate.value.endsWith('#type')).map((t) => t.object.value), ['http://schema.org/CourseInstance']);
  assert.deepEqual([about('startDate'), about('endDate')], [['2023-11-20'], ['2023-11-27']]);
  assert.deepEqual(about('eventStatus'), ['https://schema.org/EventScheduled']);
  const course = triples.filter((t) => t.predicate.value === 'http://schema.org/hasCourseInstance');
  assert.deepEqual(course.map((t) => t.object.value), [page]);
});
