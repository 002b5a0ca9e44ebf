export function Logo() {
  return (
    <svg viewBox="0 0 32 32" width={24} height={24} aria-hidden className="shrink-0">
      <rect width="32" height="32" rx="8" fill="#5341dd" />
      <g fill="none" stroke="#fff" strokeWidth="2.4" strokeLinecap="round">
        <path d="M7 10c6 0 6 12 18 12" />
        <path d="M7 16h18" opacity=".55" />
        <path d="M7 22c6 0 6-12 18-12" />
      </g>
      <circle cx="7" cy="10" r="2.4" fill="#fff" />
      <circle cx="7" cy="22" r="2.4" fill="#fff" />
      <circle cx="25" cy="10" r="2.4" fill="#ffd166" />
      <circle cx="25" cy="22" r="2.4" fill="#fff" />
    </svg>
  );
}
