import type { Page } from 'playwright-core';
import type { JsonObject } from '../../core/model/json.ts';

/** Somebody at the console who goes by what is written there. */
export class Operator {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Opens a page by its entry in the navigation. */
  async goTo(name: string): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name, exact: true }).click();
    await this.sees(name);
  }

  async opens(tab: string): Promise<void> {
    await this.page.getByRole('tab', { name: tab }).click();
  }

  /** Waits for the heading of a page or part. */
  async sees(heading: string | RegExp): Promise<void> {
    await this.page.getByRole('heading', { name: heading }).first().waitFor();
  }

  async reads(text: string | RegExp): Promise<void> {
    await this.page.getByText(text).first().waitFor();
  }

  async choose(label: RegExp, option: RegExp): Promise<void> {
    await this.page.getByRole('button', { name: label }).first().click();
    await this.page.getByRole('option', { name: option }).first().click();
  }

  async press(name: string | RegExp): Promise<void> {
    await this.page.getByRole('button', { name }).first().click();
  }

  /** The row of a table that says this. */
  row(text: string): ReturnType<Page['getByRole']> {
    return this.page.getByRole('row', { name: text }).first();
  }

  /** Starts a run of an agent that has one playbook by the form, its input as JSON. Gives its id. */
  async startRun(agent: string, input: JsonObject, goal?: string): Promise<string> {
    await this.goTo('Start a run');
    await this.choose(/^Agent/, new RegExp(`^${agent}`));
    if (goal !== undefined) {
      await this.press('A model, for a goal');
      await this.page.getByRole('textbox', { name: 'Goal' }).fill(goal);
    } else await this.page.getByText('Edit as JSON').click();
    await this.page.getByLabel('Input as JSON').fill(JSON.stringify(input));
    await this.press('Preview the plan');
    await this.reads(goal === undefined ? 'Why' : /^A model plans once the run has begun/);
    await this.press(/^Start$/);
    await this.page.waitForURL(/\/runs\/[^/]+$/);
    return this.page.url().split('/').at(-1) ?? '';
  }
}
