// A bot's picture, or its initials on a colour of its own. A picture of a few pixels shows nothing: initials say more.
import { Avatar } from '@mantine/core';
import { useState } from 'react';

const TINY_PIXELS = 16;

export function BotPicture({ name, picture, size = 40 }: { name: string; picture: string | null; size?: number }) {
  const [tiny, setTiny] = useState<string | null>(null);
  return (
    <Avatar
      src={picture === tiny ? null : picture}
      imageProps={{
        onLoad: ({ currentTarget }) => currentTarget.naturalWidth < TINY_PIXELS && setTiny(picture),
      }}
      alt=""
      name={name}
      color="initials"
      size={size}
      radius="xl"
      aria-hidden
    />
  );
}
