import type { JSX } from 'preact';
import {
  AddPersonDocument,
  DelegationPeopleDocument,
  DelegationTableDocument,
  EndEngagementDocument,
  EngagePersonDocument,
  type BatchFactsFragment,
  type EngagementRole,
} from '../../gql/graphql';
import { useDraft } from '../../lib/drafts';
import { useAction, useQuery } from '../../lib/hooks';
import { label, t } from '../../lib/i18n';
import { partyName } from '../../lib/names';
import { useRights } from '../../lib/rights';
import { Section, State } from '../../parts/basics';
import { Form, Refused, SelectField, TextField } from '../../parts/form';
import { PickInstitution, PickPerson, type Picked } from '../../parts/pick';
import { tell } from '../../parts/toast';

const ROLES: EngagementRole[] = [
  'PARTICIPANT', 'HEAD_OF_DELEGATION', 'TRAINER', 'SPEAKER', 'MODERATOR', 'PROJECT_MANAGER',
  'OPENING_OFFICIAL', 'CLOSING_OFFICIAL', 'GUEST', 'PRACTITIONER',
];
const OF_DELEGATION: string[] = ['PARTICIPANT', 'HEAD_OF_DELEGATION'];

interface Typed {
  role: string;
  person: Picked | null;
  name: string;
  delegation: string;
  institution: Picked | null;
}

/** Who took part in a batch, as far as the account may see it. */
export function BatchPeople({ batch }: { batch: BatchFactsFragment }): JSX.Element {
  const rights = useRights();
  const asked = useQuery(DelegationPeopleDocument, { batch: batch.id });
  const end = useAction(EndEngagementDocument);
  const list = asked.data?.batch?.engagements.nodes.filter(({ endedAt }) => !endedAt);
  const keeps = rights.keeps(batch);
  return (
    <>
      <Section title={t('tab.people')} count={list?.length}>
        <p class="hint">{t('people.privacy')}</p>
        <State
          loading={asked.loading && !list}
          failure={asked.failure}
          empty={list?.length === 0 && t('people.none')}
        />
        <Refused errors={end.errors} failure={end.failure} />
        <ul class="lines">
          {list?.map((engaged) => (
            <li key={engaged.id} class="line">
              <div>
                {engaged.person.name}
                <small>
                  {[engaged.delegation && partyName(engaged.delegation), engaged.institution?.name]
                    .filter(Boolean)
                    .join(' · ')}
                </small>
              </div>
              <div class="marks">
                <span class="pill quiet">{label('engagement', engaged.role)}</span>
                {keeps && (
                  <button
                    type="button"
                    class="link"
                    aria-label={t('people.endOf', { name: engaged.person.name })}
                    onClick={async () => {
                      if (await end.run({ engagementId: engaged.id })) tell(t('people.ended'));
                    }}
                  >
                    {t('people.end')}
                  </button>
                )}
              </div>
            </li>
          ))}
        </ul>
      </Section>
      {keeps && <Engage batch={batch} />}
    </>
  );
}

function Engage({ batch }: { batch: BatchFactsFragment }): JSX.Element {
  const table = useQuery(DelegationTableDocument, { batch: batch.id, after: null });
  const add = useAction(AddPersonDocument);
  const engage = useAction(EngagePersonDocument);
  const draft = useDraft<Typed>(`engage.${batch.id}`, {
    role: 'PARTICIPANT',
    person: null,
    name: '',
    delegation: '',
    institution: null,
  });
  const typed = draft.value;
  const ofDelegation = OF_DELEGATION.includes(typed.role);
  const send = async () => {
    let personId = typed.person?.id;
    if (!personId) {
      const added = await add.run({ name: typed.name.trim() });
      if (!added?.person) return;
      personId = added.person.id;
      draft.set({ person: { id: personId, name: added.person.name } });
    }
    const payload = await engage.run({
      personId,
      role: typed.role as EngagementRole,
      ...(ofDelegation && typed.delegation
        ? { delegationId: typed.delegation }
        : { batchId: batch.id }),
      institutionId: typed.institution?.id,
    });
    if (!payload) return;
    // The next one is of the same delegation more often than not.
    draft.set({ person: null, name: '' });
    tell(t('people.added'));
  };
  return (
    <Section title={t('people.add')}>
      <Form
        submit={t('people.add')}
        busy={add.busy || engage.busy}
        disabled={!typed.person && typed.name.trim() === ''}
        errors={[...add.errors, ...engage.errors]}
        failure={add.failure ?? engage.failure}
        restored={draft.restored}
        onForget={draft.clear}
        onSubmit={send}
      >
        <SelectField
          path="role"
          label={t('people.role')}
          value={typed.role}
          onValue={(role) => draft.set({ role })}
          choices={ROLES.map((value) => ({ value, label: label('engagement', value) }))}
        />
        {ofDelegation && (
          <SelectField
            path="delegationId"
            label={t('people.delegation')}
            value={typed.delegation}
            onValue={(delegation) => draft.set({ delegation })}
            choices={[
              { value: '', label: t('people.noDelegation') },
              ...(table.data?.batch?.delegations.nodes ?? []).map((row) => ({
                value: row.id,
                label: partyName(row),
              })),
            ]}
          />
        )}
        <PickPerson
          path="personId"
          label={t('people.known')}
          value={typed.person}
          onValue={(person) => draft.set({ person })}
        />
        {!typed.person && (
          <TextField
            path="name"
            label={t('people.new')}
            value={typed.name}
            onValue={(name) => draft.set({ name })}
          />
        )}
        <PickInstitution
          path="institutionId"
          label={t('people.institution')}
          value={typed.institution}
          onValue={(institution) => draft.set({ institution })}
        />
      </Form>
    </Section>
  );
}
