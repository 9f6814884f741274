/** What is wrong with a test of an agent, rather than with the agent: nothing can be said about the agent. */
export class TestSetupError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TestSetupError';
  }
}
