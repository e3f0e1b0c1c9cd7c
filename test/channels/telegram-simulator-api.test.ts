// The simulated Bot API against the documentation of the real one: what it refuses and in which words, and its odder habits.
import { expect } from 'chai';
import { until } from '../support/services.ts';
import { FIRST_PERSON, telegramWorld } from '../support/telegram-world.ts';

describe('telegram simulator, as the documentation says', () => {
  const world = telegramWorld();
  const { newBot, call, act } = world;
  before(() => newBot(2));
  const chat_id = FIRST_PERSON;
  const keyboard = (button: object) => ({ chat_id, text: 'a', reply_markup: { inline_keyboard: [[button]] } });

  const refusals: [title: string, method: string, params: object, code: number, description: RegExp][] = [
    ['no chat', 'sendMessage', { text: 'a' }, 400, /chat_id is empty/],
    ['an unknown chat', 'sendMessage', { chat_id: 5, text: 'a' }, 400, /chat not found/],
    ['only white space', 'sendMessage', { chat_id, text: '  ' }, 400, /text must be non-empty/],
    [
      'a button to localhost',
      'sendMessage',
      keyboard({ text: 'a', url: 'http://localhost:3000/r/x' }),
      400,
      /Wrong HTTP URL/,
    ],
    [
      'an inline link to nowhere',
      'sendMessage',
      { chat_id, text: 'abc', entities: [{ type: 'text_link', offset: 0, length: 3, url: 'not-a-url' }] },
      400,
      /entity URL 'not-a-url' is invalid/,
    ],
    ['no text', 'sendMessage', { chat_id }, 400, /message text is empty/],
    [
      'a text of the wrong type',
      'sendMessage',
      { chat_id, text: { a: 1 } },
      400,
      /field "text" must be of type String/,
    ],
    ['a text too long', 'sendMessage', { chat_id, text: 'a'.repeat(4097) }, 400, /message is too long/],
    [
      'a caption too long',
      'sendPhoto',
      { chat_id, photo: 'https://e.example/p.jpg', caption: 'a'.repeat(1025) },
      400,
      /message caption is too long/,
    ],
    ['no photo', 'sendPhoto', { chat_id }, 400, /there is no photo in the request/],
    ['an unknown file', 'sendPhoto', { chat_id, photo: 'nonsense' }, 400, /wrong file identifier/],
    [
      'an entity of no known type',
      'sendMessage',
      { chat_id, text: 'abc', entities: [{ type: 'loud', offset: 0, length: 1 }] },
      400,
      /MessageEntity/,
    ],
    [
      'an entity past the end',
      'sendMessage',
      { chat_id, text: 'abc', entities: [{ type: 'bold', offset: 2, length: 5 }] },
      400,
      /ends after the end of the text/,
    ],
    [
      'an entity that cuts a character',
      'sendMessage',
      { chat_id, text: '👍👍', entities: [{ type: 'bold', offset: 1, length: 1 }] },
      400,
      /middle of a UTF-16 symbol/,
    ],
    [
      'a keyboard that is no list',
      'sendMessage',
      { chat_id, text: 'a', reply_markup: { inline_keyboard: 'x' } },
      400,
      /must be of type Array/,
    ],
    [
      'a button of the keyboard without text',
      'sendMessage',
      { chat_id, text: 'a', reply_markup: { keyboard: [[{ request_contact: true }]] } },
      400,
      /Field "text" must be/,
    ],
    ['a button without text', 'sendMessage', keyboard({ url: 'https://e.example' }), 400, /Can't find field "text"/],
    ['a button without action', 'sendMessage', keyboard({ text: 'a' }), 400, /Text buttons are unallowed/],
    [
      'a button with two actions',
      'sendMessage',
      keyboard({ text: 'a', url: 'https://e.example', callback_data: 'x' }),
      400,
      /exactly one/,
    ],
    [
      'callback data of 65 bytes',
      'sendMessage',
      keyboard({ text: 'a', callback_data: 'я'.repeat(33) }),
      400,
      /BUTTON_DATA_INVALID/,
    ],
    ['a button with no address', 'sendMessage', keyboard({ text: 'a', url: 'shop' }), 400, /Wrong HTTP URL/],
    [
      'a button with another scheme',
      'sendMessage',
      keyboard({ text: 'a', url: 'ftp://e.example' }),
      400,
      /Unsupported URL protocol/,
    ],
    [
      'more than 100 buttons',
      'sendMessage',
      {
        chat_id,
        text: 'a',
        reply_markup: { inline_keyboard: Array.from({ length: 101 }, () => [{ text: 'a', callback_data: 'a' }]) },
      },
      400,
      /reply markup is too long/,
    ],
    ['an old press', 'answerCallbackQuery', { callback_query_id: '1' }, 400, /query is too old/],
    [
      'a secret with wrong characters',
      'setWebhook',
      { url: 'https://e.example/', secret_token: 'a b' },
      400,
      /unallowed characters/,
    ],
    ['an unknown method', 'sendNothing', {}, 404, /Not Found/],
  ];
  for (const [title, method, params, code, description] of refusals) {
    it(`refuses ${title}`, async () => {
      const answer = await call(method, { ...params });
      expect(answer).to.include({ ok: false, error_code: code });
      expect(answer.description).to.match(description);
    });
  }

  it("knows no stranger's token", async () => {
    expect(await call('getMe', {}, `1:${'a'.repeat(35)}`)).to.deep.equal({
      ok: false,
      error_code: 401,
      description: 'Unauthorized',
    });
    expect(await call('getMe', {}, 'nonsense')).to.include({ ok: false, error_code: 404 });
  });

  it('takes parameters from a form, and ids as text', async () => {
    const body = new URLSearchParams({
      chat_id: String(chat_id),
      text: 'Form',
      reply_markup: '{"inline_keyboard":[[{"text":"a","callback_data":"b"}]]}',
    });
    const answer = await fetch(`${world.origin}/bot${world.bot.credentials.token}/sendMessage`, {
      method: 'POST',
      body,
    });
    expect(await answer.json()).to.have.nested.property('result.chat.id', chat_id);
  });

  it('takes an offset far beyond the last update for none, as the platform does', async () => {
    await act(1, { act: 'reply', text: 'Are you there?' });
    const idsFrom = async (offset: number): Promise<number[]> =>
      ((await call('getUpdates', { offset })).result as { update_id: number }[]).map(({ update_id: id }) => id);
    const waiting = await idsFrom(0);
    const last = waiting.at(-1) ?? 0;
    expect(await idsFrom(last + 1_000_000)).to.deep.equal(waiting);
    expect(await idsFrom(last + 1)).to.deep.equal([]);
  });

  it('lets only one program poll, and none while there is a webhook', async () => {
    await call('getUpdates', { offset: -1 });
    const { result } = await call('getUpdates', {});
    const last = (result as { update_id: number }[]).at(-1)?.update_id ?? 0;
    const first = call('getUpdates', { offset: last + 1, timeout: 20 });
    const answer = await Promise.race([
      first,
      until(
        'the second poll',
        async () => {
          void call('getUpdates', { offset: last + 1, timeout: 1 });
          return false;
        },
        500,
      ).catch(() => first),
    ]);
    expect(answer).to.include({ ok: false, error_code: 409 });
    await call('setWebhook', { url: 'http://127.0.0.1:1/hook' });
    expect(await call('getUpdates')).to.include({ ok: false, error_code: 409 });
    await call('deleteWebhook');
  });
});
