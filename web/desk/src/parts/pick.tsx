import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import {
  FindInstitutionsDocument,
  FindPeopleDocument,
  FindRecordsDocument,
  FindVenuesDocument,
} from '../gql/graphql';
import { useQuery } from '../lib/hooks';
import { label, t } from '../lib/i18n';
import { Field } from './form';

export interface Picked {
  id: string;
  name: string;
}

interface PickProps {
  path: string;
  label: string;
  hint?: string;
  value: Picked | null;
  onValue(value: Picked | null): void;
}

interface Found {
  id: string;
  name: string;
  /** What tells it from another of the same name. */
  city?: string | null;
}

interface BoxProps extends PickProps {
  find(text: string): Found[] | undefined;
}

// So many letters are looked for.
const LEAST = 2;

/** A record that is looked for by its name. */
function Box({ path, label, hint, value, onValue, find }: BoxProps): JSX.Element {
  const [text, setText] = useState('');
  const found = find(text);
  if (value) {
    return (
      <Field path={path} label={label} {...(hint ? { hint } : {})}>
        {(at) => (
          <span class="picked">
            <span>{value.name}</span>
            <button type="button" {...at} onClick={() => onValue(null)}>
              {t('pick.other')}
            </button>
          </span>
        )}
      </Field>
    );
  }
  return (
    <Field path={path} label={label} {...(hint ? { hint } : {})}>
      {(at) => (
        <>
          <input
            {...at}
            type="search"
            autocomplete="off"
            placeholder={t('pick.search')}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          {text.length >= LEAST && found && (
            <ul class="found">
              {found.length === 0 && <li class="quiet">{t('pick.none')}</li>}
              {found.map((record) => (
                <li key={record.id}>
                  <button
                    type="button"
                    onClick={() => {
                      setText('');
                      onValue({ id: record.id, name: record.name });
                    }}
                  >
                    {record.name}
                    {record.city && <small> {record.city}</small>}
                  </button>
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </Field>
  );
}

export function PickInstitution(props: PickProps): JSX.Element {
  const find = (text: string) =>
    useQuery(FindInstitutionsDocument, { text }, text.length < LEAST).data?.institutions.nodes;
  return <Box {...props} find={find} />;
}

export function PickPerson(props: PickProps): JSX.Element {
  const find = (text: string) =>
    useQuery(FindPeopleDocument, { text }, text.length < LEAST).data?.people.nodes;
  return <Box {...props} find={find} />;
}

export function PickVenue(props: PickProps): JSX.Element {
  const find = (text: string) =>
    useQuery(FindVenuesDocument, { text }, text.length < LEAST).data?.venues.nodes;
  return <Box {...props} find={find} />;
}

/** A record of any kind that has a name or a text. */
export function PickRecord(props: PickProps): JSX.Element {
  const find = (text: string) =>
    useQuery(FindRecordsDocument, { text }, text.length < LEAST).data?.search.nodes.map(
      ({ id, kind, excerpt }) => ({ id, name: excerpt, city: label('recordKind', kind) }),
    );
  return <Box {...props} find={find} />;
}
