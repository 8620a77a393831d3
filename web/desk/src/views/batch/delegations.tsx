import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { VoidRecordDocument, RestoreRecordDocument } from '../../gql/graphql';
import type { BatchFactsFragment } from '../../gql/graphql';
import { useAll } from '../../lib/all';
import { useDraft } from '../../lib/drafts';
import { send, type Outcome } from '../../lib/hooks';
import { t } from '../../lib/i18n';
import { partyName } from '../../lib/names';
import { useRights } from '../../lib/rights';
import { Dialog, State } from '../../parts/basics';
import { Form, Refused, TextField, textOf } from '../../parts/form';
import { tell } from '../../parts/toast';
import { isChanged, save, table, typedOf, type Row, type Typed } from './attendance';
import { DelegationRow } from './delegation-row';
import { Details } from './details';
import { Invite } from './invite';

type TypedRows = Record<string, Typed>;

/** The delegations of a batch, as a table to edit. */
export function Delegations({ batch }: { batch: BatchFactsFragment }): JSX.Element {
  const rights = useRights();
  const { nodes: rows, failure: unread, put: show } = useAll(batch.id, () => table(batch.id));
  const [inviting, setInviting] = useState(false);
  const [shown, setShown] = useState<string | null>(null);
  const [removing, setRemoving] = useState<Row | null>(null);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Map<string, string>>(new Map());
  const [failure, setFailure] = useState<string | null>(null);
  const draft = useDraft<{ rows: TypedRows }>(`delegations.${batch.id}`, { rows: {} });
  const edits = rights.organises(batch);
  const typed = draft.value.rows;
  const put = (changes: TypedRows) => draft.set({ rows: { ...typed, ...changes } });
  const drop = (ids: string[]) => {
    const rest = Object.entries(typed).filter(([id]) => !ids.includes(id));
    if (rest.length === 0) draft.clear();
    else draft.set({ rows: Object.fromEntries(rest) });
  };
  const changed = (rows ?? []).filter((row) => {
    const own = typed[row.id];
    return own !== undefined && isChanged(row, own);
  });
  const conflicts = changed.filter((row) => typed[row.id]!.version !== row.version);

  /** Says of all that are still waiting what came of them. */
  const sayAll = (outcome: string) => {
    const changes: TypedRows = {};
    for (const row of rows ?? []) {
      const own = typed[row.id] ?? typedOf(row);
      const waits = ['', 'INVITED', 'NOMINATED', 'CONFIRMED'].includes(own.outcome);
      if (waits) changes[row.id] = { ...own, outcome };
    }
    put(changes);
  };

  const sendAll = async () => {
    setBusy(true);
    setRefused(new Map());
    setFailure(null);
    try {
      const mine = changed.filter((row) => !conflicts.includes(row));
      const saved = await save(
        batch.id,
        mine.map(({ id }) => [id, typed[id]!]),
      );
      // What is typed next belongs to what stands now, and what others have recorded meanwhile is
      // shown beside what was typed.
      show(await table(batch.id));
      setRefused(saved.refused);
      setFailure(saved.failure);
      drop(saved.done);
      if (saved.done.length > 0) {
        tell(t('delegations.saved', { count: saved.done.length }), saved.undo);
      }
    } catch (error) {
      setFailure((error as Error).message);
    }
    setBusy(false);
  };

  const waiting = (rows ?? []).filter(({ status }) =>
    ['INVITED', 'NOMINATED', 'CONFIRMED', null, undefined].includes(status),
  );
  return (
    <section class="card" aria-label={t('tab.delegations')}>
      {edits && (
        <p class="buttons">
          <button type="button" class="primary" onClick={() => setInviting(true)}>
            {t('invite.title')}
          </button>
          {waiting.length > 0 && (
            <>
              <button type="button" onClick={() => sayAll('ATTENDED')}>
                {t('delegations.allCame')}
              </button>
              <button type="button" onClick={() => sayAll('NOT_SENT')}>
                {t('delegations.restNotSent')}
              </button>
            </>
          )}
        </p>
      )}
      <State
        loading={rows === null}
        failure={unread}
        empty={rows?.length === 0 && t('delegations.none')}
      />
      {rows !== null && rows.length > 0 && (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (!busy && changed.length > conflicts.length) void sendAll();
          }}
        >
          <table class="stack">
            <caption class="unseen">{t('tab.delegations')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('delegations.party')}</th>
                <th scope="col">{t('delegations.recorded')}</th>
                {edits && <th scope="col">{t('delegations.outcome')}</th>}
                <th scope="col">{t('delegations.heads')}</th>
                <th scope="col">{t('delegations.remarks')}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <DelegationRow
                  key={row.id}
                  row={row}
                  batch={batch}
                  edits={edits}
                  typed={typed[row.id]}
                  wrong={refused.get(row.id)}
                  onTyped={(own) => put({ [row.id]: own })}
                  onDrop={() => drop([row.id])}
                  onDetails={() => setShown(row.id)}
                  onRemove={rights.keeps(batch) ? () => setRemoving(row) : undefined}
                />
              ))}
            </tbody>
          </table>
          {edits && (changed.length > 0 || failure) && (
            <div class="savebar">
              <Refused errors={[]} failure={failure} />
              <p class="told">
                {batch.status === 'DRAFT' ? t('told.nobody') : t('told.attendance')}
              </p>
              <p class="buttons">
                <button
                  type="submit"
                  class="primary"
                  aria-busy={busy}
                  disabled={changed.length === conflicts.length}
                >
                  {busy
                    ? t('form.sending')
                    : t('delegations.save', { count: changed.length - conflicts.length })}
                </button>
                <button type="button" onClick={draft.clear}>
                  {t('form.forget')}
                </button>
              </p>
            </div>
          )}
        </form>
      )}
      {inviting && (
        <Invite
          batch={batch}
          invited={new Set((rows ?? []).flatMap(({ country }) => country?.code ?? []))}
          onClose={() => setInviting(false)}
        />
      )}
      {shown && <Details id={shown} onClose={() => setShown(null)} />}
      {removing && (
        <Remove row={removing} draft={batch.status === 'DRAFT'} onClose={() => setRemoving(null)} />
      )}
    </section>
  );
}

interface RemoveProps {
  row: Row;
  draft: boolean;
  onClose(): void;
}

/** Takes back a delegation that was entered in error. */
function Remove({ row, draft, onClose }: RemoveProps): JSX.Element {
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useState<Outcome<unknown> | null>(null);
  const remove = async () => {
    setBusy(true);
    const outcome = await send(VoidRecordDocument, {
      recordId: row.id,
      expectedVersion: row.version,
      reason: textOf(reason),
    });
    setBusy(false);
    setTold(outcome);
    if (!outcome.payload || outcome.errors.length > 0) return;
    onClose();
    tell(t('delegations.removed', { name: partyName(row) }), async () => {
      const input = { recordId: row.id, reason: t('undo.reason') };
      const { errors, failure } = await send(RestoreRecordDocument, input);
      return errors[0]?.message ?? failure;
    });
  };
  return (
    <Dialog title={t('delegations.remove', { name: partyName(row) })} onClose={onClose}>
      <Form
        submit={t('decide.void')}
        danger
        busy={busy}
        errors={told?.errors ?? []}
        failure={told?.failure ?? null}
        onSubmit={remove}
        beside={
          <button type="button" onClick={onClose}>
            {t('cancel')}
          </button>
        }
      >
        <p class="told">{draft ? t('told.nobody') : t('told.removeDelegation')}</p>
        <TextField
          path="reason"
          label={t('reason.needed')}
          value={reason}
          onValue={setReason}
        />
      </Form>
    </Dialog>
  );
}
