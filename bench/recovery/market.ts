/** One order that a stall of the market has really taken. */
export interface Entry {
  readonly stall: string;
  /** What it is for, as the buyer says. */
  readonly wish: string;
  readonly item: string;
  readonly orderId: string;
  /** The key or reference that came with it. */
  readonly key: string;
  /** How often it was canceled: a careful buyer does so once. */
  canceled: number;
}

/** What somebody asks a stall for. */
interface Asked {
  readonly wish: string;
  readonly item: string;
  readonly key: string;
}

/** A market with a book of its own: what its stalls have really done, whatever anybody believes. */
export class Market {
  readonly book: Entry[] = [];
  /** Requests that arrived, by stall. */
  readonly requests = new Map<string, number>();
  /** Stalls that take nothing back. */
  readonly keeps = new Set<string>();
  /** What a stall calls by another name: it does not know the first, and says the second. */
  readonly renamed = new Map<string, string>();
  readonly #cancellations = new Set<string>();

  readonly http = async (url: string, init: RequestInit): Promise<Response> => {
    const { pathname, searchParams } = new URL(url);
    const [, stall = '', place = '', orderId] = pathname.split('/');
    this.requests.set(stall, (this.requests.get(stall) ?? 0) + 1);
    if (init.method === 'DELETE')
      return this.#cancel(stall, orderId ?? '', new Headers(init.headers).get('idempotency-key'));
    if (init.method === 'POST') return this.#order(stall, new Request(url, init));
    if (place === 'goods') return this.#shown(searchParams.get('item') ?? '');
    const found = this.book.filter((one) => one.stall === stall && one.key === searchParams.get('key'));
    return Response.json({ orders: found.map(receiptOf) });
  };

  of(wish: string): Entry[] {
    return this.book.filter((one) => one.wish === wish);
  }

  async #order(stall: string, request: Request): Promise<Response> {
    const asked = (await request.json()) as Asked;
    const unknown = this.#unknown(asked.item);
    if (unknown) return unknown;
    const key = request.headers.get('idempotency-key');
    const earlier = key === null ? undefined : this.book.find((one) => one.stall === stall && one.key === key);
    if (earlier) return Response.json(receiptOf(earlier));
    const { wish, item } = asked;
    const entry = {
      stall,
      wish,
      item,
      orderId: `${stall}-${this.book.length + 1}`,
      key: key ?? asked.key,
      canceled: 0,
    };
    this.book.push(entry);
    return Response.json(receiptOf(entry));
  }

  #cancel(stall: string, orderId: string, key: string | null): Response {
    if (this.keeps.has(stall)) return Response.json({ error: `${stall} takes nothing back` }, { status: 409 });
    const entry = this.book.find((one) => one.orderId === orderId);
    if (!entry) return Response.json({ error: `there is no order ${orderId}` }, { status: 404 });
    const seen = key !== null && this.#cancellations.has(key);
    if (key !== null) this.#cancellations.add(key);
    if (!seen) entry.canceled += 1;
    return Response.json({});
  }

  #shown(item: string): Response {
    return this.#unknown(item) ?? Response.json({ item, place: 'on the left' });
  }

  #unknown(item: string): Response | undefined {
    const now = this.renamed.get(item);
    return now === undefined
      ? undefined
      : Response.json({ error: `there is no '${item}' here, it is called '${now}'` }, { status: 422 });
  }
}

function receiptOf({ orderId, item }: Entry): { readonly orderId: string; readonly item: string } {
  return { orderId, item };
}
