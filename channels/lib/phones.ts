// A phone number as messengers tell it: always international, but some leave the plus away, and so does the same one now and then.
export function internationalPhone(told: string): string {
  const digits = told.replace(/[\s().-]/g, '');
  return /^[1-9]\d{6,14}$/.test(digits) ? `+${digits}` : told;
}
