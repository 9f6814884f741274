import type { SideNavigationProps } from '@cloudscape-design/components/side-navigation';
import { frame } from '../strings/frame.ts';

const { navigation } = frame;

export const navigationItems: SideNavigationProps.Item[] = [
  { type: 'link', text: navigation.runs, href: '/runs' },
  { type: 'link', text: navigation.startRun, href: '/start' },
  { type: 'link', text: navigation.inbox, href: '/inbox' },
  { type: 'divider' },
  { type: 'link', text: navigation.skills, href: '/skills' },
  { type: 'link', text: navigation.breakers, href: '/breakers' },
  { type: 'link', text: navigation.spend, href: '/spend' },
];

/** The entry of the navigation that an address belongs to. */
export function pageOf(pathname: string): string {
  return `/${pathname.split('/')[1] ?? ''}`;
}
