import { SignInOptionsDocument, type SignInOptionsQuery } from '../gql/graphql';
import { replace } from './router';
import { signIn } from './session';
import { store } from './store';
import { body, unnamed } from './transport';

// Signing in at the provider of OpenID Connect: authorization code with PKCE (RFC 7636).

export type Provider = NonNullable<SignInOptionsQuery['serviceConfig']['openIdProvider']>;

interface Metadata {
  issuer: string;
  authorization_endpoint: string;
  token_endpoint: string;
  end_session_endpoint?: string;
}

/** What is remembered while the provider has the tab. None of it is of use without the code. */
interface Pending {
  state: string;
  verifier: string;
  issuer: string;
  clientId: string;
  tokenEndpoint: string;
  leave: string | null;
  path: string;
  keep: boolean;
}

interface Granted {
  access_token?: string;
  id_token?: string;
  error?: string;
}

const PENDING = 'jejaring.pending';

/** The address to which the provider sends people back. */
const here = (): string => `${location.origin}/desk/`;

/** Where signing in at the provider stands. */
export const returning = store<'no' | 'busy' | 'failed'>('no');

let asked: Promise<Provider | null> | null = null;

async function ask(): Promise<Provider | null> {
  const hash = SignInOptionsDocument.__meta__?.hash as string | undefined;
  for (;;) {
    // Without a token: it is asked where none is good.
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: body(SignInOptionsDocument.toString(), hash, {}),
    });
    const answer = (await response.json()) as { data?: SignInOptionsQuery };
    if (unnamed(answer)) continue;
    return answer.data?.serviceConfig.openIdProvider ?? null;
  }
}

/** The provider at which people can sign in, if there is one. */
export function offered(): Promise<Provider | null> {
  asked ??= ask().catch(() => {
    asked = null;
    return null;
  });
  return asked;
}

const encode = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

const random = (): string => encode(crypto.getRandomValues(new Uint8Array(32)));

const withQuery = (address: string, values: Record<string, string>): string => {
  const url = new URL(address);
  for (const [name, value] of Object.entries(values)) url.searchParams.set(name, value);
  return url.href;
};

/** Leaves for the provider. What was typed stays in the tab. */
export async function leaveFor(provider: Provider, keep: boolean): Promise<void> {
  const { issuer, clientId, scope } = provider;
  const address = `${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`;
  const metadata = (await (await fetch(address)).json()) as Metadata;
  if (metadata.issuer !== issuer) throw new Error(`${address} names another issuer`);
  const pending: Pending = {
    state: random(),
    verifier: random(),
    issuer,
    clientId,
    tokenEndpoint: metadata.token_endpoint,
    leave: metadata.end_session_endpoint
      ? withQuery(metadata.end_session_endpoint, {
          client_id: clientId,
          post_logout_redirect_uri: here(),
        })
      : null,
    path: location.pathname,
    keep,
  };
  sessionStorage.setItem(PENDING, JSON.stringify(pending));
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(pending.verifier));
  location.assign(
    withQuery(metadata.authorization_endpoint, {
      response_type: 'code',
      client_id: clientId,
      redirect_uri: here(),
      scope,
      state: pending.state,
      code_challenge: encode(new Uint8Array(digest)),
      code_challenge_method: 'S256',
    }),
  );
}

/** The register checks JSON Web Tokens alone; an opaque access token says nothing to it. */
const isReadable = (token: string | undefined): boolean => token?.split('.').length === 3;

async function exchange(pending: Pending, code: string): Promise<void> {
  const response = await fetch(pending.tokenEndpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: here(),
      client_id: pending.clientId,
      code_verifier: pending.verifier,
    }),
  });
  const granted = (await response.json()) as Granted;
  const token = isReadable(granted.access_token) ? granted.access_token : granted.id_token;
  if (!response.ok || !token) throw new Error(granted.error);
  signIn(token, pending.keep, pending.leave);
}

/** Takes what the provider has sent back, if it has. The address is as before then. */
export async function takeReturn(): Promise<void> {
  const answer = new URLSearchParams(location.search);
  if (!answer.has('state')) return;
  const kept = sessionStorage.getItem(PENDING);
  sessionStorage.removeItem(PENDING);
  const pending = kept === null ? null : (JSON.parse(kept) as Pending);
  replace(pending?.path ?? location.pathname);
  if (!pending) return;
  const code = answer.get('code');
  // Of another provider, or of a sign-in that this tab did not begin.
  const foreign = (answer.get('iss') ?? pending.issuer) !== pending.issuer;
  if (!code || foreign || answer.get('state') !== pending.state) {
    returning.set('failed');
    return;
  }
  returning.set('busy');
  try {
    await exchange(pending, code);
    returning.set('no');
  } catch {
    returning.set('failed');
  }
}
