import type { ComponentChildren, JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import {
  WorkAttendanceDocument,
  WorkBatchesDocument,
  WorkFindingsDocument,
  WorkOverdueDocument,
  WorkUnansweredDocument,
  type BatchLineFragment,
} from '../gql/graphql';
import { useQuery } from '../lib/hooks';
import { t, today, type MessageKey } from '../lib/i18n';
import { useRights } from '../lib/rights';
import { Link, Page, Section, State } from '../parts/basics';
import { BatchItem, FindingItem, PlanItem } from '../parts/lines';
import { Reminders } from './reminders';

const PHASES = ['ONGOING', 'UPCOMING', 'UNDATED', 'PAST'] as const;

/** The first view: what is to be done. */
export function Work(): JSX.Element {
  const rights = useRights();
  return (
    <Page
      title={t('work.title')}
      lead={t('work.lead', { name: rights.account.name })}
      actions={
        rights.officer && (
          <Link to="/batches/new" class="button primary">
            {t('batch.new')}
          </Link>
        )
      }
    >
      {!rights.hasRole && <p class="notice">{t('work.noRole')}</p>}
      {rights.institutions.length > 0 ? <Officer /> : <Others />}
      {(rights.institutions.length > 0 || rights.countries.length > 0) && <Reminders />}
    </Page>
  );
}

function Officer(): JSX.Element {
  const rights = useRights();
  const institutions = useMemo(() => rights.institutions.map(({ id }) => id), [rights]);
  const at = { institutions, today: today() };
  const attendance = useQuery(WorkAttendanceDocument, at);
  const overdue = useQuery(WorkOverdueDocument, at);
  const unanswered = useQuery(WorkUnansweredDocument, at);
  const findings = useQuery(WorkFindingsDocument, { institutions });
  const batches = useQuery(WorkBatchesDocument, { institutions });
  const asked = [attendance, overdue, unanswered, findings, batches];
  const lists = [
    attendance.data?.batches,
    overdue.data?.actionPlans,
    unanswered.data?.batches,
    findings.data?.findings,
  ];
  return (
    <>
      <State
        loading={asked.some(({ loading, data }) => loading && !data)}
        failure={asked.find(({ failure }) => failure)?.failure ?? null}
      />
      {lists.every((list) => list?.totalCount === 0) && (
        <p class="notice good">{t('work.nothing')}</p>
      )}
      <div class="columns">
        <Due name="work.attendance" list={attendance.data?.batches}>
          {(batch) => <Waiting key={batch.id} batch={batch} tone="warn" />}
        </Due>
        <Due name="work.overdue" list={overdue.data?.actionPlans}>
          {(plan) => <PlanItem key={plan.id} plan={plan} />}
        </Due>
        <Due name="work.unanswered" list={unanswered.data?.batches}>
          {(batch) => <Waiting key={batch.id} batch={batch} tone="info" />}
        </Due>
        <Due name="work.findings" list={findings.data?.findings}>
          {(finding) => <FindingItem key={finding.id} finding={finding} />}
        </Due>
        {PHASES.map((phase) => {
          const nodes = (batches.data?.batches.nodes ?? []).filter(
            (batch) => batch.phase === phase,
          );
          return (
            <Due key={phase} name={`phase.${phase}`} list={{ totalCount: nodes.length, nodes }}>
              {(batch) => <BatchItem key={batch.id} batch={batch} />}
            </Due>
          );
        })}
      </div>
    </>
  );
}

interface DueProps<T> {
  name: MessageKey;
  list: { totalCount: number; nodes: T[] } | undefined;
  children(item: T): ComponentChildren;
}

/** One kind of work; nothing where there is none. */
function Due<T>({ name, list, children }: DueProps<T>): JSX.Element | null {
  if (!list || list.totalCount === 0) return null;
  return (
    <Section title={t(name)} count={list.totalCount}>
      <ul class="lines">{list.nodes.map(children)}</ul>
    </Section>
  );
}

interface WaitingProps {
  batch: BatchLineFragment & { waiting: { totalCount: number } };
  tone: string;
}

function Waiting({ batch, tone }: WaitingProps): JSX.Element {
  return (
    <BatchItem batch={batch} tab="delegations">
      <span class={`pill ${tone}`}>{t('work.waiting', { count: batch.waiting.totalCount })}</span>
    </BatchItem>
  );
}

/** Where the work of other roles lies. */
function Others(): JSX.Element {
  const rights = useRights();
  const ways: [boolean, string, MessageKey][] = [
    [rights.countries.length > 0, '/country', 'work.goCountry'],
    [rights.curator, '/findings', 'work.goFindings'],
    [rights.administrator, '/accounts', 'work.goAccounts'],
    [true, '/batches', 'work.goBatches'],
  ];
  return (
    <ul class="ways">
      {ways.map(([shown, to, key]) =>
        shown ? (
          <li key={to}>
            <Link to={to}>{t(key)}</Link>
          </li>
        ) : null,
      )}
    </ul>
  );
}
