// The simulator as the pages see it: asked every second while it fills in people, else only when needed.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { UseMutationResult } from '@tanstack/react-query';
import type { Simulator, SimulatorBody } from '../../../../src/http/api/bots.ts';
import { api } from '../../api/api.ts';
import { keys, queries } from '../../api/queries.ts';

const WATCH_MS = 1000;

export const isFilling = (simulator: Simulator | undefined): boolean =>
  simulator !== undefined && simulator.running && simulator.filled < simulator.people;

export const useSimulator = () =>
  useQuery({ ...queries.simulator(), refetchInterval: ({ state }) => (isFilling(state.data) ? WATCH_MS : false) });

export function useStartSimulator(): UseMutationResult<Simulator, Error, SimulatorBody> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: api.simulator.start,
    onSuccess: (simulator) => {
      client.setQueryData(keys.simulator, simulator);
      void client.invalidateQueries({ queryKey: keys.bots });
    },
  });
}
