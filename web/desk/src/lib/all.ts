import { useEffect, useState } from 'preact/hooks';
import { InviteChoicesDocument, type InviteChoicesQuery } from '../gql/graphql';
import { client, fetchOnce, type Document } from './client';
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
    const data: R | undefined = await fetchOnce(document, { ...variables, after });
    if (!data) break;
    const page = list(data);
    if (!page) break;
    nodes.push(...page.nodes);
    if (!page.pageInfo.hasNextPage) break;
    after = page.pageInfo.endCursor;
  }
  return nodes;
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
    void countries.list.then((found) => shown && setList(found));
    return () => {
      shown = false;
    };
  }, [asking]);
  return list;
}
