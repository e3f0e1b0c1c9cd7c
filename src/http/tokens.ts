// Tokens for programs, and the log of who did what.
import { Problem } from '../domain/problem.ts';
import { pageOfAudit } from '../store/audit.ts';
import { deleteToken, insertToken, listTokens, type Token } from '../store/tokens.ts';
import * as z from 'zod';
import { pageQuerySchema } from './api/common.ts';
import { type ApiToken, auditPageSchema, newTokenSchema, tokenBodySchema, tokenSchema } from './api/session.ts';
import type { HttpDeps } from './deps.ts';
import { record } from './record.ts';
import { guarded, type Route } from './route.ts';

const toToken = (token: Token): ApiToken => ({
  id: token.publicId,
  name: token.name,
  hint: token.hint,
  scopes: token.scopes,
  createdAt: token.createdAt,
  lastUsedAt: token.lastUsedAt,
});

export function tokenRoutes({ db, now }: HttpDeps): Route[] {
  return [
    guarded({
      method: 'get',
      path: '/tokens',
      tag: 'Tokens',
      summary: 'All tokens, without their secret part.',
      needs: 'admin',
      answer: z.object({ items: z.array(tokenSchema) }),
      handle: async () => ({ items: (await listTokens(db)).map(toToken) }),
    }),
    guarded({
      method: 'post',
      path: '/tokens',
      tag: 'Tokens',
      summary: 'Make a token. The only answer that ever holds it.',
      needs: 'admin',
      status: 201,
      secret: true,
      body: tokenBodySchema,
      answer: newTokenSchema,
      async handle({ body, actor }) {
        const beyond = body.scopes.find((scope) => actor.scopes && !actor.scopes.includes(scope));
        if (beyond) throw new Problem('no_scope', { scope: beyond });
        const { row, token } = await insertToken(db, { ...body, staffId: actor.staffId, now: now() });
        await record(db, now(), actor, {
          action: 'token.created',
          target: row.publicId,
          data: { name: row.name, scopes: row.scopes },
        });
        return { ...toToken(row), token };
      },
    }),
    guarded({
      method: 'delete',
      path: '/tokens/:id',
      tag: 'Tokens',
      summary: 'Revoke a token.',
      needs: 'admin',
      status: 204,
      async handle({ params, actor }) {
        const id = params.id ?? '';
        if (!(await deleteToken(db, id))) throw new Problem('not_found', {});
        await record(db, now(), actor, { action: 'token.revoked', target: id });
      },
    }),
    guarded({
      method: 'get',
      path: '/audit-log',
      tag: 'Settings',
      summary: 'Who did what, newest first.',
      needs: 'admin',
      query: pageQuerySchema,
      answer: auditPageSchema,
      handle: ({ query }) => pageOfAudit(db, query),
    }),
  ];
}
