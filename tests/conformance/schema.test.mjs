// The schema, as linters and generators of clients read it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import plugin from '@graphql-eslint/eslint-plugin';
import { generate } from '@graphql-codegen/cli';
import { ESLint } from 'eslint';
import { buildSchema, getNamedType, isLeafType, isObjectType, isRequiredArgument, isScalarType, specifiedScalarTypes } from 'graphql';
import { schemaFile } from './server.mjs';

const sdl = readFileSync(schemaFile, 'utf8');
const schema = buildSchema(sdl);
const folder = mkdtempSync(join(tmpdir(), 'jejaring-schema-'));
symlinkSync(join(import.meta.dirname, 'node_modules'), join(folder, 'node_modules'));
after(() => rmSync(folder, { recursive: true }));

const run = (script, args, cwd) => spawnSync(process.execPath, [join(import.meta.dirname, 'node_modules', script), ...args], { cwd, encoding: 'utf8' });
/** The fields without an argument that must be given, and no selection of their own. */
const leaves = (type) => Object.values(type.getFields()).filter((field) => isLeafType(getNamedType(field.type)) && !field.args.some(isRequiredArgument)).map((field) => field.name);

test('the rules of graphql-eslint, those of Relay among them', async () => {
  const rules = {
    ...plugin.configs['flat/schema-recommended'].rules,
    ...plugin.configs['flat/schema-relay'].rules,
    // `nodes` stands beside `edges`, which Relay's specification allows.
    '@graphql-eslint/relay-edge-types': ['error', { withEdgeSuffix: true, shouldImplementNode: true, listTypeCanWrapOnlyEdgeType: false }],
    '@graphql-eslint/strict-id-in-types': ['error', { acceptedIdNames: ['id'], acceptedIdTypes: ['ID'], exceptions: { types: ['PageInfo'], suffixes: ['Connection', 'Edge', 'Payload', 'Aggregates', 'Error', 'Event'] } }],
    '@graphql-eslint/input-name': ['error', { checkInputType: true, caseSensitiveInputType: false, checkMutations: true }],
    '@graphql-eslint/no-scalar-result-type-on-mutation': 'error',
    '@graphql-eslint/require-nullable-fields-with-oneof': 'error',
    '@graphql-eslint/require-deprecation-reason': 'error',
  };
  const languageOptions = { parser: plugin.parser, parserOptions: { graphQLConfig: { schema: schemaFile } } };
  const eslint = new ESLint({ cwd: join(import.meta.dirname, '../..'), overrideConfigFile: true, overrideConfig: [{ files: ['**/*.graphql'], plugins: { '@graphql-eslint': plugin }, languageOptions, rules }] });
  const faults = (await eslint.lintText(sdl, { filePath: schemaFile })).flatMap((result) => result.messages);
  assert.deepEqual(faults.map((fault) => `${fault.line}: ${fault.ruleId}: ${fault.message}`), []);
});

test('relay-compiler: every connection pages, every record can be fetched again', () => {
  const project = join(folder, 'relay');
  mkdirSync(join(project, 'src/__generated__'), { recursive: true });
  const write = (name, text) => writeFileSync(join(project, 'src', `${name}.ts`), `import {graphql} from 'relay-runtime';\nexport const document = graphql\`${text}\`;\n`);
  const node = schema.getType('Node');
  const fetched = Object.values(schema.getTypeMap()).filter((type) => isObjectType(type) && (type === schema.getQueryType() || type.getInterfaces().includes(node)));
  let connections = 0;
  for (const type of fetched) {
    if (type !== schema.getQueryType()) {
      const name = `Again${type.name}`;
      write(name, `fragment ${name}_it on ${type.name} @refetchable(queryName: "${name}_itRefetchQuery") { ${leaves(type).join(' ')} }`);
    }
    for (const field of Object.values(type.getFields())) {
      const connection = getNamedType(field.type);
      if (!connection.name.endsWith('Connection') || field.args.some(isRequiredArgument)) continue;
      const name = `${type.name}_${field.name}`.replace(/_(.)/, (_, letter) => letter.toUpperCase());
      const item = getNamedType(getNamedType(connection.getFields().edges.type).getFields().node.type);
      const selected = isObjectType(item) ? leaves(item).join(' ') : '__typename';
      write(name, `fragment ${name}_page on ${type.name} @refetchable(queryName: "${name}_pageQuery") @argumentDefinitions(count: {type: "Int", defaultValue: 10}, cursor: {type: "Cursor"}) { ${field.name}(first: $count, after: $cursor) @connection(key: "${name}_page__${field.name}") { edges { node { ${selected} } } } }`);
      connections += 1;
    }
  }
  assert.ok(connections > 50, `${connections} connections`);
  writeFileSync(join(project, 'schema.graphql'), sdl);
  writeFileSync(join(project, 'relay.config.json'), JSON.stringify({ src: './src', schema: './schema.graphql', language: 'typescript', artifactDirectory: './src/__generated__', eagerEsModules: true }));
  const compiled = run('relay-compiler/cli.js', ['relay.config.json'], project);
  assert.equal(compiled.status, 0, compiled.stdout + compiled.stderr);
  assert.ok(readdirSync(join(project, 'src/__generated__')).length > connections);
});

test('graphql-codegen: clients compile under strict TypeScript, and name documents as the server expects', async () => {
  const project = join(folder, 'codegen');
  mkdirSync(project);
  const own = Object.values(schema.getTypeMap()).filter((type) => isScalarType(type) && !specifiedScalarTypes.includes(type));
  const scalars = Object.fromEntries(own.map((scalar) => [scalar.name, 'string']));
  const operations = join(import.meta.dirname, '../it/operations/*.graphql');
  await generate({
    cwd: project, schema: schemaFile, documents: [operations], silent: true,
    generates: { [`${project}/gen/`]: { preset: 'client', presetConfig: { persistedDocuments: { hashAlgorithm: 'sha256' } }, config: { strictScalars: true, scalars, useTypeImports: true, enumsAsTypes: true } } },
  }, true);
  const names = Object.keys(JSON.parse(readFileSync(join(project, 'gen/persisted-documents.json'), 'utf8')));
  assert.ok(names.length > 10 && names.every((name) => /^sha256:[0-9a-f]{64}$/.test(name)), names.join());
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions: { strict: true, noEmit: true, module: 'esnext', moduleResolution: 'bundler', target: 'es2022', skipLibCheck: true, types: [] }, include: ['gen/**/*.ts'] }));
  const checked = run('typescript/bin/tsc', ['-p', project], project);
  assert.equal(checked.status, 0, checked.stdout);
});
