import { t } from './i18n';

interface Named {
  title?: string | null;
  label?: string | null;
  key: string;
}

/** What a batch is called; one without an accepted title by its key. */
export const batchName = ({ title, label: sign, key }: Named): string =>
  title ?? sign ?? t('batch.untitled', { key });

interface Party {
  country?: { code?: string; name: string } | null;
  institution?: { name: string } | null;
  group?: { name: string } | null;
  label?: string | null;
}

/** Whom a delegation stands for. */
export function partyName({ country, institution, group, label: sign }: Party): string {
  const name = country?.name ?? group?.name ?? institution?.name ?? t('unknown');
  return sign ? `${name} (${sign})` : name;
}

/** A number of people with its bounds. */
export function people(min: number | null | undefined, max: number | null | undefined): string {
  if (min == null && max == null) return '';
  if (min === max) return String(min);
  if (max == null) return `≥ ${min}`;
  if (min == null) return `≤ ${max}`;
  return `${min}–${max}`;
}
