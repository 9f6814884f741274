import * as z from 'zod';
import { escalationKind } from './escalation.ts';

const notificationEvents = ['opened', 'reminded', 'handedOver', 'lapsed'] as const;

/** What people are told about an inbox item. Told at least once: `id` is the same each time. */
export const inboxNotification = z.object({
  id: z.string(),
  event: z.enum(notificationEvents),
  tenantId: z.string(),
  escalationId: z.string(),
  runId: z.string(),
  agent: z.string(),
  kind: escalationKind,
  reason: z.string(),
  stepId: z.string().optional(),
  /** The person or team that is asked. */
  assignedTo: z.string().optional(),
  openedAtMs: z.int(),
  /** When nobody's answer decides. */
  lapsesAtMs: z.int().optional(),
});
export type InboxNotification = z.infer<typeof inboxNotification>;
