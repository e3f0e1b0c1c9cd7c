// Who is signed in, and the workspace's settings. Only for pages inside the shell, which loads only with a session.
import { useSuspenseQuery } from '@tanstack/react-query';
import type { Session } from '../../../src/http/api/session.ts';
import { queries } from '../api/queries.ts';

export const useSession = (): Session => useSuspenseQuery(queries.session()).data;
