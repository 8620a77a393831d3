import { store, useStore } from './store';

/** Where the desk lies. */
const BASE = '/desk';

function here(): string {
  const path = location.pathname;
  return path.startsWith(BASE) ? path.slice(BASE.length).replace(/\/+$/, '') || '/' : '/';
}

export const route = store(here());

addEventListener('popstate', () => route.set(here()));

/** The address of a view. */
export const href = (path: string): string => (path === '/' ? BASE : BASE + path);

/** Shows the view at a path of this origin, in place of the one before. */
export function replace(pathname: string): void {
  history.replaceState(null, '', pathname);
  route.set(here());
}

export function navigate(path: string): void {
  if (href(path) !== location.pathname) history.pushState(null, '', href(path));
  route.set(here());
  scrollTo(0, 0);
  // Readers of screens begin with the new view.
  requestAnimationFrame(() => document.querySelector<HTMLElement>('main h1')?.focus());
}

export const useRoute = (): string => useStore(route);

/** What stands in the places of `:name` where `path` has the form of `pattern`. */
export function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const found: Record<string, string> = {};
  for (const [place, part] of wanted.entries()) {
    const text = given[place] ?? '';
    if (part.startsWith(':')) found[part.slice(1)] = decodeURIComponent(text);
    else if (part !== text) return null;
  }
  return found;
}
