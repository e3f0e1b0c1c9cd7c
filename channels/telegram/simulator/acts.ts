// What one person does to one bot: start, stop, reply, press, block. Each act is an update on its way.
import { BLOCKED, indexOf, personAt, STARTED, STOPPED } from './people.ts';
import { asBotUser, asChat, asUser, type Received, type SimulatedBot, type World } from './world.ts';

export function start(world: World, bot: SimulatedBot, index: number, payload: string | null): void {
  if (bot.ledger.state(index) === BLOCKED) unblock(world, bot, index);
  bot.ledger.setState(index, STARTED);
  say(world, bot, index, payload ? `/start ${payload}` : '/start');
}

export function stop(world: World, bot: SimulatedBot, index: number): void {
  bot.ledger.setState(index, STOPPED);
  say(world, bot, index, '/stop');
}

export function reply(world: World, bot: SimulatedBot, index: number, text: string): void {
  world.counts.replied += 1;
  say(world, bot, index, text);
}

export function block(world: World, bot: SimulatedBot, index: number): void {
  world.counts.blocked += 1;
  bot.ledger.setState(index, BLOCKED);
  membership(world, bot, index, 'member', 'kicked');
}

export function unblock(world: World, bot: SimulatedBot, index: number): void {
  bot.ledger.setState(index, STARTED);
  membership(world, bot, index, 'kicked', 'member');
}

/** Presses a message button. Several presses are several facts. */
export function press(world: World, bot: SimulatedBot, { personId, messageId }: Received, data: string): string {
  world.counts.pressed += 1;
  const person = personAt(indexOf(personId));
  const id = String(Math.floor(world.random() * 2 ** 52));
  bot.presses.set(id, world.now());
  bot.updates.push('callback_query', {
    id,
    from: asUser(person),
    message: { message_id: messageId, from: asBotUser(bot), chat: asChat(person), date: seconds(world) },
    chat_instance: String(person.id),
    data,
  });
  return id;
}

const seconds = (world: World): number => Math.floor(world.now() / 1000);

function say(world: World, bot: SimulatedBot, index: number, text: string): void {
  const person = personAt(index);
  const command = /^\/\w+/.exec(text)?.[0];
  bot.updates.push('message', {
    message_id: bot.nextMessageId++,
    from: asUser(person),
    chat: asChat(person),
    date: seconds(world),
    text,
    ...(command ? { entities: [{ type: 'bot_command', offset: 0, length: command.length }] } : {}),
  });
}

function membership(world: World, bot: SimulatedBot, index: number, from: string, to: string): void {
  const person = personAt(index);
  const member = (status: string) => ({
    user: asBotUser(bot),
    status,
    ...(status === 'kicked' ? { until_date: 0 } : {}),
  });
  bot.updates.push('my_chat_member', {
    chat: asChat(person),
    from: asUser(person),
    date: seconds(world),
    old_chat_member: member(from),
    new_chat_member: member(to),
  });
}
