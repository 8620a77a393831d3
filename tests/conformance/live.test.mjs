// Subscriptions: the protocols as the packages graphql-ws and graphql-sse speak them, and the clients that frontends use.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ApolloClient, InMemoryCache, gql } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { Client, subscriptionExchange } from '@urql/core';
import { createClient as createSse } from 'graphql-sse';
import { createClient as createWs } from 'graphql-ws';
import WebSocket from 'ws';
import { start } from './server.mjs';

const ONE = 'subscription One { events(first: 1) { after cursor event { name } } }';
const TWO = 'subscription Two { events(first: 2, heartbeatSeconds: 1) { after cursor event { name } } }';
const WRONG = 'subscription { nothing }';

let server;
before(async () => { server = await start(); });
after(() => server.stop());

const url = () => server.url.replace('http', 'ws');
const ws = (options = {}) => createWs({ url: url(), webSocketImpl: WebSocket, retryAttempts: 0, ...options });

/** What a socket that says these messages hears, until it is closed. */
const closed = (messages, protocol = 'graphql-transport-ws') =>
  new Promise((resolve) => {
    const socket = new WebSocket(url(), protocol);
    socket.on('open', () => messages.forEach((message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message))));
    socket.on('unexpected-response', (_, response) => resolve(response.statusCode));
    socket.on('error', () => {});
    socket.on('close', (code) => resolve(code));
  });

const init = { type: 'connection_init' };
const listen = (id) => ({ id, type: 'subscribe', payload: { query: 'subscription { events { cursor } }' } });

for (const [name, code, messages] of [
  ['no connection_init', 4408, []],
  ['a second connection_init', 4429, [init, init]],
  ['a subscription before connection_init', 4401, [listen('a')]],
  ['an id that is in use', 4409, [init, listen('a'), listen('a')]],
  ['text that is not JSON', 4400, [init, 'x']],
  ['a message of another type', 4400, [init, { type: 'start', id: 'a', payload: { query: '{ __typename }' } }]],
  ['a subscription without an id', 4400, [init, { ...listen('a'), id: undefined }]],
  ['a subscription without a payload', 4400, [init, { id: 'a', type: 'subscribe' }]],
]) {
  test(`${name} closes the socket with ${code}`, async () => assert.equal(await closed(messages), code));
}

test('a socket of another protocol is refused', async () => assert.equal(await closed([], 'graphql-ws'), 400));

test('graphql-ws iterates over a subscription, a query, and hears what is wrong', async () => {
  const client = ws();
  const items = [];
  for await (const { data } of client.iterate({ query: TWO })) items.push(data.events);
  assert.equal(items.length, 2);
  assert.equal(items[1].after, items[0].cursor);
  for await (const { data } of client.iterate({ query: '{ __typename }' })) assert.equal(data.__typename, 'Query');
  await assert.rejects(async () => { for await (const _ of client.iterate({ query: WRONG })); }, (errors) => errors[0].extensions.code === 'GRAPHQL_VALIDATION_FAILED');
  await client.dispose();
});

test('graphql-ws keeps a socket alive', async () => {
  let pongs = 0;
  const client = ws({ lazy: false, keepAlive: 200, onNonLazyError: () => {}, on: { pong: () => { pongs += 1; } } });
  await new Promise((done) => setTimeout(done, 1500));
  assert.ok(pongs >= 3, `${pongs} pongs`);
  await client.dispose();
});

for (const [path, singleConnection] of [['graphql', false], ['graphql/stream', false], ['graphql/stream', true]]) {
  test(`graphql-sse iterates over ${path}${singleConnection ? ', with one stream for all operations' : ''}`, async () => {
    const client = createSse({ url: `${server.origin}/${path}`, singleConnection, retryAttempts: 0 });
    const items = [];
    for await (const { data } of client.iterate({ query: TWO })) items.push(data.events);
    assert.equal(items.length, 2);
    assert.equal(items[1].after, items[0].cursor);
    for await (const { data } of client.iterate({ query: '{ __typename }' })) assert.equal(data.__typename, 'Query');
    client.dispose();
  });
}

test('graphql-sse hears what is wrong', async () => {
  const client = createSse({ url: `${server.origin}/graphql/stream`, retryAttempts: 0 });
  await assert.rejects(async () => { for await (const _ of client.iterate({ query: WRONG })); });
  client.dispose();
});

test('Apollo Client subscribes', async () => {
  const socket = ws();
  const client = new ApolloClient({ link: new GraphQLWsLink(socket), cache: new InMemoryCache() });
  const { data } = await new Promise((next, error) => client.subscribe({ query: gql(ONE) }).subscribe({ next, error }));
  assert.equal(data.events.cursor, data.events.after);
  await socket.dispose();
});

test('urql subscribes', async () => {
  const socket = ws();
  const forward = ({ query, variables }) => ({ subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables }, sink) }) });
  const client = new Client({ url: server.url, preferGetMethod: false, exchanges: [subscriptionExchange({ forwardSubscription: forward })] });
  const { data, error } = await new Promise((next) => { client.subscription(ONE, {}).subscribe(next); });
  assert.equal(error, undefined);
  assert.equal(data.events.cursor, data.events.after);
  await socket.dispose();
});
