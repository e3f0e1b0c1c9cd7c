// A bot's picture, or its initials on a colour of its own.
import { Avatar } from '@mantine/core';

export function BotPicture({ name, picture, size = 40 }: { name: string; picture: string | null; size?: number }) {
  return <Avatar src={picture} alt="" name={name} color="initials" size={size} radius="xl" aria-hidden />;
}
