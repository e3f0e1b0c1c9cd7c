// Sets the colour scheme before the first paint, so that a dark page never flashes white. A file of its own because the
// content security policy permits no inline script.
const saved = localStorage.getItem('herald-scheme');
const dark = saved === 'dark' || (saved !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
