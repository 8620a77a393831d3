import { store } from './store';

/** Whether the server can be reached. */
export const connection = store<'up' | 'lost'>('up');

const LONGEST = 8000;

/** How long to wait before the next attempt, in milliseconds. */
export const pause = (attempt: number): number => Math.min(500 * 2 ** attempt, LONGEST);

/** Waits, or less where the browser says that the network is back, or `signal` that it is over. */
export function wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((done) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener('online', end);
      signal?.removeEventListener('abort', end);
      done();
    };
    const timer = setTimeout(end, milliseconds);
    addEventListener('online', end);
    signal?.addEventListener('abort', end);
  });
}
