export { FileSecretStore, readSecretsFile } from './secrets-file.ts';
export { SecretsManagerStore } from './secrets-manager.ts';
