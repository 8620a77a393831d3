import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { SourcePageDocument } from '../../gql/graphql';
import { useQuery } from '../../lib/hooks';
import { day, label, t } from '../../lib/i18n';
import { batchName, partyName } from '../../lib/names';
import { useRights } from '../../lib/rights';
import { Facts, Link, More, Page, Pill, Section, State } from '../../parts/basics';
import { Withdraw, valueOf } from '../../parts/claim';

/** A source, with all that it states. */
export function SourceView({ name }: { name: string }): JSX.Element {
  const rights = useRights();
  const [after, setAfter] = useState<string | null>(null);
  const asked = useQuery(SourcePageDocument, { key: name, after });
  const source = asked.data?.source;
  if (!source) {
    return (
      <Page title={asked.loading ? t('loading') : t('source.gone')}>
        <State failure={asked.failure} />
      </Page>
    );
  }
  const ours =
    source.kind === 'OWNER_STATEMENT' &&
    rights.institutions.some(({ id }) => id === source.publisher?.id);
  const country =
    source.kind === 'COUNTRY_STATEMENT' &&
    rights.countries.some(({ code }) => code === source.country?.code);
  const list = source.claims;
  return (
    <Page title={source.title} lead={label('sourceKind', source.kind)}>
      <Section title={t('source.facts')}>
        <Facts
          facts={[
            ['source.publisher', source.publisher?.name ?? source.country?.name],
            ['source.publishedOn', source.publishedOn && day(source.publishedOn, source.precision)],
            ['source.language', source.language],
            ['source.reference', source.reference],
            [
              'source.url',
              source.url && (
                <a href={source.url} rel="noreferrer external">
                  {source.url}
                </a>
              ),
            ],
          ]}
        />
      </Section>
      <Section title={t('source.states')} count={list.totalCount}>
        <State empty={list.nodes.length === 0 && t('source.statesNothing')} />
        {list.nodes.length > 0 && (
          <table class="stack">
            <caption class="unseen">{t('source.states')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('claims.what')}</th>
                <th scope="col">{t('claims.value')}</th>
                <th scope="col">{t('claims.of')}</th>
                <th scope="col">{t('claim.rank')}</th>
              </tr>
            </thead>
            <tbody>
              {list.nodes.map((claim) => (
                <tr key={claim.id}>
                  <th scope="row">{label('property', claim.property)}</th>
                  <td data-label={t('claims.value')}>{valueOf(claim)}</td>
                  <td data-label={t('claims.of')}>
                    <Link to={`/batches/${claim.batch.key}/sources`}>{batchName(claim.batch)}</Link>
                    {claim.delegation && ` · ${partyName(claim.delegation)}`}
                  </td>
                  <td data-label={t('claim.rank')}>
                    <Pill kind="rank" value={claim.rank} />
                    {(ours || country) && claim.rank !== 'DEPRECATED' && <Withdraw claim={claim} />}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        <More
          page={list.pageInfo}
          onMore={setAfter}
          onFirst={after ? () => setAfter(null) : undefined}
        />
      </Section>
    </Page>
  );
}
