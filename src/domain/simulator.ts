// What the first-run page asks of the simulated messengers: another process that speaks the platforms' own APIs. The
// composition root starts it, connects a bot to it and fills in people; here is only the shape of that conversation.

/** Probabilities, 0 to 1, that a person who received a message does this; `delay` is the platform's, in ms. */
export interface SimulatorBehaviour {
  press?: number | undefined;
  open?: number | undefined;
  buy?: number | undefined;
  pay?: number | undefined;
  reply?: number | undefined;
  block?: number | undefined;
  unsubscribe?: number | undefined;
  comeBack?: number | undefined;
  share?: number | undefined;
  deliver?: number | undefined;
  read?: number | undefined;
  late?: number | undefined;
  repeat?: number | undefined;
  delay?: number | undefined;
}

export interface SimulatorOrder {
  /** Left out: the first channel that can be simulated. */
  channel?: string | undefined;
  people: number;
  behaviour: SimulatorBehaviour;
}

export interface SimulatorState {
  running: boolean;
  /** Channels that can be simulated. */
  channels: string[];
  /** While people are being filled in: how many of how many subscribed. */
  filled: number;
  people: number;
  botId: string | null;
  behaviour: SimulatorBehaviour;
  /** What the simulator itself counted: the outside view of the same mailing. */
  received: number;
  throttled: number;
}

export interface SimulatorControl {
  /** Resolves once the bot is connected; people are filled in afterwards. Throws a Problem for an unknown channel. */
  start(order: SimulatorOrder): Promise<SimulatorState>;
  state(): Promise<SimulatorState>;
  patch(behaviour: SimulatorBehaviour): Promise<SimulatorState>;
  stop(): Promise<SimulatorState>;
}
