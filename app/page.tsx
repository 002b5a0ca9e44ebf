import { App } from './_editor/App';

export default function Page() {
  return <App />;
}
