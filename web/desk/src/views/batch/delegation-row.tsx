import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import type { BatchFactsFragment } from '../../gql/graphql';
import { label, t } from '../../lib/i18n';
import { partyName, people } from '../../lib/names';
import { Link, Pill } from '../../parts/basics';
import { choicesOf, headsOf, isChanged, typedOf, type Row, type Typed } from './attendance';

interface RowProps {
  row: Row;
  batch: BatchFactsFragment;
  edits: boolean;
  typed: Typed | undefined;
  /** What the server says of what was sent. */
  wrong: string | undefined;
  onTyped(typed: Typed): void;
  onDrop(): void;
  onDetails(): void;
  onRemove: (() => void) | undefined;
}

/** A delegation: what is recorded of it, and what is typed. */
export function DelegationRow(props: RowProps): JSX.Element {
  const { row, batch, edits, wrong } = props;
  const id = useId();
  const name = partyName(row);
  const typed = props.typed ?? typedOf(row);
  const changed = isChanged(row, typed);
  const conflict = changed && props.typed !== undefined && typed.version !== row.version;
  const set = (change: Partial<Typed>) => {
    // What is typed first belongs to the version on the screen, what comes later to the same one.
    const version = props.typed && changed ? typed.version : row.version;
    props.onTyped({ ...typed, version, ...change });
  };
  const choices = choicesOf(row.status);
  const countsHeads = ['ATTENDED', ''].includes(typed.outcome) || choices.includes('ATTENDED');
  return (
    <tr class={conflict ? 'conflicted' : changed ? 'changed' : undefined}>
      <th scope="row">{name}</th>
      <td data-label={t('delegations.recorded')}>
        <Pill kind="delegationStatus" value={row.status} />
      </td>
      {edits && (
        <td data-label={t('delegations.outcome')}>
          <select
            aria-label={t('delegations.outcomeOf', { name })}
            value={typed.outcome}
            onChange={(event) => set({ outcome: event.currentTarget.value })}
          >
            <option value={row.status ?? ''} selected={typed.outcome === (row.status ?? '')}>
              {row.status ? label('delegationStatus', row.status) : t('delegations.noOutcome')}
            </option>
            {choices.map((choice) => (
              <option key={choice} value={choice} selected={typed.outcome === choice}>
                {label('delegationStatus', choice)}
              </option>
            ))}
          </select>
        </td>
      )}
      <td data-label={t('delegations.heads')}>
        {edits ? (
          <input
            type="number"
            min={0}
            inputMode="numeric"
            class="heads"
            aria-label={t('delegations.headsOf', { name })}
            aria-invalid={wrong !== undefined}
            aria-describedby={wrong ? `${id}-wrong` : undefined}
            placeholder={people(row.headcountMin, row.headcountMax)}
            value={typed.heads}
            disabled={!countsHeads}
            onInput={(event) => {
              const heads = event.currentTarget.value;
              // A number of people says that they were there.
              set({ heads, ...(heads !== '' ? { outcome: 'ATTENDED' } : {}) });
            }}
          />
        ) : (
          people(row.headcountMin, row.headcountMax)
        )}
      </td>
      <td data-label={t('delegations.remarks')}>
        {row.open.totalCount > 0 && (
          <Link to={`/batches/${batch.key}/sources`} class="pill warn">
            {t('delegations.contradictions', { count: row.open.totalCount })}
          </Link>
        )}
        {row.countryPosition && <Pill kind="position" value={row.countryPosition} />}
        {row.plans.nodes.map((plan) => (
          <Link key={plan.id} to={`/plans/${plan.key}`} class="pill info">
            {t('delegations.plan')}: {label('planStatus', plan.status)}
          </Link>
        ))}
        {wrong && (
          <p class="wrong" id={`${id}-wrong`} role="alert">
            {wrong}
          </p>
        )}
        {conflict && (
          <div class="conflict" role="alert">
            <p>
              {t('delegations.conflict', {
                theirs: `${label('delegationStatus', row.status)} ${headsOf(row)}`.trim(),
                mine: `${label('delegationStatus', typed.outcome)} ${typed.heads}`.trim(),
              })}
            </p>
            <p class="buttons">
              <button type="button" onClick={props.onDrop}>
                {t('conflict.takeTheirs')}
              </button>
              <button
                type="button"
                onClick={() => props.onTyped({ ...typed, version: row.version })}
              >
                {t('conflict.sendMine')}
              </button>
            </p>
          </div>
        )}
        {edits && !changed && (
          <button
            type="button"
            class="link"
            aria-label={t('details.title', { name })}
            onClick={props.onDetails}
          >
            {t('details.short')}
          </button>
        )}{' '}
        {props.onRemove && !changed && (
          <button
            type="button"
            class="link"
            aria-label={t('delegations.remove', { name })}
            onClick={props.onRemove}
          >
            {t('delegations.removeShort')}
          </button>
        )}
      </td>
    </tr>
  );
}
