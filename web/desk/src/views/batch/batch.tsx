import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { BatchPageDocument, type BatchFactsFragment } from '../../gql/graphql';
import { useQuery } from '../../lib/hooks';
import { label, period, t } from '../../lib/i18n';
import { happening } from '../../lib/live';
import { batchName } from '../../lib/names';
import { useRights } from '../../lib/rights';
import { Link, Page, Pill, State, Tabs } from '../../parts/basics';
import { Claims } from './claims';
import { Delegations } from './delegations';
import { History } from './history';
import { Overview } from './overview';
import { BatchPeople } from './people';
import { BatchPlans } from './plans';

/** A batch, with all that is done to it. */
export function BatchView({ name, tab }: { name: string; tab: string }): JSX.Element {
  const rights = useRights();
  const asked = useQuery(BatchPageDocument, { key: name });
  const batch = asked.data?.batch;
  if (!batch) {
    return (
      <Page title={asked.loading ? t('loading') : t('batch.gone')}>
        <State failure={asked.failure} empty={!asked.loading && t('batch.goneLead')} />
      </Page>
    );
  }
  const home = `/batches/${batch.key}`;
  const tabs = [
    { to: home, label: t('tab.overview') },
    { to: `${home}/delegations`, label: t('tab.delegations'), count: batch.parties.totalCount },
    { to: `${home}/sources`, label: t('tab.sources'), count: batch.open.totalCount },
    { to: `${home}/plans`, label: t('tab.plans') },
    { to: `${home}/people`, label: t('tab.people') },
  ];
  if (rights.keeps(batch) || rights.curator || rights.auditor) {
    tabs.push({ to: `${home}/history`, label: t('tab.history') });
  }
  return (
    <Page
      title={batchName(batch)}
      lead={
        <>
          <Pill kind="batchStatus" value={batch.status} /> {period(batch)} ·{' '}
          {batch.programme.title} ·{' '}
          <Link to={`/institutions/${batch.owner.key}`}>{batch.owner.name}</Link>
        </>
      }
    >
      <Others batch={batch} />
      <Tabs name={t('tab.name')} tabs={tabs} />
      <Part batch={batch} tab={tab} />
    </Page>
  );
}

function Part({ batch, tab }: { batch: BatchFactsFragment; tab: string }): JSX.Element {
  switch (tab) {
    case 'delegations':
      return <Delegations batch={batch} />;
    case 'sources':
      return <Claims batch={batch} />;
    case 'plans':
      return <BatchPlans batch={batch} />;
    case 'people':
      return <BatchPeople batch={batch} />;
    case 'history':
      return <History batch={batch} />;
    default:
      return <Overview batch={batch} />;
  }
}

// So long it is said that somebody else has changed something.
const SHOWN = 15_000;

/** Says that somebody else is at work on the same batch. */
function Others({ batch }: { batch: BatchFactsFragment }): JSX.Element {
  const [said, setSaid] = useState('');
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const stop = happening.subscribe(() => {
      const event = happening.get();
      if (event?.batch?.id !== batch.id && event?.subjectId !== batch.id) return;
      setSaid(label('event', event?.type));
      clearTimeout(timer);
      timer = setTimeout(() => setSaid(''), SHOWN);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [batch.id]);
  return (
    <div role="status">
      {said && <p class="notice">{t('live.changed', { what: said })}</p>}
    </div>
  );
}
