// What every request carries besides its input: an id for the log, who asks, and in which language to answer.
import { randomBytes } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { type Language, pickLanguage } from '../i18n.ts';
import type { Logger } from '../log.ts';
import type { ROLES, SCOPES } from './api/session.ts';

export type Role = (typeof ROLES)[number];
export type Scope = (typeof SCOPES)[number];

/** A signed-in person, or a program with a token. */
export interface Actor {
  staffId: number | null;
  tokenId: number | null;
  role: Role;
  /** Null for a signed-in person: whatever the role permits. */
  scopes: readonly Scope[] | null;
  name: string;
  language: Language | null;
}

interface Locals {
  requestId?: string;
  actor?: Actor;
}

const localsOf = (response: Response): Locals => response.locals;

/** What a proxy before us may call a request: nothing that could break a line of the log. */
const GIVEN_ID = /^[\w.:-]{1,64}$/;

/** The one it came with, else one short enough to be read out over the telephone. */
export const giveRequestId: RequestHandler = (request, response, next) => {
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && GIVEN_ID.test(given) ? given : randomBytes(5).toString('hex').toUpperCase();
  localsOf(response).requestId = id;
  response.setHeader('X-Request-Id', id);
  next();
};

export const requestIdOf = (response: Response): string => localsOf(response).requestId ?? '';

/** Whose every line names the request. */
export const logOf = (log: Logger, response: Response): Logger => log.child({ requestId: requestIdOf(response) });

export const setActor = (response: Response, actor: Actor): void => {
  localsOf(response).actor = actor;
};
export const actorOf = (response: Response): Actor | null => localsOf(response).actor ?? null;

/** The person's own language, else what the browser asks for. */
export const languageOf = (request: Request, response: Response): Language =>
  pickLanguage(actorOf(response)?.language, request.headers['accept-language']);

/** Aborts when the asker closes the connection: long reads stop for nobody. */
export function goneSignal(response: Response): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => controller.abort());
  return controller.signal;
}
