import { App } from './_editor/shell/App';

export default function Page() {
  return <App />;
}
