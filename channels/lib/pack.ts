// Puts the pieces of a message into as few requests as may be, where one request takes several of them.

export interface Size {
  /** How many pieces the platform counts it as. */
  count: number;
  /** Length of its text. */
  length: number;
}

/** In order; every request stays within the limits, except that a piece larger than them stands alone. */
export function pack<Piece>(pieces: readonly Piece[], limits: Size, sizeOf: (piece: Piece) => Size): Piece[][] {
  const requests: Piece[][] = [];
  let room: Size = { count: 0, length: 0 };
  for (const piece of pieces) {
    const { count, length } = sizeOf(piece);
    const open = requests.at(-1);
    if (open && count <= room.count && length <= room.length) open.push(piece);
    else {
      requests.push([piece]);
      room = limits;
    }
    room = { count: room.count - count, length: room.length - length };
  }
  return requests;
}
