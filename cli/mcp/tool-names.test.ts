import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { actionNamed, mcpToolName } from './tool-names.ts';

// As core/model/names.ts has them.
const skill = fc.stringMatching(/^[A-Z][A-Za-z0-9]{0,39}:v[1-9][0-9]{0,3}$/);
const action = fc.stringMatching(/^[a-z][A-Za-z0-9-]{0,39}$/);

it('every action has a name that MCP clients take, and the name leads back to it', () => {
  expect(mcpToolName({ skill: 'Billing:v1', action: 'refund' })).toBe('Billing_v1_refund');
  expect(mcpToolName({ skill: 'Agent:v1', action: 'user-admin' })).toBe('Agent_v1_user-admin');
  fc.assert(
    fc.property(skill, action, (skill, action) => {
      const name = mcpToolName({ skill, action });
      expect(name).toMatch(/^[A-Za-z0-9_-]{1,128}$/);
      expect(actionNamed(name)).toEqual({ skill, action });
    }),
  );
});

it.each(['', 'Billing:v1/refund', 'Billing_refund', 'Billing_v1', 'Billing_v1_', 'Billing_v1_re_fund', 'a b_v1_c'])(
  '%j names no action',
  (name) => {
    expect(actionNamed(name)).toBeUndefined();
  },
);
