import type { JSX } from 'preact';
import {
  MapImportDocument,
  type ImportDayOrder,
  type ImportLineFragment,
} from '../../gql/graphql';
import { useDraft } from '../../lib/drafts';
import { useAction } from '../../lib/hooks';
import { label, t } from '../../lib/i18n';
import { Form, SelectField, TextField, textOf } from '../../parts/form';
import { tell } from '../../parts/toast';
import { FIELDS } from './fields';

interface Typed {
  columns: Record<string, string>;
  set: Record<string, string>;
  dayOrder: string;
  saveAs: string;
}

/** What the columns of a file are: guessed, and corrected here. */
export function Columns({ file }: { file: ImportLineFragment }): JSX.Element {
  const guessed = Object.fromEntries(file.columns.map(({ name, field }) => [name, field ?? '']));
  const given = Object.fromEntries(file.set.map(({ field, value }) => [field, value]));
  const draft = useDraft<Typed>(`columns.${file.id}`, {
    columns: {},
    set: {},
    dayOrder: file.dayOrder ?? '',
    saveAs: '',
  });
  const action = useAction(MapImportDocument);
  const typed = draft.value;
  const fields = FIELDS[file.table];
  const choices = [
    { value: '', label: t('column.leftOut') },
    ...fields.map((value) => ({ value, label: label('field', value) })),
  ];
  const used = new Set([
    ...file.columns.map(({ name }) => typed.columns[name] ?? guessed[name] ?? ''),
    ...Object.keys({ ...given, ...typed.set }),
  ]);
  const changed = Object.entries(typed.columns).filter(([name, field]) => guessed[name] !== field);
  const known = file.columns.filter(({ use }) => use === 'USED').length;
  // Where all columns are known, there is nothing to correct most of the time.
  const open =
    draft.touched || file.columns.some(({ use, note }) => use === 'UNKNOWN' || note !== null);
  const send = async () => {
    const payload = await action.run({
      importId: file.id,
      expectedVersion: file.version,
      columns: changed.map(([name, field]) => ({ name, field: field || null })),
      set: Object.entries(typed.set)
        .filter(([field, value]) => (given[field] ?? '') !== value)
        .map(([field, value]) => ({ field, value: value.trim() || null })),
      dayOrder: (typed.dayOrder || undefined) as ImportDayOrder | undefined,
      saveAs: textOf(typed.saveAs),
    });
    if (!payload) return;
    draft.clear();
    tell(t('column.planned'));
  };
  return (
    <details class="card" open={open}>
      <summary>
        <h2 class="within">{t('column.title')}</h2>{' '}
        <span class="count">{t('column.used', { used: known, all: file.columns.length })}</span>
      </summary>
      <Form
        submit={t('column.plan')}
        busy={action.busy}
        disabled={!draft.touched}
        errors={action.errors}
        failure={action.failure}
        restored={draft.restored}
        onForget={draft.clear}
        onSubmit={send}
      >
        <div class="mapping">
          {file.columns.map(({ name, field, use, note }) => {
            const at = changed.findIndex(([other]) => other === name);
            return (
              <SelectField
                key={name}
                path={at < 0 ? `columns.${name}` : `columns.${at}`}
                label={name}
                hint={note ?? (use === 'UNKNOWN' ? t('column.unknown') : '')}
                value={typed.columns[name] ?? field ?? ''}
                onValue={(value) => draft.set({ columns: { ...typed.columns, [name]: value } })}
                choices={choices}
              />
            );
          })}
        </div>
        <details open={Object.keys({ ...given, ...typed.set }).length > 0}>
          <summary>{t('column.same')}</summary>
          <p class="hint">{t('column.sameHint')}</p>
          {Object.keys({ ...given, ...typed.set }).map((field) => (
            <TextField
              key={field}
              path={`set.${field}`}
              label={label('field', field)}
              value={typed.set[field] ?? given[field] ?? ''}
              onValue={(value) => draft.set({ set: { ...typed.set, [field]: value } })}
            />
          ))}
          <SelectField
            path="set"
            label={t('column.add')}
            value=""
            onValue={(field) => field && draft.set({ set: { ...typed.set, [field]: '' } })}
            choices={[
              { value: '', label: t('column.choose') },
              ...fields
                .filter((field) => !used.has(field))
                .map((value) => ({ value, label: label('field', value) })),
            ]}
          />
        </details>
        <div class="pair">
          <SelectField
            path="dayOrder"
            label={t('file.dates')}
            value={typed.dayOrder}
            onValue={(dayOrder) => draft.set({ dayOrder })}
            choices={[
              { value: '', label: t('file.datesUnknown') },
              { value: 'DAY_FIRST', label: t('file.dayFirst') },
              { value: 'MONTH_FIRST', label: t('file.monthFirst') },
            ]}
          />
          <TextField
            path="saveAs"
            label={t('column.saveAs')}
            value={typed.saveAs}
            onValue={(saveAs) => draft.set({ saveAs })}
          />
        </div>
      </Form>
    </details>
  );
}
