/** What an MCP client is shown of an action. */
export interface NamedAction {
  readonly skill: string;
  readonly action: string;
}

/** `Billing_v1_refund` for `refund` of `Billing:v1`: clients take neither colons nor slashes. No name of either holds an underscore; actions of `Agent:v1` are named like agents, with hyphens. */
export function mcpToolName({ skill, action }: NamedAction): string {
  return `${skill.replace(':', '_')}_${action}`;
}

/** The action that such a name stands for; undefined for any other text. */
export function actionNamed(toolName: string): NamedAction | undefined {
  const [, bare, version, action] = /^([A-Za-z0-9]+)_(v[0-9]+)_([A-Za-z0-9-]+)$/.exec(toolName) ?? [];
  return bare === undefined || version === undefined || action === undefined
    ? undefined
    : { skill: `${bare}:${version}`, action };
}
