// Is this the server that sends, or a restored copy? What is known of it, and a person's word that settles it.
import type { Instance } from '../domain/instance.ts';
import { Problem } from '../domain/problem.ts';
import { type Language, translate } from '../i18n.ts';
import { type InstanceAnswer, instanceSchema } from './api/instance.ts';
import type { HttpDeps } from './deps.ts';
import { record } from './record.ts';
import { guarded, type Route } from './route.ts';
import { moveWebhooks } from './webhook-move.ts';
import { webhookBase } from './workspace.ts';

/** A copy tells the platforms nothing: they would turn from the original to us. */
export async function refuseInCopy({ instance }: Pick<HttpDeps, 'instance'>): Promise<void> {
  if (!(await instance.isConfirmed())) throw new Problem('restored_copy');
}

export async function instanceAnswer(instance: Instance, language: Language): Promise<InstanceAnswer> {
  const { doubt, ...known } = await instance.state();
  return {
    confirmed: doubt === null,
    doubt,
    text: doubt === null ? null : translate(language, `server:instance.${doubt}`, { host: known.host }),
    ...known,
  };
}

export function instanceRoutes(deps: HttpDeps): Route[] {
  const { db, bus, now, instance } = deps;
  return [
    guarded({
      method: 'get',
      path: '/instance',
      tag: 'Settings',
      summary: 'Does this server send, or may it be a restored copy that waits for a person?',
      needs: 'read',
      answer: instanceSchema,
      handle: ({ language }) => instanceAnswer(instance, language),
    }),
    guarded({
      method: 'post',
      path: '/instance/confirm',
      tag: 'Settings',
      summary: 'This is the server that sends: from now on another copy of its database is the one that asks.',
      needs: 'admin',
      answer: instanceSchema,
      async handle({ actor, language }) {
        const { doubt, host, since } = await instance.state();
        await instance.confirm();
        if (doubt !== null)
          await record(db, now(), actor, { action: 'instance.confirmed', data: { doubt, host, since } });
        for (const topic of ['instance', 'work', 'live'] as const) bus.publish(topic);
        // From now on the platforms bring their updates here.
        if (doubt !== null) await moveWebhooks(deps, await webhookBase(deps));
        return instanceAnswer(instance, language);
      },
    }),
  ];
}
