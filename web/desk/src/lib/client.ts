import { Client, type CombinedError, type OperationContext } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import type { TypedDocumentString } from '../gql/graphql';
import { language } from './i18n';
import { session } from './session';
import { store } from './store';
import { transport } from './transport';

export type Document<R, V> = TypedDocumentString<R, V>;

/** What a request needs besides its variables. */
export function request<R, V>(document: Document<R, V>): {
  text: string;
  context: Partial<OperationContext>;
} {
  const text = document.toString();
  return { text, context: { text, hash: document.__meta__?.hash as string | undefined } };
}

function make(): Client {
  return new Client({
    url: '/graphql',
    preferGetMethod: false,
    exchanges: [cacheExchange({ keys: {} }), transport],
    requestPolicy: 'cache-and-network',
  });
}

/** The client. Who signs in or changes the language begins with an empty cache. */
export const client = store<Client>(make());

let token = session.get().token;
session.subscribe(() => {
  if (session.get().token === token) return;
  token = session.get().token;
  client.set(make());
});
language.subscribe(() => client.set(make()));

/** Counts what has happened: queries that are on the screen are asked again each time. */
export const happened = store(0);

let soon: ReturnType<typeof setTimeout> | undefined;

/** Something has changed. Many changes at once are one. */
export function refresh(): void {
  clearTimeout(soon);
  soon = setTimeout(() => happened.set(happened.get() + 1), 150);
}

/** What the server said where it did not answer. */
export const failureOf = (error: CombinedError | undefined): string | null =>
  error ? (error.graphQLErrors[0]?.message ?? error.message) : null;

/** Asks once, past the cache. */
export async function fetchOnce<R, V extends object>(
  document: Document<R, V>,
  variables: V,
): Promise<R> {
  const { text, context } = request(document);
  const source = client.get().query<R, V & Record<string, unknown>>(
    text,
    variables as V & Record<string, unknown>,
    { ...context, requestPolicy: 'network-only' },
  );
  const { data, error } = await source.toPromise();
  if (!data) throw new Error(failureOf(error) ?? '');
  return data;
}
