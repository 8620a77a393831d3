import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import {
  AnnounceBatchDocument,
  CancelBatchDocument,
  CloseBatchDocument,
  ConfirmBatchDocument,
  PostponeBatchDocument,
  ReopenBatchDocument,
  RescheduleBatchDocument,
  RestoreRecordDocument,
  VoidRecordDocument,
  type BatchFactsFragment,
  type BatchStatus,
} from '../../gql/graphql';
import { useDraft } from '../../lib/drafts';
import { send, useAction } from '../../lib/hooks';
import { day, t } from '../../lib/i18n';
import { navigate } from '../../lib/router';
import { Dialog } from '../../parts/basics';
import { Conflict, isConflict } from '../../parts/conflict';
import { Check, Form, TextField, textOf } from '../../parts/form';
import { tell } from '../../parts/toast';
import { CheckList, wanted } from './overview';

export type Decision =
  | 'announce' | 'confirm' | 'close' | 'postpone' | 'cancel' | 'reopen' | 'reschedule' | 'void';

// What may be decided, by where the batch stands: as the server has it. The first is the usual one.
const OPEN: Record<BatchStatus, Decision[]> = {
  DRAFT: ['announce', 'reschedule', 'void'],
  ANNOUNCED: ['confirm', 'reschedule', 'postpone', 'cancel', 'void'],
  CONFIRMED: ['close', 'reschedule', 'postpone', 'cancel', 'void'],
  POSTPONED: ['confirm', 'announce', 'reschedule', 'cancel', 'void'],
  CANCELLED: ['reopen', 'void'],
  CLOSED: ['reopen', 'reschedule', 'void'],
};

const DOCUMENTS = {
  announce: AnnounceBatchDocument,
  confirm: ConfirmBatchDocument,
  close: CloseBatchDocument,
  postpone: PostponeBatchDocument,
  cancel: CancelBatchDocument,
  reopen: ReopenBatchDocument,
};

const toneOf = (decision: Decision, place: number): string | undefined => {
  if (decision === 'void') return 'danger';
  return place === 0 && decision !== 'reopen' ? 'primary' : undefined;
};

/** The buttons of what can be decided; each says first what will be told to whom. */
export function Decisions({ batch }: { batch: BatchFactsFragment }): JSX.Element {
  const [deciding, setDeciding] = useState<Decision | null>(null);
  const close = () => setDeciding(null);
  return (
    <>
      <p class="buttons">
        {OPEN[batch.status].map((decision, place) => (
          <button
            key={decision}
            type="button"
            class={toneOf(decision, place)}
            onClick={() => setDeciding(decision)}
          >
            {t(`decide.${decision}`)}
          </button>
        ))}
      </p>
      {deciding === 'reschedule' && <Reschedule batch={batch} onClose={close} />}
      {deciding === 'void' && <VoidBatch batch={batch} onClose={close} />}
      {deciding && deciding !== 'reschedule' && deciding !== 'void' && (
        <Decide batch={batch} decision={deciding} onClose={close} />
      )}
    </>
  );
}

interface DecideProps {
  batch: BatchFactsFragment;
  decision: keyof typeof DOCUMENTS;
  onClose(): void;
}

function Decide({ batch, decision, onClose }: DecideProps): JSX.Element {
  const draft = useDraft(`batch.${decision}.${batch.id}`, { reason: '', later: false });
  const action = useAction(DOCUMENTS[decision]);
  const { reason, later } = draft.value;
  const undated = decision === 'announce' && batch.startsOn === null;
  const blocked = decision === 'announce' && wanted(batch)[0]?.done === false;
  const decide = async () => {
    const payload = await action.run({
      batchId: batch.id,
      expectedVersion: batch.version,
      reason: textOf(reason),
      ...(undated ? { datesToFollow: later } : {}),
    });
    if (!payload) return;
    draft.clear();
    tell(t(`decided.${decision}`));
    onClose();
  };
  return (
    <Dialog title={t(`decide.${decision}`)} onClose={onClose}>
      <Form
        submit={t(`decide.${decision}`)}
        danger={decision === 'cancel'}
        busy={action.busy}
        disabled={blocked || (undated && !later)}
        errors={action.errors}
        failure={action.failure}
        restored={draft.restored}
        onForget={draft.clear}
        onSubmit={decide}
        beside={
          <button type="button" onClick={onClose}>
            {t('cancel')}
          </button>
        }
      >
        {decision === 'announce' && <CheckList batch={batch} />}
        {undated && (
          <Check
            label={t('decide.datesToFollow')}
            checked={later}
            onChecked={(checked) => draft.set({ later: checked })}
          />
        )}
        <p class="told">{t(`told.${decision}`)}</p>
        <TextField
          path="reason"
          label={decision === 'reopen' ? t('reason.needed') : t('reason')}
          hint={t('reason.hint')}
          value={reason}
          onValue={(text) => draft.set({ reason: text })}
        />
      </Form>
    </Dialog>
  );
}

interface OneProps {
  batch: BatchFactsFragment;
  onClose(): void;
}

function Reschedule({ batch, onClose }: OneProps): JSX.Element {
  const draft = useDraft(`batch.reschedule.${batch.id}`, {
    startsOn: batch.startsOn ?? '',
    endsOn: batch.endsOn ?? '',
    reason: '',
    version: batch.version,
  });
  const action = useAction(RescheduleBatchDocument);
  const typed = draft.value;
  const set = (change: Partial<typeof typed>) =>
    draft.set(draft.touched ? change : { ...change, version: batch.version });
  const conflict = isConflict(action.errors);
  const decide = async (version: number) => {
    const payload = await action.run({
      batchId: batch.id,
      startsOn: textOf(typed.startsOn) ?? null,
      endsOn: textOf(typed.endsOn) ?? null,
      reason: textOf(typed.reason),
      expectedVersion: version,
    });
    if (!payload) return;
    draft.clear();
    tell(t('decided.reschedule'));
    onClose();
  };
  return (
    <Dialog title={t('decide.reschedule')} onClose={onClose}>
      {conflict && (
        <Conflict
          differences={[
            {
              label: t('batch.startsOn'),
              mine: day(typed.startsOn),
              theirs: day(batch.startsOn, batch.startsPrecision),
            },
            {
              label: t('batch.endsOn'),
              mine: day(typed.endsOn),
              theirs: day(batch.endsOn, batch.endsPrecision),
            },
          ]}
          onMine={() => void decide(batch.version)}
          onTheirs={() => {
            draft.clear();
            onClose();
          }}
        />
      )}
      <Form
        submit={t('decide.reschedule')}
        busy={action.busy}
        errors={conflict ? [] : action.errors}
        failure={action.failure}
        restored={draft.restored}
        onForget={draft.clear}
        onSubmit={() => void decide(typed.version)}
        beside={
          <button type="button" onClick={onClose}>
            {t('cancel')}
          </button>
        }
      >
        <div class="pair">
          <TextField
            path="startsOn"
            label={t('batch.startsOn')}
            type="date"
            value={typed.startsOn}
            onValue={(startsOn) => set({ startsOn })}
          />
          <TextField
            path="endsOn"
            label={t('batch.endsOn')}
            type="date"
            value={typed.endsOn}
            onValue={(endsOn) => set({ endsOn })}
          />
        </div>
        <p class="told">
          {batch.status === 'DRAFT' ? t('told.nobody') : t('told.reschedule')}
        </p>
        <TextField
          path="reason"
          label={t('reason')}
          hint={t('reason.hint')}
          value={typed.reason}
          onValue={(reason) => set({ reason })}
        />
      </Form>
    </Dialog>
  );
}

function VoidBatch({ batch, onClose }: OneProps): JSX.Element {
  const draft = useDraft(`batch.void.${batch.id}`, { reason: '' });
  const action = useAction(VoidRecordDocument);
  const decide = async () => {
    const payload = await action.run({
      recordId: batch.id,
      expectedVersion: batch.version,
      reason: textOf(draft.value.reason),
    });
    if (!payload) return;
    draft.clear();
    onClose();
    navigate('/batches');
    tell(t('decided.void'), async () => {
      const { errors, failure } = await send(RestoreRecordDocument, {
        recordId: batch.id,
        reason: t('undo.reason'),
      });
      if (!errors.length && !failure) navigate(`/batches/${batch.key}`);
      return errors[0]?.message ?? failure;
    });
  };
  return (
    <Dialog title={t('decide.void')} onClose={onClose}>
      <Form
        submit={t('decide.void')}
        danger
        busy={action.busy}
        errors={action.errors}
        failure={action.failure}
        onSubmit={decide}
        beside={
          <button type="button" onClick={onClose}>
            {t('cancel')}
          </button>
        }
      >
        <p class="told">{batch.status === 'DRAFT' ? t('told.nobody') : t('told.void')}</p>
        <TextField
          path="reason"
          label={t('reason.needed')}
          value={draft.value.reason}
          onValue={(reason) => draft.set({ reason })}
        />
      </Form>
    </Dialog>
  );
}
