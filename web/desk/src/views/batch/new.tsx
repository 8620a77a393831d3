import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { DraftBatchDocument, DraftChoicesDocument, type DeliveryMode } from '../../gql/graphql';
import { useDraft } from '../../lib/drafts';
import { useAction, useQuery } from '../../lib/hooks';
import { label, language, t } from '../../lib/i18n';
import { useRights } from '../../lib/rights';
import { navigate } from '../../lib/router';
import { Page, State } from '../../parts/basics';
import { Form, SelectField, TextField, numberOf, textOf } from '../../parts/form';
import { PickVenue, type Picked } from '../../parts/pick';
import { tell } from '../../parts/toast';

export const MODES: DeliveryMode[] = ['ONSITE', 'ONLINE', 'BLENDED'];

interface Typed {
  programme: string;
  title: string;
  language: string;
  startsOn: string;
  endsOn: string;
  mode: string;
  capacity: string;
  ordinal: string;
  venue: Picked | null;
}

/** The languages in which texts are entered most; others are typed as tags in files. */
export const languages = (): { value: string; label: string }[] => [
  { value: 'id', label: t('language.id') },
  { value: 'en', label: t('language.en') },
];

/** Prepares a batch, of which nobody hears yet. */
export function NewBatch(): JSX.Element {
  const rights = useRights();
  const institutions = useMemo(() => rights.institutions.map(({ id }) => id), [rights]);
  const choices = useQuery(DraftChoicesDocument, { institutions });
  const programmes = choices.data?.programmes.nodes ?? [];
  const draft = useDraft<Typed>('batch.new', {
    programme: '',
    title: '',
    language: language.get(),
    startsOn: '',
    endsOn: '',
    mode: 'ONSITE',
    capacity: '',
    ordinal: '',
    venue: null,
  });
  const action = useAction(DraftBatchDocument);
  const typed = draft.value;
  const programme = programmes.find(({ id }) => id === typed.programme) ?? programmes[0];
  const send = async () => {
    if (!programme) return;
    const payload = await action.run({
      programmeId: programme.id,
      ownerId: programme.owner.id,
      title: typed.title.trim()
        ? { text: typed.title.trim(), language: typed.language }
        : undefined,
      startsOn: textOf(typed.startsOn),
      endsOn: textOf(typed.endsOn),
      mode: typed.mode as DeliveryMode,
      capacity: numberOf(typed.capacity),
      ordinal: numberOf(typed.ordinal),
      venueIds: typed.venue ? [typed.venue.id] : undefined,
    });
    if (!payload?.batch) return;
    draft.clear();
    tell(t('batch.drafted'));
    navigate(`/batches/${payload.batch.key}`);
  };
  return (
    <Page title={t('batch.new')} lead={t('batch.newLead')}>
      <State
        loading={choices.loading && !choices.data}
        failure={choices.failure}
        empty={!!choices.data && programmes.length === 0 && t('batch.noProgramme')}
      />
      {programmes.length > 0 && (
        <div class="card narrow">
          <Form
            submit={t('batch.draft')}
            busy={action.busy}
            errors={action.errors}
            failure={action.failure}
            restored={draft.restored}
            onForget={draft.clear}
            onSubmit={send}
          >
            <SelectField
              path="programmeId"
              label={t('batch.programme')}
              value={programme?.id ?? ''}
              onValue={(value) => draft.set({ programme: value })}
              choices={programmes.map(({ id, title }) => ({ value: id, label: title }))}
            />
            <TextField
              path="title title.text"
              label={t('batch.titleField')}
              value={typed.title}
              onValue={(title) => draft.set({ title })}
            />
            <SelectField
              path="title.language"
              label={t('batch.titleLanguage')}
              value={typed.language}
              onValue={(tag) => draft.set({ language: tag })}
              choices={languages()}
            />
            <div class="pair">
              <TextField
                path="startsOn"
                label={t('batch.startsOn')}
                type="date"
                value={typed.startsOn}
                onValue={(startsOn) => draft.set({ startsOn })}
              />
              <TextField
                path="endsOn"
                label={t('batch.endsOn')}
                type="date"
                value={typed.endsOn}
                onValue={(endsOn) => draft.set({ endsOn })}
              />
            </div>
            <div class="pair">
              <SelectField
                path="mode"
                label={t('batch.mode')}
                value={typed.mode}
                onValue={(mode) => draft.set({ mode })}
                choices={MODES.map((value) => ({ value, label: label('mode', value) }))}
              />
              <TextField
                path="capacity"
                label={t('batch.capacity')}
                type="number"
                min={0}
                value={typed.capacity}
                onValue={(capacity) => draft.set({ capacity })}
              />
            </div>
            <TextField
              path="ordinal"
              label={t('batch.ordinal')}
              hint={t('batch.ordinalHint')}
              type="number"
              min={1}
              value={typed.ordinal}
              onValue={(ordinal) => draft.set({ ordinal })}
            />
            <PickVenue
              path="venueIds"
              label={t('batch.venue')}
              value={typed.venue}
              onValue={(venue) => draft.set({ venue })}
            />
          </Form>
        </div>
      )}
    </Page>
  );
}
