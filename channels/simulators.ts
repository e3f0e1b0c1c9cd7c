// The messengers that can be simulated, by channel name.
import { startEmailSimulator } from './email/simulator/index.ts';
import { startFacebookSimulator } from './facebook/simulator/index.ts';
import type { RunningSimulator, SimulatorOptions } from './lib/simulator/server.ts';
import { startSmsSimulator } from './sms/simulator/index.ts';
import { startTelegramSimulator } from './telegram/simulator/index.ts';
import { startViberSimulator } from './viber/simulator/index.ts';
import { startVkSimulator } from './vk/simulator/index.ts';

export type { RunningSimulator, SimulatorOptions } from './lib/simulator/server.ts';

export const SIMULATORS: Readonly<Record<string, (options: SimulatorOptions) => Promise<RunningSimulator>>> = {
  telegram: startTelegramSimulator,
  facebook: startFacebookSimulator,
  email: startEmailSimulator,
  sms: startSmsSimulator,
  viber: startViberSimulator,
  vk: startVkSimulator,
};
