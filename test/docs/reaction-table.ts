import type { Again, Reaction } from '../../core/model/reaction.ts';

const again: Readonly<Record<Again, string>> = {
  none: 'no',
  backoff: 'after a growing pause with jitter',
  providersWish: 'when the provider wants it, or after a growing pause with jitter',
  breaker: 'when the breaker lets it',
  slowly: 'after long pauses',
  otherModel: 'of another model, at once',
};

/** The part of a class's page that gives its reaction, as it has to stand there. */
export function reactionTable(reaction: Reaction): string {
  const { alternative, readsAgain, mostEdits, compensation, health, person } = reaction;
  const rows = [
    ['the same call again', again[reaction.again] + triesIn(reaction)],
    ['a declared alternative in its place, where nothing can have happened', alternative ? 'yes' : 'no'],
    ...(readsAgain > 0 ? [['what the check is about is read again', timesIn(readsAgain)]] : []),
    ['a model changes the plan around it', mostEdits === 0 ? 'no' : `${timesIn(mostEdits)} at most`],
    ['undoing what the run has done, as a last resort', compensation ? 'yes' : 'no'],
    [
      'the breaker of the dependency',
      { ill: 'counts it', answered: 'does not count it', ours: 'does not count it' }[health],
    ],
    ['a person finds it as', `\`${person}\``],
  ];
  return ['| | |', '|---|---|', ...rows.map((row) => `| ${row.join(' | ')} |`)].join('\n');
}

function triesIn({ again: how, mostTries }: Reaction): string {
  // One that waits for a breaker is not sent, which uses up no tries.
  if (how === 'none' || how === 'breaker') return '';
  return mostTries === undefined ? ", up to the action's `maxAttempts`" : `, ${mostTries} tries in all`;
}

function timesIn(count: number): string {
  return ['never', 'once', 'twice'][count] ?? `${count} times`;
}
