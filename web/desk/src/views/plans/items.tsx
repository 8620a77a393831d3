import type { JSX } from 'preact';
import {
  AddActionItemDocument,
  NoteProgressDocument,
  UpdateActionItemDocument,
  type ActionItemStatus,
} from '../../gql/graphql';
import { useDraft } from '../../lib/drafts';
import { useAction } from '../../lib/hooks';
import { day, label, t, today } from '../../lib/i18n';
import { Pill, Section, State } from '../../parts/basics';
import { Form, Refused, SelectField, TextField, textOf } from '../../parts/form';
import { tell } from '../../parts/toast';
import type { Plan } from './plan';

const STATUSES: ActionItemStatus[] = ['PLANNED', 'IN_PROGRESS', 'COMPLETED', 'ABANDONED'];

type Item = Plan['items']['nodes'][number];

interface ItemsProps {
  plan: Plan;
  may: boolean;
}

/** What a plan consists of, with what was noted of each item. */
export function Items({ plan, may }: ItemsProps): JSX.Element {
  const add = useAction(AddActionItemDocument);
  const draft = useDraft(`plan.item.${plan.id}`, { title: '', dueOn: '' });
  const open = may && plan.status !== 'COMPLETED' && plan.status !== 'ABANDONED';
  const send = async () => {
    const payload = await add.run({
      actionPlanId: plan.id,
      title: draft.value.title.trim(),
      dueOn: textOf(draft.value.dueOn),
    });
    if (!payload) return;
    draft.clear();
    tell(t('plan.itemAdded'));
  };
  return (
    <Section title={t('plan.items')} count={plan.items.nodes.length}>
      <State empty={plan.items.nodes.length === 0 && t('plan.noItems')} />
      <ol class="items">
        {plan.items.nodes.map((item) => (
          <ItemView key={item.id} item={item} open={open} />
        ))}
      </ol>
      {open && (
        <Form
          submit={t('plan.addItem')}
          busy={add.busy}
          disabled={draft.value.title.trim() === ''}
          errors={add.errors}
          failure={add.failure}
          restored={draft.restored}
          onForget={draft.clear}
          onSubmit={send}
        >
          <div class="pair">
            <TextField
              path="title"
              label={t('plan.newItem')}
              value={draft.value.title}
              onValue={(title) => draft.set({ title })}
            />
            <TextField
              path="dueOn"
              label={t('plan.dueOn')}
              type="date"
              value={draft.value.dueOn}
              onValue={(dueOn) => draft.set({ dueOn })}
            />
          </div>
        </Form>
      )}
    </Section>
  );
}

function ItemView({ item, open }: { item: Item; open: boolean }): JSX.Element {
  const update = useAction(UpdateActionItemDocument);
  const note = useAction(NoteProgressDocument);
  const draft = useDraft(`note.${item.id}`, { text: '', notedOn: today() });
  const send = async () => {
    const payload = await note.run({
      actionItemId: item.id,
      text: draft.value.text.trim(),
      notedOn: textOf(draft.value.notedOn),
    });
    if (!payload) return;
    draft.clear();
    tell(t('plan.noted'));
  };
  return (
    <li>
      <div class="marks">
        <strong>{item.title}</strong>
        <Pill kind="itemStatus" value={item.status} />
        {item.dueOn && <small>{t('plan.due', { day: day(item.dueOn) })}</small>}
      </div>
      <ul class="plain quoted">
        {item.notes.nodes.map(({ id, notedOn, text }) => (
          <li key={id}>
            <time dateTime={notedOn}>{day(notedOn)}</time>: {text}
          </li>
        ))}
      </ul>
      {open && (
        <>
          <SelectField
            path="status"
            label={t('plan.itemStatus', { title: item.title })}
            value={item.status}
            onValue={async (status) => {
              const input = {
                actionItemId: item.id,
                status: status as ActionItemStatus,
                expectedVersion: item.version,
              };
              if (await update.run(input)) tell(t('saved'));
            }}
            choices={STATUSES.map((value) => ({ value, label: label('itemStatus', value) }))}
          />
          <Refused errors={update.errors} failure={update.failure} />
          <details open={draft.touched}>
            <summary>{t('plan.note')}</summary>
            <Form
              submit={t('plan.addNote')}
              busy={note.busy}
              disabled={draft.value.text.trim() === ''}
              errors={note.errors}
              failure={note.failure}
              restored={draft.restored}
              onForget={draft.clear}
              onSubmit={send}
            >
              <TextField
                path="text"
                label={t('plan.noteText')}
                rows={2}
                value={draft.value.text}
                onValue={(text) => draft.set({ text })}
              />
              <TextField
                path="notedOn"
                label={t('plan.notedOn')}
                type="date"
                value={draft.value.notedOn}
                onValue={(notedOn) => draft.set({ notedOn })}
              />
            </Form>
          </details>
        </>
      )}
    </li>
  );
}
