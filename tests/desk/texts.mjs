// The texts of the desk, as its tests look for them.
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const messages = resolve(import.meta.dirname, '../../web/desk/src/messages');

/** The parts into which the messages are divided. */
export const PARTS = readdirSync(join(messages, 'en'));

export const read = (language, part) =>
  JSON.parse(readFileSync(join(messages, language, part), 'utf8'));

export const all = (language) => Object.assign({}, ...PARTS.map((part) => read(language, part)));

/** The messages of a language: `t(key, {name})`. */
export function texts(language) {
  const known = all(language);
  return (key, values = {}) => {
    if (!(key in known)) throw new Error(`there is no message "${key}"`);
    return known[key].replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
  };
}
