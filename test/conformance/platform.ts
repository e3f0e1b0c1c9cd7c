// A platform played by a server of this machine, for the kit of a channel that speaks HTTP: what every such channel tries
// alike (the answers in its fixtures, a network that fails, an address that is none). A channel's own tests say what differs.
import type { Channel, ChannelBot, Envelope, Outcome } from '../../src/domain/channel.ts';
import { type Answer, answerJson, type ScriptServer, useScriptServer } from '../support/script-server.ts';
import { freePort } from '../support/services.ts';
import type { ConformanceFixtures, OutcomeCase } from './fixtures.ts';

type Fault = ConformanceFixtures['faults'][number];

/** One entry of `refusals.json`: what the platform answers, and what becomes of the message. */
export interface RefusalFixture {
  name: string;
  /** The status of the answer; 200 where the platform tells its refusals in the body alone. */
  http?: number;
  answer: unknown;
  outcome: Partial<Outcome>;
}

export interface PlatformNeeds {
  /** Without `allowPrivate` the channel must call no address of this machine. */
  create(allowPrivate?: boolean): Channel;
  /** The bot, with its platform at this address. */
  at(origin: string): ChannelBot;
  /** A message that can be sent. */
  hello: Envelope;
  /** Where something else is asked for before a message is sent: answers that well, and the message so. */
  sending?(answer: Answer): Answer;
}

export interface PlayedPlatform {
  server: ScriptServer;
  /** Sends `hello`, or what is given, to a platform that answers so. */
  deliverTo(channel: Channel, answer: Answer, ...envelopes: Envelope[]): Promise<Outcome[]>;
  /** The refusals of the fixtures, as cases. */
  refusals(fixtures: readonly RefusalFixture[]): OutcomeCase[];
  /** A network that fails at each point that makes a difference; `name` is what the platform is called. */
  networkFaults(name?: string): OutcomeCase[];
}

/** The connection ends without an answer. */
export const breakOff: Answer = (_asked, response) => void response.destroy();

export function playPlatform({ create, at, hello, sending = (answer) => answer }: PlatformNeeds): PlayedPlatform {
  const server = useScriptServer();
  const deliverTo: PlayedPlatform['deliverTo'] = async (channel, answer, ...envelopes) => {
    server.answer = answer;
    return channel.deliver(envelopes.length > 0 ? envelopes : [hello], at(server.origin));
  };
  return {
    server,
    deliverTo,
    refusals: (fixtures) =>
      fixtures.map(({ name, http = 200, answer, outcome }) => ({
        title: name,
        expected: outcome,
        deliver: (channel) => deliverTo(channel, sending(answerJson(http, answer))),
      })),
    networkFaults: (name) => [
      {
        title: 'a connection that broke after the request',
        expected: { status: 'unknown' },
        deliver: (channel) => deliverTo(channel, sending(breakOff)),
      },
      ...unreachable({
        create,
        name,
        deliver: (channel, origin = server.origin) => channel.deliver([hello], at(origin)),
      }),
    ],
  };
}

interface UnreachableNeeds extends Pick<PlatformNeeds, 'create'> {
  name?: string | undefined;
  /** Sends a message to the platform at `origin`, or to the one that runs. */
  deliver(channel: Channel, origin?: string): Promise<Outcome[]>;
}

/** Messages that certainly never left, whatever the protocol. */
export const unreachable = ({ create, name = 'platform', deliver }: UnreachableNeeds): OutcomeCase[] => [
  {
    title: `a ${name} that is not there`,
    expected: { status: 'failed' },
    deliver: async (channel) => deliver(channel, `http://127.0.0.1:${await freePort()}`),
  },
  {
    title: 'a private address that is not allowed',
    expected: { status: 'failed', detail: 'no answer (PRIVATE_ADDRESS)' },
    deliver: () => deliver(create(false)),
  },
];

/** Addresses of a platform that a bot cannot be connected at. The kit's `secrets` hold the password: `hunter2`. */
export const apiRootFaults = (at: PlatformNeeds['at']): Fault[] => [
  { title: 'an API root that is no address', bot: at('api.example'), path: 'apiRoot', code: 'url_invalid' },
  {
    title: 'a password in the API root',
    bot: at('http://user:hunter2@127.0.0.1:1'),
    path: 'apiRoot',
    code: 'api_root_unreachable',
  },
];
