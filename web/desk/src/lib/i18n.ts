import enBatches from '../messages/en/batches.json';
import enRecords from '../messages/en/records.json';
import enShell from '../messages/en/shell.json';
import enWords from '../messages/en/words.json';
import idBatches from '../messages/id/batches.json';
import idRecords from '../messages/id/records.json';
import idShell from '../messages/id/shell.json';
import idWords from '../messages/id/words.json';
import { store, useStore } from './store';

const en = { ...enShell, ...enBatches, ...enRecords, ...enWords };
const id = { ...idShell, ...idBatches, ...idRecords, ...idWords };

export type Language = 'en' | 'id';
export type MessageKey = keyof typeof en;

const MESSAGES: Record<Language, Record<string, string>> = { en, id };
// The language is no secret, so it outlives the session.
const KEPT = 'jejaring.language';

function first(): Language {
  const kept = localStorage.getItem(KEPT);
  if (kept === 'en' || kept === 'id') return kept;
  return navigator.languages.some((tag) => tag.toLowerCase().startsWith('id')) ? 'id' : 'en';
}

export const language = store<Language>(first());

export function setLanguage(next: Language): void {
  localStorage.setItem(KEPT, next);
  language.set(next);
}

/** A message, with `{name}` replaced. */
export function t(key: MessageKey, values: Record<string, string | number> = {}): string {
  const text = MESSAGES[language.get()][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
}

/** The label of a member of an enumeration of the schema; the member itself where none is known. */
export function label(kind: string, member: string | null | undefined): string {
  if (!member) return t('unknown');
  const key = `${kind}.${member}`;
  return MESSAGES[language.get()][key] ?? member;
}

export const useLanguage = (): Language => useStore(language);

const locale = (): string => (language.get() === 'id' ? 'id-ID' : 'en-GB');

/** A day as people write it, as exact as it is known. */
export function day(date: string | null | undefined, precision?: string | null): string {
  if (!date) return t('unknown');
  const options: Intl.DateTimeFormatOptions = { timeZone: 'UTC', year: 'numeric' };
  if (precision !== 'YEAR') options.month = 'short';
  if (precision !== 'YEAR' && precision !== 'MONTH') options.day = 'numeric';
  return new Intl.DateTimeFormat(locale(), options).format(new Date(`${date}T00:00:00Z`));
}

interface Dated {
  startsOn?: string | null;
  startsPrecision?: string | null;
  endsOn?: string | null;
  endsPrecision?: string | null;
}

/** From when to when something lasts. */
export function period({ startsOn, startsPrecision, endsOn, endsPrecision }: Dated): string {
  if (!startsOn && !endsOn) return t('dates.unknown');
  const from = day(startsOn, startsPrecision);
  if (endsOn && endsOn === startsOn && endsPrecision === startsPrecision) return from;
  return `${from} – ${day(endsOn, endsPrecision)}`;
}

/** A moment, in the time of this machine. */
export function moment(at: string | null | undefined): string {
  if (!at) return '';
  const options: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'short' };
  return new Intl.DateTimeFormat(locale(), options).format(new Date(at));
}

/** Today, as the register counts days. */
export const today = (): string => new Date().toISOString().slice(0, 10);
