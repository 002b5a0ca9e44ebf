'use client';
/** What stands where the page broke. Open documents are kept in the browser's storage; a reload brings them back. */
export default function ErrorPage({ error }: { readonly error: Error }) {
  const korean = typeof document !== 'undefined' && document.documentElement.lang === 'ko';
  return (
    <main className="flex h-dvh items-center justify-center bg-background p-6">
      <div role="alert" className="max-w-md rounded-2xl border border-border bg-card p-6 text-center">
        <h1 className="text-lg font-semibold">{korean ? '편집기가 멈췄습니다' : 'The editor stopped'}</h1>
        <p className="mt-2 text-[13px] text-muted-foreground">
          {korean
            ? '열려 있던 그래프는 이 브라우저에 보관되어 있으며, 다시 불러오면 돌아옵니다.'
            : 'Your open graphs are kept in this browser and come back when the page is loaded again.'}
        </p>
        <pre className="mt-3 max-h-32 overflow-auto rounded-md bg-muted p-2 text-left text-[11px] whitespace-pre-wrap">
          {error.message}
        </pre>
        <button
          type="button"
          onClick={() => location.reload()}
          className="mt-4 h-8 rounded-md bg-primary px-3 text-[13px] font-medium text-primary-foreground"
        >
          {korean ? '다시 불러오기' : 'Load again'}
        </button>
      </div>
    </main>
  );
}
