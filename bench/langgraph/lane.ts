import { join } from 'node:path';
import { Annotation, END, START, StateGraph } from '@langchain/langgraph';
import { SqliteSaver } from '@langchain/langgraph-checkpoint-sqlite';
import type { Lane, LaneOptions } from '../lane.ts';
import { timed } from '../lane.ts';

const State = Annotation.Root({ done: Annotation<number>, wanted: Annotation<number> });

/**
 * A loop of one trivial node per step, on one thread, checkpointed before the next step begins (`durability: 'sync'`).
 * The state is two numbers, so no history grows: the kindest case for a checkpointer that stores the whole state.
 */
export function open({ folder }: LaneOptions): Promise<Lane> {
  const saver = SqliteSaver.fromConnString(join(folder, 'langgraph.sqlite'));
  // WAL comes with the saver's own setup; without FULL, WAL commits would not be synced on every build of SQLite.
  saver.db.pragma('synchronous = FULL');
  const graph = new StateGraph(State)
    .addNode('step', ({ done }) => ({ done: done + 1 }))
    .addEdge(START, 'step')
    .addConditionalEdges('step', ({ done, wanted }) => (done < wanted ? 'step' : END))
    .compile({ checkpointer: saver });

  let runs = 0;
  const runSteps = async (_: string, steps: number): Promise<{ ms: number }> => {
    runs += 1;
    const thread = `run-${runs}`;
    const elapsed = await timed(async () => {
      const state = await graph.invoke(
        { done: 0, wanted: steps },
        { configurable: { thread_id: thread }, durability: 'sync', recursionLimit: steps + 10 },
      );
      if (state.done !== steps) throw new Error(`LangGraph.js did ${state.done} steps of ${steps}`);
    });
    const row = saver.db.prepare('SELECT count(*) AS checkpoints FROM checkpoints WHERE thread_id = ?').get(thread) as {
      checkpoints: number;
    };
    if (row.checkpoints < steps) throw new Error(`LangGraph.js kept ${row.checkpoints} checkpoints of ${steps} steps`);
    return elapsed;
  };

  return Promise.resolve({
    runSteps,
    setup: () => {
      const pragma = (name: string): string => String(saver.db.pragma(name, { simple: true }));
      return `official SqliteSaver, journal_mode=${pragma('journal_mode')}, synchronous=${pragma('synchronous')} (2 is FULL), durability=sync`;
    },
    close: () => Promise.resolve(void saver.db.close()),
  });
}
