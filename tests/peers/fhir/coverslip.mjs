// The real binary: its server on a free port, and who asks it.
import { execFileSync, spawn } from 'node:child_process';
import { openSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

export const binary = process.env.COVERSLIP_BINARY ?? 'target/debug/coverslip';

export const run = (...words) => execFileSync(binary, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();

/** `coverslip up` over a data folder, its log in a file, on a free port if `words` name none. */
export async function start(data, log, ...words) {
  const file = openSync(log, 'w');
  const listen = words.includes('--listen') ? [] : ['--listen', '127.0.0.1:0'];
  const child = spawn(binary, ['up', '--data', data, ...listen, '--log', 'debug', ...words], {
    stdio: ['ignore', 'pipe', file],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const link = line.match(/(http:\/\/[^/]+)\/login\?code=\S+/);
    if (link) return { base: link[1], login: link[0], log: () => readFileSync(log, 'utf8'), stop: () => child.kill('SIGKILL') };
  }
  throw new Error('the server ended before it said where it listens');
}

/** With a token of a role, as machines ask. */
export function machine(server, data, role) {
  const token = run('token', 'create', '--role', role, '--data', data);
  return asker(server.base, { Authorization: `Bearer ${token}` });
}

/** With a session, as a person who opened the login link. */
export async function person(server) {
  const answer = await fetch(server.login, { redirect: 'manual' });
  const cookie = answer.headers.get('set-cookie').split(';')[0];
  return asker(server.base, { Cookie: cookie, 'Sec-Fetch-Site': 'same-origin' });
}

function asker(base, identity) {
  return async (method, path, body, headers = {}) => {
    const plain = body === undefined || typeof body === 'string' || Buffer.isBuffer(body);
    const answer = await fetch(path.startsWith('http') ? path : base + path, {
      method,
      headers: { ...identity, ...(plain ? {} : { 'Content-Type': 'application/json' }), ...headers },
      body: plain ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    const type = answer.headers.get('content-type') ?? '';
    return { status: answer.status, type, headers: answer.headers, body: type.includes('json') ? JSON.parse(text) : text };
  };
}
