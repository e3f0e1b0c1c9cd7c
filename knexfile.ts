// The database settings for Knex's own command line; Herald itself migrates at start.
import { loadEnvironment, readConfig } from './src/config.ts';
import { databaseSettings } from './src/store/database.ts';

export default databaseSettings(readConfig(loadEnvironment(), []).databaseUrl);
