import AppLayout from '@cloudscape-design/components/app-layout';
import SideNavigation from '@cloudscape-design/components/side-navigation';
import TopNavigation from '@cloudscape-design/components/top-navigation';
import type { TopNavigationProps } from '@cloudscape-design/components/top-navigation';
import { Suspense } from 'react';
import type { ReactElement } from 'react';
import { Outlet, useLocation, useNavigate, useNavigation } from 'react-router';
import { useSession } from '../session/session-context.ts';
import { Loading } from '../states/answer-view.tsx';
import { frame } from '../strings/frame.ts';
import { navigationItems, pageOf } from './navigation.ts';
import { NoticesProvider, NoticesView } from './notices.tsx';
import { themes, useTheme } from './theme.ts';
import './frame.css';

const top = 'frame-top';
const main = 'frame-main';

/** What is around every page: the bar at the top, the list of pages, notices. */
export function Frame(): ReactElement {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const isLeaving = useNavigation().state === 'loading';
  const { navigation: labels } = frame;
  return (
    <NoticesProvider>
      <a className="skip-link" href={`#${main}`}>
        {frame.navigation.skip}
      </a>
      <div id={top} style={{ position: 'sticky', insetBlockStart: 0, zIndex: 1002 }}>
        <TopBar />
      </div>
      <AppLayout
        headerSelector={`#${top}`}
        toolsHide
        navigationWidth={220}
        notifications={<NoticesView />}
        ariaLabels={{
          navigation: labels.label,
          navigationToggle: labels.open,
          navigationClose: labels.close,
        }}
        navigation={
          <SideNavigation
            activeHref={pageOf(pathname)}
            items={navigationItems}
            onFollow={(event) => {
              event.preventDefault();
              void navigate(event.detail.href);
            }}
          />
        }
        content={
          <div id={main} tabIndex={-1} aria-busy={isLeaving} style={{ outline: 'none' }}>
            <Suspense fallback={<Loading />}>
              <Outlet />
            </Suspense>
          </div>
        }
      />
    </NoticesProvider>
  );
}

function TopBar(): ReactElement {
  const { user, tenant, signOut } = useSession();
  const navigate = useNavigate();
  const [theme, setTheme] = useTheme();
  const appearance: TopNavigationProps.Utility = {
    type: 'menu-dropdown',
    iconName: 'settings',
    ariaLabel: frame.theme.label,
    title: frame.theme.label,
    items: themes.map((id) => ({
      ...{ id, text: frame.theme[id], itemType: 'checkbox', checked: id === theme },
    })),
    onItemClick: ({ detail }) => setTheme(themes.find((id) => id === detail.id) ?? 'system'),
  };
  const person: TopNavigationProps.Utility = {
    type: 'menu-dropdown',
    iconName: 'user-profile',
    text: user,
    ...(tenant === undefined ? {} : { description: frame.user.tenant(tenant) }),
    items: signOut ? [{ id: 'sign-out', text: frame.user.signOut }] : [],
    onItemClick: () => void signOut?.(),
  };
  return (
    <TopNavigation
      identity={{
        href: '/',
        title: frame.product,
        logo: { src: '/icon.svg', alt: frame.logo },
        onFollow: (event) => {
          event.preventDefault();
          void navigate('/');
        },
      }}
      utilities={[appearance, person]}
    />
  );
}
