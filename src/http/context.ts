// What every request carries besides its input: an id for the log, who asks, and in which language to answer.
import { randomBytes } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { type Language, pickLanguage } from '../i18n.ts';
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

/** Short enough to be read out over the telephone. */
export const giveRequestId: RequestHandler = (_request, response, next) => {
  const id = randomBytes(5).toString('hex').toUpperCase();
  localsOf(response).requestId = id;
  response.setHeader('X-Request-Id', id);
  next();
};

export const requestIdOf = (response: Response): string => localsOf(response).requestId ?? '';

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
