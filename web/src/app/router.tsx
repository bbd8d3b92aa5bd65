// The addresses of the page.
import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { readExploreParams, readRangeParams } from '../data/search-params.ts';
import { ExplorePage } from '../explore/explore-page.tsx';
import { ProblemsPage } from '../problems/problems-page.tsx';
import { SandboxPage } from '../sandboxes/sandbox-page.tsx';
import { SandboxesPage } from '../sandboxes/sandboxes-page.tsx';
import { SourcesPage } from '../status/sources-page.tsx';
import { Shell } from './shell.tsx';

const rootRoute = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const routes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/',
    validateSearch: readExploreParams,
    component: ExplorePage,
  }),
  createRoute({ getParentRoute: () => rootRoute, path: '/sandboxes', component: SandboxesPage }),
  createRoute({ getParentRoute: () => rootRoute, path: '/sandboxes/$id', component: SandboxPage }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/problems',
    validateSearch: readRangeParams,
    component: ProblemsPage,
  }),
  createRoute({ getParentRoute: () => rootRoute, path: '/sources', component: SourcesPage }),
] as const;

export const router = createRouter({ routeTree: rootRoute.addChildren(routes), defaultPreload: false });

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

function NotFound() {
  return <p className="empty">There is no page at this address.</p>;
}
