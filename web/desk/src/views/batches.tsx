import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { BatchListDocument, type BatchFilter, type BatchStatus } from '../gql/graphql';
import { useQuery } from '../lib/hooks';
import { label, t } from '../lib/i18n';
import { useRights } from '../lib/rights';
import { Link, More, Page, State } from '../parts/basics';
import { Check, SelectField, TextField } from '../parts/form';
import { BatchItem } from '../parts/lines';

const STATUSES: BatchStatus[] = [
  'DRAFT', 'ANNOUNCED', 'CONFIRMED', 'POSTPONED', 'CANCELLED', 'CLOSED',
];

/** All batches, to look for one. */
export function Batches(): JSX.Element {
  const rights = useRights();
  const [text, setText] = useState('');
  const [status, setStatus] = useState('');
  const [mine, setMine] = useState(rights.institutions.length > 0);
  const [after, setAfter] = useState<string | null>(null);
  const filter: BatchFilter = {
    ...(text.trim() ? { title: { contains: text.trim() } } : {}),
    ...(status ? { status: { eq: status as BatchStatus } } : {}),
    ...(mine && rights.institutions.length > 0
      ? { owner: { id: { in: rights.institutions.map(({ id }) => id) } } }
      : {}),
  };
  const asked = useQuery(BatchListDocument, { filter, after });
  const list = asked.data?.batches;
  const narrow = <T,>(set: (value: T) => void) => (value: T) => {
    setAfter(null);
    set(value);
  };
  return (
    <Page
      title={t('nav.batches')}
      actions={
        rights.officer && (
          <Link to="/batches/new" class="button primary">
            {t('batch.new')}
          </Link>
        )
      }
    >
      <div class="filters" role="search">
        <TextField
          path="text"
          label={t('batches.search')}
          type="search"
          value={text}
          onValue={narrow(setText)}
        />
        <SelectField
          path="status"
          label={t('batches.status')}
          value={status}
          onValue={narrow(setStatus)}
          choices={[
            { value: '', label: t('all') },
            ...STATUSES.map((value) => ({ value, label: label('batchStatus', value) })),
          ]}
        />
        {rights.institutions.length > 0 && (
          <Check label={t('batches.mine')} checked={mine} onChecked={narrow(setMine)} />
        )}
      </div>
      <State
        loading={asked.loading && !list}
        failure={asked.failure}
        empty={list?.nodes.length === 0 && t('batches.none')}
      />
      {list && (
        <>
          <p class="quiet">{t('list.count', { count: list.totalCount })}</p>
          <ul class="lines card">
            {list.nodes.map((batch) => (
              <BatchItem key={batch.id} batch={batch} />
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
