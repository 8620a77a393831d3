// The texts of the desk: the same in every language, and all that the desk asks for.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { PARTS, all, messages, read } from './texts.mjs';

const sources = resolve(import.meta.dirname, '../../web/desk/src');

const places = (text) => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();

function* files(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) {
      if (name !== 'gql') yield* files(path);
    } else if (/\.tsx?$/.test(name)) {
      yield readFileSync(path, 'utf8');
    }
  }
}

test('both languages have the same messages with the same places', () => {
  assert.deepEqual(readdirSync(join(messages, 'id')), PARTS);
  for (const part of PARTS) {
    const [en, id] = [read('en', part), read('id', part)];
    assert.deepEqual(Object.keys(id), Object.keys(en), part);
    for (const [key, text] of Object.entries(en)) {
      assert.ok(text.trim() && id[key].trim(), key);
      assert.deepEqual(places(id[key]), places(text), key);
    }
  }
});

test('every message is used, and every member of an enumeration has its label', () => {
  const text = [...files(sources)].join('\n');
  // A key that is put together ends, or a label begins, with what stands in a template.
  const begun = [...text.matchAll(/`([a-zA-Z.]+)\.\$\{/g)].map(([, start]) => `${start}.`);
  const labelled = text.matchAll(/(?:label\(|kind=)['"](\w+)['"]/g);
  const kinds = [...labelled].map(([, kind]) => `${kind}.`);
  for (const key of Object.keys(all('en'))) {
    const quoted = text.includes(`'${key}'`) || text.includes(`"${key}"`);
    const known = quoted || [...begun, ...kinds].some((start) => key.startsWith(start));
    assert.ok(known, `"${key}" is not used`);
  }
  const schema = readFileSync(resolve(sources, '../../../schema.graphql'), 'utf8');
  const ENUMS = {
    batchStatus: 'BatchStatus',
    delegationStatus: 'DelegationStatus',
    planStatus: 'ActionPlanStatus',
    itemStatus: 'ActionItemStatus',
    severity: 'Severity',
    rule: 'FindingRule',
    sourceKind: 'SourceKind',
    property: 'ClaimProperty',
    importState: 'ImportState',
    rowState: 'ImportRowState',
    table: 'ImportTable',
    role: 'PartnershipRole',
    engagement: 'EngagementRole',
    institutionKind: 'InstitutionKind',
    grant: 'GrantRole',
    rank: 'ClaimRank',
    rankReason: 'RankReason',
    mode: 'DeliveryMode',
    modality: 'Modality',
    recordKind: 'RecordKind',
    scope: 'TokenScope',
    category: 'DelegationCategory',
  };
  const known = all('en');
  for (const [kind, name] of Object.entries(ENUMS)) {
    const body = schema.match(new RegExp(`enum ${name} \\{([^}]*)\\}`))[1];
    const members = body.replace(/"""[\s\S]*?"""/g, '').match(/\b[A-Z_]+\b/g);
    for (const member of members) assert.ok(known[`${kind}.${member}`], `${kind}.${member}`);
  }
});
