/** What the watch page asks the desk for, and its live socket. */

import { type Bytes, readChunk } from "../../../../sdk_js/src/wire.gen";
import type { Corroborated } from "../model/corroboration";
import type { SameFinding } from "../model/findings";
import type {
  ChunkInfo,
  DeskEvent,
  Finding,
  GapInfo,
  LoadInfo,
  Registered,
  SessionView,
  Told,
  ToldPrice,
} from "../model/session";
import type { AssetList } from "../player/kept";
import { decode } from "../player/msgpack";

export class DeskUnreachable extends Error {
  /** `status` is null where no answer came at all. */
  constructor(readonly status: number | null) {
    super(
      status === null
        ? "The desk does not answer"
        : status === 401
          ? "Your login is over"
          : `The desk answered ${status}`,
    );
  }
}

const sessionUrl = (id: string): string => `/api/sessions/${encodeURIComponent(id)}`;

async function get(url: string): Promise<Response> {
  const response = await fetch(url).catch(() => {
    throw new DeskUnreachable(null);
  });
  if (!response.ok) throw new DeskUnreachable(response.status);
  return response;
}

/** The session; what the desk answers has the shapes of `model/session`. */
export async function fetchSession(id: string): Promise<SessionView> {
  return (await (await get(sessionUrl(id))).json()) as SessionView;
}

export async function fetchSame(id: string): Promise<readonly SameFinding[]> {
  return (await (await get(`${sessionUrl(id)}/problems`)).json()) as readonly SameFinding[];
}

export async function fetchPromises(id: string): Promise<readonly Registered[]> {
  return (await (await get(`${sessionUrl(id)}/promises`)).json()) as readonly Registered[];
}

export async function fetchCorroboration(
  id: string,
  places: readonly string[],
): Promise<readonly Corroborated[]> {
  const of = new URLSearchParams(places.map((place) => ["of", place]));
  return (await (await get(`${sessionUrl(id)}/corroboration?${of}`)).json()) as readonly Corroborated[];
}

export async function fetchPicture(
  id: string,
  load: string,
  after: number,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  const response = await get(`${sessionUrl(id)}/picture/${encodeURIComponent(load)}?after=${after}`);
  if (!response.body) throw new DeskUnreachable(response.status);
  return response.body;
}

export async function fetchAssets(id: string): Promise<AssetList> {
  return (await (await get(`${sessionUrl(id)}/assets`)).json()) as AssetList;
}

/** The text of a style, by its hash. */
export async function fetchStyle(hash: string): Promise<string | null> {
  const response = await fetch(`/assets/${hash}`);
  const isStyle = response.headers.get("Content-Type")?.startsWith("text/css");
  return response.ok && isStyle ? response.text() : null;
}

export type LiveMessage =
  | { readonly type: "state"; readonly live: boolean }
  | { readonly type: "events"; readonly events: readonly DeskEvent[] }
  | { readonly type: "load"; readonly load: LoadInfo }
  | { readonly type: "gap"; readonly gap: GapInfo }
  | { readonly type: "findings"; readonly findings: readonly Finding[] }
  | { readonly type: "told"; readonly told: readonly Told[]; readonly prices: readonly ToldPrice[] }
  | { readonly type: "ended"; readonly ended_ms: number; readonly ended_why: string };

/** A picture payload that was committed just now. */
export interface LivePicture {
  readonly load: string;
  readonly chunk: ChunkInfo;
  readonly payload: Bytes;
}

export function readLivePicture(data: ArrayBuffer): LivePicture {
  const [load, number, payload] = decode(new Uint8Array(data)) as [string, number, Bytes];
  const chunk = readChunk(decode(payload) as readonly unknown[]);
  const { first_ms, last_ms, checkpoint } = chunk;
  return { load, payload, chunk: { number, first_ms, last_ms, checkpoint, bytes: payload.length } };
}

export const liveUrl = (id: string): string => {
  const url = new URL(`${sessionUrl(id)}/live`, location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
};
