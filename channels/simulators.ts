// The messengers that can be simulated, by channel name.
import { type RunningSimulator, type SimulatorOptions, startTelegramSimulator } from './telegram/simulator/index.ts';

export type { RunningSimulator, SimulatorOptions } from './telegram/simulator/index.ts';

export const SIMULATORS: Readonly<Record<string, (options: SimulatorOptions) => Promise<RunningSimulator>>> = {
  telegram: startTelegramSimulator,
};
