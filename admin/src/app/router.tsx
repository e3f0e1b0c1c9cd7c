// The addresses of the admin page. The frame is there at once, every page is loaded when it is opened; all but set-up and
// sign-in ask for a session first and come back to where one was going.
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { ApiProblem } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import { CrashPage, NotFoundPage } from '../pages/lost.tsx';
import { speakLanguageOf } from './i18n.ts';
import { queryClient } from './query-client.ts';
import { Shell } from './shell.tsx';

type Search = Record<string, string | undefined>;

/** Addresses hold plain text values; each page reads its own. */
const validateSearch = (search: Record<string, unknown>): Search =>
  Object.fromEntries(
    Object.entries(search).map(([key, value]) => [key, value === undefined ? undefined : String(value)]),
  );

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage, validateSearch });

const setup = createRoute({
  getParentRoute: () => root,
  path: '/setup',
  component: lazyRouteComponent(() => import('../pages/setup.tsx')),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  beforeLoad: async () => {
    const state = await queryClient.ensureQueryData(queries.setup()).catch(() => null);
    if (state?.needed) throw redirect({ to: '/setup' });
  },
  component: lazyRouteComponent(() => import('../pages/sign-in.tsx')),
});

const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  beforeLoad: async ({ location }) => {
    try {
      const { staff } = await queryClient.ensureQueryData(queries.session());
      await speakLanguageOf(staff);
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 401) {
        throw redirect({ to: '/sign-in', search: { next: location.pathname === '/' ? undefined : location.href } });
      }
      throw error;
    }
  },
  component: Shell,
});

const home = createRoute({
  getParentRoute: () => inside,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/mailings' });
  },
});

const page = <Path extends string>(path: Path, load: Parameters<typeof lazyRouteComponent>[0]) =>
  createRoute({ getParentRoute: () => inside, path, component: lazyRouteComponent(load) });

const routeTree = root.addChildren([
  setup,
  signIn,
  inside.addChildren([
    home,
    page('/mailings', () => import('../pages/mailings/mailings.tsx')),
    page('/mailings/new', () => import('../pages/wizard/new.tsx')),
    page('/mailings/$id', () => import('../pages/mailing/mailing.tsx')),
    page('/mailings/$id/edit', () => import('../pages/wizard/edit.tsx')),
    page('/subscribers', () => import('../pages/subscribers/subscribers.tsx')),
    page('/subscribers/import', () => import('../pages/import/import.tsx')),
    page('/subscribers/$id', () => import('../pages/subscribers/subscriber.tsx')),
    page('/bots', () => import('../pages/bots/bots.tsx')),
    page('/settings', () => import('../pages/settings/settings.tsx')),
  ]),
]);

export const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultPendingMs: 400,
  defaultErrorComponent: CrashPage,
  defaultNotFoundComponent: NotFoundPage,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
