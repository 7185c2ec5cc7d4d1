// A certified OpenID provider (oidc-provider) on a port of its own, with the people and machines of a laboratory.
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';

import Provider from 'oidc-provider';

export const AUDIENCE = 'urn:coverslip:api';
export const CLIENT = { id: 'coverslip', secret: 'CANARY-client-secret +&%' };
export const MACHINE = { id: 'scanner-2', secret: 'CANARY-machine-secret' };

/** By the name they log in with. */
const PEOPLE = {
  'CANARY-gram': { name: 'CANARY Dr. Gram', groups: ['pathologists', 'everybody'] },
  'CANARY-guest': { name: 'CANARY Guest', groups: ['everybody'] },
};

/** Signs by a new key of `kind`; people come back to `publicUrl`. */
export async function startProvider(port, publicUrl, kind) {
  const key = newKey(kind);
  const provider = new Provider(`http://127.0.0.1:${port}`, {
    jwks: { keys: [key] },
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [`${publicUrl}/auth/callback`],
        post_logout_redirect_uris: [`${publicUrl}/`],
        id_token_signed_response_alg: key.alg,
      },
      {
        client_id: MACHINE.id,
        client_secret: MACHINE.secret,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        id_token_signed_response_alg: key.alg,
      },
    ],
    claims: { openid: ['sub'], profile: ['name', 'preferred_username'], groups: ['groups'] },
    // What people are comes with the ID token, as Keycloak and Entra ID have it.
    conformIdTokenClaims: false,
    cookies: { keys: ['of no use elsewhere'] },
    enabledJWA: { idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256', 'EdDSA'] },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, preferred_username: id, ...PEOPLE[id] }),
    }),
    extraTokenClaims: (_context, token) => (token.kind === 'ClientCredentials' ? { groups: ['scanners'] } : {}),
    features: {
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, audience) => ({
          audience,
          scope: 'slides',
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: key.alg } },
        }),
      },
    },
  });
  // Its connections do not outlive it.
  provider.use((context, next) => {
    context.set('Connection', 'close');
    return next();
  });
  const server = provider.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    issuer: provider.issuer,
    stop: () => {
      server.closeAllConnections();
      return new Promise((stopped) => server.close(stopped));
    },
  };
}

/** A machine's token by client credentials; for what `audience` names. */
export async function machineToken(issuer, audience) {
  const { token_endpoint } = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
  const answer = await fetch(token_endpoint, {
    method: 'POST',
    headers: { Authorization: `Basic ${btoa(`${MACHINE.id}:${MACHINE.secret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource: audience, scope: 'slides' }),
  });
  const { access_token } = await answer.json();
  if (answer.status !== 200) throw new Error(`the provider gave no token: ${answer.status}`);
  return access_token;
}

function newKey(kind) {
  const [type, options, alg] = {
    rsa: ['rsa', { modulusLength: 2048 }, 'RS256'],
    pss: ['rsa', { modulusLength: 2048 }, 'PS256'],
    p256: ['ec', { namedCurve: 'P-256' }, 'ES256'],
    ed25519: ['ed25519', {}, 'EdDSA'],
  }[kind];
  const { privateKey } = generateKeyPairSync(type, options);
  return { ...privateKey.export({ format: 'jwk' }), kid: `key-${kind}-${Date.now()}`, use: 'sig', alg };
}
