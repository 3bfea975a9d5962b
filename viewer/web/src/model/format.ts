/**
 * Times and amounts as an agent reads them. Wall-clock times are the desk's own time zone, as the caller will say
 * them; the customer's zone stands in the details.
 */
const pad = (value: number, digits = 2): string => String(value).padStart(digits, "0");

/** 10:04:12 */
export function clockTime(t: number): string {
  const date = new Date(t);
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

/** 10:04:12.345 */
export const preciseTime = (t: number): string => `${clockTime(t)}.${pad(new Date(t).getMilliseconds(), 3)}`;

/** 0:42, 12:05, 1:02:03: how far into the session. */
export function elapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
}

/** How long something lasted or lies back: 0.4 s, 42 s, 3 min 5 s, 2 h 10 min. */
export function duration(ms: number): string {
  const seconds = Math.max(0, ms) / 1_000;
  if (seconds < 9.95) return `${Number(seconds.toFixed(1))} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 3_600)
    return whole % 60 ? `${Math.floor(whole / 60)} min ${whole % 60} s` : `${whole / 60} min`;
  const minutes = Math.round(whole / 60);
  return minutes % 60 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${minutes / 60} h`;
}

// The desk speaks English, and asking the browser for these words takes as long as drawing the whole panel.
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Sat 22 Nov */
const day = (date: Date): string =>
  `${DAYS[date.getDay()] ?? ""} ${date.getDate()} ${MONTHS[date.getMonth()] ?? ""}`;

/** Sat 22 Nov 2025 */
export function dayOf(t: number): string {
  const date = new Date(t);
  return `${day(date)} ${date.getFullYear()}`;
}

/** Sat 22 Nov 2025, 10:04:12 */
export function fullTime(t: number): string {
  return `${dayOf(t)}, ${clockTime(t)}`;
}

/** today 10:04, Sat 22 Nov 10:04, Sat 22 Nov 2025 10:04: when a visit was, in a glance. */
export function dayAndTime(t: number, now: number): string {
  const [date, today] = [new Date(t), new Date(now)];
  const clock = clockTime(t).slice(0, 5);
  if (date.toDateString() === today.toDateString()) return `today ${clock}`;
  const year = date.getFullYear() === today.getFullYear() ? "" : ` ${date.getFullYear()}`;
  return `${day(date)}${year} ${clock}`;
}

/** An address without its scheme, for reading. */
export const shortUrl = (url: string): string => url.replace(/^https?:\/\//, "");

/** What of an address tells pages of one shop apart. */
export const pathOf = (url: string): string => url.replace(/^[a-z]+:\/\/[^/?#]*/i, "") || "/";

/** 49900 of USD as `499.00 USD`; without a currency its decimals are unknown: `49900 minor units`. */
export function exactAmount(minor: number, currency: string | null): string {
  const digits = currency === null ? null : currencyDigits(currency);
  if (digits === null) return `${minor} minor units${currency === null ? "" : ` ${currency}`}`;
  const text = pad(Math.abs(minor), digits + 1);
  const amount = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
  return `${minor < 0 ? "-" : ""}${amount} ${currency}`;
}

function currencyDigits(currency: string): number | null {
  try {
    const options = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions();
    return options.maximumFractionDigits ?? null;
  } catch {
    return null;
  }
}
