import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { ImportListDocument } from '../../gql/graphql';
import { useDraft } from '../../lib/drafts';
import { useQuery } from '../../lib/hooks';
import { label, moment, t } from '../../lib/i18n';
import { useRights } from '../../lib/rights';
import { navigate } from '../../lib/router';
import { Link, More, Page, Pill, Section, State } from '../../parts/basics';
import { Form, SelectField } from '../../parts/form';
import { TABLES } from './fields';
import { upload } from './upload';

/** Files that were handed in, and the place to hand in another. */
export function Files(): JSX.Element {
  const [after, setAfter] = useState<string | null>(null);
  const asked = useQuery(ImportListDocument, { after });
  const list = asked.data?.imports;
  return (
    <Page title={t('nav.files')} lead={t('files.lead')}>
      <HandIn />
      <Section title={t('files.before')} count={list?.totalCount}>
        <State
          loading={asked.loading && !list}
          failure={asked.failure}
          empty={list?.nodes.length === 0 && t('files.none')}
        />
        <ul class="lines">
          {list?.nodes.map((file) => (
            <li key={file.id} class="line">
              <div>
                <Link to={`/files/${file.key}`}>{file.fileName}</Link>
                <small>
                  {label('table', file.table)} · {moment(file.createdAt)}
                </small>
              </div>
              <div class="marks">
                {file.state === 'READY' && file.refusedRows + file.ambiguousRows > 0 && (
                  <span class="pill warn">
                    {t('files.open', { count: file.refusedRows + file.ambiguousRows })}
                  </span>
                )}
                <Pill kind="importState" value={file.state} />
              </div>
            </li>
          ))}
        </ul>
        <More
          page={list?.pageInfo}
          onMore={setAfter}
          onFirst={after ? () => setAfter(null) : undefined}
        />
      </Section>
    </Page>
  );
}

function HandIn(): JSX.Element {
  const rights = useRights();
  const input = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File | null>(null);
  const [over, setOver] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const draft = useDraft('file.new', {
    table: 'DELEGATIONS',
    dates: '',
    institution: rights.institutions[0]?.key ?? '',
  });
  const typed = draft.value;
  const send = async () => {
    if (!file) return;
    setBusy(true);
    setFailure(null);
    const institution = typed.institution || undefined;
    const sent = await upload({ file, table: typed.table, dates: typed.dates, institution });
    setBusy(false);
    if (!sent.key) {
      setFailure(sent.failure ?? '');
      return;
    }
    draft.clear();
    navigate(`/files/${sent.key}`);
  };
  return (
    <Section title={t('file.new')}>
      <Form
        submit={t('file.send')}
        busy={busy}
        disabled={!file}
        failure={failure}
        onSubmit={send}
      >
        <div
          class={`drop${over ? ' over' : ''}`}
          onDragOver={(event) => {
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDrop={(event) => {
            event.preventDefault();
            setOver(false);
            setFile(event.dataTransfer?.files[0] ?? null);
          }}
        >
          <p>{file ? file.name : t('file.drop')}</p>
          <label class="button">
            {t('file.choose')}
            <input
              ref={input}
              class="unseen"
              type="file"
              accept=".csv,.tsv,.xlsx,.ics,.json,.jsonld,.xml"
              onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)}
            />
          </label>
          <small>{t('file.kinds')}</small>
        </div>
        <div class="pair">
          <SelectField
            path="table"
            label={t('file.table')}
            value={typed.table}
            onValue={(table) => draft.set({ table })}
            choices={TABLES.map((value) => ({ value, label: label('table', value) }))}
          />
          <SelectField
            path="dates"
            label={t('file.dates')}
            value={typed.dates}
            onValue={(dates) => draft.set({ dates })}
            choices={[
              { value: '', label: t('file.datesUnknown') },
              { value: 'day-first', label: t('file.dayFirst') },
              { value: 'month-first', label: t('file.monthFirst') },
            ]}
          />
        </div>
        {rights.institutions.length > 1 && (
          <SelectField
            path="for"
            label={t('file.for')}
            value={typed.institution}
            onValue={(institution) => draft.set({ institution })}
            choices={rights.institutions.map(({ key, name }) => ({ value: key, label: name }))}
          />
        )}
        <p class="told">{t('told.file')}</p>
      </Form>
    </Section>
  );
}
