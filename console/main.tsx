import '@cloudscape-design/global-styles/index.css';
import { I18nProvider } from '@cloudscape-design/components/i18n';
import messages from '@cloudscape-design/components/i18n/messages/all.en';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Opening } from './frame/opening.tsx';

const root = document.querySelector('#root');
if (root === null) throw new Error('The page has no element #root to show the console in.');
createRoot(root).render(
  <StrictMode>
    <I18nProvider locale="en" messages={[messages]}>
      <Opening />
    </I18nProvider>
  </StrictMode>,
);
