/**
 * Member of `_meta` of a tool call of MCP that holds an idempotency key: calls of one tool with one key are one wish.
 * Holdfast sends the effect key in it, and takes it as Idempotency-Key where it is the server.
 */
export const mcpKeyMember = 'holdfast/idempotencyKey';
