import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import {
  DecideNamesDocument,
  ImportRowsDocument,
  type ImportLineFragment,
  type ImportRowState,
  type ImportRowsQuery,
} from '../../gql/graphql';
import { useCountries } from '../../lib/all';
import { useAction, useQuery } from '../../lib/hooks';
import { label, t } from '../../lib/i18n';
import { More, Pill, Section, State } from '../../parts/basics';
import { Refused, SelectField } from '../../parts/form';
import { PickInstitution } from '../../parts/pick';
import { tell } from '../../parts/toast';

type Row = NonNullable<ImportRowsQuery['import']>['rows']['nodes'][number];
type Remark = Row['remarks'][number];

const COUNTRY_FIELDS = ['country', 'country_code'];
const INSTITUTION_FIELDS = ['institution', 'parent', 'name'];

/** The rows of a file, with what each would change or why it cannot. */
export function Rows({ file }: { file: ImportLineFragment }): JSX.Element {
  const counts: [ImportRowState, number][] = [
    ['AMBIGUOUS', file.ambiguousRows],
    ['REFUSED', file.refusedRows],
    ['NEW', file.newRows],
    ['CHANGED', file.changedRows],
    ['UNCHANGED', file.unchangedRows],
  ];
  const [state, setState] = useState<ImportRowState | null>(null);
  const [after, setAfter] = useState<string | null>(null);
  const asked = useQuery(ImportRowsDocument, {
    key: file.key,
    states: state ? [state] : null,
    after,
  });
  const rows = asked.data?.import?.rows;
  const show = (next: ImportRowState | null) => {
    setAfter(null);
    setState(next);
  };
  return (
    <Section title={t('rows.title')} count={rows?.totalCount}>
      <p class="chips" role="group" aria-label={t('rows.filter')}>
        <button type="button" class="chip" aria-pressed={!state} onClick={() => show(null)}>
          {t('all')}
        </button>
        {counts
          .filter(([, count]) => count > 0)
          .map(([member, count]) => (
            <button
              key={member}
              type="button"
              class="chip"
              aria-pressed={state === member}
              onClick={() => show(member)}
            >
              {label('rowState', member)} <strong>{count}</strong>
            </button>
          ))}
      </p>
      <State
        loading={asked.loading && !rows}
        failure={asked.failure}
        empty={rows?.nodes.length === 0 && t('rows.none')}
      />
      <ol class="rows">
        {rows?.nodes.map((row) => (
          <RowItem key={row.line} row={row} file={file} />
        ))}
      </ol>
      <More
        page={rows?.pageInfo}
        onMore={setAfter}
        onFirst={after ? () => setAfter(null) : undefined}
      />
    </Section>
  );
}

function RowItem({ row, file }: { row: Row; file: ImportLineFragment }): JSX.Element {
  const fieldOf = (column: string | null | undefined) =>
    file.columns.find(({ name }) => name === column)?.field ?? '';
  const own = row.reasons.slice(row.remarks.length);
  return (
    <li>
      <div class="marks">
        <strong>{t('rows.line', { line: row.line })}</strong>
        <Pill kind="rowState" value={row.state} />
        {row.about && <small>{row.about}</small>}
      </div>
      {row.cells.length > 0 && (
        <dl class="cells">
          {row.cells.map((cell, place) =>
            cell === '' ? null : (
              <div key={file.columns[place]?.name ?? place}>
                <dt>{file.columns[place]?.name}</dt>
                <dd>{cell}</dd>
              </div>
            ),
          )}
        </dl>
      )}
      <ul class="plain">
        {row.remarks.map((remark) => (
          <li key={`${remark.column}${remark.message}`}>
            {remark.column && <strong>{remark.column}: </strong>}
            {remark.value && <q>{remark.value}</q>} {remark.message}
            {row.state === 'AMBIGUOUS' && file.state === 'READY' && (
              <Decide remark={remark} field={fieldOf(remark.column)} file={file} />
            )}
          </li>
        ))}
        {row.remarks.length === 0 && own.map((reason) => <li key={reason}>{reason}</li>)}
      </ul>
    </li>
  );
}

interface DecideProps {
  remark: Remark;
  field: string;
  file: ImportLineFragment;
}

/** Says whose a name is; it counts for all rows, and for the files to come. */
function Decide({ remark, field, file }: DecideProps): JSX.Element | null {
  const countries = useCountries();
  const action = useAction(DecideNamesDocument);
  const { value: name } = remark;
  const isCountry = COUNTRY_FIELDS.includes(field);
  if (!name || (!isCountry && !INSTITUTION_FIELDS.includes(field))) return null;
  const decide = async (to: { country?: string; institutionId?: string }) => {
    const payload = await action.run({
      importId: file.id,
      names: [{ name, ...to }],
    });
    if (payload) tell(t('rows.decided', { name }));
  };
  return (
    <div class="decide">
      {isCountry ? (
        <SelectField
          path="names"
          label={t('rows.whose', { name })}
          value=""
          onValue={(country) => country && void decide({ country })}
          choices={[
            { value: '', label: t('claims.chooseCountry') },
            ...countries.map((country) => ({ value: country.code, label: country.name })),
          ]}
        />
      ) : (
        <PickInstitution
          path="names"
          label={t('rows.whose', { name })}
          value={null}
          onValue={(picked) => picked && void decide({ institutionId: picked.id })}
        />
      )}
      <Refused errors={action.errors} failure={action.failure} />
    </div>
  );
}
