// First run, signing in and out, and who one is.
import { createHash, timingSafeEqual } from 'node:crypto';
import manifest from '../../package.json' with { type: 'json' };
import { Problem } from '../domain/problem.ts';
import { patchWorkspace, readWorkspace } from '../store/settings.ts';
import { checkPassword, countStaff, getStaffById, insertStaff, setLanguage, type StaffMember } from '../store/staff.ts';
import {
  sessionPatchSchema,
  sessionSchema,
  type Session,
  setupBodySchema,
  setupStateSchema,
  signInBodySchema,
  type Staff,
} from './api/session.ts';
import { languageOfStaff, roleOf, signIn, signOut } from './auth.ts';
import type { Language } from '../i18n.ts';
import type { InstanceAnswer } from './api/instance.ts';
import type { Actor } from './context.ts';
import type { HttpDeps } from './deps.ts';
import { instanceAnswer } from './instance.ts';
import { record } from './record.ts';
import { guarded, open, type Route } from './route.ts';
import { checkZone, toWorkspace } from './workspace.ts';

export const VERSION: string = manifest.version;

const toStaff = (staff: StaffMember): Staff => ({
  id: staff.publicId,
  name: staff.name,
  email: staff.email,
  role: roleOf(staff),
  language: languageOfStaff(staff),
});

const copyOf = ({ text, since, host }: InstanceAnswer): Session['copy'] =>
  text === null ? null : { since, host, text };

const same = (one: string, other: string): boolean =>
  timingSafeEqual(createHash('sha256').update(one).digest(), createHash('sha256').update(other).digest());

export function sessionRoutes(deps: HttpDeps): Route[] {
  const { db, now } = deps;

  const sessionOf = async (staff: StaffMember, language: Language): Promise<Session> => ({
    staff: toStaff(staff),
    workspace: toWorkspace(await readWorkspace(db)),
    version: VERSION,
    copy: copyOf(await instanceAnswer(deps.instance, languageOfStaff(staff) ?? language)),
  });

  /** A token made on the command line belongs to no person and has no session. */
  const staffOf = async (actor: Actor): Promise<StaffMember> => {
    const staff = actor.staffId === null ? null : await getStaffById(db, actor.staffId);
    if (!staff) throw new Problem('not_signed_in');
    return staff;
  };

  const actorOf = (staff: StaffMember): Actor => ({
    staffId: staff.id,
    tokenId: null,
    role: roleOf(staff),
    scopes: null,
    name: staff.name,
    language: languageOfStaff(staff),
  });

  return [
    open({
      method: 'get',
      path: '/setup',
      tag: 'Session',
      summary: 'Does this server still need its owner?',
      needs: null,
      answer: setupStateSchema,
      handle: async () => ({ needed: (await countStaff(db)) === 0 }),
    }),
    open({
      method: 'post',
      path: '/setup',
      tag: 'Session',
      summary: 'Create the owner with the token of the one-time link, and sign in.',
      needs: null,
      status: 201,
      body: setupBodySchema,
      answer: sessionSchema,
      async handle({ body, language, request, response }) {
        if ((await countStaff(db)) > 0) throw new Problem('already_set_up');
        if (deps.setupToken === null || !same(body.token, deps.setupToken)) throw new Problem('wrong_setup_token');
        checkZone(body.timeZone, 'timeZone');
        const staff = await insertStaff(db, { ...body, role: 'owner', now: now() });
        await patchWorkspace(db, { name: body.workspace, timeZone: body.timeZone });
        await record(db, now(), actorOf(staff), { action: 'server.set_up', target: staff.publicId });
        await signIn(deps, staff, request, response);
        return sessionOf(staff, language);
      },
    }),
    guarded({
      method: 'get',
      path: '/session',
      tag: 'Session',
      summary: 'Who is signed in.',
      needs: 'self',
      answer: sessionSchema,
      handle: async ({ actor, language }) => sessionOf(await staffOf(actor), language),
    }),
    open({
      method: 'post',
      path: '/session',
      tag: 'Session',
      summary: 'Sign in. Sets the session cookie.',
      needs: null,
      status: 201,
      body: signInBodySchema,
      answer: sessionSchema,
      async handle({ body, language, request, response }) {
        const staff = await checkPassword(db, body.email, body.password);
        if (!staff) throw new Problem('wrong_password');
        await record(db, now(), actorOf(staff), { action: 'session.opened' });
        await signIn(deps, staff, request, response);
        return sessionOf(staff, language);
      },
    }),
    guarded({
      method: 'patch',
      path: '/session',
      tag: 'Session',
      summary: "Choose one's own language.",
      needs: 'self',
      body: sessionPatchSchema,
      answer: sessionSchema,
      async handle({ body, actor }) {
        const staff = await staffOf(actor);
        await setLanguage(db, staff.id, body.language);
        return sessionOf({ ...staff, language: body.language }, body.language);
      },
    }),
    open({
      method: 'delete',
      path: '/session',
      tag: 'Session',
      summary: 'Sign out.',
      needs: null,
      status: 204,
      handle: ({ request, response }) => signOut(deps, request, response),
    }),
  ];
}
