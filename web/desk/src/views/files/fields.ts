import type { ImportTable } from '../../gql/graphql';

const BATCH = ['batch', 'programme', 'number'];
const COUNTRY = ['country', 'country_code'];
const PLACE = ['venue', 'city', ...COUNTRY, 'latitude', 'longitude'];
const HOLDER = ['institution', 'institution_kind', ...COUNTRY, 'city'];

/** The fields of each table of files: the schema does not tell them, docs/IMPORT.md does. */
export const FIELDS: Record<ImportTable, string[]> = {
  DELEGATIONS: [
    'key', ...BATCH, ...COUNTRY, 'institution', 'group', 'category', 'label', 'status',
    'headcount', 'female', 'male', 'other_or_unknown', 'registered', 'listed',
  ],
  PARTICIPANTS: [...BATCH, 'name', ...COUNTRY, 'institution', 'label'],
  WORKSHOPS: [
    'key', ...BATCH, 'position', 'kind', 'title', 'language', 'starts_on', 'ends_on', ...PLACE,
  ],
  BATCHES: [
    'key', 'programme', 'number', 'label', 'title', 'language', 'starts_on', 'ends_on', 'dates',
    ...PLACE, 'mode', 'status', 'capacity', 'participants', 'registered', 'country_count',
  ],
  INSTITUTIONS: [
    'key', 'name', 'language', 'name_en', 'acronym', 'kind', ...COUNTRY, 'city', 'website',
    'parent',
  ],
  MEMBERSHIPS: ['group', ...COUNTRY, 'kind', 'valid_from', 'valid_to'],
  PROGRAMMES: ['key', 'title', 'language', 'acronym', 'modality'],
  REGIONAL_GROUPS: ['key', 'name_en', 'name_id', 'acronym', 'kind'],
  PARTNERSHIPS: ['key', ...BATCH, 'role', ...HOLDER, 'group', 'label'],
  APPOINTMENTS: [
    'person', 'name', ...HOLDER, 'post', 'language', 'acting', 'valid_from', 'valid_to',
  ],
};

/** The tables that officers hand in, the usual ones first. */
export const TABLES: ImportTable[] = [
  'DELEGATIONS', 'BATCHES', 'PARTICIPANTS', 'WORKSHOPS', 'PARTNERSHIPS', 'INSTITUTIONS',
  'PROGRAMMES', 'APPOINTMENTS', 'MEMBERSHIPS', 'REGIONAL_GROUPS',
];

const MEDIA: Record<string, string> = {
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  tab: 'text/tab-separated-values',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  ics: 'text/calendar',
  jsonld: 'application/ld+json',
  json: 'application/ld+json',
  xml: 'application/xml',
};

/** As what a file is sent, by how its name ends. */
export const mediaOf = (name: string): string =>
  MEDIA[name.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'application/octet-stream';
