/**
 * Times of the Find page as an agent on the phone needs them: how long ago, and the clock as the caller says it.
 * Everything is the desk's own time zone.
 */
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const pad = (value: number): string => String(value).padStart(2, "0");
const clock = (date: Date): string => `${pad(date.getHours())}:${pad(date.getMinutes())}`;

const startOfDay = (ms: number): number => new Date(ms).setHours(0, 0, 0, 0);

/** just now, 4 min ago, today 09:12, yesterday 17:40, Tue 14:05, 3 Mar 14:05, 3 Mar 2024 14:05. */
export function ago(ms: number, now: number): string {
  const past = now - ms;
  if (past < MINUTE_MS) return "just now";
  if (past < HOUR_MS) return `${Math.floor(past / MINUTE_MS)} min ago`;
  const date = new Date(ms);
  // Days are counted between midnights and rounded, because one of them a year has 23 hours and one 25.
  const days = Math.round((startOfDay(now) - startOfDay(ms)) / DAY_MS);
  if (days <= 0) return `today ${clock(date)}`;
  if (days === 1) return `yesterday ${clock(date)}`;
  if (days < 7) return `${date.toLocaleDateString("en", { weekday: "short" })} ${clock(date)}`;
  const sameYear = date.getFullYear() === new Date(now).getFullYear();
  const day = date.toLocaleDateString("en-GB", {
    day: "numeric",
    month: "short",
    ...(sameYear ? {} : { year: "numeric" }),
  });
  return `${day} ${clock(date)}`;
}

/** How long a session lasted: under a minute, 12 min, 1 h 5 min. */
export function lasted(from: number, to: number): string {
  const minutes = Math.floor(Math.max(0, to - from) / MINUTE_MS);
  if (minutes < 1) return "under 1 min";
  const hours = Math.floor(minutes / 60);
  if (hours === 0) return `${minutes} min`;
  return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
}

/** The whole date and time, for a tooltip. */
export const whole = (ms: number): string =>
  new Date(ms).toLocaleString("en-GB", { dateStyle: "full", timeStyle: "long" });
