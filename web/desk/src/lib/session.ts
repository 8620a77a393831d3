import { store } from './store';

const TOKEN = 'jejaring.token';
const LEAVE = 'jejaring.leave';
const OURS = 'jejaring.';

/** Who is signed in: nobody, somebody, or somebody whose token is good for nothing any more. */
export interface Session {
  token: string | null;
  expired: boolean;
  /** Where a person signs out of the provider that gave the token. */
  leave: string | null;
}

const kept = (name: string): string | null => sessionStorage.getItem(name);

export const session = store<Session>({
  token: kept(TOKEN),
  expired: false,
  leave: kept(LEAVE),
});

function keepOrDrop(name: string, value: string | null): void {
  if (value === null) sessionStorage.removeItem(name);
  else sessionStorage.setItem(name, value);
}

/** Takes a token; it is kept for reloads of this tab alone, and only when asked. */
export function signIn(token: string, keep: boolean, leave: string | null = null): void {
  keepOrDrop(TOKEN, keep ? token : null);
  keepOrDrop(LEAVE, keep ? leave : null);
  session.set({ token, expired: false, leave });
}

/** Forgets the token and everything that was typed, and signs out of the provider too. */
export function signOut(): void {
  const { leave } = session.get();
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(OURS)) sessionStorage.removeItem(key);
  }
  session.set({ token: null, expired: false, leave: null });
  if (leave) location.assign(leave);
}

/** The server takes the token no more: it is asked for again, and what was typed stays. */
export function expire(token: string | null): void {
  const now = session.get();
  // Another token may have come in meanwhile.
  if (!now.token || now.token !== token) return;
  sessionStorage.removeItem(TOKEN);
  session.set({ ...now, expired: true });
}
