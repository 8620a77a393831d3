import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { TokenScope, ViewerQuery } from '../gql/graphql';

type Viewer = NonNullable<ViewerQuery['viewer']>;

interface Owned {
  owner: { id: string };
}

interface Organised extends Owned {
  partnerships: {
    nodes: { role: string; endedAt?: string | null; institution?: { id: string } | null }[];
  };
}

/** What an account may do, as far as that decides which buttons there are. */
export interface Rights {
  account: { id: string; name: string; key: string };
  institutions: { id: string; key: string; name: string }[];
  countries: { code: string; name: string }[];
  officer: boolean;
  curator: boolean;
  auditor: boolean;
  administrator: boolean;
  /** Whether the token is for writing. */
  writes: boolean;
  /** Whether the token is for accounts, tokens and webhooks. */
  administers: boolean;
  /** Whether the account has any role, whatever the token is for. */
  hasRole: boolean;
  /** Whether it is an officer of the institution that keeps the record. */
  keeps(record: Owned): boolean;
  /** Whether it is an officer of the owner, an organiser or a host of the batch. */
  organises(batch: Organised): boolean;
}

export function rightsOf(viewer: Viewer, scopes: TokenScope[]): Rights {
  const grants = viewer.grants.nodes.filter(({ revokedAt }) => !revokedAt);
  const has = (role: string) => grants.some((grant) => grant.role === role);
  const institutions = grants.flatMap(({ role, institution }) =>
    role === 'OFFICER' && institution ? [institution] : [],
  );
  const countries = grants.flatMap(({ role, country }) =>
    role === 'FOCAL_POINT' && country ? [country] : [],
  );
  const ids = new Set(institutions.map(({ id }) => id));
  const writes = scopes.includes('WRITE');
  const administers = scopes.includes('ADMINISTER');
  const keeps = (record: Owned) => writes && ids.has(record.owner.id);
  return {
    account: viewer,
    institutions,
    countries,
    officer: writes && institutions.length > 0,
    curator: writes && has('CURATOR'),
    auditor: has('AUDITOR'),
    administrator: administers && has('ADMINISTRATOR'),
    writes,
    administers,
    hasRole: grants.length > 0,
    keeps,
    organises: (batch) =>
      keeps(batch) ||
      (writes &&
        batch.partnerships.nodes.some(
          ({ role, endedAt, institution }) =>
            !endedAt && (role === 'ORGANISER' || role === 'HOST') && institution
              ? ids.has(institution.id)
              : false,
        )),
  };
}

export const RightsContext = createContext<Rights | null>(null);

export function useRights(): Rights {
  const rights = useContext(RightsContext);
  if (!rights) throw new Error('nobody is signed in');
  return rights;
}
