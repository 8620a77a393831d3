import { store } from './store';

const TOKEN = 'jejaring.token';
const OURS = 'jejaring.';

/** Who is signed in: nobody, somebody, or somebody whose token is good for nothing any more. */
export interface Session {
  token: string | null;
  expired: boolean;
}

function kept(): string | null {
  return sessionStorage.getItem(TOKEN);
}

export const session = store<Session>({ token: kept(), expired: false });

/** Takes a token; it is kept for reloads of this tab alone, and only when asked. */
export function signIn(token: string, keep: boolean): void {
  if (keep) sessionStorage.setItem(TOKEN, token);
  else sessionStorage.removeItem(TOKEN);
  session.set({ token, expired: false });
}

/** Forgets the token and everything that was typed. */
export function signOut(): void {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith(OURS)) sessionStorage.removeItem(key);
  }
  session.set({ token: null, expired: false });
}

/** The server takes the token no more: it is asked for again, and what was typed stays. */
export function expire(token: string | null): void {
  const now = session.get();
  // Another token may have come in meanwhile.
  if (!now.token || now.token !== token) return;
  sessionStorage.removeItem(TOKEN);
  session.set({ token: now.token, expired: true });
}
