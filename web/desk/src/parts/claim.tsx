import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import {
  RankClaimDocument,
  WithdrawClaimDocument,
  type ClaimLineFragment,
  type ClaimRank,
  type RankReason,
} from '../gql/graphql';
import { useAction } from '../lib/hooks';
import { label, t } from '../lib/i18n';
import { useRights } from '../lib/rights';
import { Dialog, Pill } from './basics';
import { Form, SelectField, TextField, textOf } from './form';
import { tell } from './toast';

const RANKS: ClaimRank[] = ['PREFERRED', 'NORMAL', 'DEPRECATED'];
const REASONS: RankReason[] = [
  'REFUTED', 'SUPERSEDED', 'TYPO', 'UNIT_CONFUSION', 'DUPLICATE_ORIGIN', 'WITHDRAWN',
];

/** What a claim states: the member of an enumeration in the words of the desk. */
export function valueOf(claim: ClaimLineFragment): string {
  if (claim.property === 'ATTENDANCE') return label('delegationStatus', claim.status);
  return claim.value;
}

interface CellProps {
  claim: ClaimLineFragment;
  disputed: boolean;
  /** Whether the property is said. */
  named: boolean;
}

/** A claim in the table of what the sources say. */
export function ClaimCell({ claim, disputed, named }: CellProps): JSX.Element {
  const rights = useRights();
  const [ranking, setRanking] = useState(false);
  const out = claim.rank === 'DEPRECATED';
  return (
    <div class={`claim${out ? ' out' : ''}${disputed && !out ? ' disputed' : ''}`}>
      {named && claim.property !== 'ATTENDANCE' && (
        <small>{label('property', claim.property)}: </small>
      )}
      <span>{valueOf(claim)}</span>
      {disputed && !out && <span class="pill warn">{t('claim.disputed')}</span>}
      {claim.rank !== 'NORMAL' && <Pill kind="rank" value={claim.rank} />}
      {rights.curator && (
        <button
          type="button"
          class="link"
          aria-label={t('claim.rankOf', { value: valueOf(claim), source: claim.source.title })}
          onClick={() => setRanking(true)}
        >
          {t('claim.rank')}
        </button>
      )}
      {ranking && <RankClaim claim={claim} onClose={() => setRanking(false)} />}
    </div>
  );
}

/** Gives a claim more or less weight. */
function RankClaim(props: { claim: ClaimLineFragment; onClose(): void }): JSX.Element {
  const { claim, onClose } = props;
  const [rank, setRank] = useState<string>(claim.rank === 'NORMAL' ? 'DEPRECATED' : 'NORMAL');
  const [why, setWhy] = useState<string>('REFUTED');
  const [reason, setReason] = useState('');
  const action = useAction(RankClaimDocument);
  const send = async () => {
    const payload = await action.run({
      claimId: claim.id,
      expectedVersion: claim.version,
      rank: rank as ClaimRank,
      rankReason: rank === 'DEPRECATED' ? (why as RankReason) : undefined,
      reason: textOf(reason),
    });
    if (!payload) return;
    tell(t('saved'));
    onClose();
  };
  return (
    <Dialog title={t('claim.rank')} onClose={onClose}>
      <Form
        submit={t('save')}
        busy={action.busy}
        errors={action.errors}
        failure={action.failure}
        onSubmit={send}
      >
        <p>
          <strong>{valueOf(claim)}</strong> — {claim.source.title}
        </p>
        <SelectField
          path="rank"
          label={t('claim.rank')}
          value={rank}
          onValue={setRank}
          choices={RANKS.map((value) => ({ value, label: label('rank', value) }))}
        />
        {rank === 'DEPRECATED' && (
          <SelectField
            path="rankReason"
            label={t('claim.why')}
            value={why}
            onValue={setWhy}
            choices={REASONS.map((value) => ({ value, label: label('rankReason', value) }))}
          />
        )}
        <TextField path="reason" label={t('reason')} value={reason} onValue={setReason} />
        <p class="told">{t('told.claims')}</p>
      </Form>
    </Dialog>
  );
}

/** Takes back what one's own institution has stated. */
export function Withdraw({ claim }: { claim: ClaimLineFragment }): JSX.Element {
  const action = useAction(WithdrawClaimDocument);
  return (
    <>
      <button
        type="button"
        class="link"
        aria-busy={action.busy}
        aria-label={t('claim.withdrawOf', { value: valueOf(claim) })}
        onClick={async () => {
          const payload = await action.run({ claimId: claim.id });
          if (payload) tell(t('claim.withdrawn'));
        }}
      >
        {t('claim.withdraw')}
      </button>
      {action.errors.map(({ message }) => (
        <span key={message} class="wrong" role="alert">
          {message}
        </span>
      ))}
    </>
  );
}
