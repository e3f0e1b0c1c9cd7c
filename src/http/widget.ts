// The visitor API below `/widget/:bot`: configuration, session, messages and events of the chat window on a website.
// It answers permitted sites only, a bounded number of times a minute, and everyone gets their own mailbox alone.
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { Problem } from '../domain/problem.ts';
import { pickLanguage, translate } from '../i18n.ts';
import { joinVisitor } from '../store/visitors.ts';
import type { FactsAnswer, MessagesAnswer, WidgetConfig, WidgetSession } from './api/widget.ts';
import { factsBodySchema, messagesQuerySchema, sessionBodySchema } from './api/widget.ts';
import { checked } from './problems.ts';
import { findWidgetBot, mayCarry, openSession, standingOf, type WidgetBot, type WidgetDeps } from './widget-access.ts';
import { mayKeep, readNews, readThread, takeFacts } from './widget-facts.ts';
import {
  issueToken,
  isSignedUser,
  isVisitor,
  newVisitor,
  visitorSecret,
  type VisitorSession,
} from './widget-identity.ts';
import { WIDGET_TEXTS } from './widget-texts.ts';

const BODY_LIMIT = '64kb';
const MINUTE_MS = 60_000;
/** Calls a minute: enough for an office behind one address, too few to fill a disk. */
const PER_ADDRESS = { sessions: 120, calls: 1200 };
const PER_VISITOR = 120;

const DEFAULT_COLOR = '#2457d6';

interface Locals {
  widget: WidgetBot;
  session: VisitorSession;
}
const localsOf = (response: Response): Locals => response.locals as Locals;

export function widgetRouter(deps: WidgetDeps): Router {
  const router = Router({ mergeParams: true });
  const body = express.json({ limit: BODY_LIMIT, type: ['application/json', 'text/plain'] });

  router.use(permitSite(deps));

  router.get('/config', limit(PER_ADDRESS.calls, byAddress), (request, response) => {
    const language = pickLanguage(String(request.query.language ?? ''), request.headers['accept-language']);
    response.setHeader('Cache-Control', 'public, max-age=60');
    response.json(configOf(localsOf(response).widget, language));
  });

  router.post('/session', limit(PER_ADDRESS.sessions, byAddress), body, async (request, response) => {
    response.json(await startSession(deps, localsOf(response).widget, request.body));
  });

  router.use(limit(PER_ADDRESS.calls, byAddress), identify(deps), limit(PER_VISITOR, byVisitor));

  router.get('/messages', async (request, response) => {
    const { widget, session } = localsOf(response);
    const { after } = checked(messagesQuerySchema, request.query);
    response.json((await readNews(deps, widget, session.visitor, after)) satisfies MessagesAnswer);
  });

  router.post('/events', body, async (request, response) => {
    const { widget, session } = localsOf(response);
    const { facts } = checked(factsBodySchema, request.body ?? {});
    response.json((await takeFacts(deps, widget, session, facts)) satisfies FactsAnswer);
  });

  return Router().use('/widget/:bot', router);
}

// --- Before each call -------------------------------------------------------------------------

/** Finds the bot and tells the browser whether this site may read the answers. */
const permitSite =
  (deps: WidgetDeps): RequestHandler<{ bot: string }> =>
  async (request, response, next) => {
    const widget = await findWidgetBot(deps, request.params.bot);
    const origin = request.headers.origin;
    if (!mayCarry(deps, widget.bot, origin, request.headers.host)) {
      throw new Problem('widget_site', { site: (origin ?? '').slice(0, 200) });
    }
    localsOf(response as Response).widget = widget;
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    response.vary('Origin');
    if (origin !== undefined) response.setHeader('Access-Control-Allow-Origin', origin);
    if (request.method !== 'OPTIONS') return next();
    response.setHeader('Access-Control-Allow-Methods', 'GET, POST');
    response.setHeader('Access-Control-Allow-Headers', 'Authorization, Content-Type');
    response.setHeader('Access-Control-Max-Age', '7200');
    response.status(204).end();
  };

const identify =
  (deps: WidgetDeps): RequestHandler =>
  (request, response, next) => {
    const token = /^Bearer (\S{1,2000})$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const locals = localsOf(response);
    locals.session = openSession(deps, locals.widget.bot, token);
    next();
  };

const byAddress = (request: Request): string => ipKeyGenerator(request.ip ?? '');
const byVisitor = (_request: Request, response: Response): string => localsOf(response).session.visitor;

const limit = (max: number, keyGenerator: (request: Request, response: Response) => string): RequestHandler =>
  rateLimit({
    windowMs: MINUTE_MS,
    limit: max,
    keyGenerator,
    standardHeaders: 'draft-7',
    legacyHeaders: false,
    handler: (_request, response, next) => {
      response.setHeader('Retry-After', String(MINUTE_MS / 1000));
      next(new Problem('too_many_tries', { minutes: 1 }));
    },
  });

// --- The calls --------------------------------------------------------------------------------

function configOf({ bot }: WidgetBot, language: string): WidgetConfig {
  const look = bot.settings.widget;
  return {
    title: look?.title || bot.name,
    color: look?.color || DEFAULT_COLOR,
    language,
    texts: Object.fromEntries(WIDGET_TEXTS.map((key) => [key, translate(language, `widget:${key}`)])),
  };
}

async function startSession(deps: WidgetDeps, widget: WidgetBot, input: unknown): Promise<WidgetSession> {
  const { bot } = widget;
  const { visitor: known = '', secret = '', profile, user } = checked(sessionBodySchema, input ?? {});
  if (user && !isSignedUser(deps.keyring, bot, user)) throw new Problem('visitor_signature');
  const userId = user?.id ?? null;
  const keep = isVisitor(deps.keyring, bot.publicId, known, secret) && (await mayKeep(deps, widget, known, userId));
  const visitor = keep ? known : newVisitor();
  // JSON drops what is undefined.
  const names = { firstName: user?.firstName, lastName: user?.lastName };
  if (keep && userId !== null) await joinVisitor(deps.db, { botId: bot.id, visitorId: visitor }, userId);
  return {
    visitor,
    secret: visitorSecret(deps.keyring, bot.publicId, visitor),
    ...issueToken(deps.keyring, bot.publicId, { visitor, user: userId, profile: { ...profile, ...names } }, deps.now()),
    standing: await standingOf(deps, bot, visitor),
    messages: await readThread(deps, widget, visitor),
  };
}
