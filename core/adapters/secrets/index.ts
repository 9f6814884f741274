export { FileSecretStore, readSecretsFile } from './secrets-file.ts';
export { SecretsManagerStore } from './aws-secrets.ts';
export { secretStore } from './from-environment.ts';
