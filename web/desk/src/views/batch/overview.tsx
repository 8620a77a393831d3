import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { BatchFactsFragment } from '../../gql/graphql';
import { label, period, t, type MessageKey } from '../../lib/i18n';
import { people } from '../../lib/names';
import { useRights } from '../../lib/rights';
import { Facts, Link, Section } from '../../parts/basics';
import { Decisions } from './decisions';
import { EditBatch } from './edit';

interface Wanted {
  key: MessageKey;
  done: boolean;
  needed: boolean;
}

/** What a batch should have before it is announced. */
export function wanted(batch: BatchFactsFragment): Wanted[] {
  return [
    { key: 'check.title', done: batch.title !== null, needed: true },
    { key: 'check.startsOn', done: batch.startsOn !== null, needed: true },
    { key: 'check.endsOn', done: batch.endsOn !== null, needed: false },
    {
      key: 'check.venue',
      done: batch.venues.nodes.length > 0 || batch.mode === 'ONLINE',
      needed: false,
    },
    { key: 'check.capacity', done: batch.capacity !== null, needed: false },
    { key: 'check.invited', done: batch.parties.totalCount > 0, needed: false },
  ];
}

export function CheckList({ batch }: { batch: BatchFactsFragment }): JSX.Element {
  return (
    <ul class="checks">
      {wanted(batch).map(({ key, done, needed }) => (
        <li key={key} class={done ? 'done' : needed ? 'missing' : 'open'}>
          <span aria-hidden="true">{done ? '✓' : needed ? '✗' : '○'}</span> {t(key)}
          {!done && <small> {needed ? t('check.needed') : t('check.later')}</small>}
          {done && <span class="unseen"> {t('check.done')}</span>}
        </li>
      ))}
    </ul>
  );
}

/** The facts of a batch, what is missing, and what can be decided about it. */
export function Overview({ batch }: { batch: BatchFactsFragment }): JSX.Element {
  const rights = useRights();
  const [editing, setEditing] = useState(false);
  const keeps = rights.keeps(batch);
  return (
    <div class="columns">
      <Section title={t('batch.facts')}>
        {editing ? (
          <EditBatch batch={batch} onDone={() => setEditing(false)} />
        ) : (
          <>
            <Facts
              facts={[
                ['batch.titleField', batch.title ?? t('batch.noTitle')],
                ['batch.dates', period(batch)],
                ['batch.mode', label('mode', batch.mode)],
                [
                  'batch.venue',
                  batch.venues.nodes
                    .map(({ name, city }) => (city ? `${name}, ${city}` : name))
                    .join('; '),
                ],
                ['batch.capacity', batch.capacity],
                ['batch.ordinal', batch.ordinal],
                ['batch.participants', people(batch.participantsMin, batch.participantsMax)],
                ['batch.topics', batch.topics.nodes.map((topic) => topic.label).join(', ')],
                [
                  'batch.partners',
                  batch.partnerships.nodes.length > 0 && (
                    <ul class="plain">
                      {batch.partnerships.nodes.map((held) => (
                        <li key={held.id}>
                          {label('role', held.role)}:{' '}
                          {held.institution?.name ?? held.group?.name ?? held.label}
                        </li>
                      ))}
                    </ul>
                  ),
                ],
                [
                  'batch.openFindings',
                  batch.open.totalCount > 0 && (
                    <Link to={`/batches/${batch.key}/sources`}>
                      {t('list.count', { count: batch.open.totalCount })}
                    </Link>
                  ),
                ],
                [
                  'batch.page',
                  batch.status !== 'DRAFT' && <a href={`/batches/${batch.key}`}>{batch.key}</a>,
                ],
              ]}
            />
            {keeps && (
              <p class="buttons">
                <button type="button" onClick={() => setEditing(true)}>
                  {t('batch.edit')}
                </button>
              </p>
            )}
          </>
        )}
      </Section>
      {keeps && (
        <Section title={t('batch.next')}>
          {batch.status === 'DRAFT' && <CheckList batch={batch} />}
          <Decisions batch={batch} />
        </Section>
      )}
    </div>
  );
}
