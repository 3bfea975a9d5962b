/** What /api/find answers, and how it is asked. */
interface FoundSession {
  readonly id: string;
  readonly code: string;
  readonly site_name: string;
  readonly started_ms: number;
  readonly seen_ms: number;
}

export interface FoundMatch {
  readonly group: string;
  readonly session: FoundSession;
  readonly reason: string | null;
  readonly customer: { readonly names: readonly string[]; readonly verified: boolean };
  /** The worst that was found in it. */
  readonly worst: { readonly severity: string; readonly said: string } | null;
  readonly live: boolean;
  readonly href: string;
}

export interface FoundGroup {
  readonly key: string;
  readonly title: string;
  readonly note: string;
}

export interface Answer {
  readonly query: string;
  readonly groups: readonly FoundGroup[];
  readonly matches: readonly FoundMatch[];
  readonly reason: string | null;
  readonly advice: readonly string[];
}

/** A refusal in words, as the server gives it. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly what: string,
    readonly advice: string,
  ) {
    super(`${what} ${advice}`);
  }
}

export async function ask(query: string, signal: AbortSignal): Promise<Answer> {
  const response = await fetch(`/api/find?q=${encodeURIComponent(query)}`, {
    signal,
    headers: { accept: "application/json" },
  });
  const body: unknown = await response.json();
  if (response.ok) return body as Answer;
  const { error } = body as { error: { what: string; do: string } };
  throw new Refused(response.status, error.what, error.do);
}
