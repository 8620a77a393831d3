import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import {
  AcknowledgeDelegationDocument,
  ContestDelegationDocument,
  CountryDelegationsDocument,
  type CountryDelegationsQuery,
  type DelegationStatus,
} from '../gql/graphql';
import { useDraft } from '../lib/drafts';
import { useAction, useQuery } from '../lib/hooks';
import { label, period, t } from '../lib/i18n';
import { batchName, partyName, people } from '../lib/names';
import { useRights } from '../lib/rights';
import { Dialog, Link, More, Page, Pill, State } from '../parts/basics';
import { Form, Refused, SelectField, TextField, numberOf, textOf } from '../parts/form';
import { tell } from '../parts/toast';

type Row = CountryDelegationsQuery['delegations']['nodes'][number];

const STATUSES: DelegationStatus[] = [
  'ATTENDED', 'NOMINATED', 'CONFIRMED', 'DECLINED', 'WITHDRAWN', 'NO_SHOW', 'NOT_SENT',
];

/** What is recorded of a country's delegations, for its focal point to confirm or to contest. */
export function FocalPoint(): JSX.Element {
  const rights = useRights();
  const [after, setAfter] = useState<string | null>(null);
  const countries = rights.countries.map(({ code }) => code);
  const asked = useQuery(CountryDelegationsDocument, { countries, after });
  const list = asked.data?.delegations;
  return (
    <Page
      title={t('focal.title', { name: rights.countries.map(({ name }) => name).join(', ') })}
      lead={t('focal.lead')}
    >
      <State
        loading={asked.loading && !list}
        failure={asked.failure}
        empty={list?.nodes.length === 0 && t('focal.none')}
      />
      <ul class="lines card">
        {list?.nodes.map((row) => (
          <Recorded key={row.id} row={row} />
        ))}
      </ul>
      <More
        page={list?.pageInfo}
        onMore={setAfter}
        onFirst={after ? () => setAfter(null) : undefined}
      />
    </Page>
  );
}

function Recorded({ row }: { row: Row }): JSX.Element {
  const [contesting, setContesting] = useState(false);
  const acknowledge = useAction(AcknowledgeDelegationDocument);
  const name = `${partyName(row)}, ${batchName(row.batch)}`;
  const heads = people(row.headcountMin, row.headcountMax);
  return (
    <li class="line">
      <div>
        <Link to={`/batches/${row.batch.key}`}>{batchName(row.batch)}</Link>
        <small>
          {period(row.batch)} · {row.batch.owner.name}
        </small>
        <p>
          {t('focal.recorded')} <Pill kind="delegationStatus" value={row.status} />
          {heads && ` ${t('focal.heads', { count: heads })}`}
        </p>
        {row.said.nodes.length > 0 && (
          <p>
            {t('focal.said')}{' '}
            {row.said.nodes
              .map(({ property, value }) =>
                property === 'ATTENDANCE' ? label('delegationStatus', value) : value,
              )
              .join(', ')}
          </p>
        )}
        <Refused errors={acknowledge.errors} failure={acknowledge.failure} />
      </div>
      <div class="marks">
        {row.countryPosition && <Pill kind="position" value={row.countryPosition} />}
        {row.countryPosition !== 'AGREES' && row.status && (
          <button
            type="button"
            class="primary"
            aria-busy={acknowledge.busy}
            aria-label={t('focal.agreeOf', { name })}
            onClick={async () => {
              if (await acknowledge.run({ delegationId: row.id })) tell(t('focal.agreed'));
            }}
          >
            {t('focal.agree')}
          </button>
        )}
        <button
          type="button"
          aria-label={t('focal.contestOf', { name })}
          onClick={() => setContesting(true)}
        >
          {t('focal.contest')}
        </button>
      </div>
      {contesting && <Contest row={row} onClose={() => setContesting(false)} />}
    </li>
  );
}

function Contest({ row, onClose }: { row: Row; onClose(): void }): JSX.Element {
  const action = useAction(ContestDelegationDocument);
  const draft = useDraft(`contest.${row.id}`, { status: '', heads: '', reason: '' });
  const typed = draft.value;
  const send = async () => {
    const payload = await action.run({
      delegationId: row.id,
      status: (typed.status || undefined) as DelegationStatus | undefined,
      headcount: numberOf(typed.heads),
      reason: textOf(typed.reason),
    });
    if (!payload) return;
    draft.clear();
    tell(t('focal.contested'));
    onClose();
  };
  return (
    <Dialog title={t('focal.contest')} onClose={onClose}>
      <Form
        submit={t('focal.contestSubmit')}
        busy={action.busy}
        errors={action.errors}
        failure={action.failure}
        restored={draft.restored}
        onForget={draft.clear}
        onSubmit={send}
        beside={
          <button type="button" onClick={onClose}>
            {t('cancel')}
          </button>
        }
      >
        <SelectField
          path="status"
          label={t('delegations.outcome')}
          value={typed.status}
          onValue={(status) => draft.set({ status })}
          choices={[
            { value: '', label: t('claims.saysNothing') },
            ...STATUSES.map((value) => ({ value, label: label('delegationStatus', value) })),
          ]}
        />
        <TextField
          path="headcount"
          label={t('delegations.heads')}
          type="number"
          min={0}
          value={typed.heads}
          onValue={(heads) => draft.set({ heads })}
        />
        <TextField
          path="reason"
          label={t('reason')}
          value={typed.reason}
          onValue={(reason) => draft.set({ reason })}
        />
        <p class="told">{t('told.contest')}</p>
      </Form>
    </Dialog>
  );
}
