import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { BatchHistoryDocument, type BatchFactsFragment } from '../../gql/graphql';
import { useQuery } from '../../lib/hooks';
import { t } from '../../lib/i18n';
import { Section } from '../../parts/basics';
import { HistoryList } from '../../parts/history';

/** Who did what to a batch, and why. */
export function History({ batch }: { batch: BatchFactsFragment }): JSX.Element {
  const [before, setBefore] = useState<number | null>(null);
  const { data, loading, failure } = useQuery(BatchHistoryDocument, { key: batch.key, before });
  return (
    <Section title={t('tab.history')}>
      <HistoryList
        events={data?.batch?.history}
        loading={loading}
        failure={failure}
        before={before}
        onBefore={setBefore}
      />
    </Section>
  );
}
