export const plan = {
  graph: 'Plan as a graph',
  graphOf: (count: number) => `Plan graph with ${count} steps; the table shows the same`,
  fit: 'Show the whole plan',
  zoomIn: 'Zoom in',
  zoomOut: 'Zoom out',
  map: 'Overview of the plan',
  controls: 'View of the graph',
  node: (id: string, action: string, status: string | undefined) =>
    status === undefined ? `Step ${id}, ${action}` : `Step ${id}, ${action}, ${status}`,
  optional: 'optional',
  columns: {
    id: 'Step',
    action: 'Action',
    status: 'Status',
    after: 'After',
    why: 'Why',
    effect: 'Effect',
    revision: 'Revision',
  },
  effects: {
    P: 'No side effect',
    K: 'Provider deduplicates',
    Q: 'Can be looked up',
    N: 'Cannot be settled alone',
  },
  steps: 'Steps',
  noSteps: 'There are no steps',
} as const;
