import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { AddSourceDocument, SourceListDocument } from '../../gql/graphql';
import { useDraft } from '../../lib/drafts';
import { useAction, useQuery } from '../../lib/hooks';
import { day, label, t } from '../../lib/i18n';
import { useRights } from '../../lib/rights';
import { navigate } from '../../lib/router';
import { Link, More, Page, Section, State } from '../../parts/basics';
import { Form, TextField } from '../../parts/form';
import { tell } from '../../parts/toast';
import { NEW_SOURCE, SourceFields, sourceInput } from './fields';

/** The documents of which the register knows what it knows. */
export function Sources(): JSX.Element {
  const rights = useRights();
  const [text, setText] = useState('');
  const [after, setAfter] = useState<string | null>(null);
  const [adding, setAdding] = useState(false);
  const filter = text.trim() ? { title: { contains: text.trim() } } : {};
  const asked = useQuery(SourceListDocument, { filter, after });
  const list = asked.data?.sources;
  const draft = useDraft('source.new', NEW_SOURCE());
  const action = useAction(AddSourceDocument);
  const add = async () => {
    const payload = await action.run(sourceInput(draft.value));
    if (!payload?.source) return;
    draft.clear();
    tell(t('source.added'));
    navigate(`/sources/${payload.source.key}`);
  };
  return (
    <Page
      title={t('nav.sources')}
      lead={t('sources.lead')}
      actions={
        (rights.officer || rights.curator) &&
        !adding && (
          <button type="button" class="primary" onClick={() => setAdding(true)}>
            {t('source.new')}
          </button>
        )
      }
    >
      {adding && (
        <Section title={t('source.new')}>
          <Form
            submit={t('source.add')}
            busy={action.busy}
            errors={action.errors}
            failure={action.failure}
            restored={draft.restored}
            onForget={draft.clear}
            onSubmit={add}
            beside={
              <button type="button" onClick={() => setAdding(false)}>
                {t('cancel')}
              </button>
            }
          >
            <SourceFields typed={draft.value} onTyped={draft.set} />
            <p class="told">{t('told.source')}</p>
          </Form>
        </Section>
      )}
      <div class="filters" role="search">
        <TextField
          path="text"
          label={t('sources.search')}
          type="search"
          value={text}
          onValue={(value) => {
            setAfter(null);
            setText(value);
          }}
        />
      </div>
      <State
        loading={asked.loading && !list}
        failure={asked.failure}
        empty={list?.nodes.length === 0 && t('sources.none')}
      />
      {list && (
        <>
          <ul class="lines card">
            {list.nodes.map((source) => (
              <li key={source.id} class="line">
                <div>
                  <Link to={`/sources/${source.key}`}>{source.title}</Link>
                  <small>
                    {label('sourceKind', source.kind)}
                    {source.publishedOn && ` · ${day(source.publishedOn, source.precision)}`}
                    {source.publisher && ` · ${source.publisher.name}`}
                  </small>
                </div>
                <div class="marks">
                  <span class="pill quiet">
                    {t('sources.claims', { count: source.claims.totalCount })}
                  </span>
                </div>
              </li>
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
