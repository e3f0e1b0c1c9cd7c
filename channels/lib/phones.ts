// Phone numbers as messengers tell them and as people write them.
import { checkPhone } from '../../src/domain/profile.ts';

/** As messengers tell it: always international, but some leave the plus away, and so does the same one now and then. */
export function internationalPhone(told: string): string {
  const digits = told.replace(/[\s().-]/g, '');
  return /^[1-9]\d{6,14}$/.test(digits) ? `+${digits}` : told;
}

/** As people write it, with a plus; null for what is none, and for one without its country: nobody can know which. */
export function writtenPhone(written: string): string | null {
  const bare = checkPhone(written)?.replace(/^\+/, '') ?? '';
  return /^[1-9]\d{6,14}$/.test(bare) ? `+${bare}` : null;
}
