// A person's name, where a platform tells it in one piece: what stands first is what they are called by.
import type { PersonProfile } from '../../src/domain/channel.ts';

export function nameOf(whole: string): Pick<PersonProfile, 'firstName' | 'lastName'> {
  const [firstName = '', ...rest] = whole.trim().split(/\s+/);
  return {
    ...(firstName === '' ? {} : { firstName }),
    ...(rest.length === 0 ? {} : { lastName: rest.join(' ') }),
  };
}
