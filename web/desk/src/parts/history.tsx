import type { JSX } from 'preact';
import { NamesOfDocument, type HistoryLineFragment, type NamesOfQuery } from '../gql/graphql';
import { useQuery } from '../lib/hooks';
import { label, moment, t } from '../lib/i18n';
import { State } from './basics';

// So many events are asked for at once.
const PAGE = 30;

interface HistoryProps {
  events: HistoryLineFragment[] | undefined;
  loading: boolean;
  failure: string | null;
  /** Whether the events are of several records. */
  mixed?: boolean;
  /** Goes to the events before a position, or back to the newest. */
  before: number | null;
  onBefore(position: number | null): void;
}

// The fields of changes that refer to records, by their ids.
const REFERENCES = new Set([
  'account', 'batch', 'delegation', 'group', 'institution', 'owner', 'parent', 'person',
  'programme', 'publisher', 'source', 'topic', 'venue',
]);
// So many records are asked for at once.
const MOST = 100;

type Named = NonNullable<NamesOfQuery['nodes'][number]>;

function nameOf(record: Named): string | null {
  if ('name' in record) return record.name;
  if ('title' in record) return record.title;
  if ('accepted' in record && record.accepted) return record.accepted;
  return 'key' in record ? record.key : null;
}

/** What the records are called to which changes refer. */
function useNames(events: HistoryLineFragment[] | undefined): Map<string, string> {
  const ids = new Set<string>();
  for (const { field, from, to } of (events ?? []).flatMap(({ changes }) => changes)) {
    if (!REFERENCES.has(field)) continue;
    if (from) ids.add(from);
    if (to) ids.add(to);
  }
  const asked = { ids: [...ids].sort().slice(0, MOST) };
  const { data } = useQuery(NamesOfDocument, asked, ids.size === 0);
  const names = new Map<string, string>();
  for (const record of data?.nodes ?? []) {
    const name = record && nameOf(record);
    if (name) names.set(record.id, name);
  }
  return names;
}

/** What was done, by whom and why, the newest first. */
export function HistoryList(props: HistoryProps): JSX.Element {
  const { events, mixed, before, onBefore } = props;
  const last = events?.at(-1);
  const names = useNames(events);
  const shown = (value: string | null | undefined) => (value && names.get(value)) ?? value ?? '–';
  return (
    <>
      <State
        loading={props.loading && !events}
        failure={props.failure}
        empty={events?.length === 0 && t('history.none')}
      />
      <ol class="history">
        {events?.map((event) => (
          <li key={event.position}>
            <div>
              <strong>{event.name}</strong>
              {mixed && event.recordKind && (
                <>
                  {' · '}
                  {label('recordKind', event.recordKind)} <code>{event.recordKey}</code>
                </>
              )}
              {' · '}
              {event.account?.name ?? event.actor} ·{' '}
              <time dateTime={event.occurredAt}>{moment(event.occurredAt)}</time>
            </div>
            {event.reason && <p>{t('history.reason', { reason: event.reason })}</p>}
            {event.changes.length > 0 && (
              <ul>
                {event.changes.map(({ field, from, to }) => (
                  <li key={field}>
                    {field}: <del>{shown(from)}</del> → <ins>{shown(to)}</ins>
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ol>
      <p class="buttons">
        {before !== null && (
          <button type="button" onClick={() => onBefore(null)}>
            {t('list.first')}
          </button>
        )}
        {events && events.length >= PAGE && last && (
          <button type="button" onClick={() => onBefore(last.position)}>
            {t('list.more')}
          </button>
        )}
      </p>
    </>
  );
}
