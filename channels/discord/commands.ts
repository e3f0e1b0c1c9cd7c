// The two commands by which people come and go, and what they read as the answer. The platform picks the language, so the
// words are handed over to it in all of them, and stand here instead of in `locales/`.

export interface Command {
  name: 'start' | 'stop';
  description: string;
  description_localizations: Readonly<Record<string, string>>;
  /** A slash command, wherever the application may be used. */
  type: 1;
  options: readonly object[];
}

/** The option of /start that carries a campaign tag. */
export const CODE_OPTION = 'code';

export const COMMANDS: readonly Command[] = [
  {
    type: 1,
    name: 'start',
    description: 'Get our news here',
    description_localizations: {
      uk: 'Отримувати тут наші новини',
      ru: 'Получать здесь наши новости',
      'es-ES': 'Recibir aquí nuestras novedades',
      'es-419': 'Recibir aquí nuestras novedades',
      vi: 'Nhận tin của chúng tôi tại đây',
    },
    options: [
      {
        type: 3,
        name: CODE_OPTION,
        description: 'The code you were given, if any',
        description_localizations: {
          uk: 'Код, якщо він у вас є',
          ru: 'Код, если он у вас есть',
          'es-ES': 'El código que le dieron, si lo tiene',
          'es-419': 'El código que le dieron, si lo tiene',
          vi: 'Mã bạn được cấp, nếu có',
        },
        required: false,
        max_length: 64,
      },
    ],
  },
  {
    type: 1,
    name: 'stop',
    description: 'Get no more news',
    description_localizations: {
      uk: 'Більше не отримувати новин',
      ru: 'Больше не получать новостей',
      'es-ES': 'No recibir más novedades',
      'es-419': 'No recibir más novedades',
      vi: 'Không nhận tin nữa',
    },
    options: [],
  },
];

const ANSWERS: Readonly<Record<Command['name'], Readonly<Record<string, string>>>> = {
  start: {
    en: 'You will get our news as direct messages. /stop ends it.',
    uk: 'Ви отримуватимете наші новини в особистих повідомленнях. Щоб припинити, надішліть /stop.',
    ru: 'Вы будете получать наши новости в личных сообщениях. Чтобы прекратить, отправьте /stop.',
    es: 'Recibirá nuestras novedades por mensaje directo. Con /stop dejará de recibirlas.',
    vi: 'Bạn sẽ nhận tin của chúng tôi qua tin nhắn riêng. Gửi /stop để ngừng nhận.',
  },
  stop: {
    en: 'You will get no more news. /start brings it back.',
    uk: 'Ви більше не отримуватимете новин. Щоб повернути їх, надішліть /start.',
    ru: 'Вы больше не будете получать новостей. Чтобы вернуть их, отправьте /start.',
    es: 'No recibirá más novedades. Con /start volverá a recibirlas.',
    vi: 'Bạn sẽ không nhận tin nữa. Gửi /start để nhận lại.',
  },
};

/** What the person reads, in the language of their client as far as we know it. */
export function answerTo(name: Command['name'], locale: string): string {
  const answers = ANSWERS[name];
  return answers[locale.split('-')[0] ?? 'en'] ?? answers.en ?? '';
}
