// The workspace's settings as the API shows them, and the address under which the outside world finds us.
import { fieldProblem } from '../domain/problem.ts';
import { wakeSlices } from '../store/quiet.ts';
import { patchWorkspace, readWorkspace, type WorkspaceSettings } from '../store/settings.ts';
import { type Workspace, workspacePatchSchema, workspaceSchema } from './api/session.ts';
import type { HttpDeps } from './deps.ts';
import { record } from './record.ts';
import { moveWebhooks } from './webhook-move.ts';
import { guarded, type Route } from './route.ts';

export const toWorkspace = (settings: WorkspaceSettings): Workspace => workspaceSchema.parse(settings);

/** Where messengers can reach us: the workspace's own address, else the environment's, else nowhere. */
export async function webhookBase({ db, config }: Pick<HttpDeps, 'db' | 'config'>): Promise<string | null> {
  const { publicUrl } = await readWorkspace(db);
  return (publicUrl ?? config.publicUrl)?.replace(/\/+$/, '') ?? null;
}

/** Throws unless the runtime knows the zone: a list of names would be out of date. */
export function checkZone(zone: string, path: string): void {
  try {
    Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    throw fieldProblem(path, 'zone_unknown', { zone });
  }
}

export function workspaceRoutes(deps: HttpDeps): Route[] {
  const { db, now } = deps;
  return [
    guarded({
      method: 'get',
      path: '/settings',
      tag: 'Settings',
      summary: "The workspace's settings.",
      needs: 'read',
      answer: workspaceSchema,
      handle: async () => toWorkspace(await readWorkspace(db)),
    }),
    guarded({
      method: 'patch',
      path: '/settings',
      tag: 'Settings',
      summary: "Change the workspace's settings.",
      needs: 'admin',
      body: workspacePatchSchema,
      answer: workspaceSchema,
      async handle({ body, actor }) {
        if (body.timeZone !== undefined) checkZone(body.timeZone, 'timeZone');
        const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined));
        const workspace = await patchWorkspace(db, given);
        if (body.quietHours !== undefined || body.timeZone !== undefined) await wakeSlices(db);
        await record(db, now(), actor, { action: 'settings.changed', data: given });
        deps.bus.publish('work');
        await deps.onWorkspaceChanged?.();
        if (body.publicUrl !== undefined) void moveWebhooks(deps, await webhookBase(deps));
        return toWorkspace(workspace);
      },
    }),
  ];
}
