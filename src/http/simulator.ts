// The simulated messengers: started, adjusted and stopped from the first-run page.
import { simulatorBehaviourSchema, simulatorBodySchema, simulatorSchema } from './api/bots.ts';
import type { HttpDeps } from './deps.ts';
import { record } from './record.ts';
import { guarded, type Route } from './route.ts';

export const simulatorRoutes = ({ db, now, simulator }: HttpDeps): Route[] => [
  guarded({
    method: 'get',
    path: '/simulator',
    tag: 'Simulator',
    summary: 'Which simulators run, and what have they seen?',
    needs: 'read',
    answer: simulatorSchema,
    handle: () => simulator.state(),
  }),
  guarded({
    method: 'post',
    path: '/simulator',
    tag: 'Simulator',
    summary: 'Start simulated messengers, connect a bot to each and spread people over them.',
    needs: 'admin',
    status: 201,
    body: simulatorBodySchema,
    answer: simulatorSchema,
    async handle({ body, actor }) {
      const state = await simulator.start(body);
      await record(db, now(), actor, {
        action: 'simulator.started',
        data: { channels: body.channels, people: body.people },
      });
      return state;
    },
  }),
  guarded({
    method: 'patch',
    path: '/simulator',
    tag: 'Simulator',
    summary: 'Change how the simulated people and the platforms behave.',
    needs: 'admin',
    body: simulatorBehaviourSchema,
    answer: simulatorSchema,
    handle: ({ body }) => simulator.patch(body),
  }),
  guarded({
    method: 'delete',
    path: '/simulator',
    tag: 'Simulator',
    summary: 'Stop all simulators. Their bots stay, with their people and figures.',
    needs: 'admin',
    answer: simulatorSchema,
    async handle({ actor }) {
      const state = await simulator.stop();
      await record(db, now(), actor, { action: 'simulator.stopped' });
      return state;
    },
  }),
];
