// A person's address as a file has it, in the form in which webhooks name it: the digits of the number, without a plus.
import { writtenPhone } from '../lib/phones.ts';

/** The id that a person without a known number has with one business: `US.13491208655302741918`, `US.ENT.11815799212886844830`. */
const USER_ID = /^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/;

export const addressOf = (written: string): string | null =>
  USER_ID.test(written) ? written : (writtenPhone(written)?.slice(1) ?? null);
