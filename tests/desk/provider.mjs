// A provider of OpenID Connect of the tests' own: authorization code with PKCE, for one public
// client, and one person who is always signed in there.
import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

const KID = 'k1';
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

function token(claims) {
  const body = `${encode({ alg: 'ES256', typ: 'JWT', kid: KID })}.${encode(claims)}`;
  const key = { key: privateKey, dsaEncoding: 'ieee-p1363' };
  return `${body}.${sign('sha256', Buffer.from(body), key).toString('base64url')}`;
}

const read = async (request) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return new URLSearchParams(Buffer.concat(chunks).toString());
};

/** Starts the provider. `refuse` is how the next sign-in ends; `seconds` how long tokens are good. */
export async function provide(clientId) {
  const codes = new Map();
  const provider = { refuse: null, seconds: 600, subject: 'u-1', signedOut: 0, opaque: false };
  const send = (response, status, value) => {
    const cors = { 'access-control-allow-origin': '*', 'cache-control': 'no-store' };
    response.writeHead(status, { 'content-type': 'application/json', ...cors });
    response.end(JSON.stringify(value));
  };
  const go = (response, address, values) => {
    const url = new URL(address);
    for (const [name, value] of Object.entries(values)) url.searchParams.set(name, value);
    response.writeHead(302, { location: url.href }).end();
  };
  const authorize = (asked, response) => {
    const state = asked.get('state');
    const iss = provider.issuer;
    if (provider.refuse) {
      return go(response, asked.get('redirect_uri'), { state, iss, error: provider.refuse });
    }
    const code = randomUUID();
    codes.set(code, Object.fromEntries(asked));
    return go(response, asked.get('redirect_uri'), { state, iss, code });
  };
  const grant = async (request, response) => {
    const given = await read(request);
    const asked = codes.get(given.get('code'));
    codes.delete(given.get('code'));
    const verifier = given.get('code_verifier') ?? '';
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const good =
      asked?.response_type === 'code' &&
      asked.code_challenge_method === 'S256' &&
      asked.code_challenge === challenge &&
      asked.client_id === clientId &&
      given.get('client_id') === clientId &&
      given.get('redirect_uri') === asked.redirect_uri;
    if (!good) return send(response, 400, { error: 'invalid_grant' });
    const exp = Math.floor(Date.now() / 1000) + provider.seconds;
    const { issuer: iss, subject: sub } = provider;
    const signed = token({ iss, sub, aud: clientId, exp, name: 'Citra' });
    return send(response, 200, {
      token_type: 'Bearer',
      access_token: provider.opaque ? randomUUID() : signed,
      id_token: signed,
    });
  };
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, provider.issuer);
    if (url.pathname === '/.well-known/openid-configuration') {
      const at = (path) => `${provider.issuer}${path}`;
      return send(response, 200, {
        issuer: provider.issuer,
        jwks_uri: at('/keys'),
        authorization_endpoint: at('/authorize'),
        token_endpoint: at('/token'),
        end_session_endpoint: at('/end'),
      });
    }
    if (url.pathname === '/keys') {
      const key = { ...publicKey.export({ format: 'jwk' }), kid: KID, alg: 'ES256', use: 'sig' };
      return send(response, 200, { keys: [key] });
    }
    if (url.pathname === '/authorize') return authorize(url.searchParams, response);
    if (url.pathname === '/token') return grant(request, response);
    if (url.pathname === '/end') {
      provider.signedOut += 1;
      return go(response, url.searchParams.get('post_logout_redirect_uri'), {});
    }
    return send(response, 404, {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  provider.issuer = `http://127.0.0.1:${server.address().port}`;
  provider.stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return provider;
}
