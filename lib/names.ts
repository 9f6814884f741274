/** Longest names that AWS accepts. */
const functionNameCharacters = 64;

/**
 * Names of the resources that are addressed by convention, so that no two of them have to refer to each other.
 * Throws on a prefix that would not fit into every name.
 */
export class ResourceNames {
  readonly prefix: string;

  constructor(prefix: string) {
    if (!/^[a-z][a-z0-9-]{0,15}$/.test(prefix)) {
      throw new Error(
        `The prefix '${prefix}' cannot be used in resource names. Allowed are 1 to 16 characters of a-z, 0-9 and -, beginning with a letter. Choose another one.`,
      );
    }
    this.prefix = prefix;
  }

  /** `holdfast-run-`: what the agent's name is added to. */
  get runMachinePrefix(): string {
    return `${this.prefix}-run-`;
  }

  /** `holdfast-skill-`: what the skill's folder is added to. */
  get skillFunctionPrefix(): string {
    return `${this.prefix}-skill-`;
  }

  get deadRunsRule(): string {
    return `${this.prefix}-dead-runs`;
  }

  runMachine(agent: string): string {
    return `${this.runMachinePrefix}${agent}`;
  }

  burstMachine(agent: string): string {
    return `${this.prefix}-burst-${agent}`;
  }

  skillFunction(folder: string): string {
    const name = `${this.skillFunctionPrefix}${folder}`;
    if (name.length <= functionNameCharacters) return name;
    throw new Error(
      `The function of skills/${folder} would be called '${name}', which has ${name.length} characters. Lambda allows ${functionNameCharacters}. Shorten the skill's name or the prefix.`,
    );
  }

  /** What the names of the secrets of skills begin with: `holdfast/HOTEL_API_KEY`. */
  get secretsPrefix(): string {
    return this.prefix;
  }

  /** Functions of the platform itself, and queues. */
  own(name: string): string {
    return `${this.prefix}-${name}`;
  }
}
