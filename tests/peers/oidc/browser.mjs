// As much of a browser as logging in takes: it keeps cookies by host, follows redirects and sends forms.

/** Hosts differ by their ports here. */
export class Browser {
  cookies = new Map();

  /** Follows redirects until a page is there, or until an address that `until` begins. */
  async go(address, until = null) {
    let answer = await this.ask(address);
    while (answer.status >= 300 && answer.status < 400) {
      const next = new URL(answer.headers.get('location'), answer.url).href;
      if (until !== null && next.startsWith(until)) return { url: next };
      answer = await this.ask(next);
    }
    return answer;
  }

  /** Sends the only form of a page, with what is hidden in it and `fields`. */
  async submit(page, fields, until) {
    const text = await page.text();
    const action = text.match(/<form[^>]* action="([^"]+)"/)[1].replaceAll('&amp;', '&');
    const hidden = [...text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
    const body = new URLSearchParams([...hidden.map(([, name, value]) => [name, value]), ...Object.entries(fields)]);
    const target = new URL(action, page.url).href;
    const answer = await this.ask(target, { method: 'POST', body });
    const next = new URL(answer.headers.get('location'), target).href;
    return next.startsWith(until) ? { url: next } : this.go(next, until);
  }

  async ask(address, init = {}) {
    const host = new URL(address).host;
    const jar = this.cookies.get(host) ?? new Map();
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { Accept: 'text/html', ...(cookie && { Cookie: cookie }), ...init.headers };
    const answer = await fetch(address, { ...init, redirect: 'manual', headers });
    for (const line of answer.headers.getSetCookie()) {
      const [name, ...value] = line.split(';')[0].split('=');
      if (/max-age=0(;|$)|expires=Thu, 01 Jan 1970/i.test(line)) jar.delete(name);
      else jar.set(name, value.join('='));
    }
    this.cookies.set(host, jar);
    return answer;
  }
}

/** Away to the provider from `start`, in by `name`, and back: the address that leads back, not yet opened. */
export async function logIn(browser, start, name, back) {
  const page = await browser.go(start);
  const next = await browser.submit(page, { login: name, password: 'any' }, back);
  return next.text === undefined ? next.url : (await browser.submit(next, {}, back)).url;
}
