/** One request to Hyperedge while the page is rendered; the browser asks nothing, and reports what is seen. */
import { bootstrap, type Consent } from '@hyperedge/client/next';
import { HyperedgeProvider } from '@hyperedge/client/react';
import { cookies, headers } from 'next/headers';
import { Hero } from './hero.tsx';

/** What your own banner has written: a cookie that scripts may read holds no id. */
const consentOf = (value: string | undefined): Consent =>
  value === 'granted' || value === 'denied' ? value : 'pending';

export default async function Page() {
  const jar = await cookies();
  const consent = consentOf(jar.get('consent')?.value);
  const { HYPEREDGE_URL = '', HYPEREDGE_SECRET_KEY = '', HYPEREDGE_PUBLISHABLE_KEY = '' } = process.env;
  const decided = await bootstrap({
    api: HYPEREDGE_URL,
    key: HYPEREDGE_SECRET_KEY,
    placements: ['hero', 'banner'],
    consent,
    cookies: jar,
    headers: await headers(),
  });
  return (
    <HyperedgeProvider publishableKey={HYPEREDGE_PUBLISHABLE_KEY} api={HYPEREDGE_URL} bootstrap={decided}>
      <Hero />
    </HyperedgeProvider>
  );
}
