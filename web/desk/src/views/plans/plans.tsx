import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { PlanListDocument, type ActionPlanFilter, type ActionPlanStatus } from '../../gql/graphql';
import { useQuery } from '../../lib/hooks';
import { label, t, today } from '../../lib/i18n';
import { useRights } from '../../lib/rights';
import { More, Page, State } from '../../parts/basics';
import { Check, SelectField } from '../../parts/form';
import { PlanItem } from '../../parts/lines';

const STATUSES: ActionPlanStatus[] = [
  'EXPECTED', 'SUBMITTED', 'IN_PROGRESS', 'COMPLETED', 'ABANDONED',
];
const OPEN: ActionPlanStatus[] = ['EXPECTED', 'SUBMITTED', 'IN_PROGRESS'];

/** Action plans, those first that fall due first. */
export function Plans(): JSX.Element {
  const rights = useRights();
  const [status, setStatus] = useState('');
  const [overdue, setOverdue] = useState(false);
  const [mine, setMine] = useState(rights.institutions.length > 0);
  const [after, setAfter] = useState<string | null>(null);
  const ids = rights.institutions.map(({ id }) => id);
  const filter: ActionPlanFilter = {
    and: [
      ...(status ? [{ status: { eq: status as ActionPlanStatus } }] : []),
      ...(overdue ? [{ dueOn: { lt: today() }, status: { in: OPEN } }] : []),
      ...(mine && rights.institutions.length > 0
        ? [
            {
              delegation: {
                or: [
                  { batch: { owner: { id: { in: ids } } } },
                  { institution: { id: { in: ids } } },
                ],
              },
            },
          ]
        : []),
    ],
  };
  const asked = useQuery(PlanListDocument, { filter, after });
  const list = asked.data?.actionPlans;
  const narrow = <T,>(set: (value: T) => void) => (value: T) => {
    setAfter(null);
    set(value);
  };
  return (
    <Page title={t('nav.plans')} lead={t('plans.lead')}>
      <div class="filters" role="search">
        <SelectField
          path="status"
          label={t('batches.status')}
          value={status}
          onValue={narrow(setStatus)}
          choices={[
            { value: '', label: t('all') },
            ...STATUSES.map((value) => ({ value, label: label('planStatus', value) })),
          ]}
        />
        <Check label={t('plans.overdue')} checked={overdue} onChecked={narrow(setOverdue)} />
        {rights.institutions.length > 0 && (
          <Check label={t('batches.mine')} checked={mine} onChecked={narrow(setMine)} />
        )}
      </div>
      <State
        loading={asked.loading && !list}
        failure={asked.failure}
        empty={list?.nodes.length === 0 && t('plan.none')}
      />
      {list && list.nodes.length > 0 && (
        <>
          <ul class="lines card">
            {list.nodes.map((plan) => (
              <PlanItem key={plan.id} plan={plan} />
            ))}
          </ul>
          <More
            page={list.pageInfo}
            onMore={setAfter}
            onFirst={after ? () => setAfter(null) : undefined}
          />
        </>
      )}
    </Page>
  );
}
