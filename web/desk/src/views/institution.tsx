import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import {
  InstitutionPageDocument,
  RenameInstitutionDocument,
  UpdateInstitutionDocument,
  type InstitutionPageQuery,
} from '../gql/graphql';
import { useDraft } from '../lib/drafts';
import { useAction, useQuery } from '../lib/hooks';
import { day, label, language, t } from '../lib/i18n';
import { useRights } from '../lib/rights';
import { Dialog, Facts, Link, Page, Section, State } from '../parts/basics';
import { Form, SelectField, TextField, textOf } from '../parts/form';
import { PickInstitution, type Picked } from '../parts/pick';
import { tell } from '../parts/toast';
import { languages } from './batch/new';

type Institution = NonNullable<InstitutionPageQuery['institution']>;
type Change = 'rename' | 'move';

/** An institution: its dated names, its place in the tree, and what it keeps. */
export function InstitutionView({ name }: { name: string }): JSX.Element {
  const rights = useRights();
  const asked = useQuery(InstitutionPageDocument, { key: name });
  const [change, setChange] = useState<Change | null>(null);
  const institution = asked.data?.institution;
  if (!institution) {
    return (
      <Page title={asked.loading ? t('loading') : t('institution.gone')}>
        <State failure={asked.failure} />
      </Page>
    );
  }
  const own = rights.institutions.some(({ id }) => id === institution.id);
  const changes: Change[] = rights.curator || (own && rights.officer) ? ['rename', 'move'] : [];
  const close = () => setChange(null);
  return (
    <Page title={institution.name} lead={label('institutionKind', institution.kind)}>
      {institution.mergedInto && (
        <p class="notice">
          {t('institution.mergedInto')}{' '}
          <Link to={`/institutions/${institution.mergedInto.key}`}>
            {institution.mergedInto.name}
          </Link>
        </p>
      )}
      <div class="columns">
        <Section title={t('institution.facts')}>
          <Facts
            facts={[
              ['programme.acronym', institution.acronym],
              ['institution.country', institution.country?.name],
              ['institution.city', institution.city],
              [
                'institution.website',
                institution.website && (
                  <a href={institution.website} rel="noreferrer external">
                    {institution.website}
                  </a>
                ),
              ],
              [
                'institution.parent',
                institution.parent && (
                  <Link to={`/institutions/${institution.parent.key}`}>
                    {institution.parent.name}
                  </Link>
                ),
              ],
              ['institution.batches', institution.ownedBatches.totalCount],
            ]}
          />
          {changes.length > 0 && (
            <p class="buttons">
              {changes.map((each) => (
                <button key={each} type="button" onClick={() => setChange(each)}>
                  {t(`institution.${each}`)}
                </button>
              ))}
              {rights.curator && (
                <Link to={`/merge/institution/${institution.key}`} class="button">
                  {t('institution.merge')}
                </Link>
              )}
            </p>
          )}
        </Section>
        <Section title={t('institution.names')}>
          <ul class="plain">
            {institution.names.map((known) => (
              <li key={known.id}>
                <strong lang={known.language}>{known.name}</strong>
                <small>
                  {' '}
                  {label('nameKind', known.kind)} · {known.language}
                  {(known.validFrom || known.validTo) &&
                    ` · ${known.validFrom ? day(known.validFrom, known.precision) : '…'} – ${
                      known.validTo ? day(known.validTo, known.precision) : '…'
                    }`}
                </small>
              </li>
            ))}
          </ul>
        </Section>
        {institution.children.nodes.length > 0 && (
          <Section title={t('institution.children')}>
            <ul class="plain">
              {institution.children.nodes.map((child) => (
                <li key={child.id}>
                  <Link to={`/institutions/${child.key}`}>{child.name}</Link>
                </li>
              ))}
            </ul>
          </Section>
        )}
        {institution.ownedProgrammes.nodes.length > 0 && (
          <Section title={t('institution.programmes')}>
            <ul class="plain">
              {institution.ownedProgrammes.nodes.map(({ id, title }) => (
                <li key={id}>{title}</li>
              ))}
            </ul>
          </Section>
        )}
      </div>
      {change === 'rename' && <Rename institution={institution} onClose={close} />}
      {change === 'move' && <Move institution={institution} onClose={close} />}
    </Page>
  );
}

interface ChangeProps {
  institution: Institution;
  onClose(): void;
}

function Rename({ institution, onClose }: ChangeProps): JSX.Element {
  const action = useAction(RenameInstitutionDocument);
  const draft = useDraft(`rename.${institution.id}`, {
    name: '',
    language: language.get() as string,
    validFrom: '',
    reason: '',
  });
  const typed = draft.value;
  const send = async () => {
    const payload = await action.run({
      institutionId: institution.id,
      expectedVersion: institution.version,
      name: {
        name: typed.name.trim(),
        language: typed.language,
        validFrom: textOf(typed.validFrom),
      },
      reason: textOf(typed.reason),
    });
    if (!payload) return;
    draft.clear();
    tell(t('saved'));
    onClose();
  };
  return (
    <Dialog title={t('institution.rename')} onClose={onClose}>
      <Form
        submit={t('institution.rename')}
        busy={action.busy}
        errors={action.errors}
        failure={action.failure}
        restored={draft.restored}
        onForget={draft.clear}
        onSubmit={send}
      >
        <TextField
          path="name name.name"
          label={t('institution.newName')}
          value={typed.name}
          onValue={(name) => draft.set({ name })}
        />
        <SelectField
          path="name.language"
          label={t('institution.nameLanguage')}
          value={typed.language}
          onValue={(tag) => draft.set({ language: tag })}
          choices={languages()}
        />
        <TextField
          path="name.validFrom"
          label={t('institution.validFrom')}
          hint={t('institution.validFromHint')}
          type="date"
          value={typed.validFrom}
          onValue={(validFrom) => draft.set({ validFrom })}
        />
        <TextField
          path="reason"
          label={t('reason')}
          value={typed.reason}
          onValue={(reason) => draft.set({ reason })}
        />
        <p class="told">{t('told.institution')}</p>
      </Form>
    </Dialog>
  );
}

function Move({ institution, onClose }: ChangeProps): JSX.Element {
  const action = useAction(UpdateInstitutionDocument);
  const [parent, setParent] = useState<Picked | null>(institution.parent ?? null);
  const [city, setCity] = useState(institution.city ?? '');
  const send = async () => {
    const payload = await action.run({
      institutionId: institution.id,
      expectedVersion: institution.version,
      parentId: parent?.id ?? null,
      city: textOf(city) ?? null,
    });
    if (!payload) return;
    tell(t('saved'));
    onClose();
  };
  return (
    <Dialog title={t('institution.move')} onClose={onClose}>
      <Form
        submit={t('save')}
        busy={action.busy}
        errors={action.errors}
        failure={action.failure}
        onSubmit={send}
      >
        <PickInstitution
          path="parentId"
          label={t('institution.parent')}
          value={parent}
          onValue={setParent}
        />
        <TextField path="city" label={t('institution.city')} value={city} onValue={setCity} />
        <p class="told">{t('told.institution')}</p>
      </Form>
    </Dialog>
  );
}
