export { FileSecretStore, readSecretsFile } from './secrets-file.ts';
export { SecretsManagerStore } from './aws-secrets.ts';
