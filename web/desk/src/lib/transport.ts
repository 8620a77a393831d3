import { makeErrorResult, makeResult, type Exchange, type Operation } from '@urql/core';
import { filter, fromPromise, fromValue, merge, mergeMap, pipe, takeUntil } from 'wonka';
import { connection, pause, wait } from './connection';
import { language } from './i18n';
import { expire, session } from './session';

/** Headers that say who asks, and in which language. */
export function headers(): Record<string, string> {
  const { token } = session.get();
  return {
    'content-type': 'application/json',
    'accept-language': language.get(),
    ...(token ? { authorization: `Bearer ${token}` } : {}),
  };
}

// Whether the server knows the documents of the desk by name. One that does not is sent the texts.
let named = true;

/** The body of a request: the name of a trusted document, or its text. */
export function body(text: string, hash: string | undefined, variables: unknown): string {
  if (named && hash) return JSON.stringify({ documentId: hash, variables });
  return JSON.stringify({ query: text, variables });
}

interface Answer {
  data?: unknown;
  errors?: { message: string; extensions?: { code?: string; retryAfter?: number } }[];
}

/** Whether an answer says that the documents are not known by name here. */
export function unnamed(answer: Answer): boolean {
  const code = answer.errors?.[0]?.extensions?.code;
  if (code !== 'PERSISTED_QUERY_NOT_SUPPORTED' && code !== 'PERSISTED_QUERY_NOT_FOUND') {
    return false;
  }
  named = false;
  return true;
}

/** Asks until there is an answer: a lost connection or a busy server only delays it. */
async function ask(operation: Operation, signal: AbortSignal): Promise<Answer> {
  const text = operation.context.text as string;
  const hash = operation.context.hash as string | undefined;
  for (let attempt = 0; ; attempt += 1) {
    const { token } = session.get();
    try {
      const response = await fetch('/graphql', {
        method: 'POST',
        headers: { ...headers(), accept: 'application/graphql-response+json' },
        body: body(text, hash, operation.variables),
        signal,
      });
      const again = response.status === 503 || response.status === 429;
      const answer = (await response.json()) as Answer;
      if (unnamed(answer)) continue;
      const code = answer.errors?.[0]?.extensions?.code;
      if (response.status === 401 || code === 'UNAUTHENTICATED') expire(token);
      if (!again) {
        connection.set('up');
        return answer;
      }
      const after = Number(response.headers.get('retry-after') ?? 0) * 1000;
      connection.set(response.status === 503 ? 'lost' : 'up');
      await wait(Math.max(after, pause(attempt)), signal);
    } catch (error) {
      if (signal.aborted) throw error;
      connection.set('lost');
      await wait(pause(attempt), signal);
    }
    if (signal.aborted) throw new DOMException('given up', 'AbortError');
  }
}

/** The last of the exchanges: it sends queries and mutations. */
export const transport: Exchange = ({ forward }) => (operations) => {
  const sent = pipe(
    operations,
    filter(({ kind }) => kind === 'query' || kind === 'mutation'),
    mergeMap((operation) => {
      const control = new AbortController();
      const result = ask(operation, control.signal).then(
        (answer) => makeResult(operation, answer as Parameters<typeof makeResult>[1]),
        (error: Error) => makeErrorResult(operation, error),
      );
      const over = pipe(
        operations,
        filter(({ kind, key }) => kind === 'teardown' && key === operation.key),
        mergeMap((teardown) => {
          control.abort();
          return fromValue(teardown);
        }),
      );
      return pipe(fromPromise(result), takeUntil(over));
    }),
  );
  const passed = pipe(
    operations,
    filter(({ kind }) => kind !== 'query' && kind !== 'mutation'),
    forward,
  );
  return merge([sent, passed]);
};
