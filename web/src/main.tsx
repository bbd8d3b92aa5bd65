// The page of Katalog: looks at logs through the program's own API.
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { router } from './app/router.tsx';
import { RequestError } from './data/api.ts';
import './styles/base.css';
import './styles/layout.css';

/** Questions that a busy server put off are asked again for a minute or so; any other refusal is an answer. */
const PUT_OFF_MAX = 30;

function isWorthAnother(failures: number, error: Error): boolean {
  if (!(error instanceof RequestError)) return failures < 2;
  return (error.status === 429 || error.status === 503) && failures < PUT_OFF_MAX;
}

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2000,
      refetchOnWindowFocus: false,
      retry: isWorthAnother,
      retryDelay: (failures) => Math.min(250 * 2 ** failures, 2000),
    },
  },
});

const root = document.getElementById('root');
if (!root) throw new Error('BUG: index.html has no #root');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
