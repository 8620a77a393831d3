import type { JSX } from 'preact';
import {
  UpdateBatchDocument,
  type BatchFactsFragment,
  type DeliveryMode,
  type UpdateBatchInput,
} from '../../gql/graphql';
import { useDraft } from '../../lib/drafts';
import { useAction } from '../../lib/hooks';
import { label, language, t, type MessageKey } from '../../lib/i18n';
import { Conflict, isConflict } from '../../parts/conflict';
import { Form, SelectField, TextField, numberOf } from '../../parts/form';
import { PickVenue, type Picked } from '../../parts/pick';
import { tell } from '../../parts/toast';
import { MODES, languages } from './new';

interface Typed {
  title: string;
  language: string;
  mode: string;
  capacity: string;
  ordinal: string;
  participants: string;
  venue: Picked | null;
  /** The version that was shown when the first of it was typed. */
  version: number;
}

const NAMES: Record<string, MessageKey> = {
  title: 'batch.titleField',
  mode: 'batch.mode',
  capacity: 'batch.capacity',
  ordinal: 'batch.ordinal',
  participants: 'batch.participants',
  venue: 'batch.venue',
};

function typedOf(batch: BatchFactsFragment): Typed {
  const exact = batch.participantsMin === batch.participantsMax;
  const venue = batch.venues.nodes[0];
  return {
    title: batch.title ?? '',
    language: batch.titleLanguage ?? language.get(),
    mode: batch.mode,
    capacity: batch.capacity?.toString() ?? '',
    ordinal: batch.ordinal?.toString() ?? '',
    participants: (exact && batch.participantsMin?.toString()) || '',
    venue: venue ? { id: venue.id, name: venue.name } : null,
    version: batch.version,
  };
}

const shown = (key: string, typed: Typed): string => {
  if (key === 'venue') return typed.venue?.name ?? '';
  if (key === 'mode') return label('mode', typed.mode);
  return String(typed[key as keyof Typed] ?? '');
};

interface EditProps {
  batch: BatchFactsFragment;
  onDone(): void;
}

/** Changes the facts of a batch. Dates are changed by rescheduling it. */
export function EditBatch({ batch, onDone }: EditProps): JSX.Element {
  const now = typedOf(batch);
  const draft = useDraft<Typed>(`batch.edit.${batch.id}`, now);
  const action = useAction(UpdateBatchDocument);
  const typed = draft.value;
  const set = (change: Partial<Typed>) =>
    draft.set(draft.touched ? change : { ...change, version: batch.version });
  const changed = Object.keys(NAMES).filter((key) => shown(key, typed) !== shown(key, now));
  const send = async (version: number) => {
    const input: UpdateBatchInput = { batchId: batch.id, expectedVersion: version };
    const has = (key: string) => changed.includes(key);
    if (has('title') || typed.language !== now.language) {
      input.title = { text: typed.title.trim(), language: typed.language };
    }
    if (has('mode')) input.mode = typed.mode as DeliveryMode;
    if (has('capacity')) input.capacity = numberOf(typed.capacity) ?? null;
    if (has('ordinal')) input.ordinal = numberOf(typed.ordinal) ?? null;
    if (has('participants')) input.participants = numberOf(typed.participants) ?? null;
    if (has('venue')) input.venueIds = typed.venue ? [typed.venue.id] : [];
    const payload = await action.run(input);
    if (!payload) return;
    draft.clear();
    tell(t('saved'));
    onDone();
  };
  const conflict = isConflict(action.errors);
  return (
    <>
      {conflict && (
        <Conflict
          differences={changed.map((key) => ({
            label: t(NAMES[key]!),
            mine: shown(key, typed),
            theirs: shown(key, now),
          }))}
          onMine={() => void send(batch.version)}
          onTheirs={() => {
            draft.clear();
            action.reset();
            onDone();
          }}
        />
      )}
      <Form
        submit={t('save')}
        busy={action.busy}
        errors={conflict ? [] : action.errors}
        failure={action.failure}
        restored={draft.restored}
        onForget={draft.clear}
        onSubmit={() => void send(typed.version)}
        beside={
          <button
            type="button"
            onClick={() => {
              draft.clear();
              onDone();
            }}
          >
            {t('cancel')}
          </button>
        }
      >
        {batch.status !== 'DRAFT' && <p class="told">{t('told.update')}</p>}
        <TextField
          path="title title.text"
          label={t('batch.titleField')}
          value={typed.title}
          onValue={(title) => set({ title })}
        />
        <SelectField
          path="title.language"
          label={t('batch.titleLanguage')}
          value={typed.language}
          onValue={(tag) => set({ language: tag })}
          choices={languages()}
        />
        <div class="pair">
          <SelectField
            path="mode"
            label={t('batch.mode')}
            value={typed.mode}
            onValue={(mode) => set({ mode })}
            choices={MODES.map((value) => ({ value, label: label('mode', value) }))}
          />
          <TextField
            path="capacity"
            label={t('batch.capacity')}
            type="number"
            value={typed.capacity}
            onValue={(capacity) => set({ capacity })}
          />
        </div>
        <div class="pair">
          <TextField
            path="ordinal"
            label={t('batch.ordinal')}
            type="number"
            value={typed.ordinal}
            onValue={(ordinal) => set({ ordinal })}
          />
          <TextField
            path="participants"
            label={t('batch.participants')}
            type="number"
            value={typed.participants}
            onValue={(participants) => set({ participants })}
          />
        </div>
        <PickVenue
          path="venueIds"
          label={t('batch.venue')}
          value={typed.venue}
          onValue={(venue) => set({ venue })}
        />
      </Form>
    </>
  );
}
