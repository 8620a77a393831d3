import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import {
  AbandonActionPlanDocument,
  ChangeDueDateDocument,
  CompleteActionPlanDocument,
  PlanPageDocument,
  ReopenActionPlanDocument,
  StartActionPlanDocument,
  type ActionPlanStatus,
  type PlanPageQuery,
} from '../../gql/graphql';
import { useAction, useQuery } from '../../lib/hooks';
import { useDraft } from '../../lib/drafts';
import { day, t } from '../../lib/i18n';
import { batchName, partyName } from '../../lib/names';
import { useRights } from '../../lib/rights';
import { Dialog, Facts, Link, Page, Pill, Section, State } from '../../parts/basics';
import { Form, TextField, textOf } from '../../parts/form';
import { tell } from '../../parts/toast';
import { Items } from './items';
import { Submit } from './submit';

export type Plan = NonNullable<PlanPageQuery['actionPlan']>;
type Step = 'start' | 'complete' | 'abandon' | 'reopen' | 'due';

// As the server has it; a plan that is only expected is submitted by its form.
const OPEN: Record<ActionPlanStatus, Step[]> = {
  EXPECTED: ['due', 'abandon'],
  SUBMITTED: ['start', 'complete', 'due', 'abandon'],
  IN_PROGRESS: ['complete', 'due', 'abandon'],
  COMPLETED: ['reopen'],
  ABANDONED: ['reopen'],
};

const DOCUMENTS = {
  start: StartActionPlanDocument,
  complete: CompleteActionPlanDocument,
  abandon: AbandonActionPlanDocument,
  reopen: ReopenActionPlanDocument,
  due: ChangeDueDateDocument,
};

/** An action plan: where it stands, what it consists of, how it goes on. */
export function PlanView({ name }: { name: string }): JSX.Element {
  const rights = useRights();
  const asked = useQuery(PlanPageDocument, { key: name });
  const [step, setStep] = useState<Step | null>(null);
  const plan = asked.data?.actionPlan;
  if (!plan) {
    return (
      <Page title={asked.loading ? t('loading') : t('plan.gone')}>
        <State failure={asked.failure} />
      </Page>
    );
  }
  const { delegation } = plan;
  const sends = rights.institutions.some(({ id }) => id === delegation.institution?.id);
  const organises = rights.organises(delegation.batch);
  const may = organises || sends;
  const steps = OPEN[plan.status].filter((each) => (each === 'due' ? organises : may));
  return (
    <Page
      title={plan.title ?? t('plan.of', { name: partyName(delegation) })}
      lead={
        <>
          <Pill kind="planStatus" value={plan.status} />{' '}
          {plan.isOverdue && <span class="pill bad">{t('plan.overdue')}</span>}
        </>
      }
    >
      <div class="columns">
        <Section title={t('plan.facts')}>
          <Facts
            facts={[
              ['plan.delegation', partyName(delegation)],
              [
                'plan.batch',
                <Link key="batch" to={`/batches/${delegation.batch.key}`}>
                  {batchName(delegation.batch)}
                </Link>,
              ],
              ['plan.dueOn', plan.dueOn && day(plan.dueOn)],
              ['plan.submittedOn', plan.submittedOn && day(plan.submittedOn)],
            ]}
          />
          {steps.length > 0 && (
            <p class="buttons">
              {steps.map((each) => (
                <button key={each} type="button" onClick={() => setStep(each)}>
                  {t(`plan.step.${each}`)}
                </button>
              ))}
            </p>
          )}
        </Section>
        {plan.status === 'EXPECTED' && may && <Submit plan={plan} />}
        {plan.status !== 'EXPECTED' && <Items plan={plan} may={may} />}
      </div>
      {step && <Take plan={plan} step={step} onClose={() => setStep(null)} />}
    </Page>
  );
}

interface TakeProps {
  plan: Plan;
  step: Step;
  onClose(): void;
}

function Take({ plan, step, onClose }: TakeProps): JSX.Element {
  const action = useAction(DOCUMENTS[step]);
  const draft = useDraft(`plan.${step}.${plan.id}`, { reason: '', dueOn: plan.dueOn ?? '' });
  const { reason, dueOn } = draft.value;
  const send = async () => {
    const payload = await action.run({
      actionPlanId: plan.id,
      expectedVersion: plan.version,
      reason: textOf(reason),
      ...(step === 'due' ? { dueOn: textOf(dueOn) ?? null } : {}),
    });
    if (!payload) return;
    draft.clear();
    tell(t('saved'));
    onClose();
  };
  return (
    <Dialog title={t(`plan.step.${step}`)} onClose={onClose}>
      <Form
        submit={t(`plan.step.${step}`)}
        busy={action.busy}
        errors={action.errors}
        failure={action.failure}
        onSubmit={send}
        beside={
          <button type="button" onClick={onClose}>
            {t('cancel')}
          </button>
        }
      >
        {step === 'due' && (
          <TextField
            path="dueOn"
            label={t('plan.dueOn')}
            type="date"
            value={dueOn}
            onValue={(value) => draft.set({ dueOn: value })}
          />
        )}
        <p class="told">{t('told.plan')}</p>
        <TextField
          path="reason"
          label={step === 'reopen' ? t('reason.needed') : t('reason')}
          value={reason}
          onValue={(text) => draft.set({ reason: text })}
        />
      </Form>
    </Dialog>
  );
}
