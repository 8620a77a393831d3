import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import {
  ExplainFindingDocument,
  type ClaimLineFragment,
  type FindingLineFragment,
} from '../gql/graphql';
import { useDraft } from '../lib/drafts';
import { useAction } from '../lib/hooks';
import { label, t } from '../lib/i18n';
import { batchName, partyName } from '../lib/names';
import { useRights } from '../lib/rights';
import { Link, Pill } from './basics';
import { valueOf } from './claim';
import { Form, TextField } from './form';
import { tell } from './toast';

interface FindingProps {
  finding: FindingLineFragment;
  claims: ClaimLineFragment[];
  /** Whether the batch is named. */
  named?: boolean;
}

/** A finding with the claims behind it, and its explanation. */
export function FindingCard({ finding, claims, named }: FindingProps): JSX.Element {
  const rights = useRights();
  const [explaining, setExplaining] = useState(false);
  const { batch } = finding;
  const may = rights.curator || (batch ? rights.keeps(batch) : false);
  return (
    <li class="line finding">
      <div>
        <div class="marks">
          <Pill kind="severity" value={finding.severity} />
          {finding.state !== 'OPEN' && <Pill kind="findingState" value={finding.state} />}
          <small>{label('rule', finding.rule)}</small>
        </div>
        <p>{finding.message}</p>
        {named && batch && (
          <p>
            <Link to={`/batches/${batch.key}/sources`}>{batchName(batch)}</Link>
          </p>
        )}
        {claims.length > 0 && (
          <ul class="plain quoted">
            {claims.map((claim) => (
              <li key={claim.id}>
                <strong>
                  {claim.delegation && `${partyName(claim.delegation)}: `}
                  {valueOf(claim)}
                </strong>{' '}
                —{' '}
                <Link to={`/sources/${claim.source.key}`}>{claim.source.title}</Link>
                {claim.rank !== 'NORMAL' && <Pill kind="rank" value={claim.rank} />}
              </li>
            ))}
          </ul>
        )}
        {finding.explanation && (
          <p class="notice">{t('finding.explained', { text: finding.explanation })}</p>
        )}
        {may && !explaining && (
          <button type="button" class="link" onClick={() => setExplaining(true)}>
            {t('finding.explain')}
          </button>
        )}
        {explaining && <Explain finding={finding} onDone={() => setExplaining(false)} />}
      </div>
    </li>
  );
}

interface ExplainProps {
  finding: FindingLineFragment;
  onDone(): void;
}

function Explain({ finding, onDone }: ExplainProps): JSX.Element {
  const draft = useDraft(`explain.${finding.id}`, { text: finding.explanation ?? '' });
  const action = useAction(ExplainFindingDocument);
  const send = async () => {
    const payload = await action.run({
      findingId: finding.id,
      explanation: draft.value.text,
      expectedVersion: finding.version,
    });
    if (!payload) return;
    draft.clear();
    tell(t('saved'));
    onDone();
  };
  return (
    <Form
      submit={t('finding.explain')}
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
      <TextField
        path="explanation"
        label={t('finding.explanation')}
        hint={t('finding.hint')}
        rows={3}
        value={draft.value.text}
        onValue={(text) => draft.set({ text })}
      />
    </Form>
  );
}
