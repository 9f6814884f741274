/** What dialogs and forms say in the same words on every page. */
export const forms = {
  reason: 'Reason',
  reasonHelp: 'For the record, at most 500 characters.',
  reasonMissing: 'Say why; it goes on record with your name.',
  tooLong: (most: number) => `At most ${most} characters.`,
  refresh: 'Look again',
  more: 'Show more',
} as const;

/** For JSON that somebody writes. */
export const jsonForms = {
  help: 'Written as JSON.',
  notJson: (why: string) => `This is not JSON: ${why}`,
  missing: 'Write a JSON value.',
  unfit: 'It does not fit:',
  whole: 'The value',
} as const;
