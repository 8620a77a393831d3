import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import {
  AddSourceDocument,
  DelegationTableDocument,
  FileClaimsDocument,
  SourceListDocument,
  type BatchFactsFragment,
  type DelegationClaimInput,
  type DelegationStatus,
  type RefusalFragment,
} from '../../gql/graphql';
import { useCountries } from '../../lib/all';
import { useDraft } from '../../lib/drafts';
import { useAction, useQuery } from '../../lib/hooks';
import { label, language, t } from '../../lib/i18n';
import { partyName } from '../../lib/names';
import { Section } from '../../parts/basics';
import { Check, Form, SelectField, TextField, numberOf, textOf } from '../../parts/form';
import { tell } from '../../parts/toast';
import { NEW_SOURCE, SourceFields, sourceInput, type SourceTyped } from '../sources/fields';
import { languages } from './new';

const STATUSES: DelegationStatus[] = ['ATTENDED', 'NO_SHOW', 'NOT_SENT', 'DECLINED', 'WITHDRAWN'];
const NEW = 'new';

interface Said {
  status: string;
  heads: string;
}

interface Typed {
  source: string;
  added: SourceTyped;
  title: string;
  language: string;
  startsOn: string;
  endsOn: string;
  participants: string;
  exhaustive: boolean;
  /** Of delegations by their ids, and of countries without one by `code:XX`. */
  said: Record<string, Said>;
  locator: string;
}

const NOTHING: Said = { status: '', heads: '' };

interface StateProps {
  batch: BatchFactsFragment;
  onDone(): void;
}

/** States all that one source says of a batch, in one form. */
export function StateClaims({ batch, onDone }: StateProps): JSX.Element {
  const countries = useCountries();
  const sources = useQuery(SourceListDocument, { filter: {}, after: null });
  const table = useQuery(DelegationTableDocument, { batch: batch.id, after: null });
  const addSource = useAction(AddSourceDocument);
  const fileClaims = useAction(FileClaimsDocument);
  const [sent, setSent] = useState<string[]>([]);
  const draft = useDraft<Typed>(`claims.${batch.id}`, {
    source: NEW,
    added: NEW_SOURCE(),
    title: '',
    language: language.get(),
    startsOn: '',
    endsOn: '',
    participants: '',
    exhaustive: false,
    said: {},
    locator: '',
  });
  const typed = draft.value;
  const rows = table.data?.batch?.delegations.nodes ?? [];
  const known = new Set(rows.flatMap(({ country }) => country?.code ?? []));
  const extra = Object.keys(typed.said).filter((key) => key.startsWith('code:'));
  const say = (key: string, change: Partial<Said>) => {
    const was = typed.said[key] ?? NOTHING;
    // A number of people says that they were there.
    const implied = change.heads && was.status === '' ? { status: 'ATTENDED' } : {};
    draft.set({ said: { ...typed.said, [key]: { ...was, ...implied, ...change } } });
  };
  const send = async () => {
    let sourceId = typed.source;
    if (sourceId === NEW) {
      const payload = await addSource.run(sourceInput(typed.added));
      if (!payload?.source) return;
      sourceId = payload.source.id;
      // It is there now: a second attempt states more of the same source.
      draft.set({ source: sourceId });
    }
    const keys = Object.keys(typed.said).filter((key) => {
      const { status, heads } = typed.said[key]!;
      return status !== '' || heads !== '';
    });
    setSent(keys);
    const delegations = keys.map((key): DelegationClaimInput => {
      const { status, heads } = typed.said[key]!;
      return {
        ...(key.startsWith('code:') ? { country: key.slice(5) } : { delegationId: key }),
        status: (status || undefined) as DelegationStatus | undefined,
        headcount: numberOf(heads),
      };
    });
    const number = numberOf(typed.participants);
    const payload = await fileClaims.run({
      batchId: batch.id,
      sourceId,
      locator: textOf(typed.locator),
      title: textOf(typed.title)
        ? { text: typed.title.trim(), language: typed.language }
        : undefined,
      startsOn: textOf(typed.startsOn) ? { date: typed.startsOn } : undefined,
      endsOn: textOf(typed.endsOn) ? { date: typed.endsOn } : undefined,
      participants: number === undefined ? undefined : [{ number }],
      completeness: typed.exhaustive ? 'EXHAUSTIVE' : undefined,
      delegations: delegations.length > 0 ? delegations : undefined,
    });
    if (!payload) return;
    draft.clear();
    tell(t('claims.filed', { count: payload.claims.length }));
    onDone();
  };
  const errors: RefusalFragment[] = [...addSource.errors, ...fileClaims.errors];
  const row = (key: string, name: string) => {
    const own = typed.said[key] ?? NOTHING;
    const at = sent.indexOf(key);
    const path = at < 0 ? `said.${key}` : `delegations.${at}`;
    return (
      <tr key={key}>
        <th scope="row">{name}</th>
        <td data-label={t('delegations.outcome')}>
          <SelectField
            bare
            path={`${path}.status`}
            label={t('claims.statusOf', { name })}
            value={own.status}
            onValue={(status) => say(key, { status })}
            choices={[
              { value: '', label: t('claims.saysNothing') },
              ...STATUSES.map((value) => ({ value, label: label('delegationStatus', value) })),
            ]}
          />
        </td>
        <td data-label={t('delegations.heads')}>
          <TextField
            bare
            path={`${path}.headcount ${path}`}
            label={t('delegations.headsOf', { name })}
            type="number"
            min={0}
            value={own.heads}
            onValue={(heads) => say(key, { heads })}
          />
        </td>
      </tr>
    );
  };
  return (
    <Section title={t('claims.state')}>
      <Form
        submit={t('claims.file')}
        busy={addSource.busy || fileClaims.busy}
        errors={errors}
        failure={addSource.failure ?? fileClaims.failure}
        restored={draft.restored}
        onForget={draft.clear}
        onSubmit={send}
        beside={
          <button type="button" onClick={onDone}>
            {t('cancel')}
          </button>
        }
      >
        <fieldset>
          <legend>{t('claims.whichSource')}</legend>
          <SelectField
            path="sourceId"
            label={t('claims.source')}
            value={typed.source}
            onValue={(source) => draft.set({ source })}
            choices={[
              { value: NEW, label: t('source.new') },
              ...(sources.data?.sources.nodes ?? []).map(({ id, title }) => ({
                value: id,
                label: title,
              })),
            ]}
          />
          {typed.source === NEW && (
            <SourceFields
              typed={typed.added}
              onTyped={(change) => draft.set({ added: { ...typed.added, ...change } })}
            />
          )}
        </fieldset>
        <fieldset>
          <legend>{t('claims.ofBatch')}</legend>
          <p class="hint">{t('claims.onlySaid')}</p>
          <div class="pair">
            <TextField
              path="claimedTitle title.text"
              label={t('batch.titleField')}
              value={typed.title}
              onValue={(title) => draft.set({ title })}
            />
            <SelectField
              path="title.language"
              label={t('batch.titleLanguage')}
              value={typed.language}
              onValue={(tag) => draft.set({ language: tag })}
              choices={languages()}
            />
          </div>
          <div class="pair">
            <TextField
              path="startsOn"
              label={t('batch.startsOn')}
              type="date"
              value={typed.startsOn}
              onValue={(startsOn) => draft.set({ startsOn })}
            />
            <TextField
              path="endsOn"
              label={t('batch.endsOn')}
              type="date"
              value={typed.endsOn}
              onValue={(endsOn) => draft.set({ endsOn })}
            />
          </div>
          <TextField
            path="participants"
            label={t('claims.participants')}
            type="number"
            min={0}
            value={typed.participants}
            onValue={(participants) => draft.set({ participants })}
          />
          <TextField
            path="locator"
            label={t('claims.locator')}
            hint={t('claims.locatorHint')}
            value={typed.locator}
            onValue={(locator) => draft.set({ locator })}
          />
        </fieldset>
        <fieldset>
          <legend>{t('claims.ofDelegations')}</legend>
          <table class="stack">
            <caption class="unseen">{t('claims.ofDelegations')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('delegations.party')}</th>
                <th scope="col">{t('delegations.outcome')}</th>
                <th scope="col">{t('delegations.heads')}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((delegation) => row(delegation.id, partyName(delegation)))}
              {extra.map((key) => {
                const code = key.slice(5);
                const name = countries.find((country) => country.code === code)?.name;
                return row(key, name ?? code);
              })}
            </tbody>
          </table>
          <SelectField
            path="addCountry"
            label={t('claims.addCountry')}
            value=""
            onValue={(code) => code && say(`code:${code}`, { status: 'ATTENDED' })}
            choices={[
              { value: '', label: t('claims.chooseCountry') },
              ...countries
                .filter(({ code }) => !known.has(code) && !extra.includes(`code:${code}`))
                .map(({ code, name }) => ({ value: code, label: name })),
            ]}
          />
          <Check
            label={t('claims.exhaustive')}
            checked={typed.exhaustive}
            onChecked={(exhaustive) => draft.set({ exhaustive })}
          />
        </fieldset>
        <p class="told">{t('told.claims')}</p>
      </Form>
    </Section>
  );
}
