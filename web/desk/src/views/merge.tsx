import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import {
  MergeInstitutionDocument,
  MergeInstitutionsDocument,
  MergePeopleDocument,
  MergePersonDocument,
  MergeVenueDocument,
  MergeVenuesDocument,
} from '../gql/graphql';
import { useAction, useQuery } from '../lib/hooks';
import { label, t } from '../lib/i18n';
import { useRights } from '../lib/rights';
import { navigate } from '../lib/router';
import { Page, Section, State } from '../parts/basics';
import { Form, SelectField, TextField, textOf } from '../parts/form';
import { PickInstitution, PickPerson, PickVenue, type Picked } from '../parts/pick';
import { tell } from '../parts/toast';

const KINDS = ['institution', 'person', 'venue'] as const;
type Kind = (typeof KINDS)[number];

const PICK = { institution: PickInstitution, person: PickPerson, venue: PickVenue };

/** A record as far as a merge concerns it. */
interface Side {
  id: string;
  key: string;
  version: number;
  name: string;
  about: string;
  /** How much hangs from it, by what that is. */
  parts: [string, number][];
}

interface Counted {
  totalCount: number;
}

interface Shown {
  id: string;
  key: string;
  version: number;
  name: string;
}

/** What hangs from a record: each of its fields that counts something. */
function sideOf(record: Shown | null | undefined, about: (string | null | undefined)[]): Side | null {
  if (!record) return null;
  const { id, key, version, name } = record;
  const parts = Object.entries(record).flatMap(([part, value]): [string, number][] => {
    if (Array.isArray(value)) return [[part, value.length]];
    const counted = value as Counted | null;
    return typeof counted?.totalCount === 'number' ? [[part, counted.totalCount]] : [];
  });
  return { id, key, version, name, about: about.filter(Boolean).join(', '), parts };
}

/** One side of a merge; a record is named by its id, or by its key. */
function useSide(kind: Kind, by: { id: string } | { key: string } | null): Side | null {
  const variables = { by: by ?? { id: '' } };
  const skip = (other: Kind) => kind !== other || by === null;
  const institution = useQuery(MergeInstitutionDocument, variables, skip('institution'));
  const person = useQuery(MergePersonDocument, variables, skip('person'));
  const venue = useQuery(MergeVenueDocument, variables, skip('venue'));
  if (by === null) return null;
  if (kind === 'person') return sideOf(person.data?.person, []);
  if (kind === 'venue') {
    const place = venue.data?.venue;
    return sideOf(place, [place?.address, place?.city, place?.country?.name]);
  }
  const body = institution.data?.institution;
  return sideOf(body, [
    body && label('institutionKind', body.kind),
    body?.acronym,
    body?.city,
    body?.country?.name,
  ]);
}

interface MergeProps {
  /** Of the record that is a duplicate, where it is known. */
  kind?: string;
  name?: string;
}

/** Two records that are of the same: one is merged into the other, after what moves was shown. */
export function Merge({ kind: given, name }: MergeProps): JSX.Element {
  const rights = useRights();
  const known = KINDS.find((kind) => kind === given) ?? 'institution';
  const [kind, setKind] = useState<Kind>(known);
  const [from, setFrom] = useState<Picked | null>(null);
  const [into, setInto] = useState<Picked | null>(null);
  const named = from ? { id: from.id } : name && kind === known ? { key: name } : null;
  const gone = useSide(kind, named);
  const kept = useSide(kind, into && { id: into.id });
  const [reason, setReason] = useState('');
  const institutions = useAction(MergeInstitutionsDocument);
  const people = useAction(MergePeopleDocument);
  const venues = useAction(MergeVenuesDocument);
  const action = { institution: institutions, person: people, venue: venues }[kind];
  const Pick = PICK[kind];
  const send = async () => {
    if (!gone || !kept) return;
    const more = { intoId: kept.id, expectedVersion: gone.version, reason: textOf(reason) };
    const done = {
      institution: () => institutions.run({ institutionId: gone.id, ...more }),
      person: () => people.run({ personId: gone.id, ...more }),
      venue: () => venues.run({ venueId: gone.id, ...more }),
    };
    if (!(await done[kind]())) return;
    tell(t('merge.done', { from: gone.name, to: kept.name }));
    if (kind === 'institution') navigate(`/institutions/${kept.key}`);
    setFrom(null);
    setInto(null);
    setReason('');
  };
  if (!rights.curator) return <Page title={t('merge.title')}>{t('merge.curators')}</Page>;
  return (
    <Page title={t('merge.title')} lead={t('merge.lead')}>
      <Section title={t('merge.which')}>
        <Form
          submit={t('merge.title')}
          danger
          busy={action.busy}
          disabled={!gone || !kept}
          errors={action.errors}
          failure={action.failure}
          onSubmit={() => void send()}
        >
          <SelectField
            path="kind"
            label={t('merge.kind')}
            value={kind}
            onValue={(value) => {
              setKind(value as Kind);
              setFrom(null);
              setInto(null);
            }}
            choices={KINDS.map((value) => ({ value, label: t(`merge.${value}`) }))}
          />
          <div class="pair">
            <Pick
              key={`${kind}-from`}
              path="institutionId personId venueId expectedVersion"
              label={t('merge.from')}
              value={gone && { id: gone.id, name: gone.name }}
              onValue={setFrom}
            />
            <Pick
              key={`${kind}-into`}
              path="intoId"
              label={t('merge.into')}
              value={into}
              onValue={setInto}
            />
          </div>
          {gone && kept && <Preview gone={gone} kept={kept} />}
          <TextField path="reason" label={t('reason')} value={reason} onValue={setReason} />
          <p class="told">{t('told.merge')}</p>
        </Form>
      </Section>
    </Page>
  );
}

/** What moves, beside what is there already. */
function Preview({ gone, kept }: { gone: Side; kept: Side }): JSX.Element {
  const there = new Map(kept.parts);
  const moving = gone.parts.filter(([, count]) => count > 0);
  return (
    <>
      <table>
        <caption>{t('merge.moves', { from: gone.name, to: kept.name })}</caption>
        <thead>
          <tr>
            <th scope="col">{t('merge.what')}</th>
            <th scope="col">{t('merge.moving')}</th>
            <th scope="col">{t('merge.there')}</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">{t('merge.record')}</th>
            <td>
              {gone.name} <code>{gone.key}</code> <small>{gone.about}</small>
            </td>
            <td>
              {kept.name} <code>{kept.key}</code> <small>{kept.about}</small>
            </td>
          </tr>
          {moving.map(([part, count]) => (
            <tr key={part}>
              <th scope="row">{label('part', part)}</th>
              <td>{count}</td>
              <td>{there.get(part)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <State empty={moving.length === 0 && t('merge.nothing')} />
    </>
  );
}
