interface Entry {
  readonly reference: string;
  readonly id: string;
}

/** The shop that the skill speaks to: what is in its books has really happened. */
export class Shop {
  readonly books = { stock: [] as Entry[], till: [] as Entry[], parcels: [] as Entry[] };

  readonly http = async (url: string, init: RequestInit): Promise<Response> => {
    const { pathname, searchParams } = new URL(url);
    const book = this.books[pathname.slice(1) as keyof Shop['books']];
    if (init.method !== 'POST') {
      return Response.json(book.filter(({ reference }) => reference === searchParams.get('reference')));
    }
    const { reference } = (await new Request(url, init).json()) as { readonly reference: string };
    const known = book === this.books.till ? book.find((one) => one.reference === reference) : undefined;
    const entry = known ?? { reference, id: `${pathname.slice(1)}-${book.length + 1}` };
    if (!known) book.push(entry);
    return Response.json(entry);
  };
}
