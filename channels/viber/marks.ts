// What our buttons make the app send us, to be told from what people write themselves.

/** Before the token of a pressed button. */
export const PRESS_PREFIX = 'press:';
/** What the button of the welcome sends; `start:<ref>` where the person came over a link with a tag. */
export const START = 'start';
/** Comes back with the phone number that was asked for. */
export const CONTACT = 'contact';
