// People and machines come to a running Coverslip through somebody else's certified OpenID provider.
//
//     node check.mjs WORK      a folder for what is stored
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { join } from 'node:path';

import { start } from '../fhir/coverslip.mjs';
import { Browser, logIn } from './browser.mjs';
import { AUDIENCE, CLIENT, machineToken, startProvider } from './provider.mjs';

const [ours, theirs] = [await freePort(), await freePort()];
const base = `http://127.0.0.1:${ours}`;
const back = `${base}/auth/callback`;
let provider = await startProvider(theirs, base, 'rsa');

process.env.COVERSLIP_OIDC_CLIENT_SECRET = CLIENT.secret;
const server = await start(
  join(process.argv[2], 'oidc'),
  join(process.argv[2], 'oidc.log'),
  ...['--listen', `127.0.0.1:${ours}`, '--public-url', base],
  ...['--oidc-issuer', provider.issuer, '--oidc-client-id', CLIENT.id, '--oidc-audience', AUDIENCE],
  ...['--oidc-scope', 'groups', '--oidc-role', 'pathologist=pathologists', '--oidc-role', 'scanner=scanners'],
);
const secrets = [CLIENT.secret];
try {
  await aPersonSignsInAndOut();
  await whoeverHasNoRoleIsToldSo();
  await aMachineComesWithAToken();
  for (const kind of ['p256', 'ed25519', 'pss']) await theProviderChangesItsKey(kind);
  nothingIsInTheLog();
} finally {
  server.stop();
  await provider.stop();
}
console.log('OpenID provider: people sign in, out and are refused; machines come; keys change');

async function aPersonSignsInAndOut() {
  const browser = new Browser();
  const needed = await browser.ask(`${base}/`);
  assert.equal(needed.status, 401);
  assert.match(await needed.text(), /href="\/auth\/login\?to=%2F"/);
  const returning = await logIn(browser, `${base}/auth/login?to=%2F%23%2Fslides`, 'CANARY-gram', back);
  const page = await browser.ask(returning);
  assert.equal(page.status, 200, await page.clone().text());
  assert.match(await page.text(), /content="0;url=\/#\/slides"/);
  const me = await (await browser.ask(`${base}/api/v1/me`)).json();
  assert.match(me.name, /^CANARY-gram #[0-9a-f]{12}$/);
  assert.deepEqual(me.roles, ['pathologist']);
  secrets.push(...new URL(returning).searchParams.values(), ...cookiesOf(browser));

  const again = await browser.ask(returning);
  assert.equal(again.status, 401, 'a way back that was gone');
  const stranger = await new Browser().ask(returning);
  assert.equal(stranger.status, 401, 'another browser');

  const out = await browser.ask(`${base}/auth/logout`, { method: 'POST', headers: { 'Sec-Fetch-Site': 'same-origin' } });
  const { to } = await out.json();
  assert.ok(to.startsWith(`${provider.issuer}/session/end?`), to);
  assert.equal((await browser.ask(to)).status, 200, 'the provider takes the address that people land at');
  assert.equal((await browser.ask(`${base}/api/v1/me`)).status, 401);
}

async function whoeverHasNoRoleIsToldSo() {
  const browser = new Browser();
  const returning = await logIn(browser, `${base}/auth/login`, 'CANARY-guest', back);
  const page = await browser.ask(returning);
  assert.equal(page.status, 403);
  assert.match(await page.text(), /none of the groups/);
  assert.equal((await browser.ask(`${base}/api/v1/me`)).status, 401);
}

async function aMachineComesWithAToken() {
  const token = await machineToken(provider.issuer, AUDIENCE);
  secrets.push(token);
  const me = await asMachine('GET', '/api/v1/me', token);
  assert.equal(me.status, 200);
  const { name, roles } = await me.json();
  assert.match(name, /^scanner-2 #/);
  assert.deepEqual(roles, ['scanner']);
  assert.equal((await asMachine('GET', '/api/v1/worklist', token)).status, 403);
  const elsewhere = await machineToken(provider.issuer, 'urn:another:api');
  const refused = await asMachine('GET', '/api/v1/me', elsewhere);
  assert.equal(refused.status, 401);
  assert.match((await refused.json()).detail, /somebody else/);
}

/** The new key is asked for once it may be, which is within half a minute. */
async function theProviderChangesItsKey(kind) {
  await provider.stop();
  provider = await startProvider(theirs, base, kind);
  const token = await machineToken(provider.issuer, AUDIENCE);
  const statuses = [];
  for (let second = 0; second < 35 && statuses.at(-1) !== 200; second += 1) {
    await new Promise((later) => setTimeout(later, 1000));
    statuses.push((await asMachine('GET', '/api/v1/me', token)).status);
  }
  assert.equal(statuses.at(-1), 200, `${kind}: ${statuses}`);
  const browser = new Browser();
  const page = await browser.ask(await logIn(browser, `${base}/auth/login`, 'CANARY-gram', back));
  assert.equal(page.status, 200, kind);
}

function nothingIsInTheLog() {
  const log = server.log();
  for (const secret of [...secrets, 'CANARY']) assert.ok(!log.includes(secret), secret);
}

function asMachine(method, path, token) {
  return fetch(base + path, { method, headers: { Authorization: `Bearer ${token}` } });
}

/** Those that are long enough to be secrets. */
function cookiesOf(browser) {
  const jar = browser.cookies.get(new URL(base).host);
  return [...jar.values()].filter((value) => value.length > 20);
}

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => probe.once('listening', listening));
  const { port } = probe.address();
  await new Promise((closed) => probe.close(closed));
  return port;
}
