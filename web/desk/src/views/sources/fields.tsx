import type { JSX } from 'preact';
import type { AddSourceInput, SourceKind } from '../../gql/graphql';
import { label, language, t } from '../../lib/i18n';
import { SelectField, TextField, textOf } from '../../parts/form';
import { PickInstitution, type Picked } from '../../parts/pick';
import { languages } from '../batch/new';

/** The kinds that people add; the others are made by the register itself. */
const KINDS: SourceKind[] = [
  'NEWS_REPORT', 'PRESS_RELEASE', 'REPORT', 'WEB_PAGE', 'REGULATION', 'TREATY', 'DATASET',
];

export interface SourceTyped {
  kind: string;
  title: string;
  language: string;
  publishedOn: string;
  url: string;
  reference: string;
  publisher: Picked | null;
}

export const NEW_SOURCE = (): SourceTyped => ({
  kind: 'NEWS_REPORT',
  title: '',
  language: language.get(),
  publishedOn: '',
  url: '',
  reference: '',
  publisher: null,
});

export const sourceInput = (typed: SourceTyped): AddSourceInput => ({
  kind: typed.kind as SourceKind,
  title: typed.title.trim(),
  language: typed.language,
  publishedOn: textOf(typed.publishedOn),
  url: textOf(typed.url),
  reference: textOf(typed.reference),
  publisherId: typed.publisher?.id,
});

interface FieldsProps {
  typed: SourceTyped;
  onTyped(change: Partial<SourceTyped>): void;
}

/** What is known of a source. */
export function SourceFields({ typed, onTyped }: FieldsProps): JSX.Element {
  return (
    <>
      <TextField
        path="title"
        label={t('source.title')}
        value={typed.title}
        onValue={(title) => onTyped({ title })}
      />
      <div class="pair">
        <SelectField
          path="kind"
          label={t('source.kind')}
          value={typed.kind}
          onValue={(kind) => onTyped({ kind })}
          choices={KINDS.map((value) => ({ value, label: label('sourceKind', value) }))}
        />
        <SelectField
          path="language"
          label={t('source.language')}
          value={typed.language}
          onValue={(tag) => onTyped({ language: tag })}
          choices={languages()}
        />
      </div>
      <div class="pair">
        <TextField
          path="publishedOn"
          label={t('source.publishedOn')}
          type="date"
          value={typed.publishedOn}
          onValue={(publishedOn) => onTyped({ publishedOn })}
        />
        <TextField
          path="url"
          label={t('source.url')}
          type="url"
          value={typed.url}
          onValue={(url) => onTyped({ url })}
        />
      </div>
      <TextField
        path="reference"
        label={t('source.reference')}
        hint={t('source.referenceHint')}
        value={typed.reference}
        onValue={(reference) => onTyped({ reference })}
      />
      <PickInstitution
        path="publisherId"
        label={t('source.publisher')}
        value={typed.publisher}
        onValue={(publisher) => onTyped({ publisher })}
      />
    </>
  );
}
