// The currencies of the price field: those most asked for first, then every other the browser knows.
const FIRST = ['EUR', 'USD', 'UAH', 'GBP', 'PLN', 'VND', 'KZT', 'MXN'];

export const CURRENCIES: string[] = [
  ...FIRST,
  ...Intl.supportedValuesOf('currency').filter((code) => !FIRST.includes(code)),
];

export const decimalsOf = (currency: string): number =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
