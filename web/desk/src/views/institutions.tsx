import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import {
  CreateInstitutionDocument,
  CreateProgrammeDocument,
  InstitutionListDocument,
  type InstitutionKind,
  type Modality,
} from '../gql/graphql';
import { useCountries } from '../lib/all';
import { useDraft } from '../lib/drafts';
import { useAction, useQuery } from '../lib/hooks';
import { label, language, t } from '../lib/i18n';
import { useRights } from '../lib/rights';
import { navigate } from '../lib/router';
import { Link, More, Page, Section, State } from '../parts/basics';
import { Form, SelectField, TextField, textOf } from '../parts/form';
import { PickInstitution, type Picked } from '../parts/pick';
import { tell } from '../parts/toast';
import { languages } from './batch/new';

export const KINDS: InstitutionKind[] = [
  'GOVERNMENT', 'LOCAL_GOVERNMENT', 'OTHER_PUBLIC_SECTOR', 'MULTILATERAL', 'ACADEMIC',
  'ASSOCIATION', 'FOUNDATION', 'NATIONAL_NGO', 'INTERNATIONAL_NGO', 'REGIONAL_NGO',
  'PARTNER_COUNTRY_NGO', 'PRIVATE_SECTOR', 'PUBLIC_PRIVATE_PARTNERSHIP', 'OTHER',
];
const MODALITIES: Modality[] = [
  'BILATERAL', 'REGIONAL', 'SOUTH_SOUTH', 'TRIANGULAR', 'GLOBAL', 'DOMESTIC',
];

/** Institutions to look for, and new ones. */
export function Institutions(): JSX.Element {
  const rights = useRights();
  const [text, setText] = useState('');
  const [after, setAfter] = useState<string | null>(null);
  const [adding, setAdding] = useState<'institution' | 'programme' | null>(null);
  const filter = text.trim() ? { name: { contains: text.trim() } } : {};
  const asked = useQuery(InstitutionListDocument, { filter, after });
  const list = asked.data?.institutions;
  const close = () => setAdding(null);
  return (
    <Page
      title={t('nav.institutions')}
      actions={
        <>
          {(rights.officer || rights.curator) && (
            <button type="button" onClick={() => setAdding('institution')}>
              {t('institution.new')}
            </button>
          )}
          {rights.officer && (
            <button type="button" onClick={() => setAdding('programme')}>
              {t('programme.new')}
            </button>
          )}
        </>
      }
    >
      {adding === 'institution' && <NewInstitution onDone={close} />}
      {adding === 'programme' && <NewProgramme onDone={close} />}
      <div class="filters" role="search">
        <TextField
          path="text"
          label={t('institutions.search')}
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
        empty={list?.nodes.length === 0 && t('institutions.none')}
      />
      {list && list.nodes.length > 0 && (
        <>
          <ul class="lines card">
            {list.nodes.map((institution) => (
              <li key={institution.id} class="line">
                <div>
                  <Link to={`/institutions/${institution.key}`}>{institution.name}</Link>
                  <small>
                    {[institution.acronym, institution.city, institution.country?.name]
                      .filter(Boolean)
                      .join(' · ')}
                  </small>
                </div>
                <div class="marks">
                  <span class="pill quiet">{label('institutionKind', institution.kind)}</span>
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

interface InstitutionTyped {
  name: string;
  language: string;
  kind: string;
  country: string;
  city: string;
  website: string;
  parent: Picked | null;
}

function NewInstitution({ onDone }: { onDone(): void }): JSX.Element {
  const countries = useCountries();
  const action = useAction(CreateInstitutionDocument);
  const draft = useDraft<InstitutionTyped>('institution.new', {
    name: '',
    language: language.get(),
    kind: 'GOVERNMENT',
    country: '',
    city: '',
    website: '',
    parent: null,
  });
  const typed = draft.value;
  const send = async () => {
    const payload = await action.run({
      names: [{ name: typed.name.trim(), language: typed.language }],
      kind: typed.kind as InstitutionKind,
      country: textOf(typed.country),
      city: textOf(typed.city),
      website: textOf(typed.website),
      parentId: typed.parent?.id,
    });
    if (!payload?.institution) return;
    draft.clear();
    tell(t('saved'));
    navigate(`/institutions/${payload.institution.key}`);
  };
  return (
    <Section title={t('institution.new')}>
      <Form
        submit={t('institution.create')}
        busy={action.busy}
        errors={action.errors}
        failure={action.failure}
        restored={draft.restored}
        onForget={draft.clear}
        onSubmit={send}
        beside={
          <button type="button" onClick={onDone}>
            {t('cancel')}
          </button>
        }
      >
        <div class="pair">
          <TextField
            path="names"
            label={t('institution.name')}
            value={typed.name}
            onValue={(name) => draft.set({ name })}
          />
          <SelectField
            path="names.0.language"
            label={t('institution.nameLanguage')}
            value={typed.language}
            onValue={(tag) => draft.set({ language: tag })}
            choices={languages()}
          />
        </div>
        <SelectField
          path="kind"
          label={t('institution.kind')}
          value={typed.kind}
          onValue={(kind) => draft.set({ kind })}
          choices={KINDS.map((value) => ({ value, label: label('institutionKind', value) }))}
        />
        <div class="pair">
          <SelectField
            path="country"
            label={t('institution.country')}
            value={typed.country}
            onValue={(country) => draft.set({ country })}
            choices={[
              { value: '', label: t('unknown') },
              ...countries
                .filter(({ validTo }) => !validTo)
                .map(({ code, name }) => ({ value: code, label: name })),
            ]}
          />
          <TextField
            path="city"
            label={t('institution.city')}
            value={typed.city}
            onValue={(city) => draft.set({ city })}
          />
        </div>
        <TextField
          path="website"
          label={t('institution.website')}
          type="url"
          value={typed.website}
          onValue={(website) => draft.set({ website })}
        />
        <PickInstitution
          path="parentId"
          label={t('institution.parent')}
          value={typed.parent}
          onValue={(parent) => draft.set({ parent })}
        />
      </Form>
    </Section>
  );
}

function NewProgramme({ onDone }: { onDone(): void }): JSX.Element {
  const rights = useRights();
  const action = useAction(CreateProgrammeDocument);
  const draft = useDraft('programme.new', {
    title: '',
    language: language.get() as string,
    acronym: '',
    modality: 'BILATERAL',
    owner: rights.institutions[0]?.id ?? '',
  });
  const typed = draft.value;
  const send = async () => {
    const payload = await action.run({
      title: typed.title.trim(),
      language: typed.language,
      acronym: textOf(typed.acronym),
      modality: typed.modality as Modality,
      ownerId: typed.owner,
    });
    if (!payload) return;
    draft.clear();
    tell(t('programme.created'));
    onDone();
  };
  return (
    <Section title={t('programme.new')}>
      <Form
        submit={t('programme.create')}
        busy={action.busy}
        errors={action.errors}
        failure={action.failure}
        restored={draft.restored}
        onForget={draft.clear}
        onSubmit={send}
        beside={
          <button type="button" onClick={onDone}>
            {t('cancel')}
          </button>
        }
      >
        <div class="pair">
          <TextField
            path="title"
            label={t('programme.title')}
            value={typed.title}
            onValue={(title) => draft.set({ title })}
          />
          <SelectField
            path="language"
            label={t('batch.titleLanguage')}
            value={typed.language}
            onValue={(tag) => draft.set({ language: tag })}
            choices={languages()}
          />
        </div>
        <div class="pair">
          <TextField
            path="acronym"
            label={t('programme.acronym')}
            value={typed.acronym}
            onValue={(acronym) => draft.set({ acronym })}
          />
          <SelectField
            path="modality"
            label={t('programme.modality')}
            value={typed.modality}
            onValue={(modality) => draft.set({ modality })}
            choices={MODALITIES.map((value) => ({ value, label: label('modality', value) }))}
          />
        </div>
        <SelectField
          path="ownerId"
          label={t('programme.owner')}
          value={typed.owner}
          onValue={(owner) => draft.set({ owner })}
          choices={rights.institutions.map(({ id, name }) => ({ value: id, label: name }))}
        />
      </Form>
    </Section>
  );
}
