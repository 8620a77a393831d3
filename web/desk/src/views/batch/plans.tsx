import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import {
  DelegationTableDocument,
  ExpectActionPlanDocument,
  PlanListDocument,
  type BatchFactsFragment,
} from '../../gql/graphql';
import { send, useQuery, type Outcome } from '../../lib/hooks';
import { useDraft } from '../../lib/drafts';
import { t } from '../../lib/i18n';
import { partyName } from '../../lib/names';
import { useRights } from '../../lib/rights';
import { Section, State } from '../../parts/basics';
import { Check, Form, TextField, textOf } from '../../parts/form';
import { PlanItem } from '../../parts/lines';
import { tell } from '../../parts/toast';

/** The action plans of a batch, and asking for more of them. */
export function BatchPlans({ batch }: { batch: BatchFactsFragment }): JSX.Element {
  const rights = useRights();
  const filter = { delegation: { batch: { id: { eq: batch.id } } } };
  const asked = useQuery(PlanListDocument, { filter, after: null });
  const table = useQuery(DelegationTableDocument, { batch: batch.id, after: null });
  const draft = useDraft<{ dueOn: string; chosen: string[] | null }>(`expect.${batch.id}`, {
    dueOn: '',
    chosen: null,
  });
  const [told, setTold] = useState<Outcome<unknown> | null>(null);
  const [busy, setBusy] = useState(false);
  const list = asked.data?.actionPlans;
  // Those that attended and owe no plan yet; all of them are asked unless one is taken out.
  const open = (table.data?.batch?.delegations.nodes ?? []).filter(
    ({ status, plans }) => status === 'ATTENDED' && plans.nodes.length === 0,
  );
  const chosen = open.filter(({ id }) => draft.value.chosen?.includes(id) ?? true);
  const ask = async () => {
    setBusy(true);
    let done = 0;
    for (const { id } of chosen) {
      const input = { delegationId: id, dueOn: textOf(draft.value.dueOn) };
      const outcome = await send(ExpectActionPlanDocument, input);
      setTold(outcome);
      if (!outcome.payload || outcome.errors.length > 0) break;
      done += 1;
    }
    setBusy(false);
    if (done > 0) tell(t('plan.asked', { count: done }));
    if (done === chosen.length) draft.clear();
  };
  return (
    <>
      <Section title={t('tab.plans')} count={list?.totalCount}>
        <State
          loading={asked.loading && !list}
          failure={asked.failure}
          empty={list?.nodes.length === 0 && t('plan.none')}
        />
        <ul class="lines">
          {list?.nodes.map((plan) => (
            <PlanItem key={plan.id} plan={plan} />
          ))}
        </ul>
      </Section>
      {rights.organises(batch) && open.length > 0 && (
        <Section title={t('plan.ask')}>
          <Form
            submit={t('plan.askSubmit', { count: chosen.length })}
            busy={busy}
            disabled={chosen.length === 0}
            errors={told?.errors ?? []}
            failure={told?.failure ?? null}
            restored={draft.restored}
            onForget={draft.clear}
            onSubmit={ask}
          >
            <TextField
              path="dueOn"
              label={t('plan.dueOn')}
              type="date"
              value={draft.value.dueOn}
              onValue={(dueOn) => draft.set({ dueOn })}
            />
            <div role="group" aria-label={t('plan.whom')}>
              {open.map((row) => (
                <Check
                  key={row.id}
                  label={partyName(row)}
                  checked={chosen.includes(row)}
                  onChecked={(checked) => {
                    const ids = chosen.map(({ id }) => id).filter((id) => id !== row.id);
                    draft.set({ chosen: checked ? [...ids, row.id] : ids });
                  }}
                />
              ))}
            </div>
            <p class="told">{t('told.plan')}</p>
          </Form>
        </Section>
      )}
    </>
  );
}
