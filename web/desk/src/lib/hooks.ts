import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { pipe, subscribe } from 'wonka';
import type { RefusalFragment } from '../gql/graphql';
import { client, failureOf, happened, refresh, request, type Document } from './client';
import { noteOwn } from './live';
import { useStore } from './store';

export interface Asked<R> {
  data: R | undefined;
  /** What the server said where it did not answer. */
  failure: string | null;
  loading: boolean;
}

/** The answer to a query: from the cache at once, from the server soon, and again on changes. */
export function useQuery<R, V extends object>(
  document: Document<R, V>,
  variables: V,
  paused = false,
): Asked<R> {
  const asking = useStore(client);
  const count = useStore(happened);
  const [state, setState] = useState<Asked<R>>({
    data: undefined,
    failure: null,
    loading: !paused,
  });
  const asked = `${request(document).text}${JSON.stringify(variables)}`;
  const last = useRef({ asked, count });
  useEffect(() => {
    if (paused) return;
    const again = last.current.asked === asked && last.current.count !== count;
    last.current = { asked, count };
    const { text, context } = request(document);
    setState((was) => ({ ...was, loading: true }));
    const source = asking.query<R, Record<string, unknown>>(
      text,
      variables as Record<string, unknown>,
      { ...context, requestPolicy: again ? 'network-only' : 'cache-and-network' },
    );
    const running = pipe(
      source,
      subscribe((result) => {
        const failure = failureOf(result.error);
        setState((was) => ({
          data: result.data ?? (failure ? was.data : undefined),
          failure,
          loading: result.stale,
        }));
      }),
    );
    return () => running.unsubscribe();
    // The text stands for document and variables.
  }, [asking, asked, paused, count]);
  return state;
}

/** What came of a mutation. */
export interface Outcome<P> {
  payload: P | null;
  errors: RefusalFragment[];
  failure: string | null;
}

interface Payload {
  errors: RefusalFragment[];
  cursor?: string | null;
}

const NONE = { errors: [] as RefusalFragment[], failure: null as string | null };

// A document of whatever answer and variables.
type AnyDocument = Document<any, any>;

type InputOf<D> = D extends Document<infer _, infer V>
  ? V extends { input: infer I }
    ? I
    : never
  : never;

type PayloadOf<D> = D extends Document<infer R, infer _>
  ? Exclude<NonNullable<R[keyof R]>, string>
  : never;

/** Sends a mutation once, and nothing else. `input` gets a key, so that no attempt counts twice. */
export async function send<D extends AnyDocument>(
  document: D,
  input: InputOf<D>,
  key: string = crypto.randomUUID(),
): Promise<Outcome<PayloadOf<D>>> {
  const { text, context } = request(document);
  noteOwn();
  const result = await client
    .get()
    .mutation<Record<string, unknown>, Record<string, unknown>>(
      text,
      { input: { ...(input as object), idempotencyKey: key } },
      context,
    )
    .toPromise();
  noteOwn();
  refresh();
  const entry = result.data
    ? Object.entries(result.data).find(([name]) => name !== '__typename')
    : undefined;
  const payload = entry?.[1] as (PayloadOf<D> & Payload) | undefined;
  if (!payload) {
    return { payload: null, errors: [], failure: failureOf(result.error) ?? '' };
  }
  return { payload, errors: payload.errors, failure: null };
}

export interface Action<I, P> {
  /** The payload, or null where the server refused. */
  run(input: I): Promise<P | null>;
  busy: boolean;
  errors: RefusalFragment[];
  failure: string | null;
  reset(): void;
}

/** A mutation behind a button. */
export function useAction<D extends AnyDocument>(
  document: D,
): Action<InputOf<D>, PayloadOf<D>> {
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useState(NONE);
  // The same input sent again after no answer is the same attempt.
  const attempt = useRef<{ input: string; key: string } | null>(null);
  const run = useCallback(
    async (input: InputOf<D>) => {
      const text = JSON.stringify(input);
      if (attempt.current?.input !== text) {
        attempt.current = { input: text, key: crypto.randomUUID() };
      }
      setBusy(true);
      setTold(NONE);
      const outcome = await send(document, input, attempt.current.key);
      setBusy(false);
      setTold({ errors: outcome.errors, failure: outcome.failure });
      if (outcome.failure === null) attempt.current = null;
      return outcome.payload && outcome.errors.length === 0 ? outcome.payload : null;
    },
    [document],
  );
  const reset = useCallback(() => setTold(NONE), []);
  return { run, busy, ...told, reset };
}
