import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AddressRefused } from '../../model/failure.ts';
import { createHttp, systemHttp } from './http.ts';
import type { Address } from './pinned-request.ts';

/** Stands for a public address; 127.0.0.1 for a private one. One port is open on both. */
const publicAddress = '127.0.0.2';
const privateAddress = '127.0.0.1';
const refusal = (address: string): string | undefined => (address === publicAddress ? undefined : 'loopback');

const seen: { local: string | undefined; host: string | undefined; method: string | undefined; body: string }[] = [];
let server: Server;
let port: number;
let answer = (_: IncomingMessage, response: ServerResponse): void => void response.end('hello');

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      seen.push({ local: request.socket.localAddress, host: request.headers.host, method: request.method, body });
      answer(request, response);
    });
  });
  server.listen(0, '0.0.0.0');
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});
afterEach(() => {
  seen.length = 0;
  answer = (_, response) => void response.end('hello');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** Answers each lookup of a name with the next list, and the last list for ever. */
function resolver(...answers: (readonly string[])[]) {
  const asked: string[] = [];
  const resolve = (hostname: string): Promise<readonly Address[]> => {
    const addresses = answers[Math.min(asked.length, answers.length - 1)] ?? [];
    asked.push(hostname);
    return Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
  };
  return { asked, http: createHttp({ resolve, refusal }) };
}

describe('a request that must stay public', () => {
  it('is connected to the address that was checked, under the name that was asked for', async () => {
    const { http, asked } = resolver([publicAddress]);
    const response = await http.fetch(
      `http://api.example.com:${port}/x`,
      { headers: { host: 'evil.example' } },
      'public',
    );
    expect(await response.text()).toBe('hello');
    expect(seen).toMatchObject([{ local: publicAddress, host: `api.example.com:${port}` }]);
    expect(asked).toEqual(['api.example.com']);
  });

  it('gains nothing from a name that leads elsewhere when it is asked for again', async () => {
    const { http, asked } = resolver([publicAddress], [privateAddress]);
    await (await http.fetch(`http://flip.example:${port}/`, {}, 'public')).text();
    expect(seen.map(({ local }) => local)).toEqual([publicAddress]);
    expect(asked).toHaveLength(1);
    await expect(http.fetch(`http://flip.example:${port}/`, {}, 'public')).rejects.toThrow(AddressRefused);
    expect(seen).toHaveLength(1);
  });

  it.each([[[publicAddress, privateAddress]], [[privateAddress, publicAddress]], [[publicAddress, '::1']]])(
    'is refused when one of the addresses %j is not public',
    async (addresses) => {
      const { http } = resolver(addresses);
      await expect(http.fetch(`http://mixed.example:${port}/`, {}, 'public')).rejects.toThrow(
        /^mixed\.example:\d+ leads to \S+, which is loopback; only public addresses may be reached$/,
      );
      expect(seen).toEqual([]);
    },
  );

  it('is refused for every way of writing an address that is not public, without a lookup and without a connection', async () => {
    const forms = [
      ...['127.0.0.1', '127.1', '2130706433', '0x7f000001', '0x7f.1', '0177.0.0.1', '127.0.0.1.', '１２７.0.0.1'],
      ...['0', '0.0.0.0', '10.0.0.1', '169.254.169.254', '0xa9fea9fe', '192.168.1.1', '100.64.0.1', '255.255.255.255'],
      ...[
        '[::1]',
        '[::]',
        '[::ffff:127.0.0.1]',
        '[::ffff:8.8.8.8]',
        '[64:ff9b::7f00:1]',
        '[64:ff9b:1::1]',
        '[2002:7f00:1::]',
      ],
      ...['[2001::1]', '[fd00::1]', '[fe80::1]', '[ff02::1]', '[100::1]', '[2001:db8::1]', '[fd00:ec2::254]'],
    ];
    const asked: string[] = [];
    const http = createHttp({
      resolve: (hostname) => {
        asked.push(hostname);
        return Promise.resolve([]);
      },
    });
    for (const form of forms) {
      await expect(http.fetch(`http://${form}:${port}/`, {}, 'public'), form).rejects.toThrow(AddressRefused);
    }
    expect({ asked, seen }).toEqual({ asked: [], seen: [] });
  });

  it('is refused for names of this machine, whatever they lead to', async () => {
    const { http, asked } = resolver([publicAddress]);
    for (const name of ['localhost', 'LOCALHOST', 'localhost.', 'x.localhost', 'x.localhost.']) {
      await expect(http.fetch(`http://${name}:${port}/`, {}, 'public'), name).rejects.toThrow('a name of this machine');
    }
    expect(asked).toEqual([]);
  });

  it('judges a name with a dot at its end like the one without', async () => {
    const { http } = resolver([privateAddress]);
    await expect(http.fetch(`http://api.example.com.:${port}/`, {}, 'public')).rejects.toThrow(AddressRefused);
  });

  it('asks the resolver of this machine when none is given', async () => {
    await expect(systemHttp.fetch(`http://localhost:${port}/`, {}, 'public')).rejects.toThrow(AddressRefused);
    await expect(systemHttp.fetch('http://no-such-name.invalid/', {}, 'public')).rejects.toMatchObject({
      code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/) as string,
    });
  });

  it('fails with ENOTFOUND for a name without an address', async () => {
    const { http } = resolver([]);
    await expect(http.fetch('http://nothing.example/', {}, 'public')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  it('fails with the code of the connection when nobody listens', async () => {
    const { http } = resolver([publicAddress]);
    await expect(http.fetch('http://gone.example:1/', {}, 'public')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('names the host that was asked for in TLS, without a dot at its end', async () => {
    const names: string[] = [];
    const secure = createTlsServer({
      SNICallback: (name, done) => {
        names.push(name);
        done(new Error('no certificate here'));
      },
    });
    secure.listen(0, publicAddress);
    await once(secure, 'listening');
    const { http } = resolver([publicAddress]);
    const { port: securePort } = secure.address() as AddressInfo;
    for (const name of ['api.example.com', 'api.example.com.']) {
      await expect(http.fetch(`https://${name}:${securePort}/`, {}, 'public')).rejects.toMatchObject({
        code: expect.stringMatching(/./) as string,
      });
    }
    secure.close();
    expect(names).toEqual(['api.example.com', 'api.example.com']);
  });

  it('sends method, headers and body as fetch does', async () => {
    const { http } = resolver([publicAddress]);
    const headers: (string | undefined)[] = [];
    answer = (request, response) => {
      headers.push(
        request.headers['content-type'],
        request.headers['content-length'],
        request.headers['x-own'] as string,
      );
      response.writeHead(201, 'Made', { 'set-cookie': ['a=1', 'b=2'] }).end();
    };
    const init = {
      method: 'POST',
      body: new URLSearchParams({ a: 'ü' }),
      headers: { 'x-own': 'yes', connection: 'x' },
    };
    const response = await http.fetch(`http://api.example:${port}/`, init, 'public');
    expect(seen).toMatchObject([{ method: 'POST', body: 'a=%C3%BC' }]);
    expect(headers).toEqual(['application/x-www-form-urlencoded;charset=UTF-8', '8', 'yes']);
    expect({ status: response.status, text: response.statusText }).toEqual({ status: 201, text: 'Made' });
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });

  it('does not follow a redirect', async () => {
    answer = (_, response) => response.writeHead(302, { location: `http://127.0.0.1:${port}/secret` }).end();
    const { http } = resolver([publicAddress]);
    for (const addresses of ['public', 'any'] as const) {
      const host = addresses === 'any' ? publicAddress : 'api.example';
      expect((await http.fetch(`http://${host}:${port}/`, {}, addresses)).status).toBe(302);
    }
    expect(seen).toHaveLength(2);
  });

  it('decodes what came compressed, and answers HEAD without a body', async () => {
    answer = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('compressed'));
    const { http } = resolver([publicAddress]);
    expect(await (await http.fetch(`http://api.example:${port}/`, {}, 'public')).text()).toBe('compressed');
    const head = await http.fetch(`http://api.example:${port}/`, { method: 'HEAD' }, 'public');
    expect(head.body).toBeNull();
  });

  it('rejects whoever reads an answer that breaks off or is not what it says', async () => {
    const { http } = resolver([publicAddress]);
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => response.destroy());
    };
    await expect(
      http.fetch(`http://api.example:${port}/`, {}, 'public').then((one) => one.text()),
    ).rejects.toBeInstanceOf(Error);
    answer = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip');
    await expect(
      http.fetch(`http://api.example:${port}/`, {}, 'public').then((one) => one.text()),
    ).rejects.toBeInstanceOf(Error);
  });

  it('streams: the head is there before the end', async () => {
    const release = Promise.withResolvers<void>();
    answer = (_, response) => {
      response.write('first');
      void release.promise.then(() => response.end('second'));
    };
    const { http } = resolver([publicAddress]);
    const response = await http.fetch(`http://api.example:${port}/`, {}, 'public');
    release.resolve();
    expect(await response.text()).toBe('firstsecond');
  });

  it('ends at once when it is aborted: before, during the lookup, while waiting and while reading', async () => {
    const reason = new Error('late');
    const { http } = resolver([publicAddress]);
    const url = `http://api.example:${port}/`;
    await expect(http.fetch(url, { signal: AbortSignal.abort(reason) }, 'public')).rejects.toBeInstanceOf(Error);
    const never = createHttp({ resolve: () => new Promise(() => undefined), refusal });
    const looking = new AbortController();
    const looked = never.fetch(url, { signal: looking.signal }, 'public');
    looking.abort(reason);
    await expect(looked).rejects.toThrow('late');
    answer = () => undefined;
    const waiting = new AbortController();
    const waited = http.fetch(url, { signal: waiting.signal }, 'public');
    setTimeout(() => waiting.abort(reason), 50);
    await expect(waited).rejects.toBeInstanceOf(Error);
    answer = (_, response) => void response.write('begun');
    const reading = new AbortController();
    const response = await http.fetch(url, { signal: reading.signal }, 'public');
    setTimeout(() => reading.abort(reason), 50);
    await expect(response.text()).rejects.toBeInstanceOf(Error);
  });
});
