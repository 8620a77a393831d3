import { useEffect, useState } from 'preact/hooks';
import { InviteChoicesDocument, type InviteChoicesQuery } from '../gql/graphql';
import { client, fetchOnce, happened, type Document } from './client';
import { useStore } from './store';

interface PageOf<T> {
  pageInfo: { hasNextPage: boolean; endCursor?: string | null };
  nodes: T[];
}

// A table of more pages is not shown as a whole.
const PAGES = 30;

/** All pages of a list. */
export async function allPages<R, V extends { after?: string | null | undefined }, T>(
  document: Document<R, V>,
  variables: V,
  list: (data: R) => PageOf<T> | undefined,
): Promise<T[]> {
  const nodes: T[] = [];
  let after: string | null | undefined = null;
  for (let count = 0; count < PAGES; count += 1) {
    const data: R = await fetchOnce(document, { ...variables, after });
    const page = list(data);
    if (!page) break;
    nodes.push(...page.nodes);
    if (!page.pageInfo.hasNextPage) break;
    after = page.pageInfo.endCursor;
  }
  return nodes;
}

interface All<T> {
  nodes: T[] | null;
  failure: string | null;
  /** Shows what was fetched otherwise. */
  put(nodes: T[]): void;
}

/** All pages of a list, and again when something has changed. `key` stands for the variables. */
export function useAll<T>(key: string, fetch: () => Promise<T[]>): All<T> {
  const count = useStore(happened);
  const asking = useStore(client);
  const [nodes, setNodes] = useState<T[] | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => {
    let shown = true;
    fetch().then(
      (found) => {
        if (!shown) return;
        setNodes(found);
        setFailure(null);
      },
      (error: Error) => shown && setFailure(error.message),
    );
    return () => {
      shown = false;
    };
    // The key stands for what is fetched.
  }, [key, count, asking]);
  return { nodes, failure, put: setNodes };
}

export type Country = InviteChoicesQuery['countries']['nodes'][number];

let countries: { of: unknown; list: Promise<Country[]> } | null = null;

/** All countries, in the language of the desk; asked for once. */
export function useCountries(): Country[] {
  const asking = useStore(client);
  const [list, setList] = useState<Country[]>([]);
  useEffect(() => {
    if (countries?.of !== asking) {
      const all = allPages(InviteChoicesDocument, {}, (data) => data.countries);
      countries = { of: asking, list: all };
    }
    let shown = true;
    countries.list.then(
      (found) => shown && setList(found),
      () => {
        // The next view that needs them asks again.
        countries = null;
      },
    );
    return () => {
      shown = false;
    };
  }, [asking]);
  return list;
}
