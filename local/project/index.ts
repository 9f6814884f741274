export { loadProject, loadSkill } from './load-project.ts';
export type { Project } from './load-project.ts';
export { ProjectError } from './project-error.ts';
export type { ProjectProblem } from './project-error.ts';
export type { ProjectService } from './project-file.ts';
