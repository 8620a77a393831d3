// The clients that frontends use, and the reference executor, against the running server.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { Client, fetchExchange } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import { buildClientSchema, buildSchema, execute, getIntrospectionQuery, lexicographicSortSchema, parse, printSchema, validate } from 'graphql';
import { schemaFile, start } from './server.mjs';

const schema = buildSchema(readFileSync(schemaFile, 'utf8'));
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const KEY = 'query Key($key: String!) { batch(by: {key: $key}) { id key title } }';
const variables = { key: 'jewellery-2023' };

let server;
before(async () => { server = await start(); });
after(() => server.stop());

const ask = async (body, url = server.url) => {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return { status: answer.status, text: await answer.text() };
};

test('introspection of the running server is the schema that is checked in', async () => {
  const query = getIntrospectionQuery({ specifiedByUrl: true, oneOf: true, inputValueDeprecation: true });
  const { data } = JSON.parse((await ask({ query })).text);
  assert.equal(printSchema(lexicographicSortSchema(buildClientSchema(data))), printSchema(lexicographicSortSchema(schema)));
});

test('Apollo Client asks, caches by id, and registers documents under their digest', async () => {
  const bodies = [];
  const spy = (url, init) => { bodies.push(init.body ?? url); return fetch(url, init); };
  const link = ApolloLink.from([
    new PersistedQueryLink({ sha256, useGETForHashedQueries: true }),
    new HttpLink({ uri: server.url, fetch: spy, headers: { 'graphql-require-preflight': '1' } }),
  ]);
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  for (const fetchPolicy of ['network-only', 'network-only', 'cache-only']) {
    const { data } = await client.query({ query: gql(KEY), variables, fetchPolicy });
    assert.equal(data.batch.key, 'jewellery-2023');
  }
  assert.equal(bodies.length, 3, 'by digest, with the text, by digest');
  assert.equal(bodies.filter((body) => String(body).includes('query Key') || String(body).includes('query+Key')).length, 1);
});

test('urql asks, by digest as well', async () => {
  const client = new Client({ url: server.url, preferGetMethod: false, exchanges: [persistedExchange({ preferGetForPersistedQueries: true }), fetchExchange] });
  for (const _ of [1, 2]) {
    const { data, error } = await client.query(KEY, variables, { requestPolicy: 'network-only' }).toPromise();
    assert.equal(error, undefined);
    assert.equal(data.batch.key, 'jewellery-2023');
  }
  const wrong = await client.query('{ nothing }', {}).toPromise();
  assert.equal(wrong.error.graphQLErrors[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED');
});

test('trusted documents, as graphql-codegen names them', async () => {
  const manifest = `${server.folder}/persisted.json`;
  writeFileSync(manifest, JSON.stringify({ [`sha256:${sha256(KEY)}`]: KEY }));
  const only = await start({ JEJARING_DOCUMENTS_MODE: 'only', JEJARING_DOCUMENTS_MANIFEST: manifest });
  const named = await ask({ documentId: `sha256:${sha256(KEY)}`, variables }, only.url);
  assert.equal(JSON.parse(named.text).data.batch.key, 'jewellery-2023');
  assert.equal((await ask({ query: '{ __typename }' }, only.url)).status, 403);
  await only.stop();
});

// The specification ("All Variable Usages Are Allowed") refuses it; graphql-js 16 looks for the input object behind a `!` in vain.
const OVERLOOKED = 'query Q($key: String) { batch(by: {key: $key}) { key } }';

test('which documents are valid is what graphql-js says', () => {
  for (const file of ['valid', 'invalid']) {
    for (const document of readFileSync(`${import.meta.dirname}/../it/documents/${file}.graphql`, 'utf8').split('---\n')) {
      let faults;
      try { faults = validate(schema, parse(document)); } catch (fault) { faults = [fault]; }
      if (document.trim() !== OVERLOOKED) assert.equal(faults.length === 0, file === 'valid', document);
    }
  }
});

// One answer to a plain query is the data; variants of the query are then answered by the server and by graphql-js.
const PLAIN = `{ batch(by: {key: "jewellery-2023"}) { id key title startsOn phase programme { id key title }
  delegations { totalCount nodes { id key status country { code name } } pageInfo { hasNextPage } } } }`;
const VARIANTS = [
  '{ batch(by: {key: "jewellery-2023"}) { title key id __typename } __typename }',
  '{ batch(by: {key: "jewellery-2023"}) { a: key b: key key ...F } } fragment F on Batch { key c: title programme { title ...G } } fragment G on Programme { key title }',
  '{ batch(by: {key: "jewellery-2023"}) { programme { key } title programme { title __typename } } }',
  '{ batch(by: {key: "jewellery-2023"}) { ... on Batch { startsOn } ... on Node { id } ... @include(if: false) { title } phase @skip(if: true) key @include(if: true) } }',
  '{ batch(by: {key: "jewellery-2023"}) { delegations { nodes { status ...C } totalCount nodes { key country { n: name } } } } } fragment C on Delegation { country { code } }',
  'query($yes: Boolean = true, $no: Boolean!) { batch(by: {key: "jewellery-2023"}) { ...F @include(if: $yes) ...F @skip(if: $no) title @skip(if: $yes) } } fragment F on Batch { id key }',
];

test('answers are those of the reference executor, to the order of their keys', async () => {
  const { data } = JSON.parse((await ask({ query: PLAIN })).text);
  const typed = (value, type) => ({ ...value, __typename: type });
  const batch = { ...typed(data.batch, 'Batch'), programme: typed(data.batch.programme, 'Programme') };
  for (const query of VARIANTS) {
    const variableValues = { no: false };
    const expected = await execute({ schema, document: parse(query), rootValue: { batch }, variableValues });
    const answer = await ask({ query, variables: variableValues });
    assert.equal(answer.text, JSON.stringify({ data: expected.data }), query);
  }
});

test('an error leaves null where the reference executor leaves it', async () => {
  const { text } = await ask({ query: '{ node(id: "x") { id } batch(by: {key: "jewellery-2023"}) { key } }' });
  const { data, errors } = JSON.parse(text);
  assert.deepEqual(data, { node: null, batch: { key: 'jewellery-2023' } });
  assert.deepEqual(errors.map((error) => [error.path, error.locations]), [[['node'], [{ line: 1, column: 3 }]]]);
});
