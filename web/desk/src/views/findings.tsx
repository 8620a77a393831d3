import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import {
  FindingQueueDocument,
  type FindingFilter,
  type FindingRule,
  type FindingState,
  type Severity,
} from '../gql/graphql';
import { useQuery } from '../lib/hooks';
import { label, t } from '../lib/i18n';
import { useRights } from '../lib/rights';
import { More, Page, State } from '../parts/basics';
import { FindingCard } from '../parts/finding';
import { Check, SelectField } from '../parts/form';

const SEVERITIES: Severity[] = ['SEVERE', 'WARNING', 'INFO'];
const STATES: FindingState[] = ['OPEN', 'EXPLAINED', 'RESOLVED'];
const RULES: FindingRule[] = [
  'VALUE_CONFLICT', 'LIST_CONFLICT', 'SUM_MISMATCH', 'HEADS_WITHOUT_PRESENCE',
  'FEWER_PEOPLE_THAN_DELEGATIONS', 'FEWER_COUNTRIES_THAN_ATTENDED', 'UNIT_CONFUSION',
  'WEEKDAY_MISMATCH', 'NAME_OUT_OF_PERIOD', 'NOT_A_MEMBER', 'PARTITION_OPEN',
  'PARTITION_COMPLETE', 'PLAN_OVERDUE', 'REPORTED_BEFORE_END', 'POSSIBLE_SAME_INSTITUTION',
  'POSSIBLE_SAME_PERSON', 'INVARIANT_WOULD_BREAK',
];

/** The queue of what does not fit, the gravest first. */
export function Findings(): JSX.Element {
  const rights = useRights();
  const [severity, setSeverity] = useState('WARNING');
  const [state, setState] = useState('OPEN');
  const [rule, setRule] = useState('');
  const [mine, setMine] = useState(rights.institutions.length > 0);
  const [after, setAfter] = useState<string | null>(null);
  const filter: FindingFilter = {
    severity: { gte: severity as Severity },
    state: { eq: state as FindingState },
    ...(rule ? { rule: { eq: rule as FindingRule } } : {}),
    ...(mine && rights.institutions.length > 0
      ? { batch: { owner: { id: { in: rights.institutions.map(({ id }) => id) } } } }
      : {}),
  };
  const asked = useQuery(FindingQueueDocument, { filter, after });
  const list = asked.data?.findings;
  const narrow = <T,>(set: (value: T) => void) => (value: T) => {
    setAfter(null);
    set(value);
  };
  return (
    <Page title={t('nav.findings')} lead={t('findings.lead')}>
      <div class="filters" role="search">
        <SelectField
          path="severity"
          label={t('findings.severity')}
          value={severity}
          onValue={narrow(setSeverity)}
          choices={SEVERITIES.map((value) => ({ value, label: label('severity', value) }))}
        />
        <SelectField
          path="state"
          label={t('findings.state')}
          value={state}
          onValue={narrow(setState)}
          choices={STATES.map((value) => ({ value, label: label('findingState', value) }))}
        />
        <SelectField
          path="rule"
          label={t('findings.rule')}
          value={rule}
          onValue={narrow(setRule)}
          choices={[
            { value: '', label: t('all') },
            ...RULES.map((value) => ({ value, label: label('rule', value) })),
          ]}
        />
        {rights.institutions.length > 0 && (
          <Check label={t('batches.mine')} checked={mine} onChecked={narrow(setMine)} />
        )}
      </div>
      <State
        loading={asked.loading && !list}
        failure={asked.failure}
        empty={list?.nodes.length === 0 && t('findings.none')}
      />
      {list && list.nodes.length > 0 && (
        <>
          <p class="quiet">{t('list.count', { count: list.totalCount })}</p>
          <ul class="lines card">
            {list.nodes.map((finding) => (
              <FindingCard
                key={finding.id}
                finding={finding}
                claims={finding.claims.nodes}
                named
              />
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
