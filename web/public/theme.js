// Before the first paint: the theme that was chosen, if one was.
try {
  const theme = localStorage.getItem('katalog.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is switched off: the system's theme holds.
}
