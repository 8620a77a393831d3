import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { AuditAccountsDocument, AuditTrailDocument } from '../gql/graphql';
import { allPages, useAll } from '../lib/all';
import { useQuery } from '../lib/hooks';
import { t } from '../lib/i18n';
import { useRights } from '../lib/rights';
import { Page, Section } from '../parts/basics';
import { SelectField, TextField } from '../parts/form';
import { HistoryList } from '../parts/history';
import { PickRecord, type Picked } from '../parts/pick';

const accounts = () => allPages(AuditAccountsDocument, {}, (data) => data.accounts);

/** Who did what, by person, record and day. */
export function Audit(): JSX.Element {
  const rights = useRights();
  const [account, setAccount] = useState('');
  const [record, setRecord] = useState<Picked | null>(null);
  const [from, setFrom] = useState('');
  const [to, setTo] = useState('');
  const [before, setBefore] = useState<number | null>(null);
  const people = useAll('accounts', accounts);
  const filter = {
    account: account || null,
    record: record?.id ?? null,
    from: from || null,
    to: to || null,
  };
  const { data, loading, failure } = useQuery(AuditTrailDocument, { filter, before });
  /** What is narrowed begins with the newest again. */
  const narrow =
    <T,>(set: (value: T) => void) =>
    (value: T) => {
      setBefore(null);
      set(value);
    };
  return (
    <Page title={t('nav.audit')} lead={t('audit.lead')}>
      <div class="filters">
        {rights.auditor && (
          <SelectField
            path="account"
            label={t('audit.account')}
            value={account}
            onValue={narrow(setAccount)}
            choices={[
              { value: '', label: t('all') },
              ...(people.nodes ?? []).map(({ id, name }) => ({ value: id, label: name })),
            ]}
          />
        )}
        <PickRecord
          path="record"
          label={t('audit.record')}
          value={record}
          onValue={narrow(setRecord)}
        />
        <TextField
          path="from"
          label={t('audit.from')}
          type="date"
          value={from}
          onValue={narrow(setFrom)}
        />
        <TextField path="to" label={t('audit.to')} type="date" value={to} onValue={narrow(setTo)} />
      </div>
      <Section title={t('audit.done')}>
        <HistoryList
          events={data?.history}
          loading={loading}
          failure={failure}
          mixed
          before={before}
          onBefore={setBefore}
        />
      </Section>
    </Page>
  );
}
