export interface StreamMessage {
  /** `message` when the stream names none. */
  readonly event: string;
  readonly id: string | undefined;
  readonly data: string;
}

/** The messages of a stream of server-sent events. A message that was cut off at the end is none. */
export async function* messagesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<StreamMessage> {
  let rest = '';
  for await (const text of textsOf(stream)) {
    const blocks = `${rest}${text}`.split(/\r?\n\r?\n/);
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const message = messageOf(block);
      if (message) yield message;
    }
  }
}

async function* textsOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield decoder.decode(value, { stream: true });
    }
  } finally {
    // Whoever stops listening ends the connection; one that has broken is over already.
    await reader.cancel().catch(() => undefined);
  }
}

function messageOf(block: string): StreamMessage | undefined {
  const fields = block.split(/\r?\n/).flatMap((line) => {
    const [, name = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    return name === '' ? [] : [{ name, value }];
  });
  const data = fields.filter(({ name }) => name === 'data').map(({ value }) => value);
  if (data.length === 0) return undefined;
  return {
    event: fields.findLast(({ name }) => name === 'event')?.value ?? 'message',
    id: fields.findLast(({ name }) => name === 'id')?.value,
    data: data.join('\n'),
  };
}
