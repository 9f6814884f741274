export const problem = {
  title: (code: string) => `Error ${code}`,
  unknown: 'There is no page about this error',
} as const;
