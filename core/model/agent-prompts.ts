import type { Purpose } from './think-input.ts';

/** What a model is told for one agent besides the platform's own prompt, by what it is asked for. In Markdown. */
export type AgentPrompts = Readonly<Partial<Record<Purpose, string>>>;
