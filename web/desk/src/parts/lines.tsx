import type { ComponentChildren, JSX } from 'preact';
import type { BatchLineFragment, FindingLineFragment, PlanLineFragment } from '../gql/graphql';
import { day, label, period, t } from '../lib/i18n';
import { batchName, partyName } from '../lib/names';
import { Link, Pill } from './basics';

/** A batch in a list. */
export function BatchItem(props: {
  batch: BatchLineFragment;
  tab?: string;
  children?: ComponentChildren;
}): JSX.Element {
  const { batch, tab, children } = props;
  return (
    <li class="line">
      <div>
        <Link to={`/batches/${batch.key}${tab ? `/${tab}` : ''}`}>{batchName(batch)}</Link>
        <small>
          {period(batch)} · {batch.programme.title}
        </small>
      </div>
      <div class="marks">
        {children}
        <Pill kind="batchStatus" value={batch.status} />
      </div>
    </li>
  );
}

/** An action plan in a list. */
export function PlanItem({ plan }: { plan: PlanLineFragment }): JSX.Element {
  const { delegation } = plan;
  return (
    <li class="line">
      <div>
        <Link to={`/plans/${plan.key}`}>
          {partyName(delegation)}: {plan.title ?? t('plan.untitled')}
        </Link>
        <small>
          {batchName(delegation.batch)}
          {plan.dueOn && ` · ${t('plan.due', { day: day(plan.dueOn) })}`}
        </small>
      </div>
      <div class="marks">
        {plan.isOverdue && <span class="pill bad">{t('plan.overdue')}</span>}
        <Pill kind="planStatus" value={plan.status} />
      </div>
    </li>
  );
}

/** A finding in a list. */
export function FindingItem({ finding }: { finding: FindingLineFragment }): JSX.Element {
  return (
    <li class="line">
      <div>
        <span>{finding.message}</span>
        <small>
          {label('rule', finding.rule)}
          {finding.batch && (
            <>
              {' · '}
              <Link to={`/batches/${finding.batch.key}/sources`}>{batchName(finding.batch)}</Link>
            </>
          )}
        </small>
      </div>
      <div class="marks">
        <Pill kind="severity" value={finding.severity} />
      </div>
    </li>
  );
}
