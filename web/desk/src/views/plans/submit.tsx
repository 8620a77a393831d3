import type { JSX } from 'preact';
import { SubmitActionPlanDocument } from '../../gql/graphql';
import { useDraft } from '../../lib/drafts';
import { useAction } from '../../lib/hooks';
import { t, today } from '../../lib/i18n';
import { Section } from '../../parts/basics';
import { Form, TextField, textOf } from '../../parts/form';
import { tell } from '../../parts/toast';
import type { Plan } from './plan';

interface Item {
  title: string;
  dueOn: string;
}

interface Typed {
  title: string;
  submittedOn: string;
  items: Item[];
}

/** Enters the plan that a delegation has handed in. */
export function Submit({ plan }: { plan: Plan }): JSX.Element {
  const action = useAction(SubmitActionPlanDocument);
  const draft = useDraft<Typed>(`plan.submit.${plan.id}`, {
    title: '',
    submittedOn: today(),
    items: [{ title: '', dueOn: '' }],
  });
  const typed = draft.value;
  const filled = typed.items.filter(({ title }) => title.trim() !== '');
  const set = (place: number, change: Partial<Item>) =>
    draft.set({
      items: typed.items.map((item, at) => (at === place ? { ...item, ...change } : item)),
    });
  const send = async () => {
    const payload = await action.run({
      actionPlanId: plan.id,
      expectedVersion: plan.version,
      title: textOf(typed.title),
      submittedOn: textOf(typed.submittedOn),
      items: filled.map(({ title, dueOn }) => ({ title: title.trim(), dueOn: textOf(dueOn) })),
    });
    if (!payload) return;
    draft.clear();
    tell(t('plan.submitted'));
  };
  return (
    <Section title={t('plan.submit')}>
      <Form
        submit={t('plan.submit')}
        busy={action.busy}
        errors={action.errors}
        failure={action.failure}
        restored={draft.restored}
        onForget={draft.clear}
        onSubmit={send}
      >
        <TextField
          path="title"
          label={t('plan.title')}
          value={typed.title}
          onValue={(title) => draft.set({ title })}
        />
        <TextField
          path="submittedOn"
          label={t('plan.submittedOn')}
          type="date"
          value={typed.submittedOn}
          onValue={(submittedOn) => draft.set({ submittedOn })}
        />
        <fieldset>
          <legend>{t('plan.items')}</legend>
          {typed.items.map((item, place) => {
            const at = filled.indexOf(item);
            const path = at < 0 ? `none.${place}` : `items.${at}`;
            return (
              <div key={place} class="pair">
                <TextField
                  path={`${path}.title`}
                  label={t('plan.item', { number: place + 1 })}
                  value={item.title}
                  onValue={(title) => set(place, { title })}
                />
                <TextField
                  path={`${path}.dueOn`}
                  label={t('plan.dueOn')}
                  type="date"
                  value={item.dueOn}
                  onValue={(dueOn) => set(place, { dueOn })}
                />
              </div>
            );
          })}
          <button
            type="button"
            onClick={() => draft.set({ items: [...typed.items, { title: '', dueOn: '' }] })}
          >
            {t('plan.anotherItem')}
          </button>
        </fieldset>
        <p class="told">{t('told.plan')}</p>
      </Form>
    </Section>
  );
}
