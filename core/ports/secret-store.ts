/** Secrets by name. Their values never leave the process that asked. */
export interface SecretStore {
  /** Throws an Error that names the secret, and never its value, when it is not there or cannot be read. */
  read(name: string): Promise<string>;
}
