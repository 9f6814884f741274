import type { Lane, LaneModule, LaneOptions } from './lane.ts';

export type ToLane =
  | { readonly kind: 'run'; readonly engine: string; readonly steps: number }
  | { readonly kind: 'setup'; readonly engine: string }
  | { readonly kind: 'peak' | 'close' };

export type FromLane =
  | { readonly kind: 'opened'; readonly dynamoEndpoint: string | undefined }
  | { readonly kind: 'ran'; readonly ms: number }
  | { readonly kind: 'setup'; readonly text: string }
  | { readonly kind: 'peak'; readonly rssMb: number }
  | { readonly kind: 'closed' };

const [moduleUrl = '', options = '{}'] = process.argv.slice(2);
const module = (await import(moduleUrl)) as LaneModule;
const lane = await module.open(JSON.parse(options) as LaneOptions);

async function answer(order: ToLane, lane: Lane): Promise<FromLane> {
  switch (order.kind) {
    case 'run':
      return { kind: 'ran', ...(await lane.runSteps(order.engine, order.steps)) };
    case 'setup':
      return { kind: 'setup', text: lane.setup(order.engine) };
    case 'peak':
      // maxRSS is in KiB.
      return { kind: 'peak', rssMb: process.resourceUsage().maxRSS / 1024 };
    case 'close':
      await lane.close();
      return { kind: 'closed' };
  }
}

process.on('message', (order: ToLane) => {
  answer(order, lane).then(
    (reply) => process.send?.(reply, () => (reply.kind === 'closed' ? process.exit(0) : undefined)),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.send?.({ kind: 'opened', dynamoEndpoint: lane.dynamoEndpoint } satisfies FromLane);
