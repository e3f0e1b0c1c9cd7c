// A CSV file of any size as people really have them: Unicode names, quoting, line breaks inside cells, and every kind of
// bad row at known places.
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';

const FIRST = ['Олена', 'José', 'Nguyễn', 'Zoë', 'Ангеліна', 'Łukasz', 'Ærø', '愛子', 'Anna "Ann"', "O'Neil"];
const LAST = [
  'Шевченко',
  'García, Jr',
  'Văn An',
  'Müller',
  "Прокоф'єва",
  'Ñandú',
  '山田',
  'Smith; Co',
  'de la\nCruz',
  'Öz',
];

export const HEADER = 'First name,Last name,E-mail,Phone,Language,Tags,City,Age,Vip,Born';

const quoted = (text: string): string => (/[",\n;]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

export const goodRow = (index: number): string =>
  [
    quoted(FIRST[index % FIRST.length]!),
    quoted(LAST[Math.floor(index / 10) % LAST.length]!),
    `person${index}@example.com`,
    `+38050${String(index).padStart(7, '0')}`,
    ['uk', 'es-MX', 'vi', 'en_GB'][index % 4],
    index % 3 === 0 ? 'tea|кава' : index % 3 === 1 ? '"tea, coffee"' : '',
    quoted(['Київ', 'Ciudad de México', 'Hà Nội, VN'][index % 3]!),
    String(18 + (index % 60)),
    index % 2 === 0 ? 'yes' : 'ні',
    `19${String(50 + (index % 50)).padStart(2, '0')}-0${1 + (index % 9)}-1${index % 10}`,
  ].join(',');

/** One line of each fault, with the code it must be reported by. */
export const BAD_ROWS: readonly { line: string; code: string; field: string | null; value?: string }[] = [
  { line: 'Bad,Mail,not-an-address,,en,,,,,', code: 'bad_email', field: 'E-mail', value: 'not-an-address' },
  { line: 'Bad,Phone,,12ab34,en,,,,,', code: 'bad_phone', field: 'Phone', value: '12ab34' },
  { line: 'Bad,Locale,a@example.com,,xx-nowhere-at-all,,,,,', code: 'bad_locale', field: 'Language' },
  { line: 'Bad,Age,a@example.com,,en,,,abc,,', code: 'bad_number', field: 'Age', value: 'abc' },
  { line: 'Bad,Vip,a@example.com,,en,,,,maybe,', code: 'bad_boolean', field: 'Vip' },
  { line: 'Bad,Born,a@example.com,,en,,,,,2026-02-30', code: 'bad_date', field: 'Born' },
  { line: 'Too,few,cells', code: 'row_columns', field: null },
  { line: 'Too,many,a@example.com,,en,,,,,,extra,cells', code: 'row_columns', field: null },
  { line: 'Nobody,Known,,,en,,,,,', code: 'row_nobody', field: null },
  { line: '"Unclosed,quote,a@example.com,,en,,,,,', code: 'row_quotes', field: null },
  { line: 'Stray,"quo"te,a@example.com,,en,,,,,', code: 'row_quotes', field: null },
];

export interface WrittenCsv {
  good: number;
  /** Row number → what must be reported. */
  bad: Map<number, (typeof BAD_ROWS)[number]>;
}

/** Writes `rows` rows, one bad row after every `everyBad` good ones. */
export async function writeCsv(path: string, rows: number, everyBad: number): Promise<WrittenCsv> {
  const file = createWriteStream(path);
  const bad: WrittenCsv['bad'] = new Map();
  file.write(`\ufeff${HEADER}\r\n`);
  let good = 0;
  for (let row = 2; row < rows + 2; row += 1) {
    let line: string;
    if (row % everyBad === 0) {
      const fault = BAD_ROWS[(row / everyBad) % BAD_ROWS.length]!;
      bad.set(row, fault);
      line = fault.line;
    } else {
      line = goodRow(good);
      good += 1;
    }
    if (!file.write(`${line}\r\n`)) await once(file, 'drain');
  }
  file.end(',,,,,,,,,\r\n\r\n');
  await once(file, 'finish');
  return { good, bad };
}
