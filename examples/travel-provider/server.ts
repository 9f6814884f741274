import { runCompanion } from '../companion/run-companion.ts';
import { createTravelProvider } from './app.ts';

await runCompanion({
  name: 'travel-provider',
  port: 4710,
  open: (databasePath) => createTravelProvider({ databasePath }),
});
