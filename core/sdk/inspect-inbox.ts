import { durationMs, parseDuration } from '../model/duration.ts';
import { mostContacts } from '../model/inbox-times.ts';
import type { Inspection } from './inspection.ts';
import { shown } from './inspection.ts';

const members = ['contacts', 'remindAfter', 'handOverAfter', 'defaultAfter'] as const;
const leastMs = durationMs('1s');
const mostMs = durationMs('365d');

/** What an agent says about the inbox items of its runs. */
export function inspectInbox(inbox: unknown, inspection: Inspection): void {
  if (inbox === undefined) return;
  const given = inspection.members('inbox', inbox, members);
  if (!given) return;
  inspectContacts(given['contacts'], inspection);
  for (const name of members.slice(1)) {
    const milliseconds = given[name] === undefined ? leastMs : parseDuration(given[name]);
    if (milliseconds !== undefined && milliseconds >= leastMs && milliseconds <= mostMs) continue;
    inspection.add({
      at: `inbox.${name}`,
      wrong: 'must be a duration within its bounds',
      given: shown(given[name]),
      allowed: "'1s' to '365d'",
      remedy: "Write a whole number and s, m, h or d, such as '4h'",
    });
  }
}

function inspectContacts(contacts: unknown, inspection: Inspection): void {
  if (contacts === undefined) return;
  const fits = (one: unknown): boolean => typeof one === 'string' && /^[^\p{Cc}]{1,128}$/u.test(one);
  const isList = Array.isArray(contacts) && contacts.length <= mostContacts;
  if (isList && contacts.every(fits) && new Set(contacts).size === contacts.length) return;
  inspection.add({
    at: 'inbox.contacts',
    wrong: 'is no list of people or teams',
    given: shown(contacts),
    allowed: `1 to ${mostContacts} names, each once and of 1 to 128 characters, such as ['team-a', 'team-b']`,
    remedy: 'Name whom to ask, first the one to ask first',
  });
}
