import { applyMode, Mode } from '@cloudscape-design/global-styles';
import { useEffect, useState } from 'react';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const place = 'holdfast.theme';
const isDark = window.matchMedia('(prefers-color-scheme: dark)');

/** The appearance that was chosen on this machine, applied, and a way to choose another. */
export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(chosen);
  useEffect(() => {
    const apply = (): void =>
      applyMode(theme === 'dark' || (theme === 'system' && isDark.matches) ? Mode.Dark : Mode.Light);
    apply();
    isDark.addEventListener('change', apply);
    return () => isDark.removeEventListener('change', apply);
  }, [theme]);
  return [
    theme,
    (next) => {
      localStorage.setItem(place, next);
      setTheme(next);
    },
  ];
}

function chosen(): Theme {
  const stored = localStorage.getItem(place);
  return themes.find((theme) => theme === stored) ?? 'system';
}
