// The simulated people: a million fit, since a person is a number from which name and language follow, plus one byte of
// state for each bot. Nothing about a person is stored that can be worked out.

export const STRANGER = 0;
export const STARTED = 1;
export const BLOCKED = 2;
export const STOPPED = 3;

/** Ids look like the platform's: beyond 32 bits, so that nobody keeps them in an int. */
const FIRST_ID = 7_000_000_001;

export interface Person {
  id: number;
  firstName: string;
  lastName: string;
  username: string | null;
  locale: string;
}

interface Tongue {
  locale: string;
  first: readonly string[];
  last: readonly string[];
  replies: readonly string[];
}

const TONGUES: readonly Tongue[] = [
  {
    locale: 'en',
    first: ['Olivia', 'Noah', 'Amelia', 'Liam', 'Grace', 'Oscar', 'Ruby', 'Henry', 'Zoë', 'Finn'],
    last: ['Carter', 'Hughes', 'Bennett', 'Shaw', 'O’Neill', 'Doyle', 'Reed', 'Foster', 'Walsh', 'Price'],
    replies: ['Thanks!', 'How much is it?', 'Nice 👍', 'Do you deliver?'],
  },
  {
    locale: 'uk',
    first: ['Олена', 'Тарас', 'Софія', 'Андрій', 'Марія', 'Богдан', 'Ірина', 'Назар', 'Ганна', 'Остап'],
    last: ['Шевчук', 'Коваль', 'Мельник', 'Бондар', 'Ткач', 'Лисенко', 'Гнатюк', 'Кравець', 'Дем’янчук', 'Поліщук'],
    replies: ['Дякую!', 'Скільки коштує?', 'Чудово 👍', 'Є доставка?'],
  },
  {
    locale: 'ru',
    first: ['Анна', 'Илья', 'Мария', 'Егор', 'Дарья', 'Артём', 'Вера', 'Максим', 'Полина', 'Юрий'],
    last: ['Соколова', 'Зайцев', 'Белова', 'Орлов', 'Крылова', 'Фёдоров', 'Громова', 'Лебедев', 'Щукина', 'Яковлев'],
    replies: ['Спасибо!', 'Сколько стоит?', 'Отлично 👍', 'Есть доставка?'],
  },
  {
    locale: 'es',
    first: ['Lucía', 'Mateo', 'Sofía', 'Hugo', 'Martina', 'Íñigo', 'Paula', 'Leo', 'Begoña', 'Andrés'],
    last: ['García', 'Muñoz', 'Romero', 'Navarro', 'Iglesias', 'Peña', 'Cruz', 'Vidal', 'Núñez', 'Soler'],
    replies: ['¡Gracias!', '¿Cuánto cuesta?', 'Genial 👍', '¿Hacéis envíos?'],
  },
  {
    locale: 'vi',
    first: ['Linh', 'Minh', 'Hương', 'Đức', 'Trang', 'Quân', 'Thảo', 'Bảo', 'Ngọc', 'Khôi'],
    last: ['Nguyễn', 'Trần', 'Lê', 'Phạm', 'Hoàng', 'Đặng', 'Bùi', 'Đỗ', 'Hồ', 'Dương'],
    replies: ['Cảm ơn!', 'Giá bao nhiêu?', 'Tuyệt 👍', 'Có giao hàng không?'],
  },
];

/** A well spread number from an index, the same every time. */
const mix = (index: number, salt: number): number => {
  let value = Math.imul(index + 1, 0x9e3779b1) ^ Math.imul(salt + 1, 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return (value ^ (value >>> 13)) >>> 0;
};

const pick = <T>(items: readonly [T, ...T[]] | readonly T[], seed: number, fallback: T): T =>
  items[seed % items.length] ?? fallback;

const tongueOf = (index: number): Tongue | undefined => TONGUES[mix(index, 0) % TONGUES.length];

export function personAt(index: number): Person {
  const tongue = tongueOf(index);
  return {
    id: FIRST_ID + index,
    firstName: pick(tongue?.first ?? [], mix(index, 1), 'Sam'),
    // Some people tell only a first name.
    lastName: mix(index, 2) % 5 === 0 ? '' : pick(tongue?.last ?? [], mix(index, 3), 'Lee'),
    username: mix(index, 4) % 3 === 0 ? `person_${FIRST_ID + index}` : null,
    locale: tongue?.locale ?? 'en',
  };
}

export const replyOf = (index: number, seed: number): string => pick(tongueOf(index)?.replies ?? [], seed, 'OK');

/** The index of a person's id; the id may be of nobody. */
export const indexOf = (id: number): number => id - FIRST_ID;

/** One bot's view of everyone: state, last send and number of messages, a few bytes a person. */
export class Ledger {
  #states = new Uint8Array(1024);
  #received = new Uint16Array(1024);
  /** When the next message to this person would be on time (ms): the memory of the limit per chat. */
  #nextAt = new Float64Array(1024);
  started = 0;

  state(index: number): number {
    return this.#states[index] ?? STRANGER;
  }

  setState(index: number, state: number): void {
    this.#grow(index);
    if (this.state(index) === STRANGER && state === STARTED) this.started += 1;
    this.#states[index] = state;
  }

  received(index: number): number {
    return this.#received[index] ?? 0;
  }

  countReceived(index: number): void {
    this.#received[index] = Math.min(0xffff, this.received(index) + 1);
  }

  nextAt(index: number): number {
    return this.#nextAt[index] ?? 0;
  }

  setNextAt(index: number, at: number): void {
    this.#nextAt[index] = at;
  }

  #grow(index: number): void {
    if (index < this.#states.length) return;
    const size = 2 ** Math.ceil(Math.log2(index + 1));
    const [states, received, nextAt] = [new Uint8Array(size), new Uint16Array(size), new Float64Array(size)];
    states.set(this.#states);
    received.set(this.#received);
    nextAt.set(this.#nextAt);
    [this.#states, this.#received, this.#nextAt] = [states, received, nextAt];
  }
}
