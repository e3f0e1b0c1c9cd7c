// The cache of server answers. A refusal is final (asking again would give it again); silence is tried twice more. An
// expired session leads to the sign-in page from wherever one is.
import { QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiProblem } from '../api/client.ts';
import { keys } from '../api/queries.ts';

const TRIES = 2;

export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, query) => {
      const expired = error instanceof ApiProblem && error.status === 401;
      if (expired && query.queryKey[0] !== keys.session[0] && queryClient.getQueryData(keys.session)) {
        queryClient.clear();
        location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
      }
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      retry: (count, error) =>
        count < TRIES && (!(error instanceof ApiProblem) || error.status === 0 || error.status >= 502),
      refetchOnWindowFocus: true,
    },
  },
});
