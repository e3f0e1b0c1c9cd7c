// Who is asking: a person by the session cookie, or a program by a bearer token. A request that changes something by
// cookie must come from our own pages, for the browser sends the cookie along whoever wrote the page.
import type { Request, RequestHandler, Response } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { Problem } from '../domain/problem.ts';
import { LANGUAGES, type Language } from '../i18n.ts';
import { closeSession, findSession, getStaffById, openSession, type StaffMember } from '../store/staff.ts';
import { findToken } from '../store/tokens.ts';
import { ROLES } from './api/session.ts';
import { type Actor, type Role, setActor } from './context.ts';
import type { HttpDeps } from './deps.ts';

type AuthDeps = Pick<HttpDeps, 'db' | 'now' | 'operator'>;

const SESSION_COOKIE = 'herald_session';
const COOKIE_MS = 30 * 24 * 3600_000;

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Sets the actor where there is one; a token that is not valid is refused, a session that ended is nobody's. */
export const authenticate =
  (deps: AuthDeps): RequestHandler =>
  async (request, response, next) => {
    const actor = await actorFor(deps, request);
    if (actor) setActor(response, actor);
    next();
  };

async function actorFor(deps: AuthDeps, request: Request): Promise<Actor | null> {
  const header = request.headers.authorization;
  return deps.operator ?? (header === undefined ? bySession(deps, request) : byToken(deps, header));
}

/** For requests that stay open: is it still somebody's? */
export async function stillSignedIn(deps: AuthDeps, request: Request): Promise<boolean> {
  try {
    return (await actorFor(deps, request)) !== null;
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}

async function byToken({ db, now }: AuthDeps, header: string): Promise<Actor> {
  const token = /^Bearer\s+(\S+)$/i.exec(header)?.[1];
  const found = token === undefined ? null : await findToken(db, token, now());
  if (!found) throw new Problem('wrong_token');
  // A token made on the command line is the owner's; one made by a person ends with the person.
  const maker = found.staffId === null ? null : await getStaffById(db, found.staffId);
  if (found.staffId !== null && !maker) throw new Problem('wrong_token');
  return {
    staffId: found.staffId,
    tokenId: found.id,
    role: maker ? roleOf(maker) : 'owner',
    scopes: found.scopes,
    name: found.name,
    language: maker ? languageOfStaff(maker) : null,
  };
}

async function bySession({ db, now }: AuthDeps, request: Request): Promise<Actor | null> {
  const token = sessionToken(request);
  const staff = token === null ? null : await findSession(db, token, now());
  if (!staff) return null;
  if (!SAFE_METHODS.has(request.method) && !fromOurPages(request)) throw new Problem('other_site');
  return {
    staffId: staff.id,
    tokenId: null,
    role: roleOf(staff),
    scopes: null,
    name: staff.name,
    language: languageOfStaff(staff),
  };
}

/** An unknown role, say of a newer version, may only read. */
export const roleOf = (staff: StaffMember): Role => ROLES.find((role) => role === staff.role) ?? 'analyst';

export const languageOfStaff = (staff: StaffMember): Language | null =>
  LANGUAGES.find((language) => language === staff.language) ?? null;

// --- The cookie -----------------------------------------------------------------------------

function sessionToken(request: Request): string | null {
  for (const part of (request.headers.cookie ?? '').split(';')) {
    const [name, value] = part.trim().split('=', 2);
    if (name === SESSION_COOKIE && value) return value;
  }
  return null;
}

export async function signIn(
  { db, now }: AuthDeps,
  staff: StaffMember,
  request: Request,
  response: Response,
): Promise<void> {
  const token = await openSession(db, staff.id, request.headers['user-agent'] ?? null, now());
  response.cookie(SESSION_COOKIE, token, {
    httpOnly: true,
    sameSite: 'lax',
    secure: request.secure,
    path: '/',
    maxAge: COOKIE_MS,
  });
}

export async function signOut({ db }: AuthDeps, request: Request, response: Response): Promise<void> {
  const token = sessionToken(request);
  if (token !== null) await closeSession(db, token);
  response.clearCookie(SESSION_COOKIE, { httpOnly: true, sameSite: 'lax', secure: request.secure, path: '/' });
}

// --- Where a request comes from -------------------------------------------------------------

/** Every browser of today says so by itself; one that says nothing has to name its origin. */
function fromOurPages(request: Request): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  return sameHost(request.headers.origin, request.host);
}

function sameHost(origin: string | undefined, host: string): boolean {
  try {
    return origin !== undefined && new URL(origin).host === host;
  } catch {
    return false;
  }
}

/** Signing in needs no cookie, so a foreign page could sign a visitor in as someone else: refused as well. */
export const refuseOtherSites: RequestHandler = (request, _response, next) => {
  const site = request.headers['sec-fetch-site'];
  const foreign =
    site === undefined
      ? request.headers.origin !== undefined && !sameHost(request.headers.origin, request.host)
      : !['same-origin', 'none'].includes(site);
  if (!SAFE_METHODS.has(request.method) && foreign) throw new Problem('other_site');
  next();
};

// --- Too many tries -------------------------------------------------------------------------

const WINDOW_MINUTES = 5;
const TRIES_PER_ADDRESS = 30;
const TRIES_PER_ACCOUNT = 10;

const limiter = (limit: number, keyGenerator: (request: Request) => string): RequestHandler =>
  rateLimit({
    windowMs: WINDOW_MINUTES * 60_000,
    limit,
    keyGenerator,
    skipSuccessfulRequests: true,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (_request, response, next) => {
      response.setHeader('Retry-After', WINDOW_MINUTES * 60);
      next(new Problem('too_many_tries', { minutes: WINDOW_MINUTES }));
    },
  });

/** Guards sign-in and setup: so many failed tries from one address, fewer for one account. */
export function limitTries(): RequestHandler[] {
  const address = (request: Request): string => ipKeyGenerator(request.ip ?? '');
  return [
    limiter(TRIES_PER_ADDRESS, address),
    limiter(TRIES_PER_ACCOUNT, (request) => `${address(request)} ${accountOf(request)}`),
  ];
}

const accountOf = (request: Request): string => {
  const body: unknown = request.body;
  return typeof body === 'object' && body !== null && 'email' in body
    ? String(body.email).toLowerCase().slice(0, 254)
    : '';
};
