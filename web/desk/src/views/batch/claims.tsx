import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import {
  BatchClaimsDocument,
  BatchFindingsDocument,
  type BatchFactsFragment,
  type ClaimLineFragment,
  type ClaimProperty,
} from '../../gql/graphql';
import { allPages, useAll } from '../../lib/all';
import { useQuery } from '../../lib/hooks';
import { day, label, t } from '../../lib/i18n';
import { partyName } from '../../lib/names';
import { useRights } from '../../lib/rights';
import { Link, Section, State } from '../../parts/basics';
import { FindingCard } from '../../parts/finding';
import { ClaimCell } from '../../parts/claim';
import { StateClaims } from './state';

type Source = ClaimLineFragment['source'];

const WHOLE: ClaimProperty[] = [
  'TITLE', 'STARTS_ON', 'ENDS_ON', 'VENUE', 'ORGANISER', 'PARTICIPANTS', 'COUNTRIES', 'AMOUNT',
];

/** What each source says of a batch, side by side, and what does not fit. */
export function Claims({ batch }: { batch: BatchFactsFragment }): JSX.Element {
  const rights = useRights();
  const [stating, setStating] = useState(false);
  const { nodes: claims, failure } = useAll(batch.id, () =>
    allPages(BatchClaimsDocument, { batch: batch.id }, (data) => data.batch?.claims),
  );
  const findings = useQuery(BatchFindingsDocument, { batch: batch.id });
  const list = findings.data?.batch?.findings.nodes ?? [];
  // What is merely worth a note is not disputed.
  const disputed = new Set(
    list
      .filter(({ severity, state }) => severity !== 'INFO' && state === 'OPEN')
      .flatMap((finding) => finding.claims.nodes.map(({ id }) => id)),
  );
  return (
    <>
      {(rights.officer || rights.curator) && !stating && (
        <p class="buttons">
          <button type="button" class="primary" onClick={() => setStating(true)}>
            {t('claims.state')}
          </button>
        </p>
      )}
      {stating && <StateClaims batch={batch} onDone={() => setStating(false)} />}
      <Section title={t('claims.findings')} count={list.length}>
        <State
          loading={findings.loading && !findings.data}
          failure={findings.failure}
          empty={list.length === 0 && t('claims.noFindings')}
        />
        <ul class="lines">
          {list.map((finding) => (
            <FindingCard
              key={finding.id}
              finding={finding}
              claims={(claims ?? []).filter(({ id }) =>
                finding.claims.nodes.some((claim) => claim.id === id),
              )}
            />
          ))}
        </ul>
      </Section>
      <Section title={t('claims.sideBySide')}>
        <State
          loading={claims === null}
          failure={failure}
          empty={claims?.length === 0 && t('claims.none')}
        />
        {claims && claims.length > 0 && <Matrix claims={claims} disputed={disputed} />}
      </Section>
    </>
  );
}

interface MatrixProps {
  claims: ClaimLineFragment[];
  disputed: Set<string>;
}

/** A row for each thing that is said, a column for each source. */
function Matrix({ claims, disputed }: MatrixProps): JSX.Element {
  const sources = new Map<string, Source>(claims.map(({ source }) => [source.id, source]));
  const columns = [...sources.values()];
  const ofBatch = claims.filter(({ delegation }) => !delegation);
  const rows: { key: string; name: string; claims: ClaimLineFragment[] }[] = [];
  for (const property of WHOLE) {
    const some = ofBatch.filter((claim) => claim.property === property);
    if (some.length === 0) continue;
    rows.push({ key: property, name: label('property', property), claims: some });
  }
  const parties = new Map<string, ClaimLineFragment[]>();
  for (const claim of claims) {
    if (!claim.delegation) continue;
    const known = parties.get(claim.delegation.id) ?? [];
    parties.set(claim.delegation.id, [...known, claim]);
  }
  for (const [key, some] of parties) {
    rows.push({ key, name: partyName(some[0]!.delegation!), claims: some });
  }
  return (
    <div class="wide" tabIndex={0} role="group" aria-label={t('claims.sideBySide')}>
      <table class="matrix">
        <thead>
          <tr>
            <th scope="col">{t('claims.what')}</th>
            {columns.map((source) => (
              <th key={source.id} scope="col">
                <Link to={`/sources/${source.key}`}>{source.title}</Link>
                <small>
                  {label('sourceKind', source.kind)}
                  {source.publishedOn && ` · ${day(source.publishedOn, source.precision)}`}
                </small>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <th scope="row">{row.name}</th>
              {columns.map((source) => (
                <td key={source.id}>
                  {row.claims
                    .filter((claim) => claim.source.id === source.id)
                    .map((claim) => (
                      <ClaimCell
                        key={claim.id}
                        claim={claim}
                        disputed={disputed.has(claim.id)}
                        named={row.key !== claim.property}
                      />
                    ))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
