import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { failureClasses } from '../../core/model/failure.ts';
import { reactions } from '../../core/model/reaction.ts';
import { reactionTable } from './reaction-table.ts';

const folder = new URL('../../docs/errors/', import.meta.url);
const pageOf = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

describe('the pages of the failure classes', () => {
  it('are one for each class, and the table of reactions has one for each too', () => {
    const pages = readdirSync(folder).filter((name) => name.startsWith('class-'));
    expect(pages.toSorted()).toEqual(failureClasses.map((name) => `class-${name}.md`).toSorted());
    expect(Object.keys(reactions).toSorted()).toEqual([...failureClasses].toSorted());
  });

  it.each(failureClasses)(
    'say of %s how it is told, what is done about it and how often, and what a person does',
    (name) => {
      const page = pageOf(`class-${name}.md`);
      const [, intro, told, done, wanted] =
        /^# Failure class \w+\n\n(.+?)\n\n## How it is told\n\n(.+?)\n\n## What Holdfast does\n\n(.+?)\n\n## What to do\n\n(.+?)\n$/s.exec(
          page,
        ) ?? [];
      expect(told).toMatch(/^- /);
      expect(done?.endsWith(`\n\n${reactionTable(reactions[name])}`)).toBe(true);
      expect(wanted?.startsWith(reactions[name].advice)).toBe(true);
      expect(pageOf('README.md')).toContain(`\n- [${name}](class-${name}.md): ${intro}\n`);
    },
  );

  it('lead nowhere that is not there', () => {
    const links = readdirSync(folder).flatMap((name) =>
      [...pageOf(name).matchAll(/\]\(([^)#\s]+)\)/g)].map(([, link = '']) => ({ name, link })),
    );
    expect(links.length).toBeGreaterThan(failureClasses.length);
    expect(links.filter(({ link }) => !/^https?:/.test(link) && !existsSync(new URL(link, folder)))).toEqual([]);
  });
});
