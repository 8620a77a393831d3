import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { BatchHistoryDocument, type BatchFactsFragment } from '../../gql/graphql';
import { useQuery } from '../../lib/hooks';
import { moment, t } from '../../lib/i18n';
import { Section, State } from '../../parts/basics';

/** Who did what to a batch, and why. */
export function History({ batch }: { batch: BatchFactsFragment }): JSX.Element {
  const [before, setBefore] = useState<number | null>(null);
  const asked = useQuery(BatchHistoryDocument, { key: batch.key, before });
  const events = asked.data?.batch?.history;
  const last = events?.at(-1);
  return (
    <Section title={t('tab.history')}>
      <State
        loading={asked.loading && !events}
        failure={asked.failure}
        empty={events?.length === 0 && t('history.none')}
      />
      <ol class="history">
        {events?.map((event) => (
          <li key={event.position}>
            <div>
              <strong>{event.name}</strong> · {event.actor} ·{' '}
              <time dateTime={event.occurredAt}>{moment(event.occurredAt)}</time>
            </div>
            {event.reason && <p>{t('history.reason', { reason: event.reason })}</p>}
            {event.changes.length > 0 && (
              <ul>
                {event.changes.map(({ field, from, to }) => (
                  <li key={field}>
                    {field}: <del>{from ?? '–'}</del> → <ins>{to ?? '–'}</ins>
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ol>
      <p class="buttons">
        {before !== null && (
          <button type="button" onClick={() => setBefore(null)}>
            {t('list.first')}
          </button>
        )}
        {events && events.length >= 30 && last && (
          <button type="button" onClick={() => setBefore(last.position)}>
            {t('list.more')}
          </button>
        )}
      </p>
    </Section>
  );
}
