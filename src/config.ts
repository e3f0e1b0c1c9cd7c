// The only reader of the environment. Every variable is explained in `.env.example`; a bad one stops the start with a
// sentence that names it and says what it should be.
import { existsSync } from 'node:fs';
import * as z from 'zod';
import { Problem, type FieldProblem } from './domain/problem.ts';

const upTo = (max: number) => z.coerce.number().int().min(0).max(max);
const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
const address = z.url({ protocol: /^https?$/ }).transform((value) => value.replace(/\/+$/, ''));

export const VARIABLES = {
  PORT: upTo(65535).default(3000),
  HOST: z.string().min(1).default('0.0.0.0'),
  DATABASE_URL: z
    .string()
    .regex(/^(sqlite:.+|(mysql|mariadb):\/\/.+)$/)
    .default('sqlite:data/herald.sqlite'),
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\/.+$/)
    .optional(),
  /** Where letters that come back are taken; 0: nowhere. */
  MAIL_PORT: upTo(65535).default(2525),
  MAIL_HOST: z.string().min(1).optional(),
  ROLE: z.enum(['all', 'web', 'sender']).default('all'),
  DATA_FOLDER: z.string().min(1).default('data'),
  /** 32 bytes as 64 hex digits; without it a key file is made in the data folder. */
  SECRET_KEY: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/)
    .optional(),
  /** Names this installation in place of the file in the data folder: for several machines over one database. */
  INSTANCE_ID: z
    .string()
    .regex(/^[\w.-]{1,64}$/)
    .optional(),
  PUBLIC_URL: address.optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  /** Let bots and pictures point at private and loopback addresses. */
  ALLOW_PRIVATE_ADDRESSES: flag.default(false),
  /** Hops of reverse proxies whose X-Forwarded-* headers are believed. */
  TRUST_PROXY: upTo(10).default(0),
  /** Who may read /metrics from another machine. */
  METRICS_TOKEN: z
    .string()
    .regex(/^\S{16,200}$/)
    .optional(),
} as const satisfies Record<string, z.ZodType>;

/** Each channel's API root can be set: `<CHANNEL>_API_ROOT`. */
export const apiRootVariable = (channel: string): string => `${channel.toUpperCase()}_API_ROOT`;

export interface Config {
  port: number;
  host: string;
  /** Null: no letters are taken. */
  mail: { host: string; port: number } | null;
  databaseUrl: string;
  redisUrl: string | null;
  role: 'all' | 'web' | 'sender';
  dataFolder: string;
  secretKey: string | null;
  instanceId: string | null;
  publicUrl: string | null;
  logLevel: string;
  allowPrivateAddresses: boolean;
  trustProxy: number;
  metricsToken: string | null;
  /** By channel name, from `<CHANNEL>_API_ROOT`. */
  apiRoots: Readonly<Record<string, string>>;
}

/** Reads and checks the environment; throws `config` with one field problem per bad variable. */
export function readConfig(environment: NodeJS.ProcessEnv, channelNames: readonly string[]): Config {
  const roots = z.object(Object.fromEntries(channelNames.map((name) => [apiRootVariable(name), address.optional()])));
  // An empty variable is the same as none: that is how `.env` files switch one off.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const main = z.object(VARIABLES).safeParse(given);
  const apiRoots = roots.safeParse(given);
  const issues = [...(main.error?.issues ?? []), ...(apiRoots.error?.issues ?? [])];
  if (!main.success || !apiRoots.success) {
    const fields: FieldProblem[] = issues.map((issue) => {
      const variable = String(issue.path[0]);
      const code = variable.endsWith('_API_ROOT') ? 'config_api_root' : `config_${variable.toLowerCase()}`;
      return { path: variable, code, params: { variable } };
    });
    throw new Problem('config', {}, fields);
  }
  const value = main.data;
  if (value.ROLE !== 'all' && !value.REDIS_URL) {
    throw new Problem('config', {}, [{ path: 'REDIS_URL', code: 'config_redis_needed', params: { role: value.ROLE } }]);
  }
  return {
    port: value.PORT,
    host: value.HOST,
    mail: value.MAIL_PORT === 0 ? null : { host: value.MAIL_HOST ?? value.HOST, port: value.MAIL_PORT },
    databaseUrl: value.DATABASE_URL,
    redisUrl: value.REDIS_URL ?? null,
    role: value.ROLE,
    dataFolder: value.DATA_FOLDER,
    secretKey: value.SECRET_KEY ?? null,
    instanceId: value.INSTANCE_ID ?? null,
    publicUrl: value.PUBLIC_URL ?? null,
    logLevel: value.LOG_LEVEL,
    allowPrivateAddresses: value.ALLOW_PRIVATE_ADDRESSES,
    trustProxy: value.TRUST_PROXY,
    metricsToken: value.METRICS_TOKEN ?? null,
    apiRoots: Object.fromEntries(
      channelNames.flatMap((name) => {
        const root = apiRoots.data[apiRootVariable(name)];
        return root === undefined ? [] : [[name, root]];
      }),
    ),
  };
}

/** Loads `.env` beside the process, where there is one, without overriding what is set. */
export function loadEnvironment(): NodeJS.ProcessEnv {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return process.env;
}
