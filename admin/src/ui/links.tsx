// Mantine's button, anchor and menu item as links of the router, with checked addresses.
import { Anchor, Button, Menu } from '@mantine/core';
import type { AnchorProps, ButtonProps, MenuItemProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { ComponentPropsWithRef } from 'react';

type Of<Props> = Props & Omit<ComponentPropsWithRef<'a'>, keyof Props>;

export const AnchorLink = createLink((props: Of<AnchorProps>) => <Anchor {...props} />);
export const ButtonLink = createLink((props: Of<ButtonProps>) => <Button component="a" {...props} />);
export const MenuItemLink = createLink((props: Of<MenuItemProps>) => <Menu.Item component="a" {...props} />);
