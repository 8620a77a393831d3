import {
  ConfirmDelegationDocument,
  DeclineInvitationDocument,
  DelegationTableDocument,
  MarkNotSentDocument,
  OwnClaimsDocument,
  RecordAttendancesDocument,
  RecordNoShowDocument,
  WithdrawClaimDocument,
  WithdrawDelegationDocument,
  type DelegationLineFragment,
  type DelegationStatus,
  type DelegationTableQuery,
} from '../../gql/graphql';
import { allPages } from '../../lib/all';
import { send } from '../../lib/hooks';
import { numberOf } from '../../parts/form';

export type Row = NonNullable<DelegationTableQuery['batch']>['delegations']['nodes'][number];

/** What was typed about a delegation. */
export interface Typed {
  outcome: string;
  heads: string;
  /** The version that was shown when it was typed. */
  version: number;
}

// So many delegations are recorded by one mutation.
const AT_ONCE = 300;
// So many values may stand in a list of a filter.
const IN_LIST = 500;

const SINGLE = {
  CONFIRMED: ConfirmDelegationDocument,
  DECLINED: DeclineInvitationDocument,
  WITHDRAWN: WithdrawDelegationDocument,
  NO_SHOW: RecordNoShowDocument,
  NOT_SENT: MarkNotSentDocument,
};

/** What can be said to have come of each state: as the server has it. */
export const NEXT: Record<DelegationStatus, DelegationStatus[]> = {
  INVITED: ['CONFIRMED', 'ATTENDED', 'DECLINED', 'NOT_SENT'],
  NOMINATED: ['CONFIRMED', 'ATTENDED', 'DECLINED', 'WITHDRAWN', 'NOT_SENT'],
  CONFIRMED: ['ATTENDED', 'WITHDRAWN', 'NO_SHOW', 'NOT_SENT'],
  DECLINED: ['CONFIRMED', 'ATTENDED', 'WITHDRAWN', 'NO_SHOW', 'NOT_SENT'],
  WITHDRAWN: ['CONFIRMED', 'ATTENDED', 'DECLINED', 'NO_SHOW', 'NOT_SENT'],
  ATTENDED: ['DECLINED', 'WITHDRAWN', 'NO_SHOW', 'NOT_SENT'],
  NO_SHOW: ['ATTENDED', 'DECLINED', 'WITHDRAWN', 'NOT_SENT'],
  NOT_SENT: ['ATTENDED', 'DECLINED', 'WITHDRAWN', 'NO_SHOW'],
};

export const choicesOf = (status: DelegationStatus | null | undefined): DelegationStatus[] =>
  status ? NEXT[status] : ['CONFIRMED', 'ATTENDED', 'DECLINED', 'WITHDRAWN', 'NO_SHOW', 'NOT_SENT'];

/** The number as it stands in the field; of an inexact one nothing does. */
export const headsOf = ({ headcountMin, headcountMax }: DelegationLineFragment): string =>
  headcountMin != null && headcountMin === headcountMax ? String(headcountMin) : '';

export const typedOf = (row: DelegationLineFragment): Typed => ({
  outcome: row.status ?? '',
  heads: headsOf(row),
  version: row.version,
});

export const isChanged = (row: DelegationLineFragment, typed: Typed): boolean =>
  typed.outcome !== (row.status ?? '') || typed.heads !== headsOf(row);

export const table = (batch: string): Promise<Row[]> =>
  allPages(DelegationTableDocument, { batch }, (data) => data.batch?.delegations);

async function ownClaims(delegations: string[]): Promise<Set<string>> {
  const ids = new Set<string>();
  for (let from = 0; from < delegations.length; from += IN_LIST) {
    const some = delegations.slice(from, from + IN_LIST);
    const claims = await allPages(OwnClaimsDocument, { delegations: some }, (data) => data.claims);
    for (const { id } of claims) ids.add(id);
  }
  return ids;
}

export interface Saved {
  /** The delegations of which it was recorded. */
  done: string[];
  /** What the server says of a delegation, and of all together. What somebody else has recorded
   * meanwhile is shown beside what was typed, and needs no other word. */
  refused: Map<string, string>;
  failure: string | null;
  /** Takes back what was recorded; it gives the reason where it fails. */
  undo(): Promise<string | null>;
}

/** Records attendances in one go. One that somebody else has changed does not hold up the rest. */
async function recordSome(batch: string, rows: [string, Typed][], saved: Saved): Promise<void> {
  if (rows.length === 0) return;
  const { payload, errors, failure } = await send(RecordAttendancesDocument, {
    batchId: batch,
    attendances: rows.map(([delegationId, { heads, version }]) => ({
      delegationId,
      headcount: numberOf(heads),
      expectedVersion: version,
    })),
  });
  if (payload && errors.length === 0) saved.done.push(...rows.map(([id]) => id));
  saved.failure ??= failure;
  for (const { path, message, code } of errors) {
    const row = path[1] === 'attendances' ? rows[Number(path[2])] : undefined;
    if (!row) saved.failure ??= message;
    else if (code !== 'CONFLICT') saved.refused.set(row[0], message);
    else await recordSome(batch, rows.filter((other) => other !== row), saved);
  }
}

/** Records what was typed: all attendances in one go, and what else there is one by one. */
export async function save(batch: string, rows: [string, Typed][]): Promise<Saved> {
  const saved: Saved = { done: [], refused: new Map(), failure: null, undo: async () => null };
  const ids = rows.map(([id]) => id);
  const before = await ownClaims(ids);
  const attended = rows.filter(([, { outcome }]) => outcome === 'ATTENDED');
  for (let from = 0; from < attended.length; from += AT_ONCE) {
    await recordSome(batch, attended.slice(from, from + AT_ONCE), saved);
  }
  for (const [delegationId, { outcome, version: expectedVersion }] of rows) {
    const document = SINGLE[outcome as keyof typeof SINGLE];
    if (!document) continue;
    const { payload, errors, failure } = await send(document, { delegationId, expectedVersion });
    if (payload && errors.length === 0) saved.done.push(delegationId);
    else if (errors[0]?.code !== 'CONFLICT') {
      saved.refused.set(delegationId, errors[0]?.message ?? failure ?? '');
    }
  }
  const after = saved.done.length > 0 ? await ownClaims(ids) : before;
  const made = [...after].filter((id) => !before.has(id));
  saved.undo = async () => {
    for (const claimId of made) {
      const { errors, failure } = await send(WithdrawClaimDocument, { claimId });
      if (errors[0] || failure) return errors[0]?.message ?? failure;
    }
    return null;
  };
  return saved;
}
