// The simulated people: a million fit, since a person is a number from which name, language, e-mail and phone follow.
// Person number 7 is the same one on every messenger.

export const MAX_PEOPLE = 1_000_000;

export interface Person {
  index: number;
  firstName: string;
  lastName: string;
  username: string | null;
  locale: string;
  email: string;
  /** Of the range set aside for fiction where one exists; never dialled. */
  phone: string;
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
    index,
    firstName: pick(tongue?.first ?? [], mix(index, 1), 'Sam'),
    // Some people tell only a first name.
    lastName: mix(index, 2) % 5 === 0 ? '' : pick(tongue?.last ?? [], mix(index, 3), 'Lee'),
    username: mix(index, 4) % 3 === 0 ? `person_${index}` : null,
    locale: tongue?.locale ?? 'en',
    email: `person${index}@example.com`,
    phone: `+1555${String(index).padStart(7, '0')}`,
  };
}

export const replyOf = (index: number, seed: number): string => pick(tongueOf(index)?.replies ?? [], seed, 'OK');
