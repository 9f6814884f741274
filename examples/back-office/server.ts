import { runCompanion } from '../companion/run-companion.ts';
import { createBackOffice } from './app.ts';

await runCompanion({
  name: 'back-office',
  port: 4720,
  open: (databasePath) => createBackOffice({ databasePath, apiKey: process.env['PAYMENT_API_KEY'] || undefined }),
});
