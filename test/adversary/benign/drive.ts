import { fileURLToPath } from 'node:url';
import { openCedarAuthorizer, readPolicyFiles } from '../../../core/adapters/cedar/index.ts';
import { compilePolicies } from '../../../core/authz/compile-policies.ts';
import type { DecideEvent } from '../../../core/contract/machine.ts';
import type { Json, JsonObject } from '../../../core/model/json.ts';
import type { Authorizer } from '../../../core/ports/authorizer.ts';
import type { Registry } from '../../../core/model/skill.ts';
import { createBackOffice, fetchBackOffice } from '../../../examples/back-office/app.ts';
import type { BackOffice } from '../../../examples/back-office/app.ts';
import { createTravelProvider } from '../../../examples/travel-provider/app.ts';
import { fetchTravel } from '../../../examples/travel-provider/connection.ts';
import { flightOffers } from '../../../examples/travel-provider/offers.ts';
import type { FlightQuery } from '../../../examples/travel-provider/offers.ts';
import { loadProject } from '../../../local/project/index.ts';
import { AttackedPlatform } from '../attacked-platform.ts';
import { propose } from '../gate-door.ts';
import { askPerson } from '../person.ts';
import type { BenignPlan } from './plan.ts';

const settings = { TRAVEL_PROVIDER_URL: 'http://travel.example', BACK_OFFICE_URL: 'http://office.example' };
const secrets = { PAYMENT_API_KEY: 'key-of-this-test' };
const startsAtMs = Date.UTC(2027, 0, 15);
const release = '1.0.0';
const mostTurns = 200;

/** The project of this repository, with its policies. */
export interface Project {
  readonly registry: Registry;
  readonly authorizer: Authorizer;
}

export async function thisProject(): Promise<Project> {
  const repository = fileURLToPath(new URL('../../../', import.meta.url));
  const { registry } = await loadProject(repository, {});
  return { registry, authorizer: openCedarAuthorizer(compilePolicies(registry), readPolicyFiles(repository)) };
}

/** How a plan ended, and how often a person had to say yes. */
export interface Driven {
  readonly name: string;
  readonly ended: string;
  readonly approvals: number;
}

/** Of a hundred plans. */
export const leastPassed = 95;

/** Honest work is done in the end, and asks a person for one thing at most. */
export function passes({ ended, approvals }: Driven): boolean {
  return ended === 'completed' && approvals <= 1;
}

/** Carries a plan out to its end against companions of its own, with a person who approves whatever he is asked. */
export async function drive(
  { name, agent, author, input, untrusted = [], plan }: BenignPlan,
  { registry, authorizer }: Project,
): Promise<Driven> {
  const office = createBackOffice({ databasePath: ':memory:' });
  const travel = createTravelProvider({ databasePath: ':memory:' });
  try {
    await furnish(office);
    const http = {
      fetch: (url: string, init: RequestInit) =>
        url.startsWith(settings.BACK_OFFICE_URL) ? fetchBackOffice(office, url, init) : fetchTravel(travel, url, init),
    };
    const registries = { '1.0.0': registry, '1.1.0': registry };
    const platform = new AttackedPlatform({ registries, authorizer, http, settings, secrets });
    platform.clock.nowMs = startsAtMs;
    const notes = platform.ports.documents.of('default', 'Notes:v1');
    for (const tag of ['customer-17', 'us000004']) {
      await notes.put(`${tag}/first`, { text: 'Likes a quiet room.', tag, trust: 'trusted' });
    }
    const given = withFlight(input);
    const run = await platform.createRun({ tenantId: 'default', agent, input: given, untrusted: [...untrusted] });
    const { steps, output } = plan;
    const proposal = {
      author,
      steps,
      read: 'trusted',
      final: true,
      ...(output === undefined ? {} : { output }),
    } as const;
    if (!(await propose(platform, run, proposal, release))) return { name, ended: 'refused by the gate', approvals: 0 };
    return { name, ...(await toItsEnd(platform, run)) };
  } finally {
    office.close();
    travel.close();
  }
}

async function toItsEnd(platform: AttackedPlatform, run: DecideEvent): Promise<Omit<Driven, 'name'>> {
  const approvals = new Set<string>();
  let event = run;
  for (let turn = 0; turn < mostTurns; turn += 1) {
    const result = await platform.advance(event, release);
    const { tenantId, runId, agent, generation } = result;
    const same = { tenantId, runId, agent, generation };
    switch (result.next) {
      case 'execute': {
        const outcomes = await Promise.all(
          result.items.map(async ({ request }) => {
            const skill = platform.skill(request.skill, release);
            if (!skill) throw new Error(`There is no skill '${request.skill}'.`);
            return platform.execute(request, skill);
          }),
        );
        event = { ...same, state: result.state, outcomes };
        break;
      }
      case 'pause':
      case 'wait':
        platform.clock.nowMs = Math.max(platform.clock.nowMs + 1, Date.parse(result.until));
        event = result.next === 'pause' ? { ...same, state: result.state } : same;
        break;
      case 'human': {
        const { notice } = result;
        const answer = await askPerson(notice, 'approves', platform, { approved: () => undefined });
        if (answer !== 'approved') return { ended: `waits for a person: ${notice.reason}`, approvals: approvals.size };
        approvals.add(notice.escalationId);
        const head = await platform.ports.runs.readHead(run);
        event = { ...same, generation: head?.generation ?? generation };
        break;
      }
      case 'done':
        return { ended: result.status, approvals: approvals.size };
      case 'failed':
        return { ended: result.cause, approvals: approvals.size };
      case 'continue':
        event = same;
        break;
      case 'long':
      case 'rollover':
        throw new Error(`A benign plan does not need '${result.next}'.`);
    }
  }
  return { ended: `goes on after ${mostTurns} decisions`, approvals: approvals.size };
}

/** A flight that was chosen before is one that the provider has. */
function withFlight(input: JsonObject): JsonObject {
  if (input['flightId'] === undefined) return input;
  const [offer] = flightOffers(input as unknown as FlightQuery);
  return { ...input, flightId: offer?.flightId ?? null };
}

/** People, and payments, that the plans speak of. */
async function furnish(office: BackOffice): Promise<void> {
  const post = async (path: string, key: string, body: Json): Promise<void> => {
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${secrets.PAYMENT_API_KEY}`,
      'idempotency-key': key,
    };
    const answer = await fetchBackOffice(office, `${settings.BACK_OFFICE_URL}${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`The back office answered ${answer.status} to ${path}: ${await answer.text()}`);
  };
  const names = ['ada', 'grace', 'alan', 'emmy', 'test', 'lise', 'max', 'sophie', 'zoe'];
  for (const name of names) {
    const email = `${name}@example.com`;
    await post('/users', `user-${name}`, { name, displayName: `${name} of the office`, email, roles: ['editor'] });
  }
  for (let number = 1; number <= 13; number += 1) {
    const charge = { customerId: 'US000004', amountCents: 200_000, currency: 'EUR', description: `Order ${number}` };
    await post('/charges', `charge-${number}`, charge);
  }
}
