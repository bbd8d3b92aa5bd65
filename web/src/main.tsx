// The page of Katalog: looks at logs through the program's own API.
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { router } from './app/router.tsx';
import { RequestError } from './data/api.ts';
import './styles/base.css';
import './styles/layout.css';

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2000,
      refetchOnWindowFocus: false,
      // A refusal is an answer; only what did not arrive is asked again.
      retry: (failures, error) => !(error instanceof RequestError) && failures < 2,
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
