import { notFound } from 'next/navigation';
import { Playground } from './Playground';

/** For development: the page does not exist in a build. */
export default function Page() {
  if (process.env.NODE_ENV === 'production') notFound();
  return <Playground />;
}
