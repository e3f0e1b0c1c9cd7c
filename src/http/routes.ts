// Every route of the API, in one list: what the server answers, the OpenAPI document describes and the tests compare.
import * as z from 'zod';
import { audienceRoutes } from './audience.ts';
import { botHelloRoutes } from './bot-hello.ts';
import { botRoutes } from './bots.ts';
import { channelRoutes } from './channels.ts';
import type { HttpDeps } from './deps.ts';
import type { RouteDeps } from './route-deps.ts';
import { createImports } from './imports.ts';
import { instanceRoutes } from './instance.ts';
import { createLive } from './live.ts';
import { mailingFigureRoutes } from './mailing-figures.ts';
import { mailingRoutes } from './mailings.ts';
import { mediaRoutes } from './media.ts';
import { openApiDocument } from './openapi.ts';
import { orderRoutes } from './orders.ts';
import { previewRoutes } from './preview.ts';
import { open, type Route } from './route.ts';
import { scheduleRoutes } from './schedules.ts';
import { sessionRoutes, VERSION } from './session.ts';
import { simulatorRoutes } from './simulator.ts';
import { subscriberRoutes } from './subscribers.ts';
import { systemRoutes } from './system.ts';
import { createTemplateLists } from './template-lists.ts';
import { tokenRoutes } from './tokens.ts';
import { workspaceRoutes } from './workspace.ts';

export function allRoutes(http: HttpDeps): { routes: Route[]; close: () => Promise<void> } {
  const deps: RouteDeps = { ...http, templates: createTemplateLists(http) };
  const imports = createImports(deps);
  const live = createLive(deps);
  const routes: Route[] = [
    ...sessionRoutes(deps),
    ...workspaceRoutes(deps),
    ...instanceRoutes(deps),
    ...tokenRoutes(deps),
    ...systemRoutes(deps),
    ...channelRoutes(deps),
    ...botRoutes(deps),
    ...botHelloRoutes(deps),
    ...simulatorRoutes(deps),
    ...subscriberRoutes(deps),
    ...audienceRoutes(deps),
    ...imports.routes,
    ...mailingRoutes(deps),
    ...scheduleRoutes(deps),
    ...mailingFigureRoutes(deps),
    ...previewRoutes(deps),
    ...orderRoutes(deps),
    ...mediaRoutes(deps),
    ...live.routes,
  ];
  routes.push(
    open({
      method: 'get',
      path: '/openapi.json',
      tag: 'About',
      summary: 'This description.',
      needs: null,
      answer: z.record(z.string(), z.unknown()),
      handle: () => ({ ...openApiDocument(routes, VERSION) }),
    }),
  );
  return {
    routes,
    close() {
      live.close();
      return imports.close();
    },
  };
}
