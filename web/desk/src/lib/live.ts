import { HappeningsDocument, type HappeningsSubscription } from '../gql/graphql';
import { refresh } from './client';
import { connection, pause, wait } from './connection';
import { expire, session } from './session';
import { store } from './store';
import { body, headers, unnamed } from './transport';

type Happening = NonNullable<HappeningsSubscription['events']['event']>;

/** What others have done last. */
export const happening = store<Happening | null>(null);

// What comes back so soon after a write of ours is ours.
const OWN = 1500;
// The server says something at least every 15 s.
const SILENCE = 40_000;
let ours = 0;

/** Something was written from here. */
export function noteOwn(): void {
  ours = Date.now();
}

interface Message {
  data?: HappeningsSubscription;
  errors?: { message: string; extensions?: { code?: string; cursor?: string } }[];
}

/** The messages of a stream, until it ends. */
async function* messages(response: Response, control: AbortController): AsyncGenerator<Message> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const silence = setTimeout(() => control.abort(), SILENCE);
    const { value, done } = await reader.read();
    clearTimeout(silence);
    if (done) return;
    const parts = (rest + value).split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const line = part.split('\n').find((text) => text.startsWith('data: {'));
      if (line) yield JSON.parse(line.slice('data: '.length)) as Message;
    }
  }
}

/** Follows the log as long as somebody is signed in; what was missed is made up for. */
async function follow(token: string, over: AbortSignal): Promise<void> {
  const text = HappeningsDocument.toString();
  const hash = HappeningsDocument.__meta__?.hash as string | undefined;
  let cursor: string | undefined;
  for (let attempt = 0; !over.aborted; attempt += 1) {
    const control = new AbortController();
    const end = () => control.abort();
    over.addEventListener('abort', end);
    try {
      const response = await fetch('/graphql', {
        method: 'POST',
        headers: { ...headers(), accept: 'text/event-stream' },
        body: body(text, hash, cursor ? { after: cursor } : {}),
        signal: control.signal,
      });
      if (response.status === 401) return expire(token);
      if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
        if (!unnamed((await response.json()) as Message)) await wait(pause(attempt), over);
        continue;
      }
      for await (const message of messages(response, control)) {
        const code = message.errors?.[0]?.extensions?.code;
        if (unnamed(message)) break;
        if (code === 'UNAUTHENTICATED') return expire(token);
        if (code === 'CURSOR_LOST') {
          cursor = message.errors?.[0]?.extensions?.cursor;
          refresh();
          break;
        }
        const item = message.data?.events;
        if (!item) continue;
        if (connection.get() === 'lost') refresh();
        connection.set('up');
        attempt = 0;
        cursor = item.cursor;
        if (!item.event) continue;
        refresh();
        if (Date.now() - ours > OWN) happening.set(item.event);
      }
    } catch {
      if (over.aborted) return;
      connection.set('lost');
    } finally {
      over.removeEventListener('abort', end);
    }
    await wait(pause(attempt), over);
  }
}

let running: AbortController | null = null;
let followed: string | null = null;

function start(): void {
  const { token, expired } = session.get();
  const wanted = expired ? null : token;
  if (wanted === followed) return;
  running?.abort();
  followed = wanted;
  if (!wanted) return;
  running = new AbortController();
  void follow(wanted, running.signal);
}

/** Begins to follow what happens, and stops when nobody is signed in. */
export function live(): void {
  start();
  session.subscribe(start);
}
