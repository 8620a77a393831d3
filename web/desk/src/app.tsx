import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { ViewerDocument } from './gql/graphql';
import { connection } from './lib/connection';
import { useQuery } from './lib/hooks';
import { setLanguage, t, useLanguage, type MessageKey } from './lib/i18n';
import { RightsContext, rightsOf, type Rights } from './lib/rights';
import { href, match, useRoute } from './lib/router';
import { session, signOut } from './lib/session';
import { useStore } from './lib/store';
import { Dialog, Link, Page } from './parts/basics';
import { Toasts } from './parts/toast';
import { Accounts } from './views/accounts';
import { Audit } from './views/audit';
import { BatchView } from './views/batch/batch';
import { Batches } from './views/batches';
import { Merge } from './views/merge';
import { NewBatch } from './views/batch/new';
import { FileView } from './views/files/file';
import { Files } from './views/files/files';
import { Findings } from './views/findings';
import { FocalPoint } from './views/focal';
import { InstitutionView } from './views/institution';
import { Institutions } from './views/institutions';
import { PlanView } from './views/plans/plan';
import { Plans } from './views/plans/plans';
import { SignIn } from './views/signin';
import { SourceView } from './views/sources/source';
import { Sources } from './views/sources/sources';
import { Webhooks } from './views/webhooks';
import { Work } from './views/work';

interface Place {
  path: string;
  view(at: Record<string, string>): JSX.Element;
  /** In the navigation, for those whom it concerns. */
  menu?: { name: MessageKey; shown(rights: Rights): boolean };
}

const writes = (rights: Rights) => rights.officer || rights.curator;

const PLACES: Place[] = [
  { path: '/', view: () => <Work />, menu: { name: 'nav.work', shown: () => true } },
  { path: '/batches', view: () => <Batches />, menu: { name: 'nav.batches', shown: () => true } },
  { path: '/batches/new', view: () => <NewBatch /> },
  { path: '/batches/:key', view: ({ key }) => <BatchView name={key!} tab="" /> },
  { path: '/batches/:key/:tab', view: ({ key, tab }) => <BatchView name={key!} tab={tab!} /> },
  { path: '/sources', view: () => <Sources />, menu: { name: 'nav.sources', shown: () => true } },
  { path: '/sources/:key', view: ({ key }) => <SourceView name={key!} /> },
  { path: '/files', view: () => <Files />, menu: { name: 'nav.files', shown: writes } },
  { path: '/files/:key', view: ({ key }) => <FileView name={key!} /> },
  { path: '/plans', view: () => <Plans />, menu: { name: 'nav.plans', shown: () => true } },
  { path: '/plans/:key', view: ({ key }) => <PlanView name={key!} /> },
  {
    path: '/country',
    view: () => <FocalPoint />,
    menu: { name: 'nav.country', shown: ({ countries }) => countries.length > 0 },
  },
  {
    path: '/findings',
    view: () => <Findings />,
    menu: { name: 'nav.findings', shown: () => true },
  },
  {
    path: '/institutions',
    view: () => <Institutions />,
    menu: { name: 'nav.institutions', shown: () => true },
  },
  {
    path: '/merge',
    view: () => <Merge />,
    menu: { name: 'nav.merge', shown: ({ curator }) => curator },
  },
  { path: '/merge/:kind/:key', view: ({ kind, key }) => <Merge kind={kind!} name={key!} /> },
  {
    path: '/audit',
    view: () => <Audit />,
    menu: { name: 'nav.audit', shown: ({ auditor, curator }) => auditor || curator },
  },
  { path: '/institutions/:key', view: ({ key }) => <InstitutionView name={key!} /> },
  {
    path: '/accounts',
    view: () => <Accounts />,
    menu: { name: 'nav.accounts', shown: () => true },
  },
  {
    path: '/webhooks',
    view: () => <Webhooks />,
    menu: { name: 'nav.webhooks', shown: () => true },
  },
];

function place(path: string): JSX.Element {
  for (const { path: pattern, view } of PLACES) {
    const at = match(pattern, path);
    if (at) return view(at);
  }
  return (
    <Page title={t('lost.title')}>
      <p>
        {t('lost.lead')} <Link to="/">{t('nav.work')}</Link>
      </p>
    </Page>
  );
}

/** The whole desk. */
export function App(): JSX.Element {
  const tongue = useLanguage();
  const { token, expired } = useStore(session);
  useEffect(() => {
    document.documentElement.lang = tongue;
  }, [tongue]);
  return token ? <SignedIn key="in" expired={expired} /> : <SignIn key="out" failed={false} />;
}

function SignedIn({ expired }: { expired: boolean }): JSX.Element {
  const { data, failure } = useQuery(ViewerDocument, {});
  const path = useRoute();
  const viewer = data?.viewer;
  if (!viewer) {
    if (expired) return <SignIn failed />;
    return <p class="waiting">{failure ?? t('loading')}</p>;
  }
  const rights = rightsOf(viewer, data.viewerScopes);
  return (
    <RightsContext.Provider value={rights}>
      <a class="skip" href="#main">
        {t('nav.skip')}
      </a>
      <Bar rights={rights} path={path} />
      <Lost />
      <main id="main">{place(path)}</main>
      <Toasts />
      {expired && (
        <Dialog title={t('expired.title')} onClose={signOut}>
          <p>{t('expired.lead')}</p>
          <SignIn failed={false} within />
        </Dialog>
      )}
    </RightsContext.Provider>
  );
}

/** Says that the connection is lost, and what becomes of what was sent. */
function Lost(): JSX.Element {
  const state = useStore(connection);
  return (
    <div role="status">{state === 'lost' && <p class="lost">{t('connection.lost')}</p>}</div>
  );
}

function Bar({ rights, path }: { rights: Rights; path: string }): JSX.Element {
  const tongue = useLanguage();
  const [open, setOpen] = useState(false);
  useEffect(() => setOpen(false), [path]);
  return (
    <header class="bar">
      <div class="top">
        <Link to="/" class="brand">
          Jejaring
        </Link>
        <button
          type="button"
          class="menu"
          aria-expanded={open}
          aria-controls="menu"
          onClick={() => setOpen(!open)}
        >
          {t('nav.menu')}
        </button>
      </div>
      <div id="menu" class={open ? 'open' : ''}>
        <nav aria-label={t('nav.name')}>
          {PLACES.map(({ path: to, menu }) =>
            menu?.shown(rights) ? (
              <Link key={to} to={to} class={to !== '/' && path.startsWith(`${to}/`) ? 'on' : ''}>
                {t(menu.name)}
              </Link>
            ) : null,
          )}
        </nav>
        <div class="self">
          <span class="who">
            {rights.account.name}
            <small>{rights.institutions.map(({ name }) => name).join(', ')}</small>
            {!rights.writes && <small>{t('readOnly')}</small>}
          </span>
          <button
            type="button"
            class="link"
            lang={tongue === 'en' ? 'id' : 'en'}
            onClick={() => setLanguage(tongue === 'en' ? 'id' : 'en')}
          >
            {tongue === 'en' ? 'Bahasa Indonesia' : 'English'}
          </button>
          <button type="button" class="link" onClick={signOut}>
            {t('signOut')}
          </button>
          <a class="licenses" href={href('/licenses.txt')}>
            {t('licenses')}
          </a>
        </div>
      </div>
    </header>
  );
}
